"""Signing in: tokens stored hashed, revoked at once, and guessing that is slowed down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from dashboard.models import Event, Presence, SignInAttempt, User, UserSession, db
from dashboard.models.clock import set_clock, utcnow
from dashboard.models.errors import Invalid, TooManyRequests
from dashboard.services import availability, guessing, secrets, sessions
from dashboard.services.unit_of_work import unit_of_work
from tests.cast import PASSWORD, load_cast

HERE = "203.0.113.7"
BROWSER = "Mozilla/5.0"


def sign_in(email: str = "bo@acme.test", password: str = PASSWORD, address: str = HERE, limit: int = 3) -> str:
    return sessions.sign_in(email, password, address, BROWSER, limit=limit)


def fail(email: str = "bo@acme.test", address: str = HERE, limit: int = 3) -> None:
    with pytest.raises(Invalid):
        sign_in(email, "not the password", address, limit)


def count(model: type) -> int:
    db.session.close()
    return db.session.execute(select(func.count()).select_from(model)).scalar_one()


def later(**time: float) -> None:
    moment = utcnow() + timedelta(**time)
    set_clock(lambda: moment)


def test_the_token_signs_its_user_in_with_all_that_they_may_do(app: Flask) -> None:
    cast = load_cast()

    found = sessions.find_user(sign_in(" Bo@Acme.test "))

    assert found is not None
    assert found.user_id == cast.users["bo"]
    assert found.viewer.agent_teamspace_ids == {cast.support.id}
    assert (found.is_authenticated, found.is_anonymous, found.get_id()) == (True, False, found.token)


def test_only_the_hash_of_a_token_is_stored_and_it_is_not_shown_by_repr(app: Flask) -> None:
    load_cast()
    raw = sign_in()

    [stored] = db.session.execute(select(UserSession.token_hash)).scalars()
    assert stored == secrets.digest(raw)
    assert raw not in repr(sessions.find_user(raw))


@pytest.mark.parametrize(
    ("email", "password"),
    [("bo@acme.test", "wrong"), ("nobody@acme.test", PASSWORD), ("nobody@acme.test", "wrong")],
)
def test_a_wrong_password_and_an_unknown_user_are_told_the_same(app: Flask, email: str, password: str) -> None:
    load_cast()
    with pytest.raises(Invalid) as refusal:
        sign_in(email, password)
    assert refusal.value.sentence == sessions.WRONG


def test_an_unknown_user_costs_the_same_work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    load_cast()
    checked: list[str | None] = []
    verify = secrets.verify_password

    def spy(stored: str | None, password: str) -> bool:
        checked.append(stored)
        return verify(stored, password)

    monkeypatch.setattr(sessions, "verify_password", spy)
    fail("nobody@acme.test")
    assert checked == [None]
    assert not secrets.verify_password(None, "anything")


def test_a_deactivated_user_cannot_sign_in_and_is_signed_out(app: Flask) -> None:
    cast = load_cast()
    raw = sign_in()
    with unit_of_work() as uow:
        uow.conn.execute(update(User.__table__).where(User.id == cast.users["bo"]).values(is_active=False))
    assert sessions.find_user(raw) is None
    fail_with_right_password = pytest.raises(Invalid)
    with fail_with_right_password:
        sign_in()


def test_signing_out_ends_the_session_tells_the_others_and_ends_presence(app: Flask) -> None:
    cast = load_cast()
    raw = sign_in()
    other = sign_in()
    found = sessions.find_user(raw)
    assert found is not None
    availability.connect(found.user_id, "page", "process", found.session_id)

    sessions.sign_out(raw)

    assert sessions.find_user(raw) is None
    assert sessions.find_user(other) is not None
    assert count(Presence) == 0
    [event] = db.session.execute(select(Event.data).where(Event.kind == "SessionRevoked")).scalars()
    assert event == {"user_id": cast.users["bo"], "session_id": found.session_id}


def test_revoking_reaches_only_ones_own_sessions(app: Flask) -> None:
    cast = load_cast()
    bos, cys = sign_in(), sign_in("cy@acme.test")
    found = sessions.find_user(cys)
    assert found is not None

    sessions.revoke_session(cast.users["bo"], found.session_public_id)
    assert sessions.find_user(cys) is not None

    sessions.revoke_all(cast.users["bo"])
    assert sessions.find_user(bos) is None
    assert sessions.find_user(cys) is not None


def test_a_session_without_use_expires_and_one_in_use_does_not(app: Flask) -> None:
    load_cast()
    raw = sign_in()
    later(days=10)
    assert sessions.find_user(raw) is not None
    later(days=10)
    assert sessions.find_user(raw) is not None
    later(days=15)
    assert sessions.find_user(raw) is None


def test_last_seen_is_written_at_most_once_a_minute(app: Flask) -> None:
    load_cast()
    raw = sign_in()
    [begun] = db.session.execute(select(UserSession.last_seen_at)).scalars()
    db.session.close()
    set_clock(lambda: begun + timedelta(seconds=30))
    sessions.find_user(raw)
    db.session.close()
    assert db.session.execute(select(UserSession.last_seen_at)).scalars().all() == [begun]
    set_clock(lambda: begun + timedelta(seconds=90))
    sessions.find_user(raw)
    db.session.close()
    assert db.session.execute(select(UserSession.last_seen_at)).scalars().all() == [begun + timedelta(seconds=90)]


def test_after_too_many_failures_even_the_right_password_waits(app: Flask) -> None:
    load_cast()
    for _ in range(3):
        fail()
    with pytest.raises(TooManyRequests) as refusal:
        sign_in(address="198.51.100.1")
    assert 0 < refusal.value.retry_after <= 15 * 60 + 1
    later(minutes=16)
    assert sessions.find_user(sign_in())


def test_an_address_may_fail_ten_times_as_often(app: Flask) -> None:
    load_cast()
    for number in range(10):
        fail(f"user{number}@acme.test", limit=1)
    with pytest.raises(TooManyRequests):
        sign_in("cy@acme.test", limit=1)
    assert sessions.find_user(sign_in("cy@acme.test", address="198.51.100.1", limit=1))


def test_a_success_forgets_the_failures_of_its_user(app: Flask) -> None:
    load_cast()
    fail()
    fail()
    sign_in()
    fail()
    fail()
    assert sessions.find_user(sign_in())


def test_guesses_that_began_together_count_together(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """All were let in before any had failed: the one with the right password learns nothing either."""
    load_cast()
    verify = secrets.verify_password

    def others_fail_meanwhile(stored: str | None, password: str) -> bool:
        with unit_of_work() as uow:
            key = guessing.key_of("email", "bo@acme.test")
            uow.conn.execute(SignInAttempt.__table__.insert(), [{"key": key, "at": uow.now}] * 3)
        return verify(stored, password)

    monkeypatch.setattr(sessions, "verify_password", others_fail_meanwhile)
    with pytest.raises(TooManyRequests):
        sign_in()
    assert count(UserSession) == 0


@pytest.mark.parametrize("email", ["", "bo\x00@acme.test", "\ud800@acme.test", "b" * 300])
def test_an_impossible_email_is_refused_by_name(app: Flask, email: str) -> None:
    load_cast()
    with pytest.raises(Invalid) as refusal:
        sign_in(email)
    assert set(refusal.value.fields) == {"email"}


def test_a_password_with_broken_characters_is_only_wrong(app: Flask) -> None:
    load_cast()
    with pytest.raises(Invalid) as refusal:
        sign_in(password="\ud800 \x00")
    assert refusal.value.sentence == sessions.WRONG


def test_a_hash_of_other_parameters_is_renewed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = load_cast()
    monkeypatch.setattr(sessions, "needs_rehash", lambda _stored: True)
    is_bo = User.id == cast.users["bo"]
    before = db.session.execute(select(User.password_hash).where(is_bo)).scalar_one()
    sign_in()
    db.session.close()
    after = db.session.execute(select(User.password_hash).where(is_bo)).scalar_one()
    assert after != before
    assert secrets.verify_password(after, PASSWORD)


def test_old_failures_and_sessions_long_over_are_deleted(app: Flask) -> None:
    load_cast()
    fail()
    sessions.sign_out(sign_in())
    kept = sign_in("cy@acme.test")
    later(days=31)
    with unit_of_work() as uow:
        assert sessions.tidy_sessions(uow) == 2  # the session, and the failure of the address
    assert count(UserSession) == 1
    assert sessions.find_user(kept) is None
