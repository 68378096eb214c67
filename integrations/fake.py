"""Stand-ins that record what they were asked: what the tests use where no other is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from integrations.port import Answer, Fetched, IncomingMail, Mail, Place, PortError, Question

Reply = Answer | PortError | None


@dataclass
class FakeAnswerer:
    """Gives the replies that were laid out for it in turn, then `otherwise`; a PortError is raised."""

    replies: list[Reply] = field(default_factory=list)
    otherwise: Reply = None
    questions: list[Question] = field(default_factory=list)
    before_answer: Callable[[Question], None] | None = None

    def answer(self, question: Question) -> Answer | None:
        """Record the question and give the next reply; `before_answer` runs while it "thinks"."""
        self.questions.append(question)
        if self.before_answer:
            self.before_answer(question)
        reply = self.replies.pop(0) if self.replies else self.otherwise
        if isinstance(reply, PortError):
            raise reply
        return reply


class FakePostman:
    """Keeps what was sent; what stands in `failures` is raised first, one per try."""

    def __init__(self, *failures: PortError) -> None:
        self.sent: list[Mail] = []
        self.failures = list(failures)

    def send(self, mail: Mail) -> None:
        self.probe()
        self.sent.append(mail)

    def probe(self) -> None:
        if self.failures:
            raise self.failures.pop(0)


class FakeMailman:
    """A mailbox with these mails, numbered from 1; what stands in `failures` is raised first, one per look.

    Those whose numbers are in `old` came before anybody looked.
    """

    def __init__(
        self,
        *mails: IncomingMail | None,
        validity: int = 1,
        failures: tuple[PortError, ...] = (),
        old: frozenset[int] = frozenset(),
    ) -> None:
        self.mails = list(mails)
        self.validity = validity
        self.failures = list(failures)
        self.old = old
        self.looks: list[tuple[str, int | None, int]] = []

    def fetch(self, folder: str, place: Place, at: datetime) -> Iterator[Fetched]:
        self.looks.append((folder, place.validity, place.uid))
        self._fail()
        if place.validity != self.validity:
            place = Place(self.validity, 0, len(self.mails), place.since)
        for uid, mail in enumerate(self.mails, 1):
            if uid > place.uid:
                place = replace(place, uid=uid)
                yield Fetched(place, None if uid <= place.until and uid in self.old else mail)
        yield Fetched(Place(self.validity, place.uid, 0, at), None)

    def probe(self, folder: str) -> None:
        self._fail()

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)
