"""Approximate matching of what a person wrote: phrases of triggers with typos, words between, another order."""

from dataclasses import dataclass

from rapidfuzz import fuzz

from dashboard.workflow.faq import FaqEntry, FaqMatch, best_faq
from dashboard.workflow.normalise import known_words, words
from dashboard.workflow.rules import asks_for_person
from dashboard.workflow.session import Reason
from dashboard.workflow.similar import same_word
from dashboard.workflow.stop_words import STOP_WORDS
from dashboard.workflow.tree import Tree, Trigger, TriggerType

__all__ = ["FaqEntry", "FaqMatch", "TriggerMatch", "best_faq", "find_trigger", "phrase_score"]

PHRASE_THRESHOLD = 86.0
CONTENT_SCORE = 90.0
TYPO_SCORE = 95.0
MAX_GAP = 2


@dataclass(frozen=True)
class TriggerMatch:
    """The trigger that a message fires, and why: `words` is the phrase, or what asked for a person."""

    trigger: Trigger
    reason: Reason
    score: float
    words: str


def find_trigger(tree: Tree, text: str, language: str | None) -> TriggerMatch | None:
    """Who asks for a person gets that first; else the closest phrase wins, at a tie the longest.

    A trigger without an enabled action cannot match: it would leave the message without an answer.
    """
    wanted = asks_for_person(text, language)
    said = words(text)
    best: TriggerMatch | None = None
    for trigger in tree.of_type(TriggerType.MESSAGE_RECEIVED):
        if not any(each.is_enabled for each in trigger.actions) or _is_excluded(trigger, said):
            continue
        if wanted and "asks_for_person" in trigger.settings.intents:
            return TriggerMatch(trigger, "asks_for_person", 100.0, wanted.words)
        for phrase in trigger.settings.phrases:
            score = _score(said, known_words(phrase))
            if score >= PHRASE_THRESHOLD and (best is None or (score, len(phrase)) > (best.score, len(best.words))):
                best = TriggerMatch(trigger, "phrase", score, phrase)
    return best


def phrase_score(text: str, phrase: str) -> float:
    """How much of the phrase is in the text, 0 to 100: as it is, with typos, or its content words close together.

    A phrase without a subject ("hello") has to be all there is: more often it only opens another question.
    """
    return _score(words(text), known_words(phrase))


def _score(said: tuple[str, ...], wanted: tuple[str, ...]) -> float:
    if not said or not wanted or (_has_subject(said) and not _has_subject(wanted)):
        return 0.0
    return max(_window_score(said, wanted), _content_score(said, wanted))


def _has_subject(said: tuple[str, ...]) -> bool:
    return not STOP_WORDS.issuperset(said)


def _is_excluded(trigger: Trigger, said: tuple[str, ...]) -> bool:
    return any(_window_score(said, known_words(each)) >= PHRASE_THRESHOLD for each in trigger.settings.exclusions)


def _window_score(said: tuple[str, ...], wanted: tuple[str, ...]) -> float:
    """The best stretch of neighbouring words."""
    if len(wanted) < 2:
        is_there = any(same_word(each, wanted[0]) for each in said) if wanted else False
        return 100.0 if wanted and wanted[0] in said else TYPO_SCORE * is_there
    size = len(wanted)
    stretches = {said[start : start + n] for n in (size - 1, size, size + 1) for start in range(len(said))}
    return max((_stretch_score(each, wanted) for each in stretches), default=0.0)


def _stretch_score(stretch: tuple[str, ...], wanted: tuple[str, ...]) -> float:
    """Alike letter by letter, and every word that carries the subject is there."""
    score = fuzz.ratio(" ".join(stretch), " ".join(wanted), score_cutoff=PHRASE_THRESHOLD)
    content = [each for each in wanted if each not in STOP_WORDS] if score else []
    return score if all(any(same_word(word, each) for word in stretch) for each in content) else 0.0


def _content_score(said: tuple[str, ...], wanted: tuple[str, ...]) -> float:
    """Two content words or more, all present within a few words of the first, in any order."""
    content = [each for each in wanted if each not in STOP_WORDS]
    if len(content) < 2:
        return 0.0
    places = [[at for at, word in enumerate(said) if same_word(word, each)] for each in content]
    reach = len(wanted) + MAX_GAP
    is_near = any(all(any(abs(at - first) < reach for at in options) for options in places) for first in places[0])
    return CONTENT_SCORE if is_near else 0.0
