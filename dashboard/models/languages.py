"""The languages that users and AI agents can be said to speak, by code."""

from __future__ import annotations

from collections.abc import Iterable

LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def name_of(code: str) -> str:
    """`es` is Spanish; an unknown code is shown as it is."""
    return LANGUAGES.get(code.split("-")[0].lower(), code)


def unknown_among(codes: Iterable[str]) -> list[str]:
    """The codes that are none of ours; "pt-BR" is Portuguese."""
    return [code for code in codes if code.split("-")[0].lower() not in LANGUAGES]
