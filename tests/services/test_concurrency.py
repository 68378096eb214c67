"""Many threads at the same moment: duplicates are one, locks never wait in a circle, nothing yields in a write."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from dashboard.models import Conversation, Message
from dashboard.models.errors import BatonError
from dashboard.services import answers, assignment, closing, jobs, messaging, returning, transfers
from tests.factories import HUMAN, QUESTION, Scene, make_tree
from tests.together import at_once, slug

ROOT = Path(__file__).parent.parent.parent


def slugs(outcomes: Sequence[Any]) -> Counter[str]:
    return Counter(slug(each) for each in outcomes)


def test_one_message_sent_many_times_at_once_is_one_message(app: Flask, scene: Scene) -> None:
    person = scene.person("pia")
    posted = at_once(app, [lambda: messaging.start_chat(scene.channel, person, HUMAN, "one")] * 12)
    assert sum(each.is_new for each in posted) == 1
    assert len({each.message.public_id for each in posted}) == 1
    assert len(scene.rows(Conversation)) == 1


def test_first_messages_of_one_person_at_once_make_one_chat(app: Flask, scene: Scene) -> None:
    person = scene.person("pia")
    texts = [f"Line {number} of my story" for number in range(12)]
    calls = [partial(messaging.start_chat, scene.channel, person, text, f"key {text}") for text in texts]
    posted = at_once(app, calls)
    assert len({each.conversation_public_id for each in posted}) == 1
    bodies = [row.body for row in scene.rows(Message) if row.author_key.startswith("person:")]
    assert sorted(bodies) == sorted(texts)


def test_a_reply_repeated_at_once_is_sent_once(app: Flask, scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    bo = scene.viewer("bo")
    posted = at_once(app, [lambda: messaging.send_reply(bo, chat, "Hello", "one")] * 12)
    assert sum(each.is_new for each in posted) == 1
    assert [text for _, text in scene.said(chat)].count("Hello") == 1


def test_every_line_gets_a_number_of_its_own(app: Flask, scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    bo, person, di = scene.viewer("bo"), scene.person("pia"), scene.viewer("di")
    calls: list[Callable[[], Any]] = []
    for number in range(6):
        calls.append(partial(messaging.send_reply, bo, chat, "Reply", f"r{number}"))
        calls.append(partial(messaging.receive_message, chat, person, "Message", f"m{number}"))
        calls.append(partial(messaging.add_note, di, chat, "Note", f"n{number}"))
    assert slugs(at_once(app, calls)) == {"done": 18}
    rows = scene.timeline(chat)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))


def test_a_late_answer_and_a_takeover_at_once_never_both_speak(app: Flask, scene: Scene) -> None:
    ada = scene.viewer("ada")
    for round_ in range(6):
        chat = scene.write(f"person {round_}", QUESTION).conversation_public_id
        job = scene.job()
        at_once(
            app,
            [
                partial(answers.answer_arrived, job, "1.9 kg"),
                partial(transfers.take_over, ada, chat, "Mine", f"t{round_}"),
            ],
        )
        said = [text for _, text in scene.said(chat)]
        kept = [row for row in scene.suggestions() if row.conversation_id == scene.conversation(chat).id]
        assert said.count("1.9 kg") + len(kept) == 1
        assert said[-1] == "Mine"


def test_a_close_and_a_takeover_at_once_have_one_winner_each_way(app: Flask, scene: Scene) -> None:
    for round_ in range(6):
        chat = scene.claimed_by("bo", f"person {round_}")
        bo, cy = scene.viewer("bo"), scene.viewer("cy")
        outcomes = at_once(
            app,
            [
                partial(closing.set_status, bo, chat, "closed"),
                partial(transfers.take_over, cy, chat, "Mine", f"t{round_}"),
            ],
        )
        assert slugs(outcomes) == {"done": 1, "ownership-changed": 1}
        assert scene.owner(chat) == ("cy" if isinstance(outcomes[0], BatonError) else "ai_agent")


def test_each_job_is_taken_by_one_worker(app: Flask, scene: Scene) -> None:
    for number in range(10):
        scene.write(f"person {number}", QUESTION)
    taken = at_once(app, [partial(jobs.take_jobs, f"worker {n}", 3) for n in range(8)])
    ids = [job.id for each in taken for job in each]
    assert len(ids) == len(set(ids)) == 10


def test_a_due_timer_rings_in_one_process_and_closes_once(app: Flask, scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    scene.set_status("bo", chat, "resolved")
    scene.clock.forward(hours=25)
    timer = scene.timer()
    at_once(app, [lambda: closing.close_resolved(timer)] * 6)
    assert scene.codes(chat).count("closed") == 1


def test_the_verbs_in_a_crowd_wait_for_each_other_and_never_in_a_circle(app: Flask, scene: Scene) -> None:
    """Agents without a load row, transfers both ways, closes, claims, arrivals and departures, all routing."""
    scene.use_tree(make_tree(asks_feedback=False))
    scene.configure(auto_limit=3)
    names = ("bo", "cy", "eli", "gus")
    owned = [(name, scene.claimed_by(name, f"{name} {number}")) for number in range(3) for name in names]
    for number in range(6):
        scene.ask_for_human(f"waiting {number}")
    viewers = {name: scene.viewer(name) for name in (*names, "ada", "fay")}
    persons = [scene.person(f"new {number}") for number in range(4)]
    calls: list[Callable[[], Any]] = []
    for index, (name, chat) in enumerate(owned):
        other = viewers[names[(names.index(name) + 1 + index // 4) % 3]]
        verb: Callable[..., Any] = (transfers.transfer_to_user, closing.set_status, transfers.take_over)[index % 3]
        arguments: tuple[Any, ...] = ((other.public_id,), ("closed",), ("Mine", f"t{index}"))[index % 3]
        user = viewers["ada"] if verb is transfers.take_over else viewers[name]
        calls.append(partial(verb, user, chat, *arguments))
    calls += [partial(scene.online, name) for name in names]
    calls += [partial(messaging.start_chat, scene.channel, p, HUMAN, "one") for p in persons]
    calls += [lambda: assignment.drain(scene.support)] * 2
    outcomes = at_once(app, calls)
    assert set(slugs(outcomes)) <= {"done", "invalid", "ownership-changed"}, outcomes
    assignment.drain(scene.support)
    held = Counter(row.assignee_id for row in scene.rows(Conversation) if row.assignee_id)
    waiting = scene.waiting()
    free = [name for name in names if held[scene.users[name]] < 3]
    assert not (waiting and free), "somebody waits beside a free agent"


def test_orphans_return_once_while_their_persons_write(app: Flask, scene: Scene) -> None:
    chats = [scene.claimed_by("bo", f"person {number}") for number in range(4)]
    scene.deactivate("bo")
    persons = [scene.person(f"person {number}") for number in range(4)]
    calls: list[Callable[[], Any]] = [returning.return_orphans] * 3
    calls += [partial(messaging.start_chat, scene.channel, p, "Hello?", "again") for p in persons]
    at_once(app, calls)
    assert [scene.codes(chat).count("returned") for chat in chats] == [1] * 4
    assert {scene.conversation(chat).epoch for chat in chats} == {3}


@pytest.fixture(scope="session")
def yielding(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> dict[str, Any]:
    database = tmp_path_factory.mktemp("yielding") / "baton.db"
    database.write_bytes(sqlite_template.read_bytes())
    command = [sys.executable, "-m", "tests.yielding", str(database)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_nothing_yields_between_begin_immediate_and_commit(yielding: dict[str, Any]) -> None:
    assert yielding["transactions"] > 30
    assert yielding["found"] == []
    assert len(yielding["planted"]) == 1, "the tracer sees what is planted"
