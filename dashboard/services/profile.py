"""What users change about themselves: their name, the alias that people see, their password."""

from __future__ import annotations

from sqlalchemy import select, update

from dashboard.models import User, UserSession, db
from dashboard.models.clock import utcnow
from dashboard.models.errors import Invalid, Refused
from dashboard.services import access, sessions
from dashboard.services.events import AccessChanged
from dashboard.services.guessing import forget_failures, key_of, note_failure, refuse_guessing
from dashboard.services.secrets import MIN_PASSWORD, clean_password, hash_password, verify_password
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import unit_of_work

WRONG = "That is not your current password."

_user = User.__table__
_session = UserSession.__table__


def change_profile(user_id: int, name: object, alias: object) -> None:
    """Raises Invalid; an empty alias is none, and people see the name."""
    named = clean_line(name, "name", limit=120)
    shown = clean_line(alias or "", "alias", limit=120, required=False)
    with unit_of_work() as uow:
        access.get_viewer(uow.conn, user_id)
        uow.conn.execute(update(_user).where(_user.c.id == user_id).values(name=named, alias=shown or None))
        uow.emit(AccessChanged(None, None, (user_id,)))  # their pages show the new name


def change_password(user_id: int, session_id: int, current: object, new: object, *, limit: int = 10) -> None:
    """Needs the current one, and ends all other sessions of the user.

    `limit` is the number of failures in a quarter of an hour. Raises Invalid, TooManyRequests, Refused.
    """
    key = key_of("password", str(user_id))
    refuse_guessing(db.session, {key: limit}, utcnow())
    stored = db.session.execute(select(_user.c.password_hash).where(_user.c.id == user_id)).scalar()
    db.session.close()  # the hash takes long: no connection is held meanwhile
    if not verify_password(stored, _clean(current, "current")):
        with unit_of_work() as uow:
            refuse_guessing(uow.conn, {key: limit}, uow.now)  # others may have failed while this one was checked
            note_failure(uow, [key])
        raise Invalid({"current": WRONG})
    hashed = hash_password(_chosen(new))
    with unit_of_work() as uow:
        is_same = (_user.c.id == user_id) & (_user.c.password_hash == stored) & _user.c.is_active
        if not uow.conn.execute(update(_user).where(is_same).values(password_hash=hashed)).rowcount:
            raise Refused("Your password was changed meanwhile. Nothing was changed here.")
        forget_failures(uow, key)
        sessions.revoke_within(uow, _session.c.user_id == user_id, _session.c.id != session_id)


def _chosen(raw: object) -> str:
    password = _clean(raw, "new")
    if len(password) < MIN_PASSWORD:
        raise Invalid({"new": f"A password has at least {MIN_PASSWORD} characters."})
    return password


def _clean(raw: object, field: str) -> str:
    try:
        return clean_password(raw)
    except Invalid as error:
        raise Invalid({field: error.fields["password"]}) from None
