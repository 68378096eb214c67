"""By which index SQLite finds what carries a tag; PostgreSQL goes by statistics, of which the tables here have none."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from dashboard.models import db
from dashboard.queries import tags
from dashboard.queries.filters import Filters
from dashboard.queries.inbox import load_page
from tests.factories import Scene
from tests.queries.test_inbox_by_tag import tag_id, tagged_day


@pytest.fixture
def database_uri(sqlite_uri: str) -> str:
    return sqlite_uri


def plan_of(scene: Scene, filters: Filters) -> str:
    taken: list[tuple[str, Any]] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: taken.append((call[2], call[3])))
    load_page(db.session, scene.viewer("di"), filters)
    statement, values = taken[-1]
    db.session.close()
    with db.engine.connect() as conn:
        return " ".join(row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))


def test_a_rare_tag_is_looked_up_and_a_common_one_is_met_along_the_list(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagged_day(scene)
    filters = Filters(view="all", tag=tag_id(scene))
    assert "SEARCH conversation USING INTEGER PRIMARY KEY" in plan_of(scene, filters)
    monkeypatch.setattr(tags, "FEW", 0)
    common = plan_of(scene, filters)
    assert "SEARCH conversation USING INDEX ix_conversation_inbox" in common
    assert "TEMP B-TREE" not in common
