"""The named cast of service tests: Acme's people, its AI agent Trail, and short words for what they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Row, insert, select, update

from dashboard.models import (
    AgentLoad,
    AIAgent,
    Channel,
    Conversation,
    Event,
    Handoff,
    Message,
    Outbox,
    Person,
    Presence,
    QueueEntry,
    RoutingReceipt,
    Suggestion,
    Team,
    Teamspace,
    Timer,
    User,
    db,
)
from dashboard.models.clock import set_clock
from dashboard.models.enums import ChannelKind, RoleType
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services import access, availability, closing, jobs, messaging, tickets, transfers
from dashboard.services.programs import PersonDetails
from dashboard.services.setup import (
    ADMIN,
    LIVE_AGENT,
    MANAGER,
    add_ai_agent,
    add_channel,
    add_role,
    add_team,
    add_teamspace,
    add_user,
    add_workflow_version,
    add_workspace,
)
from dashboard.services.timeline import Posted
from dashboard.services.unit_of_work import unit_of_work

_c = Conversation.__table__.c
_h = Handoff.__table__.c
_m = Message.__table__.c

HUMAN = "Can I talk to a human?"
QUESTION = "How heavy is the blue tent?"
VIEWER = "Viewer"
CHATS_ONLY = "Chats only"

USERS: dict[str, tuple[str, str, Sequence[str], str | None]] = {
    "ada": ("Ada Moreno", ADMIN, (), None),
    "bo": ("Bo Lindqvist", LIVE_AGENT, ("Front line",), None),
    "cy": ("Cy Okafor", LIVE_AGENT, ("Front line",), None),
    "eli": ("Eli Navarro", LIVE_AGENT, ("Returns",), None),
    "di": ("Di Castellan", MANAGER, (), "Support"),
    "vi": ("Vi Brandt", VIEWER, ("Front line",), None),
    "gus": ("Gus Chatter", CHATS_ONLY, ("Chatters",), None),
    "fay": ("Fay Thornton", LIVE_AGENT, ("Trade desk",), None),
}
TEAMS = {"Front line": "Support", "Returns": "Support", "Chatters": "Support", "Trade desk": "Wholesale"}


def say(key: str, text: str) -> dict[str, Any]:
    return {"key": key, "type": "send_message", "settings": {"texts": {"en": text}}}


def make_tree(
    *,
    check: bool = False,
    assign: dict[str, Any] | None = None,
    by_language: dict[str, Any] | None = None,
    asks_feedback: bool = True,
    has_handoff: bool = True,
    is_handoff_enabled: bool = True,
) -> dict[str, Any]:
    """Trail's workflow: it greets, hands off when asked to, says sorry, and asks for a rating after a close."""
    settings = {"availability_check": check, "assign": assign or {"everyone": True}, "by_language": by_language or {}}
    handoff = {
        "key": "to_people",
        "type": "human_handoff",
        "is_enabled": is_handoff_enabled,
        "settings": {**settings, "handoff_message": {"en": "A colleague will help."}},
        "children": {"on_close": [say("nested", "I am back.")]},
    }
    human = [handoff, say("after_handoff", "Anything else?")] if has_handoff else [say("alone", "Only me here.")]
    return {
        "version": 1,
        "triggers": [
            {"key": "start", "type": "chat_started", "actions": [say("hello", "Hi, I am Trail.")]},
            {
                "key": "human",
                "type": "message_received",
                "settings": {"intents": ["asks_for_person"]},
                "actions": human,
            },
            {"key": "fallback", "type": "fallback", "levels": [[say("again", "Sorry?")]]},
            {
                "key": "closed",
                "type": "chat_closed_by_live_agent",
                "actions": [{"key": "rate", "type": "collect_feedback", "is_enabled": asks_feedback}],
            },
        ],
    }


