"""What the demo's AI agents know by heart."""

from __future__ import annotations

from dashboard.services.setup import Entry

TRAIL = (
    Entry(
        "en",
        "How long does delivery take?",
        "Two to four working days within the country, five to eight abroad.",
        ("delivery time", "shipping time", "when will it arrive", "how fast do you ship"),
    ),
    Entry(
        "en",
        "How much is shipping?",
        "4.90 per parcel, and nothing from 60 upwards.",
        ("shipping costs", "delivery price", "is shipping free", "free shipping"),
    ),
    Entry(
        "en",
        "Do you ship abroad?",
        "Yes, to 31 countries in Europe. Duties for Switzerland and Norway are shown before you pay.",
        ("international shipping", "ship to switzerland", "ship to norway", "deliver to norway", "other countries"),
    ),
    Entry(
        "en",
        "How do I wash a rain jacket?",
        "At 30 degrees with liquid soap, no softener. Then 20 minutes in the dryer on low: heat brings back the "
        "water repellency.",
        ("wash my jacket", "clean gore-tex", "water repellent again", "care of rain jacket"),
    ),
    Entry(
        "en",
        "Can boots be resoled?",
        "Most of our hiking boots can, twice on average. It costs 69 and takes three weeks.",
        ("new soles", "resole hiking boots", "repair boots"),
    ),
    Entry(
        "en",
        "What does the warranty cover?",
        "Three years on seams, zips and soles. Wear from use is not covered, but we repair it at cost.",
        ("warranty details", "guarantee", "zip is broken", "broken zipper"),
    ),
    Entry(
        "en",
        "Which payment methods do you take?",
        "Cards, PayPal, bank transfer and our gift cards.",
        ("pay by card", "paypal", "payment methods", "pay with gift card"),
    ),
    Entry(
        "en",
        "Can I change my order?",
        "Until it is packed, usually for two hours. Reply to the confirmation mail with what should change.",
        ("change my address", "cancel my order", "wrong address", "edit order"),
    ),
    Entry(
        "en",
        "Where are your shops?",
        "In Bilbao, Innsbruck and Leeds, Monday to Saturday from 10 to 19.",
        ("opening hours", "store hours", "shops near me", "store locations"),
    ),
    Entry(
        "en",
        "How do I use a gift card?",
        "Type its 16 digits at the last step of the order. What is left stays on the card for three years.",
        ("redeem gift card", "gift voucher", "gift card balance"),
    ),
    Entry(
        "es",
        "¿Cuánto tarda el envío?",
        "De dos a cuatro días laborables dentro del país, de cinco a ocho al extranjero.",
        ("plazo de entrega", "cuándo llega", "tiempo de envío"),
    ),
    Entry(
        "es",
        "¿Cuánto cuesta el envío?",
        "4,90 por paquete, y nada a partir de 60.",
        ("gastos de envío", "envío gratis", "precio del envío"),
    ),
    Entry(
        "es",
        "¿Enviáis al extranjero?",
        "Sí, a 31 países de Europa. Los aranceles de Suiza y Noruega se muestran antes de pagar.",
        ("envío internacional", "enviar a suiza", "otros países"),
    ),
    Entry(
        "es",
        "¿Cómo lavo una chaqueta impermeable?",
        "A 30 grados con jabón líquido, sin suavizante. Después, 20 minutos de secadora suave: el calor recupera "
        "la impermeabilidad.",
        ("lavar la chaqueta", "limpiar gore-tex", "cuidado del impermeable"),
    ),
    Entry(
        "es",
        "¿Se pueden cambiar las suelas de las botas?",
        "En casi todas nuestras botas de montaña, unas dos veces. Cuesta 69 y tarda tres semanas.",
        ("suelas nuevas", "reparar botas", "resolar botas"),
    ),
    Entry(
        "es",
        "¿Qué cubre la garantía?",
        "Tres años en costuras, cremalleras y suelas. El desgaste no, pero lo reparamos a precio de coste.",
        ("detalles de la garantía", "cremallera rota", "garantía"),
    ),
    Entry(
        "es",
        "¿Qué formas de pago aceptáis?",
        "Tarjeta, PayPal, transferencia y nuestras tarjetas regalo.",
        ("pagar con tarjeta", "paypal", "formas de pago"),
    ),
    Entry(
        "es",
        "¿Puedo cambiar mi pedido?",
        "Hasta que se empaqueta, normalmente dos horas. Responde al correo de confirmación con el cambio.",
        ("cambiar la dirección", "cancelar mi pedido", "dirección equivocada"),
    ),
)

DOCK = (
    Entry(
        "en",
        "What is the minimum order?",
        "Twelve pieces of a style, or 600 in all.",
        ("minimum order quantity", "smallest order", "moq"),
    ),
    Entry(
        "en",
        "How do I get a trade account?",
        "Send us your trade register entry; it takes one working day.",
        ("open a trade account", "become a reseller", "register as a shop"),
    ),
    Entry(
        "en",
        "What are the payment terms?",
        "30 days net after the first two orders, prepaid before.",
        ("payment terms", "pay by invoice", "net 30"),
    ),
)
