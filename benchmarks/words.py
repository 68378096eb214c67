"""What the generated conversations are about: a shop's customers, its product lines, and what is said all day."""

from __future__ import annotations

_FIRST = """
    Marta Jonas Priya Tom Lucía Grace Amara Felix Noor Ivo Chloé Mateo Ines Sven Aisha Hugo Lena Omar Petra Kofi
    Yuki Nadia Bruno Elif Rosa Finn Zoe Dario Maren Tariq Anneli Pablo Freya Ravi Carmen Emil
"""
_LAST = """
    Ruiz Weber Nair Eriksen Fernández Kim Diallo Brandt Haddad Petrov Laurent Vargas Moreau Lund Khan Silva Vogel
    Mensah Tanaka Ortiz Keller Novak Rossi Demir Alonso Byrne Adler Costa Holm Rahman Strand Gil Berg Patel Soto
    Janssen
"""
_LINES = """
    Boots Tents Stoves Packs Jackets Ropes Skis Lamps Maps Bottles Poles Gloves Socks Helmets Hammocks Kayaks
    Harnesses Blankets Saddles Filters Watches Compasses Snowshoes Sleds Tarps Knives Towels Chalk
"""
FIRST, LAST, LINES = (tuple(names.split()) for names in (_FIRST, _LAST, _LINES))

ASKED = (
    "Where is my order {order}? It should have been here on Monday.",
    "Can I return the {line} from order {order}? They are a size too small.",
    "How do I wash the {line} that I bought last spring?",
    "Do you ship {line} to Norway, and how long does it take?",
    "The zip of my jacket broke after two months. Order {order}.",
    "Is there a discount when I buy four {line} for our club?",
    "I typed a wrong address for {order}, can it still be changed?",
    "¿Cuánto tarda el envío de {order} a Valencia?",
    "Which {line} do you recommend for a week in the Pyrenees in October?",
    "My gift card was not accepted when I paid for {order}.",
)
ANSWERED = (
    "Two to four working days within the country, five to eight abroad.",
    "You have 30 days. I have put the label into your mail; the refund takes five days once the parcel is here.",
    "At 30 degrees with liquid soap, no softener, then 20 minutes in the dryer on low.",
    "Until it is packed, usually for two hours. Reply to the confirmation mail with what should change.",
    "Three years on seams, zips and soles. Wear from use is not covered, but we repair it at cost.",
    "Cards, PayPal, bank transfer and our gift cards.",
)
INSISTED = (
    "I would rather talk to a person about this, please.",
    "Can I speak to someone?",
    "That does not help. A human, please.",
    "Necesito hablar con una persona.",
)
WROTE = (
    "Thanks for waiting. I have {order} in front of me: it left the depot this morning.",
    "I am sending a second one by express today, and you keep the first if it turns up.",
    "May I see a photo of the {line}? Then I can approve it right away.",
    "Done: the refund for {order} is on its way, five days at most.",
)
REPLIED = (
    "Great, thank you!",
    "That is five days. I need the {line} on Saturday.",
    "Here it is. The seam on the left side.",
    "And what about the other parcel?",
)
NOTED = ("Within the warranty, checked with the workshop.", "Second complaint about this depot this week.")
