"""Whether the servers of a mailbox work, tried before it is saved: in sentences, within seconds (T8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import gevent

from dashboard.services.fetching import MailmanFor
from dashboard.services.mail_servers import Accounts
from dashboard.services.mailing import PostmanFor
from integrations.port import PortError

SECONDS = 10
"""For both directions together: somebody waits for the answer."""
LATE = f"The mail server did not answer within {SECONDS} seconds."


@dataclass(frozen=True)
class Probed:
    """How one direction fared; `works` is None where there was nothing to try."""

    works: bool | None
    title: str
    sentence: str


Try = Callable[[], Probed]


def probe(accounts: Accounts, postman_for: PostmanFor, mailman_for: MailmanFor, *, has_server: bool) -> list[Probed]:
    """Sign in to both servers at the same time, send nothing and read nothing; `has_server` is the installation's.

    Under gevent nobody else waits meanwhile. Holds no connection of the database.
    """
    tries = [gevent.spawn(_sending(accounts, postman_for, has_server)), gevent.spawn(_reading(accounts, mailman_for))]
    gevent.joinall(tries, timeout=SECONDS)
    gevent.killall([each for each in tries if not each.ready()], block=False)
    late = Probed(False, "Sending does not work", LATE), Probed(False, "Reading does not work", LATE)
    return [each.get() if each.ready() else otherwise for each, otherwise in zip(tries, late, strict=True)]


def _sending(accounts: Accounts, postman_for: PostmanFor, has_server: bool) -> Try:
    own = accounts.outgoing
    if own is None and not has_server:
        nothing = Probed(None, "Sending", "There is no mail server: mails become .eml files in the data folder.")
        return lambda: nothing
    who = f"{own.host} {_took(own.user)}" if own else "The installation's mail server takes mails."
    return partial(_try, "Sending", postman_for(own).probe, who)


def _reading(accounts: Accounts, mailman_for: MailmanFor) -> Try:
    own = accounts.incoming
    if own is None:
        nothing = Probed(None, "Reading", "There is no server to read from: mails can be posted to a secret address.")
        return lambda: nothing
    found = f"{own.host} {_took(own.user)} The folder {accounts.folder} is there."
    return partial(_try, "Reading", partial(mailman_for(own).probe, accounts.folder), found)


def _took(user: str) -> str:
    return "took the name and the password." if user else "answers; no name is given."


def _try(part: str, action: Callable[[], None], found: str) -> Probed:
    try:
        action()
    except PortError as error:
        said = str(error).rstrip(".")
        return Probed(False, f"{part} does not work", f"{said[:1].upper()}{said[1:]}.")
    return Probed(True, f"{part} works", found)
