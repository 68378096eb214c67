"""Runs calls at the same moment in several processes, many threads each, and gathers what became of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def race(database_url: str, data_dir: Path, calls: Sequence[dict[str, Any]], *, processes: int) -> list[dict[str, Any]]:
    """The outcomes of `calls`, which all start together; see tests/racer.py."""
    shares = [list(calls[index::processes]) for index in range(processes)]
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.racer", database_url, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in shares
    ]
    try:
        for racer, share in zip(racers, shares, strict=True):
            _say(racer, json.dumps(share))
        for racer in racers:
            assert _hear(racer) == "ready"
        for racer in racers:
            _say(racer, "go")
        return [outcome for racer in racers for outcome in json.loads(_hear(racer))]
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()


def _say(racer: subprocess.Popen[str], line: str) -> None:
    assert racer.stdin is not None
    racer.stdin.write(line + "\n")
    racer.stdin.flush()


def _hear(racer: subprocess.Popen[str]) -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()
