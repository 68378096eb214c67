"""Finding the FAQ entry that a question is about."""

import time

import pytest

from dashboard.workflow.matching import FaqEntry, best_faq


def entry(key: str, question: str, *phrases: str, language: str | None = "en") -> FaqEntry:
    return FaqEntry(key, question, phrases, f"answer to {key}", language)


SHOP = (
    entry("shipping", "How long does shipping take?", "When will my parcel arrive?", "delivery time"),
    entry("return", "How do I return an item?", "I want to send something back", "return policy", "exchange my tent"),
    entry("payment", "Which payment methods do you accept?", "Can I pay with PayPal?", "Do you take credit cards?"),
    entry("warranty", "How long is the warranty on tents?", "guarantee period", "My tent broke, is it covered?"),
    entry("repair", "Do you repair jackets?", "My zipper is broken", "Can you fix my jacket?"),
    entry("hours", "What are your opening hours?", "When are you open?", "Is the shop open on Sunday?"),
    entry("track", "Where is my order?", "track my order", "order status"),
    entry("cancel", "How can I cancel my order?", "I want to change my order"),
    entry("size", "Which size of backpack do I need?", "how many litres for a weekend trip"),
    entry("wash", "How do I wash a waterproof jacket?", "clean my rain jacket"),
    entry("envio", "¿Cuánto tarda el envío?", "¿Cuándo llega mi paquete?", "plazo de entrega", language="es"),
    entry("devolucion", "¿Cómo devuelvo un artículo?", "quiero devolver un producto", language="es"),
)


def found(question: str, language: str | None = "en") -> str | None:
    match = best_faq(question, SHOP, language)
    return match.entry.id if match else None


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("How long does shipping take?", "shipping"),
        ("how long will shipping take to Spain?", "shipping"),
        ("when does my parcel arrive", "shipping"),
        ("what's the delivery time", "shipping"),
        ("delivery?", "shipping"),
        ("how can i return items", "return"),
        ("can I send it back?", "return"),
        ("whats your return policy", "return"),
        ("Can I exchange a tent", "return"),
        ("returns", "return"),
        ("Do you accept paypal?", "payment"),
        ("can I pay by credit card", "payment"),
        ("payment methods", "payment"),
        ("how long is the warranty", "warranty"),
        ("is there a guarantee period", "warranty"),
        ("my tent is broken, is it covered", "warranty"),
        ("can you repair my jacket", "repair"),
        ("the zipper of my jacket is broken", "repair"),
        ("are you open on sundays", "hours"),
        ("opening hours", "hours"),
        ("are you open today?", "hours"),
        ("where's my order", "track"),
        ("wheres my oder #1234", "track"),
        ("I want to track an order", "track"),
        ("order status please", "track"),
        ("please cancel my order", "cancel"),
        ("Can I still change my order?", "cancel"),
        ("what size backpack should i get", "size"),
        ("how to wash my waterproof jacket", "wash"),
        (
            "Hi there, I bought a tent from you last month and the zipper broke on my first trip, can you repair it?",
            "repair",
        ),
    ],
)
def test_a_paraphrase_finds_its_entry(question: str, key: str) -> None:
    assert found(question) == key


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("cuanto tarda el envio", "envio"),
        ("¿cuándo llega el paquete?", "envio"),
        ("como puedo devolver un articulo", "devolucion"),
    ],
)
def test_spanish_questions_find_spanish_entries(question: str, key: str) -> None:
    assert found(question, "es") == key
    assert found(question, None) == key


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "?!",
        "hello",
        "thanks a lot",
        "what is the weather today",
        "do you sell bikes",
        "do you have hats",
        "who is the president of France",
        "tell me a joke",
        "can you write a poem about mountains",
        "my cat is sick",
        "how old are you",
        "where are you located",
        "do you have jobs",
        "2+2",
        "I lost my password",
        "how long is the Nile",
        "what is your name",
        "can I bring my dog",
        "is it open source",
        "do you have gift vouchers",
        "asdf qwer",
        "the bear ate my sandwich",
        "Can you take a photo",
        "hola que tal",
        "me gusta el futbol",
        "\x00\ud800",
    ],
)
def test_a_question_about_something_else_finds_nothing(question: str) -> None:
    assert found(question) is None


def test_without_entries_nothing_is_found() -> None:
    assert best_faq("where is my order?", ()) is None


def test_the_entry_in_the_language_of_the_question_wins() -> None:
    both = (entry("en", "Hotel wifi", language="en"), entry("es", "Hotel wifi", language="es"))
    match = best_faq("hotel wifi", both, "es-MX")
    assert match is not None
    assert match.entry.id == "es"


def test_an_entry_for_every_language_is_as_good_as_one_in_the_own() -> None:
    both = (entry("any", "Hotel wifi", language=None), entry("en", "Hotel wifi"))
    match = best_faq("hotel wifi", both, "en")
    assert match is not None
    assert match.entry.id == "any"


def test_the_closest_wording_is_named() -> None:
    match = best_faq("order status?", SHOP, "en")
    assert match is not None
    assert (match.entry.answer, match.words) == ("answer to track", "order status")
    assert match.score > 90


def test_a_thousand_entries_are_searched_quickly() -> None:
    many = tuple(
        entry(f"e{at}", f"How do I use product number {at} of brand {at * 7}?", f"manual {at}") for at in range(1000)
    )
    best_faq("warm up", many)
    begin = time.process_time()
    best_faq("a very long question about " + "many different things " * 300, many)
    assert time.process_time() - begin < 2
