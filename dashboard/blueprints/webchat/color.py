"""Which text can be read on a brand's colour (WCAG 2.2 contrast)."""

from __future__ import annotations

import re

DEFAULT = "#1f5fbf"
READABLE = 4.5
LIGHT_PAGE, DARK_PAGE = "#ffffff", "#14181f"
"""The chat's own backgrounds, as in webchat.css."""
LIGHT, DARK = "#ffffff", "#000000"

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def as_color(raw: str) -> str:
    """The colour when it is a #rrggbb, which can break no style sheet, else the built-in one."""
    return raw if _HEX.fullmatch(raw) else DEFAULT


def readable_on(color: str) -> str:
    """White or black, whichever stands out more on a #rrggbb."""
    return LIGHT if contrast(color, LIGHT) >= contrast(color, DARK) else DARK


def link_on(color: str, page: str) -> str | None:
    """The brand's colour for words on a page where they can be read in it, else None: the chat's own is used."""
    return color if contrast(color, page) >= READABLE else None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two #rrggbb colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    parts = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
