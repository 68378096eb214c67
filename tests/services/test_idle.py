"""Idle logout: who touches nothing is signed out, and nothing that pages do by themselves counts (P5, P2)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import Event, Presence, User, UserSession, Workspace, db
from dashboard.models.clock import utcnow
from dashboard.services import availability, idle, sessions, sweeps
from dashboard.services.secrets import hash_password
from dashboard.services.sessions import SignedIn
from dashboard.services.unit_of_work import unit_of_work
from tests.cast import PASSWORD
from tests.factories import Scene

HASHED = hash_password(PASSWORD)


@pytest.fixture(autouse=True)
def limit(scene: Scene) -> None:
    """Ten minutes, and everybody has a password."""
    set_limit(scene, 10)
    for user_id in scene.users.values():
        scene.change(User, user_id, password_hash=HASHED)


def set_limit(scene: Scene, minutes: int | None) -> None:
    scene.change(Workspace, 1, idle_logout_minutes=minutes)


def sign_in(name: str = "bo") -> str:
    return sessions.sign_in(f"{name}@acme.test", PASSWORD, "203.0.113.7", "Firefox")


def find(raw: str) -> SignedIn:
    found = sessions.find_user(raw)
    assert found is not None
    return found


def rows(model: Any) -> list[Any]:
    db.session.close()
    found = list(db.session.execute(select(model.__table__)))
    db.session.close()
    return found


def test_who_does_nothing_is_signed_out_when_the_minutes_are_over(scene: Scene) -> None:
    raw = sign_in()
    scene.clock.forward(minutes=9, seconds=59)
    assert idle.end_idle() == 0
    assert find(raw).idle_left == pytest.approx(1, abs=0.01)
    scene.clock.forward(seconds=1)
    assert sessions.find_user(raw) is None, "the next request is refused, also when no sweep has run"
    assert [row.revoked_at for row in rows(UserSession)] == [None]
    sweeps.end_idle_sessions()
    [row] = rows(UserSession)
    assert row.revoked_at is not None
    assert [each.data for each in rows(Event) if each.kind == "SessionRevoked"] == [
        {"user_id": scene.users["bo"], "session_id": row.id}
    ]
    assert idle.end_idle() == 0


def test_input_counts_and_requests_do_not(scene: Scene) -> None:
    raw = sign_in()
    for _ in range(3):
        scene.clock.forward(minutes=3)
        find(raw)  # what a page asks for by itself
    idle.note_input(find(raw).session_id)
    scene.clock.forward(minutes=9)
    assert idle.end_idle() == 0
    assert find(raw).input_age == pytest.approx(540, abs=0.01)
    scene.clock.forward(minutes=1)
    assert idle.end_idle() == 1


def test_input_counts_from_when_it_was_and_never_backwards(scene: Scene) -> None:
    raw = sign_in()
    scene.clock.forward(minutes=5)
    mine = find(raw).session_id
    idle.note_input(mine, 40)
    assert find(raw).input_age == pytest.approx(40, abs=0.01)
    for ago in (100, 1e9, -50):
        idle.note_input(mine, ago)
    assert find(raw).input_age == pytest.approx(0, abs=0.01), "what is yet to come is now"
    idle.note_input(mine, 60)
    assert find(raw).input_age == pytest.approx(0, abs=0.01)


def test_presence_ends_with_the_sign_in_that_was_idle_and_no_other(scene: Scene) -> None:
    first, second = sign_in(), sign_in()
    scene.clock.forward(seconds=30)
    idle.note_input(find(second).session_id)
    scene.clock.forward(minutes=9)
    for number, raw in enumerate((first, second)):
        availability.connect(scene.users["bo"], f"page {number}", "a process", find(raw).session_id)
    scene.clock.forward(seconds=30)
    assert idle.end_idle() == 1
    assert [row.connection_id for row in rows(Presence)] == ["page 1"]
    assert sessions.find_user(first) is None
    assert find(second).user_id == scene.users["bo"]
    scene.clock.forward(minutes=1)
    idle.end_idle()
    assert rows(Presence) == []


def test_without_the_setting_nobody_is_signed_out(scene: Scene) -> None:
    set_limit(scene, None)
    raw = sign_in()
    scene.clock.forward(days=3)
    assert idle.end_idle() == 0
    assert find(raw).idle_left is None


def test_a_new_limit_gives_everybody_its_minute_of_warning(scene: Scene) -> None:
    set_limit(scene, None)
    long_idle, fresh = sign_in(), sign_in("cy")
    scene.clock.forward(hours=2)
    idle.note_input(find(fresh).session_id)
    with unit_of_work() as uow:
        idle.give_notice(uow, 1, 10)
    set_limit(scene, 10)
    assert idle.end_idle() == 0
    assert find(long_idle).idle_left == pytest.approx(60, abs=0.01)
    assert find(fresh).idle_left == pytest.approx(600, abs=0.01)


def test_input_that_comes_while_the_sweep_looks_wins(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = sign_in()
    mine = find(raw).session_id
    scene.clock.forward(minutes=10)
    revoke = sessions.revoke

    def touched_just_before(*clauses: Any) -> None:
        idle.note_input(mine)
        revoke(*clauses)

    monkeypatch.setattr(sessions, "revoke", touched_just_before)
    idle.end_idle()
    assert find(raw).session_id == mine


def test_who_is_signed_out_already_is_not_signed_out_again(scene: Scene) -> None:
    raw = sign_in()
    sessions.sign_out(raw)
    scene.clock.forward(minutes=11)
    assert idle.end_idle() == 0
    assert len([each for each in rows(Event) if each.kind == "SessionRevoked"]) == 1


def test_input_of_a_sign_in_that_ended_does_not_bring_it_back(scene: Scene, app: Flask) -> None:
    raw = sign_in()
    mine = find(raw).session_id
    sessions.sign_out(raw)
    before = rows(UserSession)
    scene.clock.forward(minutes=1)
    idle.note_input(mine)
    assert rows(UserSession) == before
    assert utcnow() > before[0].last_input_at
