"""Which messages are a rating."""

import pytest

from dashboard.workflow.feedback import parse_rating


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("1", 1),
        ("5", 5),
        (" 3 ", 3),
        ("\n4\n", 4),
        ("5!", 5),
        ("(2)", 2),
        ("5 stars", 5),
        ("1 star", 1),
        ("5stars!", 5),
        ("4 STARS", 4),
        ("4/5", 4),
        ("4 / 5", 4),
        ("3 out of 5", 3),
        ("3 of 5 stars", 3),
        ("5 estrellas", 5),
        ("4 de 5", 4),
        ("2 Sterne", 2),
        ("3 étoiles", 3),
        ("3 estrelas", 3),
        ("1 stella", 1),
        ("★★★★", 4),
        ("★ ★ ★", 3),
        ("★★★☆☆", 3),
        ("⭐⭐⭐⭐⭐", 5),
        ("⭐️⭐️", 2),
        ("5️⃣", 5),
        ("\uff15", 5),
        ("④", 4),
    ],
)
def test_a_number_or_stars_alone_are_a_rating(text: str, rating: int) -> None:
    assert parse_rating(text) == rating


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "0",
        "6",
        "10",
        "55",
        "4.5",
        "-1",
        "five",
        "5 tents please",
        "I have 5 questions",
        "human please",
        "5 of 10",
        "★★★★★★",
        "☆☆☆",
        "stars",
        "5\x00",
        "1 2 3",
        "order 5",
        "5" * 10_000,
    ],
)
def test_anything_else_is_a_message(text: str) -> None:
    assert parse_rating(text) is None
