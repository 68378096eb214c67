"""What templates can call: addresses of static files, filters for names, times and raw text."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from flask import Flask, Response, g, request
from flask_login import current_user
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup, escape

from dashboard.models import db
from dashboard.models.clock import to_rfc3339
from dashboard.models.languages import name_of
from dashboard.queries.navigation import Navigation, load_navigation
from dashboard.web.sections import kept_in_bar, rail_for, settings_for

STATIC = Path(__file__).parent.parent / "static"
TONES = 8
YEAR = 365 * 24 * 3600
THEME_COOKIE = "baton_theme"
THEMES = {"system": "", "light": "baton", "dark": "baton-dark"}
"""What a reader can choose, and the name of the theme in the stylesheet."""

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")

_ANCHOR = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>')


class Macros(Template):
    """A template whose macros are made once. No page has globals of its own, which each import would look for."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Give every template its filters and globals."""
    app.jinja_env.template_class = Macros
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    filters: dict[str, Callable[..., object]] = {
        "clock": clock,
        "initials": initials,
        "iso": to_rfc3339,
        "language": language,
        "richtext": richtext,
        "tone": tone,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(
        asset=asset,
        vendor=vendor,
        nav=nav,
        dom_id=dom_id,
        rail_for=rail_for,
        kept_in_bar=kept_in_bar,
        settings_for=settings_for,
        theme=theme,
        theme_attribute=theme_attribute,
        ICONS=vendor("lucide", "icons.svg"),
    )
    app.after_request(_let_browsers_keep)


def _let_browsers_keep(response: Response) -> Response:
    """What has its version in its address never changes; icons must not need the line that has just been cut."""
    is_versioned = "v" in request.args or "/vendor/" in request.path
    if request.endpoint == "static" and is_versioned and response.status_code < 400:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    return response


def nav() -> Navigation:
    """Who looks at the page and what the rail shows, read once per request."""
    if "navigation" not in g:
        g.navigation = load_navigation(db.session, current_user.viewer, current_user.availability)
    navigation: Navigation = g.navigation
    return navigation


def theme() -> str:
    """The reader's choice: system, light or dark."""
    chosen = request.cookies.get(THEME_COOKIE, "system")
    return chosen if chosen in THEMES else "system"


def theme_attribute() -> Markup:
    """What the root element carries so that the page comes in the chosen theme at once."""
    name = THEMES[theme()]
    return Markup(' data-theme="{}"').format(name) if name else Markup("")


def dom_id(kind: str, public_id: str) -> str:
    """The one way to build ids of elements: `row-0198…`."""
    return f"{kind}-{public_id}"


@cache
def asset(path: str) -> str:
    """The address of a static file, with its content's hash, so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


@cache
def vendor(name: str, file: str) -> str:
    """The address of a vendored file, whatever its version."""
    (folder,) = (STATIC / "vendor").glob(f"{name}@*")
    return f"/static/vendor/{folder.name}/{file}"


@cache
def initials(name: str) -> str:
    """At most two letters: `Bo Lindqvist` is BL."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [name.strip()[:1]]
    return "".join(letters).upper() or "?"


@cache
def tone(name: str) -> int:
    """A stable number below TONES for the colour behind someone's initials."""
    return zlib.crc32(name.encode("utf-8", "replace")) % TONES


def clock(moment: datetime) -> str:
    """What stands there until the browser shows the reader's own zone (N11)."""
    return moment.astimezone(UTC).strftime("%H:%M")


def language(code: str) -> str:
    """`es` is Spanish; an unknown code is shown as it is."""
    return name_of(code)


def richtext(text: str) -> Markup:
    """Raw text as HTML: everything escaped, web addresses made clickable."""
    if "://" not in text:
        return escape(text)
    parts: list[Markup] = []
    start = 0
    for match in _LINK.finditer(text):
        parts.append(escape(text[start : match.start()]))
        parts.append(_ANCHOR.format(match.group()))
        start = match.end()
    parts.append(escape(text[start:]))
    return Markup("").join(parts)
