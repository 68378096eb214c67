"""Teamspaces: made so that they work at once, and changed by whoever manages them (SPEC 1, N10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select, update

from dashboard.models import Team, Teamspace, TeamspaceTeam, TeamspaceUser, User
from dashboard.models.enums import ChannelKind
from dashboard.models.errors import Invalid
from dashboard.models.languages import unknown_among
from dashboard.models.membership import permitted_select
from dashboard.models.visibility import Viewer
from dashboard.queries.teams import load_state as load_team
from dashboard.queries.teams import member_ids
from dashboard.queries.teamspaces import TeamspaceState, get_teamspace, linked_team_ids, linked_user_ids, load_state
from dashboard.services import access
from dashboard.services.belonging import Stale, belonging_changed
from dashboard.services.default_workflow import default_tree
from dashboard.services.holding import Held
from dashboard.services.releasing import explain_all
from dashboard.services.setup import add_ai_agent, add_channel, add_teamspace
from dashboard.services.teams import MAX_NAME, add_links, name_in_use, unlink
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_s = Teamspace.__table__.c
_t = Team.__table__.c
_tt = TeamspaceTeam.__table__
_tu = TeamspaceUser.__table__
_u = User.__table__.c

CHANGED = "Somebody else changed this teamspace meanwhile. Nothing was saved; what you chose is kept below."


@dataclass(frozen=True)
class NewTeamspace:
    """What is asked for a new one; `teams` are public ids, `languages` codes, the first one preferred."""

    name: str
    agent_name: str
    languages: tuple[str, ...]
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TeamspaceDraft:
    """What the General page says; users and teams are public ids."""

    name: str
    users: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


def create_teamspace(viewer: Viewer, new: NewTeamspace) -> str:
    """A teamspace with its first AI agent, a webchat and an API channel; its creator is linked. Its public id.

    Raises NotPermitted, and Invalid with the fields that are wrong.
    """
    with name_in_use("teamspace"), unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "teamspaces.manage")
        name = clean_teamspace_name(uow, viewer, new.name, None)
        agent_name = clean_line(new.agent_name, "agent_name", limit=MAX_NAME)
        languages = clean_languages(new.languages)
        space_id = add_teamspace(uow, viewer.workspace_id, name)
        agent_id = add_ai_agent(uow, space_id, agent_name, languages, default_tree(agent_name))
        add_channel(uow, space_id, agent_id, ChannelKind.WEBCHAT, "Website")
        add_channel(uow, space_id, agent_id, ChannelKind.API, "API")
        state = load_state(uow.conn, space_id)
        _store(uow, viewer, state, frozenset([viewer.public_id]), new.teams)
    return state.public_id


def change_teamspace(viewer: Viewer, public_id: str, draft: TeamspaceDraft, version: str) -> None:
    """Save the General page, drawn from the state that `version` names.

    Raises Stale when that is no longer what is stored, Invalid with the fields, NotFound, NotPermitted.
    """
    with name_in_use("teamspace"), unit_of_work() as uow:
        viewer = access.authorise(uow, viewer.user_id, "teamspaces.manage")
        lock = select(_s.id).where(_s.public_id == public_id).with_for_update(key_share=True)
        uow.conn.execute(lock).first()  # one save after the other
        state = get_teamspace(uow.conn, viewer, public_id)
        if state.version != version:
            raise Stale(CHANGED)
        name = clean_teamspace_name(uow, viewer, draft.name, state.id)
        uow.conn.execute(update(Teamspace.__table__).where(_s.id == state.id).values(name=name))
        _store(uow, viewer, state, draft.users, draft.teams)


def clean_teamspace_name(uow: UnitOfWork, viewer: Viewer, raw: object, teamspace_id: int | None) -> str:
    """A name that no other teamspace in use has; raises Invalid."""
    name = clean_line(raw, "name", limit=MAX_NAME)
    is_other: ColumnElement[bool] = _s.id != (teamspace_id or 0)
    in_use = (_s.workspace_id == viewer.workspace_id) & _s.archived_at.is_(None) & is_other
    if uow.conn.execute(select(_s.id).where(in_use, func.lower(_s.name) == name.lower())).first():
        raise Invalid({"name": f"There is a teamspace called \u201c{name}\u201d already. Choose another name."})
    return name


def clean_languages(raw: Iterable[str], *, required: bool = True) -> list[str]:
    """Known codes, each once, in the order given; raises Invalid."""
    codes = list(dict.fromkeys(raw))
    if unknown_among(codes):
        raise Invalid({"languages": "Choose languages from the list."})
    if required and not codes:
        raise Invalid({"languages": "Choose at least one language."})
    return codes


def affected_user_ids(uow: UnitOfWork, teamspace_id: int) -> frozenset[int]:
    """Whose reach depends on the teamspace: who is linked, who is in its teams, and the admins, who see all."""
    users = linked_user_ids(uow.conn, teamspace_id) | _admin_ids(uow)
    return users.union(*(member_ids(uow.conn, each) for each in linked_team_ids(uow.conn, teamspace_id)))


def _admin_ids(uow: UnitOfWork) -> frozenset[int]:
    """Whoever holds the built-in role: no other one has a permission that nobody has listed."""
    return frozenset(uow.conn.execute(permitted_select("")).scalars())


def _store(
    uow: UnitOfWork, viewer: Viewer, state: TeamspaceState, users: frozenset[str], teams: frozenset[str]
) -> None:
    before = affected_user_ids(uow, state.id)
    _store_users(uow, viewer, state, users)
    released = _store_teams(uow, viewer, state, teams)
    belonging_changed(uow, before | affected_user_ids(uow, state.id), [state.id])
    explain_all(uow, released)


def _store_users(uow: UnitOfWork, viewer: Viewer, state: TeamspaceState, wanted: frozenset[str]) -> None:
    """The form cannot speak of deactivated users, nor of admins, who are linked to all: they stay as they are."""
    admins = _admin_ids(uow)
    of_workspace = _u.public_id.in_(wanted | state.users) & (_u.workspace_id == viewer.workspace_id)
    found = uow.conn.execute(select(_u.id, _u.public_id, _u.is_active).where(of_workspace)).all()
    if not wanted <= {row.public_id for row in found if row.is_active}:
        raise Invalid({"users": "Somebody whom you chose is no longer an active user. Look at the users again."})
    keys = {row.public_id: row.id for row in found}
    add_links(uow, _tu, [{"teamspace_id": state.id, "user_id": keys[each]} for each in sorted(wanted - state.users)])
    gone = [row.id for row in found if row.public_id in state.users - wanted and row.is_active]
    gone = [each for each in gone if each not in admins]
    uow.conn.execute(delete(_tu).where(_tu.c.teamspace_id == state.id, _tu.c.user_id.in_(gone)))


def _store_teams(uow: UnitOfWork, viewer: Viewer, state: TeamspaceState, wanted: frozenset[str]) -> dict[int, Held]:
    # Locked against a deletion that is going on: a deleted team has no links.
    in_use = (_t.workspace_id == viewer.workspace_id) & _t.archived_at.is_(None)
    named = in_use & _t.public_id.in_(wanted | state.teams)
    locked = select(_t.public_id, _t.id).where(named).order_by(_t.id).with_for_update(read=True, key_share=True)
    keys = {row.public_id: row.id for row in uow.conn.execute(locked)}
    if not wanted <= set(keys):
        raise Invalid({"teams": "One of the teams is gone. Look at them again."})
    add_links(uow, _tt, [{"teamspace_id": state.id, "team_id": keys[each]} for each in sorted(wanted - state.teams)])
    gone = sorted(keys[each] for each in state.teams - wanted if each in keys)
    return unlink(uow, viewer, [load_team(uow.conn, each) for each in gone], [state.id])
