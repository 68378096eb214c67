"""Mail that lies in the mailboxes' folders is fetched, by one process at a time, and each is taken once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.exc import DataError

from dashboard.models import Mailbox, db
from dashboard.models.clock import utcnow
from dashboard.models.errors import BatonError
from dashboard.models.errors import Refused as RefusedByUs
from dashboard.services.mail_in import receive_mail
from dashboard.services.sealing import Sealer
from dashboard.services.unit_of_work import unit_of_work
from integrations.port import Fetched, MailAccount, Mailman, Place, PortError

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=30)
MailmanFor = Callable[[MailAccount], Mailman]

_b = Mailbox.__table__.c


def fetch_due(mailman_for: MailmanFor, sealer: Sealer) -> int:
    """Look into every mailbox that is due; answers how many mails were fetched. One in trouble stops no other."""
    return sum(_look_into(row, mailman_for, sealer) for row in _take_due())


def account_of(incoming: dict[str, Any], secrets: str | None, sealer: Sealer) -> MailAccount:
    """The account that a mailbox is read through; raises Refused when its password cannot be opened any more."""
    password = sealer.open(secrets).get("incoming", "") if secrets else ""
    fields = {name: incoming[name] for name in ("host", "port", "security", "user")}
    return MailAccount(**fields, password=password)


def _take_due() -> list[Row[*tuple[Any, ...]]]:
    """The mailboxes that nobody looked into lately, which are this process's now."""
    is_due = or_(_b.checked_at.is_(None), _b.checked_at <= utcnow() - EVERY)
    some = db.session.execute(select(_b.id, _b.incoming).where(_b.is_enabled, is_due)).all()
    db.session.close()
    taken = []
    for mailbox_id in [row.id for row in some if row.incoming]:
        with unit_of_work() as uow:
            mine = update(Mailbox.__table__).where(_b.id == mailbox_id, is_due).values(checked_at=uow.now)
            columns = (_b.id, _b.address, _b.incoming, _b.secrets, _b.position, _b.created_at)
            row = uow.conn.execute(mine.returning(*columns)).one_or_none()
        taken += [row] if row else []
    return taken


def _look_into(row: Row[*tuple[Any, ...]], mailman_for: MailmanFor, sealer: Sealer) -> int:
    count, problem = 0, None
    try:
        for mail in _fetch(row, mailman_for, sealer):
            _take(row, mail)
            count += mail.mail is not None
            if not _move_on(row, mail.place):
                break
    except (PortError, RefusedByUs) as error:
        problem = str(error)
        log.warning("the mailbox %s could not be read: %s", row.address, problem)
    except Exception as error:
        problem = f"something unexpected happened: {error!r}"
        log.warning("the mailbox %s could not be read", row.address, exc_info=True)
    _note_state(row.id, problem)
    return count


def _fetch(row: Row[*tuple[Any, ...]], mailman_for: MailmanFor, sealer: Sealer) -> Iterator[Fetched]:
    mailman = mailman_for(account_of(row.incoming, row.secrets, sealer))
    yield from mailman.fetch(row.incoming["folder"], _place_of(row), utcnow())


def _place_of(row: Row[*tuple[Any, ...]]) -> Place:
    """Where reading goes on; a mailbox that was never read begins with what comes after it was made."""
    stored = row.position or {}
    since = datetime.fromisoformat(stored["since"]) if "since" in stored else row.created_at
    return Place(stored.get("validity"), stored.get("uid", 0), stored.get("until", 0), since)


def _take(row: Row[*tuple[Any, ...]], fetched: Fetched) -> None:
    """What can never be stored is passed over, and lies in the mailbox: or nothing behind it would ever come in."""
    if fetched.mail is None:
        return
    try:
        receive_mail(row.id, fetched.mail)
    except (BatonError, DataError, ValueError) as error:
        log.warning("mail %s of the mailbox %s was passed over: %r", fetched.place.uid, row.address, error)


def _move_on(row: Row[*tuple[Any, ...]], place: Place) -> bool:
    """After it was taken: whoever dies in between fetches it again, and it is known by its id.

    False when another folder was set meanwhile: that one has other numbers.
    """
    position = {**asdict(place), "since": place.since.isoformat() if place.since else None}
    kept = {name: value for name, value in position.items() if value is not None}
    with unit_of_work() as uow:
        mine = select(_b.incoming).where(_b.id == row.id).with_for_update()
        if uow.conn.execute(mine).scalar_one() != row.incoming:
            return False
        uow.conn.execute(update(Mailbox.__table__).where(_b.id == row.id).values(position=kept))
    return True


def _note_state(mailbox_id: int, problem: str | None) -> None:
    with unit_of_work() as uow:
        changed = update(Mailbox.__table__).where(_b.id == mailbox_id, _b.last_error.is_distinct_from(problem))
        uow.conn.execute(changed.values(last_error=problem))
