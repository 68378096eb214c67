"""Seats in several processes, each with its list of calls: the calls of one race start at the same moment."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import db
from dashboard.models.errors import BatonError, Ownership, OwnershipChanged
from dashboard.services import access, answers, closing, jobs, messaging, transfers

SECRET = "a secret of the tests, forty characters."
SEATS = 6
PATIENCE = 120.0


@dataclass(frozen=True)
class Call:
    """One verb of one race; `do` is the name of a function below, `user_id` who calls."""

    race: int
    do: str
    conversation: str
    user_id: int = 0
    epoch: int | None = None
    text: str = ""
    client_id: str = ""
    target: str = ""
    job: jobs.Job | None = None


@dataclass(frozen=True)
class Outcome:
    """`result` is `done` or the slug of the refusal; `current` what a loser was told."""

    call: Call
    result: str
    current: Ownership | None = None


Seat = Sequence[Call | None]
"""What this seat does in each race."""


def play(database_url: str, data_dir: Path, seats: Sequence[Seat], *, processes: int) -> list[Outcome]:
    """Fill the seats, spread over the processes, and let them play race after race."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(len(seats))
    pipes, players = [], []
    for index in range(processes):
        here, there = context.Pipe()
        share = [seat for number, seat in enumerate(seats) if number % processes == index]
        player = context.Process(target=sit, args=(there, start, database_url, data_dir, share), daemon=True)
        player.start()
        there.close()
        pipes.append(here)
        players.append(player)
    try:
        return [outcome for pipe in pipes for outcome in pipe.recv()]
    finally:
        for player in players:
            player.join(10)
            player.kill()


def sit(answers_to: Connection, start: Barrier, database_url: str, data_dir: Path, seats: Sequence[Seat]) -> None:
    """One process: a thread for each of its seats."""
    app = create_app(load_config(database_url=database_url, data_dir=data_dir, secret_key=SECRET))
    outcomes: list[Outcome] = []

    def run(seat: Seat) -> None:
        with app.app_context():
            for call in seat:
                db.session.connection()  # so that connecting is no part of the race
                db.session.remove()
                start.wait(PATIENCE)
                if call is not None:
                    outcomes.append(perform(call))

    threads = [threading.Thread(target=run, args=(seat,)) for seat in seats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers_to.send(outcomes)


def perform(call: Call) -> Outcome:
    try:
        VERBS[call.do](call)
    except OwnershipChanged as refusal:
        return Outcome(call, refusal.slug, refusal.current)
    except BatonError as refusal:
        return Outcome(call, refusal.slug)
    except Exception as fault:
        return Outcome(call, f"fault: {fault!r}")
    return Outcome(call, "done")


def take_over(call: Call) -> None:
    transfers.take_over(_viewer(call), call.conversation, call.text, call.client_id, call.epoch)


def reply(call: Call) -> None:
    messaging.send_reply(_viewer(call), call.conversation, call.text, call.client_id, call.epoch)


def close(call: Call) -> None:
    closing.set_status(_viewer(call), call.conversation, "closed", call.epoch)


def transfer(call: Call) -> None:
    transfers.transfer_to_user(_viewer(call), call.conversation, call.target, call.text, call.epoch)


def claim(call: Call) -> None:
    transfers.claim(_viewer(call), call.conversation, call.epoch)


def answer(call: Call) -> None:
    assert call.job is not None
    answers.answer_arrived(call.job, call.text)


VERBS: dict[str, Any] = {each.__name__: each for each in (take_over, reply, close, transfer, claim, answer)}


def _viewer(call: Call) -> Any:
    viewer = access.get_viewer(db.session, call.user_id)
    db.session.close()
    return viewer
