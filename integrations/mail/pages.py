"""The words of a page of HTML, in one pass over it; nothing of it is ever shown as HTML."""

from __future__ import annotations

import re
from html import unescape

MAX_LINK = 500
MAX_TAG = 2_000
DEEPEST = 5
"""Of quotations in quotations, as they are shown."""

_BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol", "pre", "hr"}
_CELLS = {"td", "th"}
_RAW = ("script", "style", "title")
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)")
_HREF = re.compile(r"\shref\s{0,9}=\s{0,9}(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)


def html_to_text(html: str) -> str:
    """A line per block; what is quoted begins with “>”, and a link stands behind its words."""
    page = _Page(html)
    page.read()
    text = "\n".join(_line(quoted, "".join(parts)) for quoted, parts in page.lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _line(quoted: int, words: str) -> str:
    words = " ".join(words.split())
    return f"{'> ' * min(quoted, DEEPEST)}{words}" if words else ""


class _Page:
    """Reads tags and words from left to right, and never the same place twice."""

    def __init__(self, html: str) -> None:
        self._html, self._small = html, html.lower()
        self._link = ""
        self._quoted = 0
        self.lines: list[tuple[int, list[str]]] = [(0, [])]

    def read(self) -> None:
        at = 0
        while at < len(self._html):
            tag = self._html.find("<", at)
            self._say(unescape(self._html[at : tag if tag >= 0 else None]))
            if tag < 0:
                return
            at = self._read_tag(tag)

    def _read_tag(self, at: int) -> int:
        """What stands at a “<”; answers where to go on."""
        if self._html.startswith("<!--", at):
            return self._behind("-->", at)
        following = self._html[at + 1 : at + 2]
        if not (following.isalpha() or following in ("/", "!", "?")):
            self._say("<")
            return at + 1
        end = self._behind(">", at)
        name = self._act(self._html[at + 1 : min(end, at + MAX_TAG)])
        return self._behind(">", self._behind(f"</{name}", end)) if name in _RAW else end

    def _behind(self, words: str, at: int) -> int:
        found = self._small.find(words, at)
        return len(self._html) if found < 0 else found + len(words)

    def _act(self, tag: str) -> str:
        """Does what a tag means; answers its name, empty for one that ends something."""
        named = _NAME.match(tag)
        name, is_end = named[1].lower() if named else "", tag.startswith("/")
        if name == "blockquote":
            self._quoted = max(0, self._quoted + (-1 if is_end else 1))
        if name in _BREAKS:
            self.lines.append((self._quoted, []))
        elif name in _CELLS:
            self._say(" ")
        elif name == "a":
            self._end_link() if is_end else self._begin_link(tag)
        return "" if is_end else name

    def _begin_link(self, tag: str) -> None:
        found = _HREF.search(tag)
        self._link = unescape(found[1].strip("\"'")) if found else ""

    def _end_link(self) -> None:
        """Where a link leads is part of what was written, unless its words say so already."""
        link, self._link = self._link, ""
        said = "".join(self.lines[-1][1][-20:])
        if re.match("https?://", link) and len(link) <= MAX_LINK and link.rstrip("/") not in said:
            self._say(f" ({link})")

    def _say(self, words: str) -> None:
        if words:
            self.lines[-1][1].append(words)
