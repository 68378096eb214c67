"""The shift handover: what is with somebody who goes Away, and what becomes of each of it (P4)."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import current_user

from dashboard.blueprints.conversations import MAX_NUMBER
from dashboard.models import db
from dashboard.models.clock import utcnow
from dashboard.models.errors import Invalid, PlanRequired
from dashboard.models.permissions import is_in_plan
from dashboard.queries.shift import MOST, Shift, load_shift, names_of
from dashboard.services import offers, plans, shift
from dashboard.services.shift import Choice, Decision, Outcome
from dashboard.web import htmx
from dashboard.web.signed_in import require_sign_in

bp = Blueprint("shift", __name__, url_prefix="/me/shift-handover")
bp.before_request(require_sign_in)

TRANSFER = "transfer"
DONE = {
    Choice.KEEP: "kept",
    Choice.RETURN: "returned to the queue",
    Choice.USER: "transferred",
    Choice.TEAM: "transferred",
}
OFFERED = "offered, and with you until they accept"


@bp.get("")
def show_handover() -> str:
    return _render("shift/dialog.html")


@bp.post("")
def create_handover() -> Response:
    try:
        outcomes = shift.hand_over(current_user.viewer, _read_decisions())
    except Invalid as error:
        return _again(error.status, fields=error.fields)
    if any(each.refusal for each in outcomes):
        return _again(409, outcomes=outcomes, names=_names(outcomes))
    is_moved = any(each.decision.choice is not Choice.KEEP for each in outcomes)
    done = render_template("shift/_done.html", sentence=_summary(outcomes), is_moved=is_moved)
    return htmx.trigger(make_response(done), {"close-dialog": {}})


def _read_decisions() -> list[Decision]:
    """One per conversation of the page; what is not chosen for it alone is what is chosen for all."""
    found = [_read_decision(each) for each in dict.fromkeys(request.form.getlist("conversation"))]
    if len(found) > MOST:
        raise Invalid({"all": f"At most {MOST} conversations are handed over at once."})
    return found


def _read_decision(conversation: str) -> Decision:
    form = request.form
    kind, _, to = (form.get(f"do-{conversation}") or _for_all()).partition(":")
    if kind not in {each.value for each in Choice}:
        raise Invalid({"all": "Choose what becomes of them."})
    note = form.get(f"note-{conversation}", "").strip() or form.get("note", "")
    return Decision(conversation, Choice(kind), to, note, _epoch(form.get(f"epoch-{conversation}", "")))


def _for_all() -> str:
    chosen = request.form.get("all", Choice.KEEP.value)
    if chosen != TRANSFER:
        return chosen
    if not request.form.get("to"):
        raise Invalid({"to": "Choose to whom first."})
    return request.form["to"]


def _epoch(raw: str) -> int | None:
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit()) or len(raw) > 10 or int(raw) > MAX_NUMBER:
        raise Invalid({"all": "This page is incomplete. Close it and open it again; nothing was changed."})
    return int(raw)


def _names(outcomes: list[Outcome]) -> dict[str, str]:
    return names_of(db.session, current_user.user_id, [each.decision.conversation for each in outcomes])


def _summary(outcomes: list[Outcome]) -> str:
    """`2 transferred, 1 kept`, of what was done."""
    done = [each for each in outcomes if each.refusal is None]
    words = [OFFERED if each.is_offered else DONE[each.decision.choice] for each in done]
    counts = [f"{words.count(word)} {word}" for word in dict.fromkeys([*DONE.values(), OFFERED]) if word in words]
    return ", ".join(counts)


def _again(status: int, **context: object) -> Response:
    """The form as it was typed, with what became of it."""
    return htmx.retarget(make_response(_render("shift/_form.html", **context), status), "#shift-form", "outerHTML")


def _render(template: str, **context: object) -> str:
    found = load_shift(db.session, current_user.viewer, utcnow())
    outcomes = context.get("outcomes")
    done = _summary(outcomes) if isinstance(outcomes, list) else ""
    return render_template(
        template,
        shift=found,
        refusal=_refusal(found),
        form=request.form,
        done=done,
        most=MOST,
        offer_seconds=int(offers.WINDOW.total_seconds()),
        **context,
    )


def _refusal(found: Shift) -> str | None:
    """Why nothing of it can be transferred; what one may not transfer can be kept or returned."""
    if not found.may_transfer:
        return "Your role does not allow transfers."
    is_allowed = is_in_plan(plans.get_plan(db.session), "transfers")
    return None if is_allowed else PlanRequired("transfers").sentence
