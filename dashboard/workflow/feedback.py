"""While a rating is awaited (C3): what counts as one, and what happens when it comes, or does not."""

import re
import unicodedata

from dashboard.workflow.actions.base import known_values, spoken_language
from dashboard.workflow.actions.collect_feedback import CollectFeedbackSettings
from dashboard.workflow.effects import FeedbackSkipped, Log, RecordFeedback, Say
from dashboard.workflow.inputs import FeedbackGiven, FeedbackTimeout
from dashboard.workflow.running import Run
from dashboard.workflow.session import WaitingForFeedback
from dashboard.workflow.texts import substitute

RATINGS = range(1, 6)
MAX_LENGTH = 40
_UNITS = "stars?|estrellas?|sterne?|etoiles?|estrelas?|stell[ae]|points?|puntos?|punkte?|pontos?|punti"
_DIGIT = re.compile(rf"([1-5])\s*(?:(?:/|of|out of|de|von|sur|su)\s*5)?\s*(?:{_UNITS})?")
_STARS = re.compile(r"[★⭐🌟✭✮]{1,5}")
_ALL_STARS = re.compile(r"[★⭐🌟✭✮]+[☆✩]*")


def parse_rating(text: str) -> int | None:
    """The rating that the whole text is ("4", "5 stars", "3/5", "★★★★☆"), else None."""
    if len(text) > MAX_LENGTH:
        return None
    letters = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(each for each in letters if unicodedata.category(each) not in ("Mn", "Me", "Cf"))
    plain = re.sub(r"\s+", " ", kept).strip(" .!,;:\"'()")
    stars = plain.replace(" ", "")
    if _ALL_STARS.fullmatch(stars):
        count = sum(1 for each in stars if _STARS.match(each))
        return count if count in RATINGS else None
    found = _DIGIT.fullmatch(plain)
    return int(found[1]) if found else None


def feedback_given(run: Run, given: FeedbackGiven) -> None:
    """Record it, say thanks and go on."""
    waiting = run.session.waiting
    if not isinstance(waiting, WaitingForFeedback):
        run.emit(Log("feedback_late", str(given.rating)))
    elif given.rating not in RATINGS:
        run.emit(Log("feedback_invalid", str(given.rating)))
    else:
        run.emit(RecordFeedback(given.rating, given.comment))
        values = {**run.session.variables, "rating": str(given.rating), "comment": given.comment or ""}
        run.update(waiting=None, variables=values)
        _thank(run, waiting.node_key)
        run.resume_after(waiting.node_key)


def feedback_timed_out(run: Run, timeout: FeedbackTimeout) -> None:
    """Nobody rated in time: skipped, unless the timer belongs to an earlier question."""
    waiting = run.session.waiting
    if isinstance(waiting, WaitingForFeedback) and timeout.ask_number in (None, waiting.ask_number):
        skip_feedback(run, waiting)


def skip_feedback(run: Run, waiting: WaitingForFeedback) -> None:
    """No rating will come; the flow goes on."""
    give_up_feedback(run)
    run.resume_after(waiting.node_key)


def give_up_feedback(run: Run) -> None:
    """Stop waiting for a rating, if one is awaited, and leave the flow where it is."""
    if isinstance(run.session.waiting, WaitingForFeedback):
        run.emit(FeedbackSkipped(run.session.waiting.ask_number))
        run.update(waiting=None)


def _thank(run: Run, key: str) -> None:
    node = run.tree.find_node(key)
    if node is not None and isinstance(node.settings, CollectFeedbackSettings):
        language = spoken_language(run.session, run.context)
        text = substitute(node.settings.thanks.in_language(language), known_values(run.session, run.context))
        run.emit(Say(text, (), key))
