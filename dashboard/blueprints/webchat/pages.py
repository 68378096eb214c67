"""What a customer's site loads: the script, the frame, and in demo mode a shop to show them in."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template

from dashboard.blueprints.webchat.color import DARK_PAGE, LIGHT_PAGE, as_color, link_on, readable_on
from dashboard.blueprints.webchat.reading import read_webchat
from dashboard.models.errors import NotFound
from dashboard.queries.webchat import Webchat
from dashboard.web import security
from dashboard.web.context import config
from dashboard.web.templating import STATIC

bp = Blueprint("webchat_pages", __name__)

SITE = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:(\d{1,5}|\*))?")
LOADER_SECONDS = 300


@bp.get("/<channel>.js")
def show_loader(channel: str) -> Response:
    webchat = read_webchat(channel)
    template = "webchat/loader.js" if webchat.is_connected else "webchat/switched_off.js"
    response = make_response(render_template(template, config=_look(webchat)))
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = f"public, max-age={LOADER_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@bp.get("/<channel>/frame")
def show_frame(channel: str) -> str:
    webchat = read_webchat(channel)
    security.allow_frames(site for site in webchat.allowed_sites if is_site(site))
    look = {
        **_look(webchat),
        "greeting": webchat.greeting,
        "ai_agent": webchat.ai_agent,
        "is_connected": webchat.is_connected,
        "links": [link_on(as_color(webchat.color), page) for page in (LIGHT_PAGE, DARK_PAGE)],
    }
    return render_template("webchat/frame.html", config=look, modules=MODULES)


@bp.get("/<channel>/demo")
def show_demo(channel: str) -> str:
    webchat = read_webchat(channel)
    if not config().demo:
        raise NotFound
    return render_template("webchat/demo.html", webchat=webchat)


def is_site(site: object) -> bool:
    """Whether it is an origin that may stand in `frame-ancestors`, and cannot end the directive."""
    return isinstance(site, str) and SITE.fullmatch(site) is not None


def _look(webchat: Webchat) -> dict[str, object]:
    color = as_color(webchat.color)
    return {"channel": webchat.public_id, "color": color, "on_color": readable_on(color)}


def _modules(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.js"))


MODULES = _modules(STATIC / "webchat")
"""Fetched together with the page, not one after the other as they name each other."""
