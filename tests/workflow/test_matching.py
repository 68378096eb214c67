"""Approximate phrases, exclusions, and which trigger wins."""

import pytest

from dashboard.workflow.matching import PHRASE_THRESHOLD, find_trigger, phrase_score
from dashboard.workflow.normalise import normalise
from dashboard.workflow.similar import same_word
from tests.workflow.trail import received, say, tree


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("opening hours", "What are your opening hours?"),
        ("opening hours", "OPENING HOURS"),
        ("opening hours", "openning hours pls"),
        ("opening hours", "opening hour"),
        ("where is my order", "Hi, where is my order?"),
        ("where is my order", "where's my order"),
        ("where is my order", "wher is my oder"),
        ("where is my order", "Where is my orrder #4711"),
        ("track my order", "how do I track the order I placed"),
        ("cancel my subscription", "I want my subscription cancelled"),
        ("refund", "can I get a refund for this"),
        ("refund", "two refunds please"),
        ("refund", "i want a refnud"),
        ("dónde está mi pedido", "donde esta mi pedido"),
        ("donde esta mi pedido", "¿Dónde está mi pedido?"),
        ("devolución", "quiero hacer una devolucion"),
        ("change delivery address", "Can I change the address for delivery?"),
        ("hello", "Hello!"),
        ("hello", "hello there"),
        ("thank you", "Thank you so much!"),
        ("thank you", "ok thank you"),
        ("größe", "welche Grosse brauche ich"),
        ("don't know", "I dont know"),
        ("size chart", "do you have a size-chart?"),
    ],
)
def test_a_message_that_is_close_to_a_phrase_matches(phrase: str, text: str) -> None:
    assert phrase_score(text, phrase) >= PHRASE_THRESHOLD


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("opening hours", "the opening of the tent is torn"),
        ("where is my order", "where can I order?"),
        ("track my order", "the running track was great, really an order of magnitude better"),
        ("refund", "I am fundamentally happy"),
        ("shipping", "I love shopping"),
        ("order", "my older brother"),
        ("return", "the turn signal"),
        ("late", "the rate is fine"),
        ("my order is late", "my order is great"),
        ("card", "my cart is empty"),
        ("hello", "hello, where is my order?"),
        ("help", "I need help with my broken stove"),
        ("", "anything"),
        ("anything", ""),
        ("!!!", "???"),
        ("pay by invoice", "pay by card"),
    ],
)
def test_a_message_about_something_else_does_not_match(phrase: str, text: str) -> None:
    assert phrase_score(text, phrase) < PHRASE_THRESHOLD


def matched(text: str, *triggers: dict[str, object]) -> str | None:
    found = find_trigger(tree(*triggers), text, "en")
    return found.trigger.key if found else None


def test_an_exclusion_keeps_a_trigger_from_firing() -> None:
    trigger = received("refund", say("a", "x"), phrases=["refund"], exclusions=["refund policy", "no refund"])
    assert matched("I want a refund", trigger) == "refund"
    assert matched("what is your refund policy?", trigger) is None
    assert matched("What's the refund polcy", trigger) is None


def test_an_exclusion_also_holds_back_an_intent() -> None:
    trigger = received("human", say("a", "x"), intents=["asks_for_person"], exclusions=["about a job"])
    assert matched("I want to talk to a human", trigger) == "human"
    assert matched("I want to talk to a human about a job", trigger) is None


def test_the_closest_phrase_wins_whatever_the_order_of_triggers() -> None:
    orders = received("order", say("a", "x"), phrases=["order"])
    where = received("where", say("b", "x"), phrases=["where is my order"])
    assert matched("where is my order?", orders, where) == "where"
    assert matched("where is my order?", where, orders) == "where"


def test_a_perfect_phrase_beats_one_with_a_typo() -> None:
    first = received("first", say("a", "x"), phrases=["returns"])
    second = received("second", say("b", "x"), phrases=["return"])
    assert matched("return", first, second) == "second"


def test_at_a_tie_the_first_in_the_tree_wins() -> None:
    triggers = [received(key, say(f"{key}1", "x"), phrases=["refund"]) for key in ("one", "two")]
    assert matched("refund", *triggers) == "one"


def test_who_asks_for_a_person_gets_that_before_any_phrase() -> None:
    order = received("order", say("a", "x"), phrases=["talk to a human about my order"])
    human = received("human", say("b", "x"), intents=["asks_for_person"])
    assert matched("I want to talk to a human about my order", order, human) == "human"


def test_a_request_for_a_person_needs_a_trigger_that_listens_to_it() -> None:
    assert matched("I want to talk to a human", received("order", say("a", "x"), phrases=["order"])) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Héllo,   WÖRLD!! ", "hello world"),
        ("don't", "dont"),
        ("don\u2019t", "dont"),
        ("l'agent", "l agent"),
        ("sooooo", "soo"),
        ("ﬁne", "fine"),
        ("a_b-c", "a b c"),
        ("\x00\n\t", ""),
        ("😀 ok", "ok"),
        ("Straße", "strasse"),
        ("Привет, мир", "привет мир"),
        ("", ""),
    ],
)
def test_words_are_brought_into_one_shape(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order", "oder"),
        ("order", "ordre"),
        ("return", "returned"),
        ("shipping", "shiping"),
        ("delivery", "deliveries"),
    ],
)
def test_a_typo_or_an_ending_does_not_make_another_word(one: str, other: str) -> None:
    assert same_word(one, other)
    assert same_word(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("tent", "test"), ("shipping", "shopping"), ("cart", "card"), ("a", "b"), ("late", "rate"), ("is", "in")],
)
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert not same_word(one, other)
    assert not same_word(other, one)
