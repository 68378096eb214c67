"""Stand-ins that record what they were asked: what the tests use where no other is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.port import Answer, Mail, PortError, Question

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
