"""Takeover & Send at the same moment by several users in several processes: one winner, no word of a loser (T6, L8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from dashboard.services.audit import audit
from tests.invariants import find_broken
from tests.takeovers.races import Races, Verdict
from tests.takeovers.seats import play

SAMPLE = 60
"""Races in `make test`."""

ALL = 10_000
"""Races in `make test-long`, over all its rounds."""


@pytest.mark.timeout(3600)
def test_thousands_of_takeovers_have_one_winner_each_and_no_loser_speaks(
    app: Flask,
    database_uri: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    record_property: pytest.RecordProperty,
) -> None:
    rounds = request.config.getoption("--rounds", default=None)
    count = -(-ALL // rounds) if rounds else SAMPLE
    seed = request.node.callspec.params.get("round_number", 0)
    races = Races(count, seed)
    processes = 1 if database_uri.startswith("sqlite") else 4  # SQLite is served by one process

    outcomes = play(database_uri, tmp_path, races.seats, processes=processes)

    verdict = Verdict(races, outcomes)
    assert verdict.broken() == []
    assert find_broken() == []
    assert audit() == []
    for what, number in verdict.counts.items():
        record_property(what, number)
