"""The language of a message, found locally."""

import socket
from typing import NoReturn

import pytest

from dashboard.workflow import language
from dashboard.workflow.language import detect
from dashboard.workflow.warm_up import warm_up

BOTH = ("en", "es")
ALL = ("en", "es", "de", "fr", "pt-BR", "it")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, where is my order?", "en"),
        ("Hola, ¿dónde está mi pedido?", "es"),
        ("quiero hablar con una persona", "es"),
        ("QUIERO HABLAR CON UNA PERSONA", "es"),
        ("I want to talk to a human", "en"),
        ("Ich möchte mit einem Menschen sprechen", "de"),
        ("Je voudrais parler à un conseiller", "fr"),
        ("Gostaria de falar com um atendente, não consigo", "pt-BR"),
        ("Vorrei parlare con un operatore", "it"),
        ("first line\nsecond line\nthird line of text", "en"),
        ("hello\x00 my friend, how are you", "en"),
        ("hello \ud800 my friend, how are you", "en"),
        ("😀😀 how are you today my friend 😀", "en"),
        ("where is my order " * 2000, "en"),
        ("https://example.com/donde/esta/el/pedido where is my order please", "en"),
    ],
)
def test_the_language_is_found(text: str, expected: str) -> None:
    assert detect(text, ALL) == expected


@pytest.mark.parametrize(
    "text", ["", " ", "ok", "no", "12345", "😀😀😀😀", "?!", "\x00\x00\x00", "\n\n", "a1b2", "\ud800" * 9]
)
def test_too_few_letters_are_unknown(text: str) -> None:
    assert detect(text, BOTH) is None


@pytest.mark.parametrize("text", ["Ich möchte mit einem Menschen sprechen", "你好 我的订单在哪里", "Где мой заказ"])
def test_a_language_that_the_agent_does_not_speak_is_unknown(text: str) -> None:
    assert detect(text, BOTH) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("hola", "es"), ("hello", "en"), ("hey!", "en"), ("hi", None), ("y por que", "es"), ("zzzz", None)],
)
def test_small_words_tell_where_the_model_does_not(text: str, expected: str | None) -> None:
    assert detect(text, BOTH) == expected


def test_a_low_score_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unsure:
        def detect(self, text: str, *, model: str, k: int) -> list[dict[str, object]]:
            return [{"lang": "fr", "score": 0.4}, {"lang": "en", "score": 0.31}, {"lang": "es", "score": 0.29}]

    monkeypatch.setattr(language, "_detector", Unsure)
    assert detect("something", ("en",)) == "en"
    assert detect("something", ("es",)) is None


def test_no_allowed_language_is_unknown() -> None:
    assert detect("Hello, where is my order?", ()) is None


def test_the_model_is_bundled_and_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("no network here")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    language._detector.cache_clear()
    assert detect("Hello, where is my order?", BOTH) == "en"


def test_warming_up_loads_the_model_before_the_first_message() -> None:
    language._detector.cache_clear()
    warm_up()
    assert language._detector.cache_info().currsize == 1
