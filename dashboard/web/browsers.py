"""What a browser calls itself, in words: good enough to recognise one's own."""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that occurs counts: most call themselves by their ancestors' names too."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def in_words(user_agent: str | None) -> str:
    """`Firefox on Linux`; what is unknown is called a browser, or left out."""
    text = user_agent or ""
    browser = next((name for mark, name in BROWSERS if mark in text), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in text), "")
    return f"{browser} on {system}" if system else browser
