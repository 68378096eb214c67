"""From an agent's coming online to the chat that waited: one agent at a time, and many slots at once."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from benchmarks.dataset import SUPPORT, token_of
from benchmarks.figures import Figure, percentile
from benchmarks.loopback import Http

COMING = 30
DRAINED, AT_ONCE = 100, 20
TARGET, DRAIN_TARGET = 100.0, 1.0


async def measure_assignment(port: int, database: Path) -> list[Figure]:
    """Everybody has a page open and is Away; who goes Online has as many free slots as the limit leaves them."""
    agents, load = _alike(database)
    samples = await _measure_coming(port, database, agents[:COMING], load)
    took = await _measure_drain(port, database, agents[COMING : COMING + AT_ONCE], load)
    note = f"p95 {percentile(samples, 0.95):.1f} ms"
    return [
        Figure("an agent online gets the oldest chat, p50", percentile(samples, 0.5), "ms", TARGET, note=note),
        Figure(f"{DRAINED} waiting chats drain to {AT_ONCE} agents", took, "s", DRAIN_TARGET),
    ]


async def _measure_coming(port: int, database: Path, agents: list[int], load: int) -> list[float]:
    """One free slot each: the answer comes when the oldest chat that they may have is theirs."""
    _set_limit(database, load + 1)
    samples = []
    for user_id in agents:
        http = Http(port, Authorization=f"Bearer {token_of(user_id)}")
        oldest = _oldest(database, user_id)
        began = time.perf_counter()
        await _declare(http, "online")
        samples.append((time.perf_counter() - began) * 1000)
        if _last_of(database, user_id) != oldest:
            raise RuntimeError(f"user {user_id} did not get the oldest waiting chat")
        await _declare(http, "away")
        http.close()
    return samples


async def _measure_drain(port: int, database: Path, agents: list[int], load: int) -> float:
    """Seconds from the first who goes Online until the last has all that they have room for."""
    _set_limit(database, load + DRAINED // AT_ONCE)
    before = _count(database)
    clients = [Http(port, Authorization=f"Bearer {token_of(user_id)}") for user_id in agents]
    for http in clients:
        await http.get("/api/v1/me/availability")  # connecting is no part of it
    began = time.perf_counter()
    await asyncio.gather(*(_declare(http, "online") for http in clients))
    took = time.perf_counter() - began
    if (drained := before - _count(database)) != DRAINED:
        raise RuntimeError(f"{drained} chats were assigned instead of {DRAINED}")
    for http in clients:
        await _declare(http, "away")
        http.close()
    return took


async def _declare(http: Http, state: str) -> None:
    reply = await http.post_json("/api/v1/me/availability", {"availability": state}, method="PUT")
    if reply.status != 200:
        raise RuntimeError(f"availability answered {reply.status}: {reply.body[:300]!r}")


def _alike(database: Path) -> tuple[list[int], int]:
    """Agents who hold equally many chats, and how many: the number that most of them hold."""
    with closing(sqlite3.connect(database)) as db:
        rows = db.execute(
            "SELECT l.user_id, l.open_chats FROM agent_load l JOIN teamspace s ON s.id = l.teamspace_id "
            "JOIN user_account u ON u.id = l.user_id WHERE s.name = ? AND u.availability = 'away' ORDER BY l.user_id",
            (SUPPORT,),
        ).fetchall()
    groups: dict[int, list[int]] = {}
    for user_id, chats in rows:
        groups.setdefault(chats, []).append(user_id)
    load, agents = max(groups.items(), key=lambda group: len(group[1]))
    if len(agents) < COMING + AT_ONCE:
        raise RuntimeError(f"only {len(agents)} agents hold {load} chats")
    return agents, load


def _set_limit(database: Path, limit: int) -> None:
    with closing(sqlite3.connect(database, timeout=10)) as db, db:
        db.execute("UPDATE teamspace SET auto_limit = ? WHERE name = ?", (limit, SUPPORT))


def _oldest(database: Path, user_id: int) -> int:
    """The waiting conversation with the oldest request among those that this user may have."""
    with closing(sqlite3.connect(database)) as db:
        (key,) = db.execute(
            "SELECT q.conversation_id FROM queue_entry q WHERE q.left_at IS NULL AND (q.is_everyone OR EXISTS ("
            "SELECT 1 FROM queue_eligible e JOIN team_member m ON m.team_id = e.team_id "
            "WHERE e.queue_entry_id = q.id AND m.user_id = ?)) ORDER BY q.queued_at, q.id LIMIT 1",
            (user_id,),
        ).fetchone()
    return int(key)


def _last_of(database: Path, user_id: int) -> int:
    with closing(sqlite3.connect(database)) as db:
        latest = "SELECT conversation_id FROM assignment WHERE user_id = ? AND how = 'auto' ORDER BY id DESC LIMIT 1"
        return int(db.execute(latest, (user_id,)).fetchone()[0])


def _count(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute("SELECT count(*) FROM queue_entry WHERE left_at IS NULL").fetchone()[0])
