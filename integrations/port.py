"""What Baton needs of the world outside: protocols, plain data and errors, and nothing of any platform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class PortError(Exception):
    """Root of what can go wrong outside."""


class Retryable(PortError):
    """It may work later; `after` is the number of seconds that the other side asks to wait, if it says."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Untrusted(Retryable):
    """The other side cannot prove that it is who it should be: its certificate is not accepted."""


class Refused(PortError):
    """It will not work however often it is tried."""


class CredentialsBroken(PortError):
    """The other side no longer takes our name and password; an admin has to look."""


@dataclass(frozen=True)
class Entry:
    """A FAQ entry: the question, other ways to ask it, and the answer; no language means any."""

    question: str
    answer: str
    phrases: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True)
class Question:
    """What a person asked, with everything that an answer may rest on.

    `key` is the same whenever the same question is asked again after a crash.
    """

    key: str
    text: str
    language: str | None
    default_language: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the AI agent should say, and in which language that is, if that is known."""

    text: str
    language: str | None = None


class Answerer(Protocol):
    """Finds answers; called outside any transaction, and may take its time."""

    def answer(self, question: Question) -> Answer | None:
        """The answer, or None when it knows none; raises Retryable or Refused."""
        ...


@dataclass(frozen=True)
class Mail:
    """One mail to send. Ids of mails are bare, without the angle brackets of their headers.

    `message_id` is made before the first try and stays the same whenever it is tried again.
    """

    message_id: str
    sender: str
    sender_name: str
    to: str
    subject: str
    text: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    is_automatic: bool = False
    """Written by no person: other machines shall not answer it."""


@dataclass(frozen=True)
class MailAccount:
    """Where and as whom mail is sent or fetched; `security` is none, starttls or tls."""

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


class Postman(Protocol):
    """Sends mail; called outside any transaction, and may take its time."""

    def send(self, mail: Mail) -> None:
        """Hand it over; raises Retryable, CredentialsBroken or Refused."""
        ...

    def probe(self) -> None:
        """Connect and sign in, within seconds, and send nothing; raises Retryable or CredentialsBroken."""
        ...


@dataclass(frozen=True)
class IncomingMail:
    """One mail that came, already taken apart; ids are bare, addresses in small letters.

    `text` is what its writer added: without the quoted mail before it, which `whole` has too. `references` has the
    newest last. Nothing in it has control characters.
    """

    message_id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    references: tuple[str, ...] = ()
    is_automatic: bool = False
    files: tuple[str, ...] = ()
    """Names of what was attached; the content is not taken."""
    whole: str = ""
    list_id: str = ""
    """Of the mailing list that handed it on, if that alone makes it automatic."""


@dataclass(frozen=True)
class Place:
    """How far a folder was read: to `uid`, in the numbering `validity`; None is one that is not known yet.

    What lies up to `until` was there when this numbering was met: of it only what came at or after `since` is new.
    """

    validity: int | None = None
    uid: int = 0
    until: int = 0
    since: datetime | None = None


@dataclass(frozen=True)
class Fetched:
    """A mail as it lies in a folder, and the place behind it; `mail` is None for what is not to be taken."""

    place: Place
    mail: IncomingMail | None


class Mailman(Protocol):
    """Fetches the mail of one account; called outside any transaction, and may take its time."""

    def fetch(self, folder: str, place: Place, at: datetime) -> Iterator[Fetched]:
        """What came after `place`, oldest first, and is left where it lies; raises Retryable, CredentialsBroken.

        The last place says whether the folder was read to its end, at the time `at`: then its `since` is a new one.
        """
        ...

    def probe(self, folder: str) -> None:
        """Sign in and open the folder, within seconds; raises as `fetch`."""
        ...
