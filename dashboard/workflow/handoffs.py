"""What follows from a handoff: it is accepted, unavailable or ignored, and later it ends (SPEC 3 and 7)."""

from dashboard.workflow.actions.base import known_values, spoken_language
from dashboard.workflow.actions.human_handoff import HumanHandoffSettings
from dashboard.workflow.effects import Log, Say
from dashboard.workflow.feedback import give_up_feedback
from dashboard.workflow.inputs import ClosedByLiveAgent, HandedBack, HandoffAccepted, HandoffIgnored, HandoffUnavailable
from dashboard.workflow.running import Run
from dashboard.workflow.session import Closing, Episode, WaitingForHandoff
from dashboard.workflow.texts import UNAVAILABLE, substitute
from dashboard.workflow.tree import TriggerType


def accepted(run: Run, event: HandoffAccepted) -> None:
    """The chat is out of the AI agent's hands: silent from here on (L5); the new owner sees what was put off."""
    give_up_feedback(run)
    waiting = WaitingForHandoff(event.node_key, is_accepted=True)
    run.update(waiting=waiting, closing=None, cause=None, deferred=(), misses=0)


def unavailable(run: Run, event: HandoffUnavailable) -> None:
    """Tell the person, log it, and go on after the handoff (H3)."""
    if not _is_requested(run, event.node_key):
        return
    node = run.tree.find_node(event.node_key)
    settings = node.settings if node else None
    message = settings.unavailable_message if isinstance(settings, HumanHandoffSettings) else UNAVAILABLE
    language = spoken_language(run.session, run.context)
    text = substitute(message.in_language(language), known_values(run.session, run.context))
    run.emit(Log("handoff_unavailable", event.node_key), Say(text, (), event.node_key))
    run.update(waiting=None)
    run.resume_after(event.node_key)


def ignored(run: Run, event: HandoffIgnored) -> None:
    """Log it and go on after the handoff (H9)."""
    if not _is_requested(run, event.node_key):
        return
    run.emit(Log("handoff_ignored", event.node_key))
    run.update(waiting=None)
    run.resume_after(event.node_key)


def closed(run: Run, event: ClosedByLiveAgent) -> None:
    """The trigger runs on variables of its own, then the handoff's nested actions, then a fresh session (C2, C4)."""
    give_up_feedback(run)
    run.session = run.session.handed_back(_episode(run, event), run.context.last_seq)
    own = {"outcome": event.outcome, **({"live_agent_name": event.agent_name} if event.agent_name else {})}
    variables = dict(event.variables)
    run.update(tree_version=None, variables={**variables, **own}, closing=Closing(event.node_key, variables))
    run.pin()
    for trigger in run.tree.of_type(TriggerType.CHAT_CLOSED_BY_LIVE_AGENT):
        run.because("closed_by_live_agent", trigger.key, "", run.context.last_seq)
        run.play(trigger.actions)
    run.go_on()


def handed_back(run: Run, event: HandedBack) -> None:
    """A fresh session without the trigger: no live agent closed it (C1, R6)."""
    give_up_feedback(run)
    run.session = run.session.handed_back(_episode(run, event), run.context.last_seq).fresh()


def _is_requested(run: Run, key: str) -> bool:
    """Whether that handoff is waiting for this decision; anything else is logged and changes nothing."""
    is_requested = run.session.waiting == WaitingForHandoff(key, is_accepted=False)
    if not is_requested:
        run.emit(Log("unexpected_input", f"handoff {key}"))
    return is_requested


def _episode(run: Run, event: ClosedByLiveAgent | HandedBack) -> Episode:
    key = event.node_key if isinstance(event, ClosedByLiveAgent) else None
    return Episode(event.agent_name, run.context.now.isoformat(), event.outcome, key)
