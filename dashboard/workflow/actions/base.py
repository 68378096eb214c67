"""What every action type is made of: settings that validate themselves, a step, and the words of the editor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from dashboard.workflow.effects import Effect
from dashboard.workflow.fields import Fields
from dashboard.workflow.inputs import Context
from dashboard.workflow.session import Session


class ActionSettings(Protocol):
    """The validated settings of one action."""

    def to_json(self) -> dict[str, Any]:
        """As in the tree's JSON."""
        ...


S = TypeVar("S", bound=ActionSettings)


@dataclass(frozen=True)
class Outcome:
    """What an action did: the session after it, its effects, and the branch to enter. A session that waits stops."""

    session: Session
    effects: tuple[Effect, ...] = ()
    branch: str | None = None


@dataclass(frozen=True)
class Branch:
    """A list of actions under an action. Detached: it is entered later, and nothing follows when it ends."""

    name: str
    label: str
    is_detached: bool = False


@dataclass(frozen=True)
class ActionType(Generic[S]):
    """One kind of action. `parse` raises TreeError; `is_handoff` is not allowed under a close (I1)."""

    name: str
    label: str
    help: str
    parse: Callable[[Fields], S]
    run: Callable[[str, S, Session, Context], Outcome]
    branches: tuple[Branch, ...] = ()
    is_handoff: bool = False

    def branch(self, name: str) -> Branch | None:
        """The branch of that name."""
        return next((each for each in self.branches if each.name == name), None)


def known_values(session: Session, context: Context) -> Mapping[str, str]:
    """What `{{variables}}` stand for: the conversation's, who helped last (C6), then the session's own."""
    last = session.episodes[-1] if session.episodes else None
    helper = {"live_agent_name": last.agent_name} if last and last.agent_name else {}
    return {**context.variables, **helper, **session.variables}


def spoken_language(session: Session, context: Context) -> str:
    """The person's language as far as known, else the AI agent's default."""
    return session.language or context.default_language
