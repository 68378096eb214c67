"""The webchat: a script and a frame for the customer's site, the frame's JSON requests, and its socket (W1)."""

from __future__ import annotations

from flask import Blueprint

from dashboard.blueprints.webchat import api, live, pages

bp = Blueprint("webchat", __name__, url_prefix="/webchat")
for part in (live.bp, pages.bp, api.bp):
    bp.register_blueprint(part)
