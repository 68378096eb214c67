"""Whatever is sent to whichever address, on both databases: words and no error, and what was typed stays the page's."""

from __future__ import annotations

import json
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest

from tests.security.matrix.conftest import House

LONG = "a" * 8_001
FORMS: dict[str, bytes] = {
    "nothing": b"",
    "NUL": b"text=%00&client_id=%00&status=%00&language=%00&user=%00&team=%00&note=%00&availability=%00&theme=%00"
    b"&email=%00&password=%00&epoch=%00&seq=%00",
    "broken UTF-8": b"text=%ff%fe&client_id=%ff&status=%ff&language=%ff&user=%ff&note=%ff&email=%ff&password=%ff",
    "a lone surrogate": b"text=%ed%a0%80&client_id=k&status=%ed%a0%80&email=%ed%a0%80&password=%ed%a0%80",
    "raw bytes": b"\xff\xfe\x00\x80",
    "8,001 characters": f"text={LONG}&client_id={LONG}&note={LONG}&status={LONG}&email={LONG}&password={LONG}".encode(),
    "HTML": b"text=%3Cscript%3E&client_id=%3Cb%3E&status=%3Cb%3E&theme=%3Cb%3E&email=%3Cb%3E&password=x",
    "twice": b"text=a&text=b&client_id=k1&client_id=k2&status=open&status=closed&user=a&user=b",
    "numbers": b"text=a&client_id=n&epoch=99999999999999999999&seq=99999999999999999999",
    "negative numbers": b"text=a&client_id=n&epoch=-1&seq=-1",
    "other digits": "text=a&client_id=n&epoch=\u0661&seq=\u00b2".encode(),
    "blanks": b"text=+%09&client_id=+&status=+&email=+&password=+",
    "1 MB": b"text=" + b"a" * 1_048_576,
}
TYPES = (
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "text/plain",
)
JSONS: dict[str, bytes] = {
    "nothing": b"",
    "no object": b"[1]",
    "null": b"null",
    "half": b'{"text": "a',
    "broken UTF-8": b'{"text": "\xff"}',
    "too deep": b"[" * 100_000,
    "deep object": b'{"a":' * 50_000,
    "a huge number": b'{"stars": ' + b"9" * 5_000 + b"}",
    "no number": b'{"stars": NaN, "epoch": Infinity, "text": 1e999}',
    "other marks": b"\xef\xbb\xbf{}",
    "1 MB": b'{"text": "' + b"a" * 1_048_576 + b'"}',
}
VALUES: tuple[Any, ...] = (
    None, True, 1, -1, 1.5, 1e300, 10**30, [], {}, [[]], "", " ",
    "\x00", "\ud800", LONG, "<b>", "\u202e\u200b", "\u0661",
)  # fmt: skip
FIELDS = (
    "text", "client_id", "stars", "comment", "email", "epoch", "kind", "note", "user", "team", "status", "person",
    "subject", "assignee", "teams", "teamspace", "ai_agent", "availability",
)  # fmt: skip
QUERIES = (
    "%00",
    "%ff",
    "%ed%a0%80",
    "-1",
    "9" * 30,
    quote("\u0661"),
    quote(LONG[:300]),
    "1&after=2",
    quote("'\"%_*)("),
)
PLACES = ("q", "view", "sort", "status", "handler", "assignee", "team", "channel", "language", "cursor", "c", "after",
          "before", "limit", "next", "ticket")  # fmt: skip


def assert_words(answer: Any, what: object) -> None:
    assert answer.status_code < 500, (what, answer.status_code, answer.text[:300])
    if answer.status_code >= 400:
        assert len(answer.text.split()) > 3, (what, answer.status_code, answer.text)


