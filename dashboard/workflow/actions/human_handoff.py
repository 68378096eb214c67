"""Human Handoff: asks for the conversation to be handed to live agents (SPEC 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dashboard.workflow.actions.base import ActionType, Branch, Outcome, known_values, spoken_language
from dashboard.workflow.effects import Log, RequestHandoff
from dashboard.workflow.fields import Fields
from dashboard.workflow.inputs import Context
from dashboard.workflow.session import Cause, Session, WaitingForHandoff
from dashboard.workflow.texts import HANDOFF, UNAVAILABLE, Localised, candidates, localised_json, substitute

ON_CLOSE = "on_close"


@dataclass(frozen=True)
class Targets:
    """Who may get the chat (H4): everybody in the teamspace, or these users and teams, by public id."""

    everyone: bool = True
    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in the tree's JSON."""
        return {"everyone": self.everyone, "users": list(self.users), "teams": list(self.teams)}


@dataclass(frozen=True)
class HumanHandoffSettings:
    """The settings of H3 to H7."""

    availability_check: bool = False
    assign: Targets = Targets()
    by_language: Mapping[str, Targets] = field(default_factory=dict)
    handoff_message: Localised = HANDOFF
    unavailable_message: Localised = UNAVAILABLE

    def lists(self, language: str | None) -> tuple[tuple[str | None, Targets], ...]:
        """The lists to try, best first: that language's own one, named by its language, then the default one (H5)."""
        own = next((each for each in candidates(language, "") if each in self.by_language), None)
        return (*(((own, self.by_language[own]),) if own is not None else ()), (None, self.assign))

    def to_json(self) -> dict[str, Any]:
        """As in the tree's JSON."""
        return {
            "availability_check": self.availability_check,
            "assign": self.assign.to_json(),
            "by_language": {language: targets.to_json() for language, targets in self.by_language.items()},
            **localised_json(handoff_message=self.handoff_message, unavailable_message=self.unavailable_message),
        }


def parse(fields: Fields) -> HumanHandoffSettings:
    """Raises TreeError for a list of nobody."""
    by_language = fields.child("by_language", {})
    return HumanHandoffSettings(
        availability_check=fields.flag("availability_check", False),
        assign=_targets(fields.child("assign", {"everyone": True})),
        by_language={language: _targets(by_language.child(language)) for language in by_language.raw},
        handoff_message=fields.localised("handoff_message", HANDOFF),
        unavailable_message=fields.localised("unavailable_message", UNAVAILABLE),
    )


def run(key: str, settings: HumanHandoffSettings, session: Session, context: Context) -> Outcome:
    """Request it and wait; right after a hand back it is ignored and logged, which breaks loops (H9)."""
    if not session.may_hand_off:
        return Outcome(session, (Log("handoff_loop", key),))
    cause = session.cause or Cause("phrase", None, "", context.last_seq)
    language = spoken_language(session, context)
    request = RequestHandoff(
        node_key=key,
        settings=settings,
        reason=cause.reason,
        trigger_key=cause.trigger_key,
        words=cause.words,
        handoff_message=substitute(settings.handoff_message.in_language(language), known_values(session, context)),
        language=session.language if len(context.languages) > 1 else None,
        variables=dict(session.variables),
    )
    waiting = WaitingForHandoff(key, is_accepted=False)
    return Outcome(replace(session, waiting=waiting, last_handoff_seq=cause.at_seq), (request,))


def _targets(fields: Fields) -> Targets:
    users, teams = fields.texts("users"), fields.texts("teams")
    everyone = fields.flag("everyone", not users and not teams)
    fields.finish()
    if everyone and (users or teams):
        raise fields.error("everyone", "cannot be combined with users or teams")
    if not everyone and not users and not teams:
        raise fields.error("users", "needs at least one user or team")
    return Targets(everyone, users, teams)


ACTION = ActionType(
    name="human_handoff",
    label="Human handoff",
    help="Hands the chat to live agents. What hangs under it runs when the live agent closes the chat.",
    parse=parse,
    run=run,
    branches=(Branch(ON_CLOSE, "When live agent closes chat", is_detached=True),),
    is_handoff=True,
)
