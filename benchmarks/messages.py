"""From a message to the agents' frames: Baton and the floor in turns, by the same clients, in the same minutes."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from picows import WSTransport

from benchmarks.dataset import SECRET, token_of
from benchmarks.figures import Figure, percentile
from benchmarks.loopback import Audience, Http, Poster

ROUNDS = 6
PER_ROUND = 25
WARM_UP = 25
RATIO, AIM = 5.0, 3.5
OVER_HTTP = 10.0


@dataclass
class Case:
    """Who writes into which conversation; the samples are milliseconds."""

    name: str
    conversation: dict[str, Any]
    is_strict: bool = False
    user_id: int | None = None
    fan_out: int = 0
    size: int = 0
    at_server: list[float] = field(default_factory=list)
    at_floor: list[float] = field(default_factory=list)
    over_http: list[float] = field(default_factory=list)
    at_page: list[float] = field(default_factory=list)
    at_floor_page: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    @property
    def authorization(self) -> str:
        return "Bearer " + (SECRET if self.user_id is None else token_of(self.user_id))

    def figures(self) -> list[Figure]:
        """The ratios at the server and over the loopback, and what HTTP costs."""
        seen = f"{self.name}, {self.fan_out} pages"
        server, floor = percentile(self.at_server, 0.5), percentile(self.at_floor, 0.5)
        page, floor_page = percentile(self.at_page, 0.5), percentile(self.at_floor_page, 0.5)
        note = f"{percentile(self.statements, 0.5):g} statements, frame of {self.size:,} bytes"
        return [
            Figure(f"{seen}: at the server, p50", server, "ms", RATIO, AIM, floor, note, is_strict=self.is_strict),
            Figure("  from the client to the last page, p50", page, "ms", floor=floor_page),
            Figure("  from the client to the last page, p95", percentile(self.at_page, 0.95), "ms", OVER_HTTP),
            Figure("  from the client to its answer, p95", percentile(self.over_http, 0.95), "ms", OVER_HTTP),
        ]


@dataclass
class Stage:
    """Both servers with their pages open."""

    port: int
    pages: Audience
    floor_pages: Audience
    poster: Poster
    to_floor: WSTransport

    async def play(self, cases: Sequence[Case]) -> None:
        """All cases in turns, so that what else the machine does falls on everybody alike."""
        for case in cases:
            await self._warm_up(case)
        for _ in range(ROUNDS):
            for case in cases:
                await self._post_to_baton(case, PER_ROUND)
                await self._post_to_floor(case, PER_ROUND)

    async def _warm_up(self, case: Case) -> None:
        """Learn how many pages see the case and what they are shown; the floor shall do the same."""
        http = Http(self.port, Authorization=case.authorization)
        self.pages.largest = 0
        self.pages.expect(1)
        await http.post_json(*_message(case))
        case.fan_out = await self.pages.settle()
        case.size = self.pages.largest
        http.close()
        await self._post_to_baton(case, WARM_UP)
        await self._post_to_floor(case, WARM_UP)
        for samples in (case.at_server, case.at_floor, case.over_http, case.at_page, case.at_floor_page):
            samples.clear()
        case.statements.clear()

    async def _post_to_baton(self, case: Case, number: int) -> None:
        http = Http(self.port, Authorization=case.authorization)
        for _ in range(number):
            path, fields = _message(case)
            self.pages.expect(case.fan_out)
            began = time.perf_counter()
            reply = await http.post_json(path, fields)
            case.over_http.append((time.perf_counter() - began) * 1000)
            if reply.status != 201:
                raise RuntimeError(f"{path} answered {reply.status}: {reply.body[:300]!r}")
            case.at_page.append((await self.pages.arrived() - began) * 1000)
        probed = (await http.get("/-/probe")).json()
        case.at_server += [seconds * 1000 for seconds in probed["frames"]]
        case.statements += probed["statements"]
        http.close()

    async def _post_to_floor(self, case: Case, number: int) -> None:
        for _ in range(number):
            asked = {**case.conversation, "pages": case.fan_out, "size": case.size, **_identity(case)}
            self.floor_pages.expect(case.fan_out)
            began = time.perf_counter()
            await self.poster.ask(self.to_floor, asked)
            case.at_floor_page.append((await self.floor_pages.arrived() - began) * 1000)
        samples = await self.poster.ask(self.to_floor, None)
        case.at_floor += [seconds * 1000 for seconds in Poster.numbers(samples)]


def cases(database: Path) -> list[Case]:
    """A person writes into a queued chat that everybody may claim, and to Bo; Bo answers over HTTP."""
    db = sqlite3.connect(database)
    (bo,) = db.execute("SELECT id FROM user_account WHERE email = 'bo@acme.test'").fetchone()
    everyone = _find(db, "c.handler = 'queue' AND c.id IN (SELECT conversation_id FROM queue_entry WHERE is_everyone)")
    hers = _find(db, f"c.assignee_id = {bo} AND c.kind = 'chat' AND c.status = 'open'")
    db.close()
    return [
        Case("person to a waiting chat", everyone, is_strict=True),
        Case("person to Bo's chat", hers),
        Case("Bo replies", hers, user_id=bo),
    ]


def _find(db: sqlite3.Connection, clause: str) -> dict[str, Any]:
    row = db.execute(
        f"SELECT c.id, c.public_id, c.handler, c.teamspace_id, c.person_id FROM conversation c WHERE {clause} "
        "ORDER BY c.id DESC LIMIT 1"
    ).fetchone()
    names = ("conversation", "public_id", "handler", "teamspace", "person")
    return dict(zip(names, row, strict=True))


def _message(case: Case) -> tuple[str, dict[str, str]]:
    fields = _identity(case)
    path = f"/api/v1/conversations/{case.conversation['public_id']}/messages"
    return path, {"text": fields["text"], "client_id": fields["client_id"]}


def _identity(case: Case) -> dict[str, str]:
    key, kind = (f"person:{case.conversation['person']}", "person")
    if case.user_id is not None:
        key, kind = f"user:{case.user_id}", "live_agent"
    return {
        "text": "The parcel came today, but the left boot is a size smaller than the right one. What now?",
        "client_id": uuid.uuid4().hex,
        "message_id": str(uuid.uuid4()),
        "author_key": key,
        "author_kind": kind,
    }
