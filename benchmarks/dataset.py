"""The database of the benchmark: the demo, 294 further agents in 28 further teams, and a year of conversations.

It is made once and kept in `build/`, by the schema and the code that made it; every run works on copies.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import words
from benchmarks.histories import Histories
from benchmarks.processes import CHECKOUT
from benchmarks.tables import COLUMNS, Agent, Shop, stamp

CONVERSATIONS = 100_000
PASSWORD = "trail-mix-100k"
SECRET = "baton_space_of-the-benchmark"
SUPPORT = "Support"
BATCH = 5_000
PER_TEAM = 10
LIVE, WAITING_FOR_ALL, WAITING_FOR_TEAM = 1_200, 300, 100
CAST_WEIGHT = 12
"""The named agents get so many times the chats of the others: they have been there from the first day."""

_TRIGGERS = ("message_fts_insert", "message_fts_delete", "message_fts_update")


def token_of(user_id: int) -> str:
    """The personal token that every user of this database has."""
    return f"bench-token-{user_id}"


def cached(conversations: int = CONVERSATIONS) -> Path:
    """The database file, made now when there is none for this schema and this code."""
    own = [Path(__file__).with_name(f"{name}.py") for name in ("chats", "dataset", "histories", "tables", "words")]
    sources = [*own, *sorted(CHECKOUT.glob("migrations/versions/*.py"))]
    key = hashlib.sha256(b"".join(each.read_bytes() for each in sources)).hexdigest()[:10]
    path = CHECKOUT / "build" / f"bench-{conversations}-{key}.db"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        for old in path.parent.glob(f"bench-{conversations}-*.db*"):
            old.unlink()
        arguments = [sys.executable, "-m", "benchmarks.dataset", str(path), str(conversations)]
        subprocess.run(arguments, cwd=CHECKOUT, check=True)
    return path


def copy(path: Path, folder: Path) -> Path:
    """A copy that a server may write to."""
    folder.mkdir(parents=True)
    return Path(shutil.copyfile(path, folder / "baton.db"))


def make(path: Path, conversations: int) -> None:
    """Write the database; it appears under its name when it is complete."""
    draft = path.with_suffix(".draft")
    for leftover in path.parent.glob(draft.name + "*"):
        leftover.unlink()
    _hire(draft)
    with closing(sqlite3.connect(draft, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF").close()
        db.execute("BEGIN")
        _give_tokens(db)
        _remember(db, conversations)
        db.execute("COMMIT")
        db.execute("PRAGMA optimize").close()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    draft.rename(path)


def _hire(path: Path) -> None:
    """The demo's cast with its history, and a floor full of colleagues, through the real steps."""
    from dashboard.app import create_app, make_answerer
    from dashboard.config import load_config
    from dashboard.services import demo, setup
    from dashboard.services.unit_of_work import unit_of_work
    from migrations.runner import upgrade

    url = f"sqlite:///{path}"
    upgrade(url)
    config = load_config(database_url=url, data_dir=path.parent, answer_delay=0)
    with create_app(config).app_context():
        demo.load(make_answerer(config), PASSWORD)
        with unit_of_work() as uow:
            rows = uow.conn.exec_driver_sql("SELECT name, id FROM team UNION ALL SELECT name, id FROM role").all()
            named = {str(row[0]): int(row[1]) for row in rows}
            space = uow.conn.exec_driver_sql("SELECT id FROM teamspace WHERE name = ?", (SUPPORT,)).scalar_one()
            teams = [setup.add_team(uow, 1, line, [space]) for line in words.LINES]
            seats = [team for team in teams for _ in range(PER_TEAM)]
            seats += [named["Front line"]] * 8 + [named["Returns"]] * 7
            for number, team in enumerate(seats):
                first, last = words.FIRST[number % len(words.FIRST)], words.LAST[number * 7 % len(words.LAST)]
                mail = f"{first.lower()}.{number}@acme.test"
                setup.add_user(uow, 1, mail, f"{first} {last}", roles=[named["Live agent"]], teams=[team])


