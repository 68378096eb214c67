"""Which languages a user speaks: shown where somebody chooses to whom a conversation goes, and skipping nobody (H5)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update

from dashboard.models import User
from dashboard.models.errors import NotFound
from dashboard.models.visibility import Viewer
from dashboard.queries.teams import get_team, member_ids
from dashboard.services import access
from dashboard.services.belonging import Stale
from dashboard.services.teamspaces import clean_languages
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_u = User.__table__.c

CHANGED = "Somebody else changed these languages meanwhile. Nothing was saved: look at them again."


def set_own_languages(user_id: int, languages: Iterable[str]) -> None:
    """The user's own, in the order of the list; raises Invalid for a code that is none of ours."""
    codes = clean_languages(languages, required=False)
    with unit_of_work() as uow:
        access.get_viewer(uow.conn, user_id)
        _store(uow, user_id, codes)


def set_member_languages(
    viewer: Viewer, team_public_id: str, user_public_id: str, languages: Iterable[str], was: Iterable[str]
) -> None:
    """Those of a member of a team that the viewer manages; `was` are those that the form was drawn with.

    Raises Stale, Invalid, NotFound for whoever is no member, NotPermitted.
    """
    codes = clean_languages(languages, required=False)
    with unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "teams.manage")
        team = get_team(uow.conn, viewer, team_public_id)
        of_user = select(_u.id, _u.languages).where(_u.public_id == user_public_id, _u.is_active)
        row = uow.conn.execute(of_user.with_for_update(key_share=True)).first()
        if row is None or row.id not in member_ids(uow.conn, team.id):
            raise NotFound
        if list(row.languages or ()) != list(was):
            raise Stale(CHANGED)
        _store(uow, row.id, codes)


def _store(uow: UnitOfWork, user_id: int, codes: list[str]) -> None:
    uow.conn.execute(update(User.__table__).where(_u.id == user_id).values(languages=codes))
