"""`python -m benchmarks`: measures one embedded process with 300 pages and 100,000 conversations, and judges it.

Exit code 1 when the ratio to the floor or the memory is above its target; times are judged too, but they also depend
on how busy the machine is. Everything happens on the loopback interface and in `build/`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from picows import ws_connect

from benchmarks import dataset
from benchmarks.assigning import measure_assignment
from benchmarks.figures import Figure, table
from benchmarks.loopback import Audience, Http, Poster
from benchmarks.messages import Stage, cases
from benchmarks.processes import CHECKOUT, free_port, memory, running, wait_until_ready
from benchmarks.reading import measure_pages, measure_rates

PAGES = 300
SERVER = ("-m", "dashboard.server", "--factory=benchmarks.probed:create_app")


def main() -> int:
    """Measure everything, print the table, answer the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--conversations", type=int, default=dataset.CONVERSATIONS)
    given = parser.parse_args()
    began = time.perf_counter()
    template = dataset.cached(given.conversations)
    work = CHECKOUT / "build" / "bench"
    shutil.rmtree(work, ignore_errors=True)
    database = dataset.copy(template, work / "baton")
    floor = dataset.copy(template, work / "floor")
    figures = [_measure_start(database, work), *asyncio.run(_measure_running(database, floor, work))]
    print(f"\n{given.conversations:,} conversations, {PAGES} pages, SQLite, synchronous FULL, one process\n")
    print(table(figures))
    missed = [figure for figure in figures if figure.is_missed]
    strictly = sum(figure.is_strict for figure in missed)
    took, load = time.perf_counter() - began, os.getloadavg()[0]
    print(f"\n{len(missed)} targets missed, {strictly} of them decide the exit code")
    print(f"{took:.0f} s, load average {load:.1f}")
    return 1 if strictly else 0


def _measure_start(database: Path, work: Path) -> Figure:
    """`baton run` on a database that is full, from the command to the first 200 of /readyz."""
    port = free_port()
    command = ("-m", "dashboard.cli", "run")
    with running(command, work / "start.log", **_environment(database, port)) as process:
        return Figure("start until /readyz", wait_until_ready(process, port), "s", 3.0)


async def _measure_running(database: Path, floor: Path, work: Path) -> list[Figure]:
    port, floor_port = free_port(), free_port()
    floor_command = ("-m", "benchmarks.floor", str(floor), str(floor_port))
    with (
        running((*SERVER, f"--port={port}"), work / "baton.log", **_environment(database, port)) as baton,
        running(floor_command, work / "floor.log") as under,
    ):
        wait_until_ready(baton, port)
        wait_until_ready(under, floor_port, path=None)
        pages = Audience()
        figures = await _measure_memory(baton, port, database, pages)
        stage = await _set(port, floor_port, pages)
        played = cases(database)
        await stage.play(played)
        figures = [figure for case in played for figure in case.figures()] + figures
        figures += await measure_pages(port, database)
        figures += await measure_rates(port, database)
        figures += await measure_assignment(port, database)
        figures.append(Figure("memory in all, after all this", memory(baton.pid), "MB", 130.0))
        for audience in (pages, stage.floor_pages):
            audience.close()
    return figures


async def _measure_memory(baton: subprocess.Popen[bytes], port: int, database: Path, pages: Audience) -> list[Figure]:
    """What a warm server needs, and what 300 open pages add."""
    await measure_pages(port, database, views=8)
    empty = memory(baton.pid)
    users = _users(database)
    url = f"ws://127.0.0.1:{port}/live"
    began = time.perf_counter()
    await pages.connect(
        [(url, {"Authorization": f"Bearer {dataset.token_of(users[n % len(users)])}"}) for n in range(PAGES)]
    )
    took = time.perf_counter() - began
    await pages.settle(1.0)
    full = memory(baton.pid)
    return [
        Figure("memory of one open page", (full - empty) * 1000 / PAGES, "kB", 50.0, 40.0, is_strict=True),
        Figure("memory in all", full, "MB", 130.0, note=f"{empty:.0f} without pages", is_strict=True),
        Figure("pages that connect", PAGES / took, "/s"),
    ]


async def _set(port: int, floor_port: int, pages: Audience) -> Stage:
    floor_pages, poster = Audience(), Poster()
    await floor_pages.connect([(f"ws://127.0.0.1:{floor_port}/page", {})] * PAGES)
    to_floor, _ = await ws_connect(lambda: poster, f"ws://127.0.0.1:{floor_port}/post")
    await Http(port).get("/-/probe")
    return Stage(port, pages, floor_pages, poster, to_floor)


def _environment(database: Path, port: int) -> dict[str, str]:
    return {"BATON_DATA_DIR": str(database.parent), "BATON_PORT": str(port), "BATON_LOG_LEVEL": "WARNING"}


def _users(database: Path) -> list[int]:
    """Everybody of Support: the cast and their colleagues."""
    db = sqlite3.connect(database)
    rows = db.execute("SELECT id FROM user_account WHERE email <> 'fay@acme.test' ORDER BY id").fetchall()
    db.close()
    return [row[0] for row in rows]


if __name__ == "__main__":
    sys.exit(main())