def _give_tokens(db: sqlite3.Connection) -> None:
    now = stamp(datetime.now(UTC))
    keys = [key for (key,) in db.execute("SELECT id FROM user_account ORDER BY id")]
    rows = [(hashlib.sha256(token_of(key).encode()).hexdigest(), key, now) for key in keys]
    db.executemany("INSERT INTO api_token (token_hash, user_id, created_at) VALUES (?, ?, ?)", rows)
    secret = hashlib.sha256(SECRET.encode()).hexdigest()
    db.execute("UPDATE teamspace SET secret_hash = ? WHERE name = ?", (secret, SUPPORT))


def _remember(db: sqlite3.Connection, conversations: int) -> None:
    """A year of conversations; the search index is written at the end, in one piece."""
    histories = Histories(_shop(db))
    triggers = [db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0] for name in _TRIGGERS]
    for name in _TRIGGERS:
        db.execute(f"DROP TRIGGER {name}")
    (last,) = db.execute("SELECT max(id) FROM message").fetchone()
    for number, (life, at) in enumerate(_lives(histories, conversations), 1):
        histories.tell(life, at)
        if number % BATCH == 0 or number == conversations:
            for table, rows in histories.fetch().items():
                _insert(db, table, rows)
    space, now = histories.shop.teamspace_id, stamp(datetime.now(UTC))
    loads = histories.loads
    users = sorted({user for user, _ in loads})
    db.execute("DELETE FROM agent_load WHERE teamspace_id = ?", (space,))
    _insert(db, "agent_load", [(space, user, loads[user, "chats"], loads[user, "tickets"], now) for user in users])
    texts = "SELECT id, body FROM message WHERE id > ? AND kind <> 'activity'"
    db.execute(f"INSERT INTO message_fts (rowid, body) {texts}", (last,))
    for trigger in triggers:
        db.execute(trigger)


def _lives(histories: Histories, conversations: int) -> Iterator[tuple[str, datetime]]:
    """What becomes of each conversation and when it began: open ones are the latest, the others spread over a year."""
    latest = ["live"] * LIVE + ["everyone"] * WAITING_FOR_ALL + ["team"] * WAITING_FOR_TEAM
    if conversations < 10 * len(latest):
        latest = latest[:: max(1, 10 * len(latest) // conversations)]
    histories.random.shuffle(latest)
    usual = ["bot"] * 58 + ["closed"] * 39 + ["external"] + ["ticket"] * 2
    start = datetime.now(UTC) - timedelta(days=365)
    older = conversations - len(latest)
    for number in range(older):
        yield histories.pick(usual), start + timedelta(days=363) * number / older
    for number, life in enumerate(latest):
        yield life, start + timedelta(days=363.1) + timedelta(hours=40) * number / len(latest)


def _shop(db: sqlite3.Connection) -> Shop:
    (space,) = db.execute("SELECT id FROM teamspace WHERE name = ?", (SUPPORT,)).fetchone()
    (channel, ai_agent) = db.execute(
        "SELECT id, ai_agent_id FROM channel WHERE teamspace_id = ? AND kind = 'webchat'", (space,)
    ).fetchone()
    found = db.execute(
        "SELECT u.id, u.name, m.team_id FROM user_account u JOIN team_member m ON m.user_id = u.id "
        "JOIN teamspace_team t ON t.team_id = m.team_id WHERE t.teamspace_id = ? ORDER BY u.id",
        (space,),
    )
    agents: list[Agent] = []
    for row in found:
        agents += [Agent(*row)] * (CAST_WEIGHT if row[0] <= 6 else 1)
    tables = ("conversation", "person", "handoff", "queue_entry")
    first = [db.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0] for table in tables]
    return Shop(space, ai_agent, channel, agents, *first)


def _insert(db: sqlite3.Connection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    names = COLUMNS[table].split()
    places = ", ".join("?" * len(names))
    db.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("conversations", type=int)
    given = parser.parse_args()
    make(given.path, given.conversations)
