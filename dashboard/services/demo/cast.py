"""Who is in the demo: workspace, roles, teams, users, teamspaces, AI agents and channels, exactly as in SPEC 14."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert

from dashboard.models import Mailbox
from dashboard.models.enums import ChannelKind
from dashboard.models.ids import new_public_id
from dashboard.services.default_workflow import default_tree
from dashboard.services.demo import faq
from dashboard.services.demo.trees import trail_tree
from dashboard.services.setup import (
    ADMIN,
    LIVE_AGENT,
    MANAGER,
    Workbench,
    add_ai_agent,
    add_channel,
    add_faq,
    add_team,
    add_teamspace,
    add_user,
    add_workspace,
)
from dashboard.services.unit_of_work import UnitOfWork

WORKSPACE = "Acme Outdoor"
SUPPORT = "Support"
MAILBOX = "support@acme.test"
"""Without servers of its own: what is mailed from it goes where the installation's mail goes, by default into files."""
WHOLESALE = "Wholesale"

LOGINS = (
    ("ada@acme.test", "Ada Moreno", "admin"),
    ("bo@acme.test", "Bo Lindqvist", "live agent, team Front line"),
    ("cy@acme.test", "Cy Okafor", "live agent, team Front line"),
    ("eli@acme.test", "Eli Navarro", "live agent, team Returns, speaks Spanish"),
    ("di@acme.test", "Di Castellan", "manager: views all, manages nothing"),
    ("fay@acme.test", "Fay Thornton", "live agent of Wholesale"),
)
_NAMES = {email: name for email, name, _ in LOGINS}


@dataclass(frozen=True)
class Space:
    """A teamspace of the cast, by sequential ids."""

    id: int
    ai_agent_id: int
    webchat_id: int
    api_id: int


@dataclass(frozen=True)
class Cast:
    """Everybody, by sequential ids; users by the part of their e-mail before the @."""

    workspace_id: int
    support: Space
    wholesale: Space
    teams: dict[str, int]
    users: dict[str, int]


def assemble(uow: UnitOfWork, password_hash: str, *, availability_check: bool = False) -> Cast:
    """Write the cast into an empty database."""
    bench = add_workspace(uow, WORKSPACE, "Europe/Madrid")
    support = _support(uow, bench, availability_check)
    _add_mailbox(uow, support.id)
    wholesale = _wholesale(uow, bench)
    teams = {
        "Front line": add_team(uow, bench.workspace_id, "Front line", [support.id]),
        "Returns": add_team(uow, bench.workspace_id, "Returns", [support.id]),
        "Trade desk": add_team(uow, bench.workspace_id, "Trade desk", [wholesale.id]),
    }

    def user(email: str, role: str, team: str | None = None, space: int | None = None, languages: str = "en") -> int:
        return add_user(
            uow,
            bench.workspace_id,
            email,
            _NAMES[email],
            roles=[bench.roles[role]],
            teams=[teams[team]] if team else (),
            teamspaces=[space] if space else (),
            password_hash=password_hash,
            languages=languages.split(),
        )

    users = {
        "ada": user("ada@acme.test", ADMIN),
        "bo": user("bo@acme.test", LIVE_AGENT, "Front line"),
        "cy": user("cy@acme.test", LIVE_AGENT, "Front line"),
        "eli": user("eli@acme.test", LIVE_AGENT, "Returns", languages="es en"),
        "di": user("di@acme.test", MANAGER, space=support.id),
        "fay": user("fay@acme.test", LIVE_AGENT, "Trade desk"),
    }
    return Cast(bench.workspace_id, support, wholesale, teams, users)


def _support(uow: UnitOfWork, bench: Workbench, availability_check: bool) -> Space:
    space_id = add_teamspace(uow, bench.workspace_id, SUPPORT)
    agent_id = add_ai_agent(uow, space_id, "Trail", ["en", "es"], trail_tree(availability_check=availability_check))
    add_faq(uow, agent_id, faq.TRAIL)
    # No greeting of its own: the webchat's is in the visitor's language.
    return _with_channels(uow, space_id, agent_id, "acme-outdoor.test", "#2f6f4f", None)


def _add_mailbox(uow: UnitOfWork, space_id: int) -> None:
    values = {"public_id": new_public_id(), "teamspace_id": space_id, "address": MAILBOX, "name": WORKSPACE}
    nothing = {"outgoing": {}, "incoming": {}, "position": {}, "is_enabled": True, "created_at": uow.now}
    uow.conn.execute(insert(Mailbox.__table__).values(**values, **nothing))


def _wholesale(uow: UnitOfWork, bench: Workbench) -> Space:
    space_id = add_teamspace(uow, bench.workspace_id, WHOLESALE)
    agent_id = add_ai_agent(uow, space_id, "Dock", ["en"], default_tree("Dock"))
    add_faq(uow, agent_id, faq.DOCK)
    return _with_channels(uow, space_id, agent_id, "trade.acme-outdoor.test", "#1f5fbf", "Welcome, trade partner.")


def _with_channels(uow: UnitOfWork, space_id: int, agent_id: int, site: str, color: str, greeting: str | None) -> Space:
    webchat = add_channel(uow, space_id, agent_id, ChannelKind.WEBCHAT, site, color=color, greeting=greeting)
    return Space(space_id, agent_id, webchat, add_channel(uow, space_id, agent_id, ChannelKind.API, "API"))
