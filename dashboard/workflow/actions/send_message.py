"""Send Message: the AI agent says a text, with quick replies if there are any."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.workflow.actions.base import ActionType, Outcome, known_values, spoken_language
from dashboard.workflow.effects import Say
from dashboard.workflow.fields import Fields
from dashboard.workflow.inputs import Context
from dashboard.workflow.session import Session
from dashboard.workflow.texts import NOTHING, Localised, candidates, localised_json, substitute


@dataclass(frozen=True)
class SendMessageSettings:
    """Texts per language; quick replies per language, those of the text's own language or none."""

    texts: Localised
    quick_replies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def replies_in(self, language: str) -> tuple[str, ...]:
        """The quick replies that go with the text in that language."""
        wanted = candidates(language, self.texts.default_language)
        spoken = next((each for each in wanted if each in self.texts.texts), self.texts.default_language)
        return self.quick_replies.get(spoken, ())

    def to_json(self) -> dict[str, Any]:
        """As in the tree's JSON."""
        replies = {language: list(items) for language, items in self.quick_replies.items()}
        return {**localised_json(texts=self.texts), "quick_replies": replies}


def parse(fields: Fields) -> SendMessageSettings:
    """Raises TreeError without a text."""
    texts = fields.localised("texts", NOTHING)
    if not texts:
        raise fields.error("texts", "needs a text in at least one language")
    return SendMessageSettings(texts, fields.localised_lists("quick_replies"))


def run(key: str, settings: SendMessageSettings, session: Session, context: Context) -> Outcome:
    """Say it in the person's language."""
    language = spoken_language(session, context)
    values = known_values(session, context)
    text = substitute(settings.texts.in_language(language), values)
    replies = tuple(substitute(each, values) for each in settings.replies_in(language))
    return Outcome(session, (Say(text, replies, key),) if text.strip() else ())


ACTION = ActionType(
    name="send_message",
    label="Send message",
    help="The AI agent sends this text. {{variable}} is replaced; {{variable|otherwise}} when it is not known.",
    parse=parse,
    run=run,
)
