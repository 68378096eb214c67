"""Pages over HTTP, as a browser asks for them, and the rates of what people do at once."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from benchmarks.dataset import PASSWORD, SECRET, token_of
from benchmarks.figures import Figure, percentile
from benchmarks.loopback import Http, Reply

PAGE_TARGET = 10.0
VIEWS = 40
AT_ONCE = 8
CLAIMS, HANDOFFS = 120, 120
SEARCHED = ("AO-099", "Returns", "resoled", "marta")
_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"|name="csrf-token" content="([^"]+)"')


async def measure_pages(port: int, database: Path, views: int = VIEWS) -> list[Figure]:
    """Bo sees a part of the inbox, Di all of it; both look at lists, search, and open conversations."""
    figures = []
    for email, who in (("bo@acme.test", "Bo, a live agent"), ("di@acme.test", "Di, who views all")):
        browser = await _signed_in(port, email)
        opened = _readable(database, email)
        pages = {
            "inbox": ["/inbox"] * views,
            "inbox, all": ["/inbox?view=all"] * views,
            "second page of all": [await _second_page(browser)] * views,
            "search": [f"/inbox?view=all&q={word}" for word in SEARCHED] * (views // len(SEARCHED)),
            "people": ["/people"] * views,
            "people, search": [f"/people?q={word}" for word in SEARCHED] * (views // len(SEARCHED)),
            "thread": [f"/conversations/{public_id}" for public_id in opened] * (views // len(opened)),
        }
        for name, paths in pages.items():
            target = PAGE_TARGET if name.startswith("inbox") else None
            figures.append(await _measure(browser, f"{name} of {who}, p50", paths, target))
        browser.close()
    return figures


async def measure_rates(port: int, database: Path) -> list[Figure]:
    """Many claim, and many ask for a person, a few at a time."""
    waiting, users = _waiting(database), _agents(database)

    async def claim(number: int, http: Http) -> None:
        http.headers["Authorization"] = f"Bearer {token_of(users[number % len(users)])}"
        _expect(await http.post_json(f"/api/v1/conversations/{waiting[number]}/claim", {}), 200)

    async def hand_off(number: int, http: Http) -> None:
        http.headers["Authorization"] = f"Bearer {SECRET}"
        person = {"external_id": f"bench-{number}-{uuid.uuid4().hex}"}
        fields = {"person": person, "text": "Can I speak to someone, please?", "client_id": "1"}
        reply = await http.post_json("/api/v1/conversations", fields)
        _expect(reply, 201)
        if reply.json()["handler"] != "queue":
            raise RuntimeError(f"nobody waits: {reply.body!r}")

    claims = await _rate(port, claim, min(CLAIMS, len(waiting)))
    handoffs = await _rate(port, hand_off, HANDOFFS)
    return [
        Figure("claims, 8 at once", claims, "/s"),
        Figure("first message to handoff, 8 at once", handoffs, "/s"),
    ]


async def _measure(browser: Http, name: str, paths: Sequence[str], target: float | None) -> Figure:
    samples = []
    _expect(await browser.get(paths[0]), 200)
    for path in paths:
        began = time.perf_counter()
        reply = await browser.get(path)
        samples.append((time.perf_counter() - began) * 1000)
        _expect(reply, 200)
    note = f"p95 {percentile(samples, 0.95):.1f} ms, {len(reply.body) // 1000} kB"
    return Figure(name, percentile(samples, 0.5), "ms", target, note=note)


async def _signed_in(port: int, email: str) -> Http:
    browser = Http(port)
    form = await browser.get("/login")
    found = _TOKEN.search(form.body)
    if found is None:
        raise RuntimeError("the login form has no CSRF token")
    browser.headers["Cookie"] = form.headers["set-cookie"]
    token = (found[1] or found[2]).decode()
    origin = {"email": email, "password": PASSWORD, "csrf_token": token}
    reply = await browser.post_form("/login", origin)
    _expect(reply, 302, 303)
    browser.headers["Cookie"] = reply.headers["set-cookie"]
    return browser


async def _second_page(browser: Http) -> str:
    reply = await browser.get("/inbox?view=all")
    found = re.search(rb'/inbox/list\?[^"]*cursor=[^"]+', reply.body)
    if found is None:
        raise RuntimeError("the inbox has no second page")
    return found[0].decode().replace("&amp;", "&")


async def _rate(port: int, action: Callable[[int, Http], Awaitable[None]], number: int) -> float:
    numbers = iter(range(number))

    async def work() -> None:
        http = Http(port)
        for one in numbers:
            await action(one, http)
        http.close()

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return number / (time.perf_counter() - began)


def _readable(database: Path, email: str) -> list[str]:
    """Some livechats that this user has had or, having had none, may see."""
    db = sqlite3.connect(database)
    mine = "WHERE c.assignee_id = (SELECT id FROM user_account WHERE email = ?) AND c.kind = 'chat'"
    statement = "SELECT c.public_id FROM conversation c {} ORDER BY c.id DESC LIMIT 4"
    rows = db.execute(statement.format(mine), (email,)).fetchall()
    rows = rows or db.execute(statement.format("WHERE c.handler = 'live_agent'")).fetchall()
    db.close()
    return [row[0] for row in rows]


def _waiting(database: Path) -> list[str]:
    db = sqlite3.connect(database)
    rows = db.execute(
        "SELECT c.public_id FROM conversation c JOIN queue_entry q ON q.conversation_id = c.id "
        "WHERE q.left_at IS NULL AND q.is_everyone ORDER BY q.id LIMIT ?",
        (CLAIMS,),
    ).fetchall()
    db.close()
    return [row[0] for row in rows]


def _agents(database: Path) -> list[int]:
    db = sqlite3.connect(database)
    rows = db.execute("SELECT id FROM user_account WHERE email LIKE '%.%@acme.test' ORDER BY id").fetchall()
    db.close()
    return [row[0] for row in rows]


def _expect(reply: Reply, *statuses: int) -> None:
    if reply.status not in statuses:
        raise RuntimeError(f"expected {statuses}, got {reply.status}: {reply.body[:400]!r}")
