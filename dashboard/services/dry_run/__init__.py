"""The dry run: the last handoffs replayed under settings that are not saved; it writes nothing (A7)."""

from __future__ import annotations

from dashboard.queries.recorded import History
from dashboard.services.dry_run.floor import SEED, Settings
from dashboard.services.dry_run.picture import Picture, draw
from dashboard.services.dry_run.replay import Fate, replay
from dashboard.services.dry_run.report import Report, make_report

__all__ = ["SEED", "Fate", "Picture", "Report", "Settings", "draw", "make_report", "replay", "try_out"]


def try_out(history: History, settings: Settings) -> Report:
    """Replay `history` under `settings`, as a table with its totals."""
    return make_report(history, settings, replay(history, settings))