class Clock:
    """The time of a test: it stands still until it is moved, and every look costs a microsecond."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        set_clock(self.tick)

    def tick(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass
class Scene:
    """Everybody by name, and the verbs as they would be called; ids are sequential keys, chats are public ids."""

    clock: Clock
    support: int
    wholesale: int
    trail: int
    channel: int
    other_channel: int
    users: dict[str, int]
    teams: dict[str, int]
    roles: dict[str, int]
    persons: dict[str, int] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def viewer(self, name: str) -> Viewer:
        db.session.close()
        viewer = access.get_viewer(db.session, self.users[name])
        db.session.close()
        return viewer

    def key(self) -> str:
        """A client_id that nobody used."""
        return f"key-{next(self._numbers)}"

    def person(self, name: str) -> int:
        if name not in self.persons:
            with unit_of_work() as uow:
                statement = insert(Person.__table__).values(
                    public_id=new_public_id(), teamspace_id=self.support, external_id=name, name=name, details={},
                    is_banned=False, created_at=uow.now,
                )  # fmt: skip
                self.persons[name] = uow.conn.execute(statement.returning(Person.__table__.c.id)).scalar_one()
        return self.persons[name]

    def write(self, person: str, text: str, client_id: str | None = None) -> Posted:
        return messaging.start_chat(self.channel, self.person(person), text, client_id or self.key())

    def ask_for_human(self, person: str) -> str:
        return self.write(person, HUMAN).conversation_public_id

    def present(self, *names: str) -> None:
        for name in names:
            availability.connect(self.users[name], f"{name}-{self.key()}", "a process")

    def online(self, *names: str) -> None:
        for name in names:
            self.present(name)
            availability.set_availability(self.users[name], "online")

    def away(self, *names: str) -> None:
        for name in names:
            availability.set_availability(self.users[name], "away")

    def claim(self, name: str, chat: str, epoch: int | None = None) -> None:
        transfers.claim(self.viewer(name), chat, epoch)

    def claimed_by(self, name: str, person: str = "pia") -> str:
        """A chat that asked for a human and that this user claimed."""
        chat = self.ask_for_human(person)
        self.claim(name, chat)
        return chat

    def reply(self, name: str, chat: str, text: str, client_id: str | None = None, epoch: int | None = None) -> Posted:
        return messaging.send_reply(self.viewer(name), chat, text, client_id or self.key(), epoch)

    def take_over(self, name: str, chat: str, text: str = "I take this.", client_id: str | None = None) -> Posted:
        return transfers.take_over(self.viewer(name), chat, text, client_id or self.key())

    def give(self, name: str, chat: str, to: str, note: str | None = None, epoch: int | None = None) -> None:
        """Transfer to a user, or to a team when `to` is one's name."""
        if to in self.teams:
            transfers.transfer_to_team(self.viewer(name), chat, self.team_public_id(to), note, epoch)
        else:
            transfers.transfer_to_user(self.viewer(name), chat, self.viewer(to).public_id, note, epoch)

    def set_status(self, name: str, chat: str, status: str, epoch: int | None = None) -> None:
        closing.set_status(self.viewer(name), chat, status, epoch)

    def ticket(self, creator: str = "ada", *, assignee: str | None = None, teams: Sequence[str] = ()) -> str:
        request = tickets.TicketRequest(
            "A torn tent", PersonDetails("pat"), "It is torn.", self.viewer(assignee).public_id if assignee else None,
            tuple(self.team_public_id(each) for each in teams),
        )  # fmt: skip
        return tickets.create_ticket(self.viewer(creator), request, "Support")

    def team_public_id(self, name: str) -> str:
        team = Team.__table__.c
        return str(self.scalar(select(team.public_id).where(team.id == self.teams[name])))

    def configure(self, **columns: Any) -> None:
        """Change the settings of Support."""
        self.change(Teamspace, self.support, **columns)

    def change(self, model: Any, key: int, **columns: Any) -> None:
        with unit_of_work() as uow:
            uow.conn.execute(update(model.__table__).where(model.__table__.c.id == key).values(columns))

    def use_tree(self, tree: dict[str, Any]) -> None:
        """Save a new version of Trail's workflow."""
        number = len(self.rows(AIAgent)) + next(self._numbers)
        with unit_of_work() as uow:
            add_workflow_version(uow, self.trail, number, {**tree, "version": number})

    def deactivate(self, name: str) -> None:
        self.change(User, self.users[name], is_active=False)

    def conversation(self, chat: str) -> Row[Any]:
        return self.one(select(Conversation.__table__).where(_c.public_id == chat))

    def handoff(self, chat: str) -> Row[Any]:
        return self.one(select(Handoff.__table__).where(_h.id == self.conversation(chat).handoff_id))

    def timeline(self, chat: str) -> list[Row[Any]]:
        own = _m.conversation_id == self.conversation(chat).id
        return self.all(select(Message.__table__).where(own).order_by(_m.seq))

    def said(self, chat: str) -> list[tuple[str, str]]:
        """(author kind, text) of every public text, in order."""
        return [(each.author_kind.value, each.body) for each in self.timeline(chat) if each.kind.value == "text"]

    def codes(self, chat: str) -> list[str]:
        """The activities, by their codes."""
        return [each.data["code"] for each in self.timeline(chat) if each.kind.value == "activity"]

    def owner(self, chat: str) -> str:
        """`queue`, `ai_agent`, or the name of the live agent who has it."""
        row = self.conversation(chat)
        by_id = {user_id: name for name, user_id in self.users.items()}
        return by_id[row.assignee_id] if row.assignee_id else row.handler.value

    def load(self, name: str) -> int:
        _l = AgentLoad.__table__.c
        own = (_l.user_id == self.users[name]) & (_l.teamspace_id == self.support)
        return int(self.scalar(select(_l.open_chats).where(own)) or 0)

    def receipts(self, chat: str) -> list[Row[Any]]:
        _r = RoutingReceipt.__table__.c
        own = _r.conversation_id == self.conversation(chat).id
        return self.all(select(RoutingReceipt.__table__).where(own).order_by(_r.id))

    def waiting(self) -> list[str]:
        """The queue of Support, oldest first."""
        _q = QueueEntry.__table__.c
        return [
            row.public_id
            for row in self.all(
                select(_c.public_id)
                .join(QueueEntry.__table__, _q.conversation_id == _c.id)
                .where(_q.left_at.is_(None), _q.teamspace_id == self.support)
                .order_by(_q.queued_at, _q.id)
            )
        ]

    def job(self) -> jobs.Job:
        """Take the one answer that is due."""
        [job] = jobs.take_jobs("a worker")
        return job

    def timer(self) -> jobs.DueTimer:
        [timer] = jobs.take_timers()
        return timer

    def suggestions(self) -> list[Row[Any]]:
        return self.rows(Suggestion)

    def events(self) -> list[str]:
        return [row.kind for row in self.rows(Event)]

    def counts(self) -> dict[str, int]:
        """How many rows there are: what a refused verb must not change."""
        models = (Message, Handoff, QueueEntry, RoutingReceipt, Event, Outbox, Timer, Suggestion, Presence, Channel)
        return {model.__name__: len(self.rows(model)) for model in models}

    def rows(self, model: Any) -> list[Row[Any]]:
        return self.all(select(model.__table__).order_by(*model.__table__.primary_key.columns))

    def all(self, statement: Any) -> list[Row[Any]]:
        db.session.close()
        rows = list(db.session.execute(statement).all())
        db.session.close()
        return rows

    def one(self, statement: Any) -> Row[Any]:
        [row] = self.all(statement)
        return row

    def scalar(self, statement: Any) -> Any:
        rows = self.all(statement)
        return rows[0][0] if rows else None


