"""Where, in the lines of a mail, the quotation of the mail before begins, in ten languages."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_LINE = 300
"""Of a line; longer ones introduce nothing."""
MOST_LINES = 3
"""Over so many a program may break the line that introduces a quotation."""
HEAD_LINES = 8

_ON = re.compile(r"[> *]*(On|Am|Le|El|Il|Em|Op|W dniu|Dnia|Den|På)\s", re.IGNORECASE)
_WROTE = re.compile(
    r"(wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|napisał(\(a\))?|skrev)\b[^:]{0,200}:\s*$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"-{2,} ?(original message|ursprüngliche nachricht|message d.origine|mensaje original|messaggio originale|"
    r"mensagem original|oorspronkelijk bericht|wiadomość oryginalna|ursprungligt meddelande|"
    r"oprindelig meddelelse) ?-{2,}$",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_-]{10,}$")
_FROM = re.compile(r"[> *]*(from|von|de|da|van|od|från|fra)\s?:[ *]*\S", re.IGNORECASE)
_FIELD = re.compile(
    r"[> *]*(sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para|asunto|fecha|inviato|data|a|"
    r"oggetto|assunto|verzonden|aan|onderwerp|wysłano|do|temat|skickat|till|ämne|sendt|til|emne)\s?:",
    re.IGNORECASE,
)
_FIELDS = 3
"""With From, Date and Subject at least: two lines that look like it are somebody's own words."""


def find_quotation(lines: Sequence[str]) -> int | None:
    """The index of the line with which a quotation begins, None without one."""
    for index, line in enumerate(lines):
        if line.startswith(">") or _introduces(lines, index):
            start = index
            while start > 0 and (not lines[start - 1].strip() or _RULE.match(lines[start - 1].strip())):
                start -= 1  # with the rule over it
            return start
    return None


def has_answers(quotation: Sequence[str]) -> bool:
    """Whether somebody wrote between or under the quoted lines; a signature is no answer."""
    is_quoted = False
    for index, line in enumerate(each.strip() for each in quotation):
        if is_quoted and line == "--":
            return False
        if is_quoted and line and not line.startswith(">") and not _introduces(quotation, index):
            return True
        is_quoted = is_quoted or line.startswith(">")
    return False


def _introduces(lines: Sequence[str], index: int) -> bool:
    line = lines[index].strip()
    if len(line) > MAX_LINE:
        return False
    if _SEPARATOR.match(line):
        return True
    if _FROM.match(line):
        return sum(bool(_FIELD.match(each[:MAX_LINE])) for each in lines[index + 1 : index + HEAD_LINES]) >= _FIELDS
    return bool(_ON.match(line)) and _is_attribution(lines, index)


def _is_attribution(lines: Sequence[str], index: int) -> bool:
    """“On Monday, … wrote:”, on one line or broken over a few."""
    said = ""
    for line in lines[index : index + MOST_LINES]:
        said = f"{said} {line.strip()[:MAX_LINE]}"
        if _WROTE.search(said):
            return True
    return False
