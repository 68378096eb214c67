"""Mail out: written in the transaction of what causes it, sent after the commit, tried again for days (DESIGN 7)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import select

from dashboard.models import Mailbox, db
from dashboard.models.clock import utcnow
from dashboard.models.errors import Refused as RefusedByUs
from dashboard.models.ids import new_public_id
from dashboard.services import jobs
from dashboard.services.holding import hold
from dashboard.services.sealing import Sealer
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from integrations.port import CredentialsBroken, Mail, MailAccount, PortError, Postman, Retryable

log = logging.getLogger(__name__)

KIND = "mail"
FIRST_RETRY = timedelta(seconds=20)
LONGEST_RETRY = timedelta(hours=1)
PATIENCE = timedelta(days=3)
"""How long a mail is tried: the usual time of mail servers."""

_mailbox = Mailbox.__table__.c
_NAMED = re.compile(r"^\s*(?P<name>.*?)\s*<(?P<address>[^<>\s]+@[^<>\s]+)>\s*$")

PostmanFor = Callable[[MailAccount | None], Postman]
"""The postman of a mailbox's account; None is the installation's own."""
OnFailure = Callable[[UnitOfWork, jobs.Job, str], None]
"""What follows, in one transaction, when a mail is given up: the job and the reason in words."""


def new_message_id(address: str) -> str:
    """A Message-ID of ours in the sender's domain, bare and in ASCII."""
    domain = address.rpartition("@")[2].encode("idna").decode()
    return f"{new_public_id()}@{domain or 'localhost'}"


def split_address(value: str) -> tuple[str, str]:
    """(name, address) of `Acme <help@acme.test>`; a bare address has no name."""
    found = _NAMED.match(value)
    return (found["name"].strip('"'), found["address"]) if found else ("", value.strip())


def queue_mail(
    uow: UnitOfWork, mail: Mail, *, stream: str, mailbox_id: int | None = None, about: dict[str, int] | None = None
) -> None:
    """Send it after this transaction, behind the mails before it in its stream; `about` is kept for its failure."""
    payload = {"mail": asdict(mail), "mailbox_id": mailbox_id, **(about or {})}
    deadline = uow.now + PATIENCE
    jobs.enqueue(uow, stream, KIND, payload, idempotency_key=f"mail:{mail.message_id}", deadline_at=deadline)


def deliver(job: jobs.Job, postman_for: PostmanFor, sealer: Sealer, on_failure: OnFailure) -> None:
    """Send one mail, outside any transaction; what may work later is tried again until its deadline."""
    mailbox_id = job.payload.get("mailbox_id")
    try:
        account = find_account(mailbox_id, sealer) if mailbox_id is not None else None
        postman_for(account).send(_mail_of(job))
    except (Retryable, CredentialsBroken, RefusedByUs) as error:  # ours: the installation's key is another one now
        if job.deadline_at is not None and utcnow() >= job.deadline_at:
            return _give_up(job, str(error), on_failure)
        if not isinstance(error, Retryable) and job.attempts == 0:
            _ask_for_help(job, str(error), on_failure)
        delay = getattr(error, "after", None)
        return jobs.retry_later(job.id, str(error), timedelta(seconds=delay) if delay else _pause(job.attempts))
    except PortError as error:
        return _give_up(job, str(error), on_failure)
    with unit_of_work() as uow:
        jobs.finish(uow, job.id)
    return None


def note_failure(uow: UnitOfWork, job: jobs.Job, reason: str) -> None:
    """A mail of a ticket that was given up is told to whoever works on it; nothing else is waiting for the others."""
    conversation_id = job.payload.get("conversation_id")
    if conversation_id is None:
        log.warning("a mail to %s was not delivered: %s", job.payload["mail"]["to"], reason)
        return
    held = hold(uow, id=conversation_id)
    activity(uow, held, "mail_failed", f"Not delivered to {job.payload['mail']['to']}: {reason}", reason=reason)


def find_account(mailbox_id: int, sealer: Sealer) -> MailAccount | None:
    """The account that a mailbox sends through; None when it has none of its own."""
    row = db.session.execute(select(_mailbox.outgoing, _mailbox.secrets).where(_mailbox.id == mailbox_id)).one_or_none()
    db.session.close()  # the mail server may be slow: no connection is held meanwhile
    if row is None or not row.outgoing:
        return None
    secrets = sealer.open(row.secrets) if row.secrets else {}
    return MailAccount(**row.outgoing, password=secrets.get("outgoing", ""))


def _mail_of(job: jobs.Job) -> Mail:
    fields = dict(job.payload["mail"])
    return Mail(**{**fields, "references": tuple(fields["references"])})


def _pause(attempts: int) -> timedelta:
    return min(FIRST_RETRY * (1 << min(attempts, 12)), LONGEST_RETRY)


def _ask_for_help(job: jobs.Job, reason: str, on_failure: OnFailure) -> None:
    """Somebody has to set the mailbox right: it is told at once, and the mail goes when they have."""
    with unit_of_work() as uow:
        on_failure(uow, job, f"{reason.rstrip('.')}. It is tried again for three days.")


def _give_up(job: jobs.Job, reason: str, on_failure: OnFailure) -> None:
    with unit_of_work() as uow:
        if jobs.give_up(uow, job.id, reason):
            on_failure(uow, job, reason)
