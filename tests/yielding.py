"""Looks for greenlet switches inside write transactions of SQLite, where everybody else would wait for the lock.

Run as `python -m tests.yielding DATABASE_FILE`; prints JSON: where a verb yielded, and whether a
planted one is seen.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
import traceback  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
import greenlet  # type: ignore[import-untyped]  # noqa: E402
from flask import Flask  # noqa: E402
from sqlalchemy import Connection, event  # noqa: E402

from dashboard.app import create_app  # noqa: E402
from dashboard.config import load_config  # noqa: E402
from dashboard.models import Person, TransferOffer, db  # noqa: E402
from dashboard.queries.merging import load_preview  # noqa: E402
from dashboard.services import (  # noqa: E402
    answers,
    feedback,
    jobs,
    merging,
    messaging,
    offers,
    reading,
    returning,
    suggestions,
    voiding,
)
from dashboard.services.languages import correct_language  # noqa: E402
from dashboard.services.unit_of_work import unit_of_work  # noqa: E402
from tests.factories import QUESTION, Scene, build_scene  # noqa: E402


class Tracer:
    """Notes every switch away from a greenlet that is between BEGIN IMMEDIATE and COMMIT."""

    def __init__(self, app: Flask) -> None:
        self.writing: set[greenlet.greenlet] = set()
        self.found: list[str] = []
        self.transactions = 0
        with app.app_context():
            engine = db.engine
        event.listen(engine, "begin", self.begin)
        for end in ("commit", "rollback"):
            event.listen(engine, end, self.end)
        greenlet.settrace(self.trace)

    def begin(self, conn: Connection) -> None:
        if conn.get_execution_options().get("write"):
            self.writing.add(greenlet.getcurrent())
            self.transactions += 1

    def end(self, _conn: Connection) -> None:
        self.writing.discard(greenlet.getcurrent())

    def trace(self, kind: str, switch: tuple[greenlet.greenlet, greenlet.greenlet]) -> None:
        origin = switch[0]
        if kind == "switch" and origin in self.writing:
            ours = [line for line in traceback.format_stack(origin.gr_frame) if "/dashboard/" in line]
            self.found.append("".join(ours[-3:]))


def perform(scene: Scene) -> None:
    """Every verb once, with somebody online so that routing happens inside them."""
    scene.online("bo", "eli")
    scene.configure(auto_limit=2)
    chats = [scene.ask_for_human(person) for person in ("pia", "ravi", "sam", "tess", "uma")]
    job_of = scene.write("vera", QUESTION).conversation_public_id
    scene.take_over("ada", job_of)
    answers.answer_arrived(scene.job(), "Late.")
    suggestions.send_suggestion(scene.viewer("ada"), scene.suggestions()[0].public_id)
    scene.claim("cy", chats[4])
    scene.give("cy", chats[4], "Returns", "Please")
    owner = scene.owner(chats[0])
    scene.reply(owner, chats[0], "Hello")
    messaging.add_note(scene.viewer(owner), chats[0], "Note", "note")
    correct_language(scene.viewer(owner), chats[0], "es")
    reading.mark_read(scene.viewer(owner), chats[0], 1)
    reading.save_draft(scene.viewer(owner), chats[0], "Draft")
    scene.set_status(owner, chats[0], "resolved")
    scene.write("pia", "One more thing")
    scene.set_status(owner, chats[0], "closed")
    feedback.rate(chats[0], scene.person("pia"), 5, "Good")
    jobs.take_timers()
    offer_and_merge(scene, chats[1])
    scene.deactivate("eli")
    returning.return_orphans()
    voiding.end_hopeless()


def offer_and_merge(scene: Scene, chat: str) -> None:
    """Offered until somebody accepts; then the record of its person is merged into another's."""
    scene.configure(offers_transfers=True)
    owner = scene.owner(chat)
    for answer, name in ((offers.decline, "cy"), (offers.withdraw, owner), (offers.accept, "cy")):
        scene.give(owner, chat, "cy", "Yours?")
        answer(scene.viewer(name), scene.rows(TransferOffer)[-1].public_id)
    scene.give("cy", chat, "eli")
    kept, other = scene.person("sam"), scene.conversation(chat).person_id
    ids = {row.id: row.public_id for row in scene.rows(Person)}
    seen = load_preview(db.session, kept, other).version
    merging.merge_people(scene.viewer("ada"), ids[kept], ids[other], seen)


def plant(_: Scene) -> None:
    with unit_of_work():
        gevent.sleep(0)


def main() -> None:
    app = create_app(load_config(database_url=f"sqlite:///{sys.argv[1]}", data_dir=Path(sys.argv[1]).parent))
    tracer = Tracer(app)
    gevent.spawn(idle)

    def run(action: Callable[[Scene], None], scene: Scene) -> list[str]:
        tracer.found.clear()
        action(scene)
        return list(tracer.found)

    with app.app_context():
        scene = build_scene()
        answer: dict[str, Any] = {"found": run(perform, scene), "planted": run(plant, scene)}
    print(json.dumps({**answer, "transactions": tracer.transactions}), flush=True)


def idle() -> None:
    while True:
        gevent.sleep(0)


if __name__ == "__main__":
    main()
