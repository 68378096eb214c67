"""A program that speaks for a teamspace's channel: its persons, and the channel through which they write (SPEC 14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.models import AIAgent, Channel, Person, Teamspace, db
from dashboard.models.enums import ChannelKind
from dashboard.models.errors import NotFound, Refused
from dashboard.models.ids import new_public_id
from dashboard.models.membership import Reader
from dashboard.services import messaging
from dashboard.services.timeline import Posted
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work

_p = Person.__table__.c
_ch = Channel.__table__.c
_ai = AIAgent.__table__.c
_s = Teamspace.__table__.c

CHANNEL_NAME = "API"


@dataclass(frozen=True)
class PersonDetails:
    """How a program names a person; `external_id` is its own key for them, None leaves a detail as it is."""

    external_id: str
    name: str | None = None
    email: str | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The details that are not None."""
        return {name: value for name in ("name", "email") if (value := getattr(self, name)) is not None}


def start_conversation(
    teamspace_id: int, person: PersonDetails, text: str, client_id: str, ai_agent: str | None = None
) -> Posted:
    """A person writes through the program: into their live chat on its channel, or a new one.

    `ai_agent` is the id or name of the one that shall answer a new chat. Raises NotFound for an unknown one.
    """
    agent_id = None if ai_agent is None else _get_agent(teamspace_id, ai_agent)
    channel_id = db.session.execute(_channel_select(teamspace_id)).scalar()
    person_id = _find_unchanged(db.session, teamspace_id, person)
    if channel_id is None or person_id is None:
        with unit_of_work() as uow:
            channel_id = channel_id or _open_channel(uow, teamspace_id)
            person_id = know_person(uow, teamspace_id, person)
    return messaging.start_chat(channel_id, person_id, text, client_id, ai_agent_id=agent_id)


def know_person(uow: UnitOfWork, teamspace_id: int, person: PersonDetails, *, may_change: bool = True) -> int:
    """The key of the record with this external id itself, made or updated, under which its program writes.

    After a merge another record stands for it: `arriving.lock_record` says which, before anything is attached to it.
    Without `may_change` only what was not known of them is added.
    """
    dialect = postgresql if uow.conn.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Person.__table__).values(
        public_id=new_public_id(),
        teamspace_id=teamspace_id,
        external_id=person.external_id,
        details={},
        is_banned=False,
        created_at=uow.now,
        **person.given,
    )
    uow.conn.execute(statement.on_conflict_do_nothing(index_elements=[_p.teamspace_id, _p.external_id]))
    is_them = _is_them(teamspace_id, person)
    if person.given:
        told = {name: value if may_change else func.coalesce(_p[name], value) for name, value in person.given.items()}
        uow.conn.execute(update(Person.__table__).where(is_them).values(told))
    return int(uow.conn.execute(select(_p.id).where(is_them)).scalar_one())


def _find_unchanged(reader: Reader, teamspace_id: int, person: PersonDetails) -> int | None:
    """The key of a person of whom nothing new is said."""
    same = [_p[name] == value for name, value in person.given.items()]
    found: int | None = reader.execute(select(_p.id).where(_is_them(teamspace_id, person), *same)).scalar()
    return found


def _is_them(teamspace_id: int, person: PersonDetails) -> ColumnElement[bool]:
    is_them: ColumnElement[bool] = (_p.teamspace_id == teamspace_id) & (_p.external_id == person.external_id)
    return is_them


def _get_agent(teamspace_id: int, reference: str) -> int:
    found = db.session.execute(
        select(_ai.id).where(
            _ai.teamspace_id == teamspace_id,
            _ai.is_archived.is_(False),
            or_(_ai.public_id == reference, _ai.name == reference),
        )
    ).scalar()
    if found is None:
        raise NotFound("There is no such AI agent in this teamspace.")
    return int(found)


def _channel_select(teamspace_id: int) -> Select[int]:
    is_it = (_ch.teamspace_id == teamspace_id) & (_ch.kind == ChannelKind.API)
    return select(_ch.id).where(is_it).order_by(_ch.id).limit(1)


def _open_channel(uow: UnitOfWork, teamspace_id: int) -> int:
    """The teamspace's one API channel, made when the first program speaks; its AI agent is the default one."""
    default = select(_s.default_ai_agent_id).where(_s.id == teamspace_id).with_for_update(key_share=True)
    agent_id = uow.conn.execute(default).scalar_one()
    # Another program may have made it while this one waited for the lock.
    found = uow.conn.execute(_channel_select(teamspace_id)).scalar()
    if found is not None:
        return int(found)
    statement = insert(Channel.__table__).values(
        public_id=new_public_id(),
        teamspace_id=teamspace_id,
        ai_agent_id=agent_id or _first_agent(uow, teamspace_id),
        kind=ChannelKind.API,
        name=CHANNEL_NAME,
        allowed_sites=[],
        is_connected=True,
    )
    return int(uow.conn.execute(statement.returning(_ch.id)).scalar_one())


def _first_agent(uow: UnitOfWork, teamspace_id: int) -> int:
    found = uow.conn.execute(
        select(_ai.id).where(_ai.teamspace_id == teamspace_id, _ai.is_archived.is_(False)).order_by(_ai.id)
    ).scalar()
    if found is None:
        raise Refused("This teamspace has no AI agent that could answer.")
    return int(found)