def targets(house: House, prefixes: tuple[str, ...], *, is_unsafe: bool) -> list[tuple[str, str]]:
    """Every address with these beginnings, about bo's chat and about nothing that exists."""
    chat = house.chat()[0]
    known = {"conversation": chat, "public_id": chat, "channel": house.channels[house.scene.channel]}
    known["suggestion"] = house.suggestion(chat)
    found = []
    for rule in house.app.url_map.iter_rules():
        if rule.websocket or not rule.rule.startswith(prefixes) or rule.rule in ("/logout", "/metrics"):
            continue
        for values in (known, dict.fromkeys(known, "%00"), dict.fromkeys(known, "%ed%a0%80")):
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<{name}>", values.get(name, "%00"))
            methods = set(rule.methods or ()) - {"HEAD", "OPTIONS"}
            found += [(method, path) for method in methods if (method != "GET") is is_unsafe]
    return sorted(set(found))


PAGES = ("/conversations", "/suggestions", "/account", "/me", "/login", "/inbox", "/session", "/static")


def test_no_form_breaks_a_page(house: House) -> None:
    for body, (method, path) in product(FORMS, targets(house, PAGES, is_unsafe=True)):
        for kind in TYPES if body in ("raw bytes", "nothing") else TYPES[:1]:
            answer = house.ask("bo", method, path, data=FORMS[body], content_type=kind, headers={"HX-Request": "true"})
            assert_words(answer, (method, path, body, kind))


def test_no_name_of_something_breaks_a_page(house: House) -> None:
    for method, path in targets(house, (*PAGES, "/webchat", "/api"), is_unsafe=False):
        answer = house.ask("bo", method, path)
        assert_words(answer, path)
        answer.close()


def test_no_address_breaks_a_page(house: House) -> None:
    chat, key = house.chat()
    channel = house.channels[house.scene.channel]
    asked = {
        "bo": ("/inbox", "/inbox/list", "/inbox/views", "/inbox/filters", f"/conversations/{chat}/messages", "/login"),
        "secret": ("/api/v1/conversations", f"/api/v1/conversations/{chat}/messages"),
        "visitor": (f"/webchat/{channel}/messages", f"/webchat/{channel}/frame"),
    }
    for who, paths in asked.items():
        for path in paths:
            for place, value in product(PLACES, QUERIES):
                answer = house.ask(who, "GET", f"{path}?{place}={value}", key=key if who == "visitor" else None)
                assert_words(answer, (path, place, value))


def test_no_json_breaks_the_webchat_or_the_api(house: House) -> None:
    key = house.chat()[1]
    for body, (method, path) in product(JSONS, targets(house, ("/webchat", "/api"), is_unsafe=True)):
        for who in ("visitor",) if path.startswith("/webchat") else ("bo", "secret"):
            for kind in ("application/json", ""):
                own = key if who == "visitor" else None
                answer = house.ask(who, method, path, key=own, data=JSONS[body], content_type=kind)
                assert_words(answer, (who, method, path, body, kind))
                assert answer.status_code < 400 or answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("field", FIELDS)
def test_no_value_breaks_the_webchat_or_the_api(sqlite_house: House, field: str) -> None:
    house = sqlite_house
    key = house.chat()[1]
    whole = {"text": "Hello", "client_id": "k", "person": {"external_id": "pia"}, "subject": "A tent", "assignee": None}
    for method, path in targets(house, ("/webchat", "/api"), is_unsafe=True):
        is_public = path.endswith(("/conversations", "/tickets"))
        who = "visitor" if path.startswith("/webchat") else "secret" if is_public else "bo"
        for value in VALUES if "%" not in path else ():
            given = {**whole, field: {"external_id": value, "name": value} if field == "person" else value}
            own = key if who == "visitor" else None
            answer = house.ask(who, method, path, key=own, data=json.dumps(given), content_type="application/json")
            assert_words(answer, (who, method, path, field, value))


def test_what_was_typed_is_kept_beside_the_words(house: House) -> None:
    chat = house.chat()[0]
    form = {"to": "team", "team": "\x00", "note": "My <long> note"}
    answer = house.ask("bo", "POST", f"/conversations/{chat}/transfers", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "My &lt;long&gt; note" in answer.text
    answer = house.ask("anonymous", "POST", "/login", data={"email": "bo@<acme>.test", "password": "wrong"})
    assert answer.status_code == 422
    assert "bo@&lt;acme&gt;.test" in answer.text
    assert "wrong" not in answer.text.replace("The e-mail or the password is wrong.", "")
