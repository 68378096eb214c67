"""Calls made at the same moment in one process, each in a thread, and what became of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask

from dashboard.models import db
from dashboard.models.errors import BatonError

PATIENCE = 60
"""Seconds after which a call that does not end is taken for one that never will."""


def at_once(app: Flask, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What the calls answered, or the refusal; each is connected before they all start."""
    answers: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(index: int) -> None:
        with app.app_context():
            db.session.connection()
            db.session.remove()
            start.wait()
            try:
                answers[index] = calls[index]()
            except BatonError as refusal:
                answers[index] = refusal
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a call waits for another one for ever"
    return answers


def race(app: Flask, acts: Mapping[str, Callable[[], object]]) -> dict[str, str]:
    """By the name of each act `done`, or the slug of the refusal."""
    answers = at_once(app, list(acts.values()))
    return {name: slug(answer) for name, answer in zip(acts, answers, strict=True)}


def slug(answer: object) -> str:
    return answer.slug if isinstance(answer, BatonError) else "done"
