"""Offers on screen: the card of who is asked, the line of who waits, and their answers (T5)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user

from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.queries.offers import load_offers
from dashboard.services import offers, undo
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("offers", __name__, url_prefix="/offers")
bp.before_request(require_sign_in)


@bp.get("")
def show_offers() -> str:
    """Asked for by every page at load, after a cut of its line, and when told that something is new."""
    found = load_offers(db.session, current_user.viewer, utcnow())
    return render_template("offers/_list.html", offers=found, undo_seconds=int(undo.WINDOW.total_seconds()))


@bp.post("/<offer>/accept")
def accept(offer: str) -> dict[str, Any]:
    return {"conversation": offers.accept(current_user.viewer, offer)}


@bp.post("/<offer>/decline")
def decline(offer: str) -> tuple[str, int]:
    offers.decline(current_user.viewer, offer)
    return "", 204


@bp.delete("/<offer>")
def withdraw(offer: str) -> tuple[str, int]:
    offers.withdraw(current_user.viewer, offer)
    return "", 204
