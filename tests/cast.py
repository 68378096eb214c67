"""The named cast of the demo, for tests: everybody has a name, a role, teams and a known password."""

from __future__ import annotations

from functools import cache

from sqlalchemy import insert

from dashboard.models import Person, db
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services import availability, messaging
from dashboard.services.access import get_viewer
from dashboard.services.demo.cast import Cast, assemble
from dashboard.services.secrets import hash_password
from dashboard.services.unit_of_work import unit_of_work

PASSWORD = "correct horse battery"
ASKS_FOR_A_PERSON = "Can I talk to a human, please?"


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


def load_cast() -> Cast:
    """Acme Outdoor without history, in the application's database."""
    with unit_of_work() as uow:
        return assemble(uow, _hashed())


def viewer(cast: Cast, name: str) -> Viewer:
    """What `bo`, `ada` … may do now."""
    found = get_viewer(db.session, cast.users[name])
    db.session.close()
    return found


def add_person(cast: Cast, name: str = "Priya") -> int:
    """Somebody who writes to Support."""
    values = {
        "public_id": new_public_id(),
        "teamspace_id": cast.support.id,
        "external_id": name.lower(),
        "name": name,
        "details": {},
        "is_banned": False,
    }
    with unit_of_work() as uow:
        table = Person.__table__
        statement = insert(table).values(created_at=uow.now, **values).returning(table.c.id)
        return int(uow.conn.execute(statement).scalar_one())


def bring_online(cast: Cast, *names: str) -> None:
    """These users declare themselves Online and have a page open."""
    for name in names:
        availability.connect(cast.users[name], f"page-of-{name}", "tests")
        availability.set_availability(cast.users[name], "online")


def write(cast: Cast, person_id: int, text: str, client_id: str | None = None) -> str:
    """The person writes in Support's webchat; answers the conversation's public id."""
    posted = messaging.start_chat(cast.support.webchat_id, person_id, text, client_id or new_public_id())
    return posted.conversation_public_id
