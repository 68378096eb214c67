"""Stand-ins that record what they were asked: what the tests use where no other is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from integrations.port import Answer, Fetched, IncomingMail, Mail, PortError, Question

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
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(mail)


class FakeMailman:
    """A mailbox with these mails, numbered from 1; what stands in `failures` is raised first, one per look."""

    def __init__(self, *mails: IncomingMail | None, validity: int = 1, failures: tuple[PortError, ...] = ()) -> None:
        self.mails = list(mails)
        self.validity = validity
        self.failures = list(failures)
        self.looks: list[tuple[str, int | None, int]] = []

    def fetch(self, folder: str, validity: int | None, after_uid: int) -> Iterator[Fetched]:
        self.looks.append((folder, validity, after_uid))
        if self.failures:
            raise self.failures.pop(0)
        after = after_uid if validity in (None, self.validity) else 0
        for uid, mail in enumerate(self.mails, 1):
            if uid > after:
                yield Fetched(uid, self.validity, mail)
