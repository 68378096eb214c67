"""Users, personal tokens and teamspace secrets, as the command line makes them; all names are as people read them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, insert, select, true, update

from dashboard.models import ApiToken, Role, Team, Teamspace, User, Workspace
from dashboard.models.enums import ChannelKind
from dashboard.models.errors import Invalid, NotFound, Refused
from dashboard.services import plans
from dashboard.services.addresses import clean_email
from dashboard.services.default_workflow import default_tree
from dashboard.services.events import AccessChanged
from dashboard.services.installation import get_setting, put_setting
from dashboard.services.secrets import MIN_PASSWORD, clean_password, digest, hash_password, new_password, new_token
from dashboard.services.setup import ADMIN, add_ai_agent, add_channel, add_team, add_teamspace, add_user, add_workspace
from dashboard.services.text import clean_line
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

OF_USER = "baton_user_"
OF_TEAMSPACE = "baton_space_"
TEAM = "Front line"
"""The team that a new installation starts with."""

_role = Role.__table__
_space = Teamspace.__table__
_team = Team.__table__
_token = ApiToken.__table__
_user = User.__table__
_workspace = Workspace.__table__


@dataclass(frozen=True)
class NewUser:
    """What to call them, where they belong, and a password if they chose one."""

    email: str
    name: str
    roles: Sequence[str] = ()
    teams: Sequence[str] = ()
    teamspaces: Sequence[str] = ()
    password: str | None = None


def create_admin(new: NewUser) -> str:
    """A user who may do everything, and in an empty installation what there is to do it with; answers the password.

    Raises Invalid for e-mail, name or password, Refused for an e-mail that is taken.
    """
    checked, password = _checked(new)
    hashed = hash_password(password)
    with unit_of_work() as uow:
        is_first = uow.conn.execute(select(_workspace.c.id)).first() is None
        if is_first:
            _found(uow)
        # The first one is in the team: without a live agent in the teamspace nobody is ever handed over (H2).
        _add(uow, NewUser(checked.email, checked.name, (ADMIN,), (TEAM,) if is_first else ()), hashed)
    return password


def create_user(new: NewUser) -> str:
    """A user with these roles, in these teams and teamspaces; answers the password.

    Raises Invalid, NotFound for a name that nothing has, Refused for an e-mail that is taken.
    """
    if not new.roles:
        raise Invalid({"role": "A user has at least one role."})
    checked, password = _checked(new)
    hashed = hash_password(password)
    with unit_of_work() as uow:
        user_id = _add(uow, checked, hashed)
        uow.emit(AccessChanged(None, None, (user_id,)))
    return password


def create_token(email: str) -> str:
    """A personal token of the API, which is its user from now on; it is shown only once. Raises NotFound."""
    raw = new_token(OF_USER)
    with unit_of_work() as uow:
        is_them = (_user.c.email == email.strip().lower()) & _user.c.is_active
        user_id = uow.conn.execute(select(_user.c.id).where(is_them)).scalar()
        if user_id is None:
            raise NotFound(f"There is no active user with the e-mail {email}.")
        uow.conn.execute(insert(_token).values(token_hash=digest(raw), user_id=user_id, created_at=uow.now))
    return raw


def teamspace_secret(name: str, installation_key: str, *, is_rotated: bool = False) -> str:
    """The secret that speaks for the channel of a teamspace (SPEC 14); rotated, the one before is void at once.

    It is derived from the installation's key, so that it can be shown again and is stored only as a hash.
    Raises NotFound, PlanRequired, and Refused when the key has changed since.
    """
    with unit_of_work() as uow:
        plans.require(uow.conn, "teamspace_secrets")
        row = uow.conn.execute(_by_name(_space, name)).one_or_none()
        if row is None:
            raise NotFound(_unknown(uow.conn, _space, "teamspace", name))
        setting = f"teamspace_secret:{row.public_id}"
        number = int(get_setting(uow.conn, setting) or 0)
        if is_rotated or row.secret_hash is None:
            number += 1
            put_setting(uow.conn, setting, str(number))
        raw = _derive(installation_key, row.public_id, number)
        if is_rotated or row.secret_hash is None:
            uow.conn.execute(update(_space).where(_space.c.id == row.id).values(secret_hash=digest(raw)))
        elif row.secret_hash != digest(raw):
            raise Refused("The installation's key has changed since, so it cannot be shown again: use --rotate.")
    return raw


def _checked(new: NewUser) -> tuple[NewUser, str]:
    email = clean_email(new.email).lower()
    name = clean_line(new.name, "name", limit=120)
    password = new_password() if new.password is None else clean_password(new.password)
    if len(password) < MIN_PASSWORD:
        raise Invalid({"password": f"A password has at least {MIN_PASSWORD} characters."})
    return NewUser(email, name, new.roles, new.teams, new.teamspaces), password


def _add(uow: UnitOfWork, new: NewUser, hashed: str) -> int:
    if uow.conn.execute(select(_user.c.id).where(_user.c.email == new.email)).first():
        raise Refused(f"There is a user with the e-mail {new.email} already.")
    workspace_id = uow.conn.execute(select(_workspace.c.id)).scalar()
    if workspace_id is None:
        raise Refused("There is no workspace yet: create an admin first.")
    return add_user(
        uow,
        workspace_id,
        new.email,
        new.name,
        roles=[_id(uow.conn, _role, "role", name) for name in new.roles],
        teams=[_id(uow.conn, _team, "team", name) for name in new.teams],
        teamspaces=[_id(uow.conn, _space, "teamspace", name) for name in new.teamspaces],
        password_hash=hashed,
    )


def _found(uow: UnitOfWork) -> None:
    """What a new installation starts with: a teamspace with an AI agent that hands over to one team."""
    bench = add_workspace(uow, "Workspace")
    space_id = add_teamspace(uow, bench.workspace_id, "Support")
    agent_id = add_ai_agent(uow, space_id, "Assistant", ["en"], default_tree("Assistant"))
    add_channel(uow, space_id, agent_id, ChannelKind.WEBCHAT, "Website")
    add_channel(uow, space_id, agent_id, ChannelKind.API, "API")
    add_team(uow, bench.workspace_id, TEAM, [space_id])


def _id(conn: Connection, table: Table, noun: str, name: str) -> int:
    row = conn.execute(_by_name(table, name)).first()
    if row is None:
        raise NotFound(_unknown(conn, table, noun, name))
    return int(row.id)


def _by_name(table: Table, name: str) -> Select[Any]:
    is_named: ColumnElement[bool] = table.c.name == name.strip()
    return select(table).where(is_named, _is_in_use(table))


def _is_in_use(table: Table) -> ColumnElement[bool]:
    """Not deleted; what cannot be deleted without losing its row is in use."""
    return table.c.archived_at.is_(None) if "archived_at" in table.c else true()


def _unknown(conn: Connection, table: Table, noun: str, name: str) -> str:
    names = ", ".join(conn.execute(select(table.c.name).where(_is_in_use(table)).order_by(table.c.name)).scalars())
    return f"There is no {noun} called {name!r}; there are: {names or 'none'}."


def _derive(key: str, public_id: str, number: int) -> str:
    code = hmac.new(key.encode(), f"teamspace-secret:{public_id}:{number}".encode(), hashlib.sha256).digest()
    return OF_TEAMSPACE + base64.urlsafe_b64encode(code).decode().rstrip("=")
