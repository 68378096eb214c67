"""The built-in rule "asks for a person": deterministic, in six languages, tolerant of typos, wary of negations (R2)."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from dashboard.workflow.normalise import MAX_LENGTH, normalise
from dashboard.workflow.wordings import WORDINGS, Wording

MIN_TYPO_LENGTH = 5
MAX_BARE_WORDS = 8
MIN_TWO_TYPOS_LENGTH = 10
_CLAUSE = re.compile(r"[,.;:!?¡¿\n\r()…|]+|\s[-\u2013\u2014]+\s")
_REAL_WORDS = """
    spreche spricht sprecht human humane humid humor hamman person persons persona personal personas personale
    personnel personally personne prison reason season parson agency agenda argent urgent agentur agenzia agencia
    operation operations operating operated operate operazione operacion operator operators manages managed manger
    advise advised represent represents representation representativa representativo contact contacts contract
    contacted connect collect chats spear speaks peak sneak steak spark speaker reden rede redet reach reached
    teach menschlich menschliche humanos humanas humaines humaine ressources mitarbeiten berate beraten agents
    agente agenti personen versprechen hallar parley parles parlez parla converse dealt deals dealer deal meal
    real supports supported supporter support emplois staff stuff someones somewhere sometime sometimes sales
    scales expert experts except exports assist assists assistance assistants team answer workers worked parlano
    contacto contrato contatto contratto tratar trattare trattar tratan consultar consulta consult results jefes
    chief chefs chef cheap sprache sprachen charla charlas comunica falha falhar falhas
"""


@dataclass(frozen=True)
class Match:
    """What in the text asked for a person, and in which language; `words` is the clause as it was understood."""

    words: str
    language: str


def asks_for_person(text: str, language: str | None = None) -> Match | None:
    """Whether the text asks to be put through to a human. The language only decides what is tried first."""
    clauses = [each for each in map(normalise, _CLAUSE.split(text[:MAX_LENGTH])) if each]
    base = (language or "").split("-")[0]
    for wording in sorted(WORDINGS, key=lambda each: each.language != base):
        for clause in clauses:
            if _asks(wording, _corrected(wording, clause)):
                return Match(clause, wording.language)
    return None


def _asks(wording: Wording, clause: str) -> bool:
    """Whether one clause does, in one language."""
    if clause.count(" ") < MAX_BARE_WORDS and wording.bare.search(clause):
        return True
    return any(
        not _is_negated(wording, clause[: found.start()].strip())
        for request in wording.requests
        for found in request.finditer(clause)
    )


def _is_negated(wording: Wording, before: str) -> bool:
    return bool(wording.negated.search(before)) and not wording.excused.search(before)


def _corrected(wording: Wording, clause: str) -> str:
    return " ".join(_correct_word(wording, each) for each in clause.split())


@lru_cache(maxsize=8192)
def _correct_word(wording: Wording, word: str) -> str:
    """The language's keyword behind a typo, if one is within reach; the first letter has to be right."""
    if len(word) < MIN_TYPO_LENGTH or word in _real_words():
        return word
    reach = 2 if len(word) >= MIN_TWO_TYPOS_LENGTH else 1
    near = sorted(
        (OSA.distance(word, each, score_cutoff=reach), each) for each in wording.corrections if each[0] == word[0]
    )
    return near[0][1] if near and near[0][0] <= reach else word


@cache
def _real_words() -> frozenset[str]:
    """Words that are meant as they are, however near to a keyword."""
    return frozenset(_REAL_WORDS.split()).union(*(each.vocabulary for each in WORDINGS))