def build_scene(tree: dict[str, Any] | None = None) -> Scene:
    """Write the cast into the empty database of the current application. Everybody is Away."""
    clock = Clock()
    with unit_of_work() as uow:
        bench = add_workspace(uow, "Acme Outdoor")
        view = ("livechats.view_all", "tickets.view_all", "livechats.assigned")
        chats = ("livechats.assigned", "livechats.manage_teams", "livechats.transfer")
        extra = {
            VIEWER: add_role(uow, bench.workspace_id, VIEWER, RoleType.WORKSPACE, view),
            CHATS_ONLY: add_role(uow, bench.workspace_id, CHATS_ONLY, RoleType.TEAM, chats),
        }
        roles = {**bench.roles, **extra}
        spaces = {name: add_teamspace(uow, bench.workspace_id, name) for name in ("Support", "Wholesale")}
        teams = {name: add_team(uow, bench.workspace_id, name, [spaces[space]]) for name, space in TEAMS.items()}
        users = {
            key: add_user(
                uow, bench.workspace_id, f"{key}@acme.test", name, roles=[roles[role]],
                teams=[teams[each] for each in in_teams], teamspaces=[spaces[space]] if space else (),
            )
            for key, (name, role, in_teams, space) in USERS.items()
        }  # fmt: skip
        trail = add_ai_agent(uow, spaces["Support"], "Trail", ["en", "es"], tree or make_tree())
        dock = add_ai_agent(uow, spaces["Wholesale"], "Dock", ["en"], make_tree())
        channel = add_channel(uow, spaces["Support"], trail, ChannelKind.WEBCHAT, "Shop")
        other = add_channel(uow, spaces["Wholesale"], dock, ChannelKind.WEBCHAT, "Trade")
    return Scene(clock, spaces["Support"], spaces["Wholesale"], trail, channel, other, users, teams, roles)
