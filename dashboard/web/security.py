"""The headers that every answer carries; a page that may stand in a frame says so with `allow_frames`."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, Response, g

SELF = "'self'"

DIRECTIVES: dict[str, str] = {
    "default-src": SELF,
    "img-src": f"{SELF} data:",
    "connect-src": SELF,
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": SELF,
}


def init_app(app: Flask, *, is_https: bool) -> None:
    """Add the headers to every answer of the application."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        ancestors = g.get("frame_ancestors", "'none'")
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy(ancestors))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        if ancestors == "'none'":
            headers.setdefault("X-Frame-Options", "DENY")
            headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if response.mimetype != "text/html":
            return response
        headers.setdefault("Cache-Control", "no-store")
        return response


def policy(frame_ancestors: str) -> str:
    """The Content-Security-Policy: nothing inline, nothing evaluated, nothing from elsewhere."""
    directives = {**DIRECTIVES, "frame-ancestors": frame_ancestors}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def allow_frames(sites: Iterable[str]) -> None:
    """Let these sites, and our own pages, show this answer in a frame; `*` is any site."""
    g.frame_ancestors = " ".join([SELF, *sites])
