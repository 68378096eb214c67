"""The parts from which the sentences of one language are built. All words are normalised: lower case, no accents."""

import re
from dataclasses import dataclass
from functools import cached_property

_FEW = "{0,4}"


@dataclass(frozen=True)
class Wording:
    """Words are alternatives separated by `|`; white space around them is free. Patterns are regular expressions.

    `keywords` are found in spite of typos.
    `people` may be asked for in any way, `contacts` only talked to (a "someone" alone is not a wish for a human).
    `adjectives` stand before, `qualities` after the noun; `compounds` after it make it something else.
    `talk` verbs lead to a noun through `links`, `moves` ("connect me") too, `needs` ("I want") directly.
    `sentences` are whole patterns; `{np}` in them is a noun phrase, `{contact}` one that includes contacts.
    `negations` directly before a request turn it around, `excuses` before them undo that ("why don't you").
    """

    language: str
    keywords: str
    people: str
    contacts: str
    determiners: str
    adjectives: str
    qualities: str
    compounds: str
    talk: str
    moves: str
    needs: str
    links: str
    fillers: str
    polite: str
    sentences: tuple[str, ...]
    negations: tuple[str, ...]
    excuses: tuple[str, ...]

    @cached_property
    def requests(self) -> tuple[re.Pattern[str], ...]:
        """What anywhere in a clause asks for a person."""
        fill = f"(?:{_any(self.fillers)} ){_FEW}"
        link = f"{_any(self.links)} "
        shapes = (
            f"{_any(self.talk)} {fill}(?:{link})?{fill}{{contact}}",
            f"{_any(self.moves)} {fill}{link}{fill}{{contact}}",
            f"{_any(self.needs)} {fill}{{np}}",
            *self.sentences,
        )
        return tuple(self._compile(rf"\b(?:{each})") for each in shapes)

    @cached_property
    def bare(self) -> re.Pattern[str]:
        """A clause that consists of nothing else ("human please")."""
        polite = _any(self.polite)
        return self._compile(f"^(?:{polite} ){_FEW}(?:{_any(self.links)} )?{{np}}(?: {{np}}){_FEW}(?: {polite}){_FEW}$")

    @cached_property
    def negated(self) -> re.Pattern[str]:
        """Matches the words before a request that is none."""
        return re.compile(rf"\b(?:{'|'.join(self.negations)})$")

    @cached_property
    def excused(self) -> re.Pattern[str]:
        """Matches the words before a request that is one although a negation stands there."""
        return re.compile(rf"\b(?:{'|'.join(self.excuses)})\b")

    @cached_property
    def corrections(self) -> frozenset[str]:
        """The words that are worth looking for behind a typo."""
        return _words(self.keywords)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words of the lists: none of them is a typo."""
        nouns = (self.people, self.contacts, self.determiners, self.adjectives, self.qualities, self.compounds)
        return _words(self.keywords, *nouns, self.talk, self.moves, self.needs, self.links, self.fillers, self.polite)

    def _compile(self, shape: str) -> re.Pattern[str]:
        before = f"(?:{_any(self.determiners)} ){_FEW}(?:{_any(self.adjectives)} ){_FEW}"
        after = rf"\b(?: {_any(self.qualities)}\b){_FEW}(?! {_any(self.compounds)}\b)"
        person = f"{before}{_any(self.people)}{after}"
        contact = f"{before}{_any(f'{self.people}|{self.contacts}')}{after}"
        return re.compile(shape.replace("{np}", person).replace("{contact}", contact))


def _words(*lists: str) -> frozenset[str]:
    return frozenset(each for each in re.split(r"[|\s]+", "|".join(lists)) if each.isalpha())


def _any(alternatives: str) -> str:
    """One of the alternatives, the longest first, so that "human being" is not read as "human"."""
    parts = (" ".join(each.split()) for each in alternatives.split("|"))
    return f"(?:{'|'.join(sorted(filter(None, parts), key=len, reverse=True))})"
