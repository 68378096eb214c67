"""What Baton needs of the world outside: protocols, plain data and errors, and nothing of any platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class PortError(Exception):
    """Root of what can go wrong outside."""


class Retryable(PortError):
    """It may work later; `after` is the number of seconds that the other side asks to wait, if it says."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Refused(PortError):
    """It will not work however often it is tried."""


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
