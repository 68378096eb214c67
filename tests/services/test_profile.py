"""What users change about themselves: refused with words, and a new password ends all other sign-ins."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import User, db
from dashboard.models.errors import Invalid, Refused, TooManyRequests
from dashboard.services import profile, secrets, sessions
from dashboard.services.sessions import SignedIn
from tests.cast import PASSWORD, load_cast

NEW = "a brand new password"


def sign_in(password: str = PASSWORD) -> tuple[str, SignedIn]:
    raw = sessions.sign_in("bo@acme.test", password, "203.0.113.7", "Firefox")
    found = sessions.find_user(raw)
    assert found is not None
    return raw, found


def bo() -> User:
    db.session.close()
    return db.session.execute(select(User).where(User.email == "bo@acme.test")).scalar_one()


def test_a_name_and_an_alias_are_kept_and_an_empty_alias_is_none(app: Flask) -> None:
    user_id = load_cast().users["bo"]
    profile.change_profile(user_id, "  Bo   Berg ", "Bo from Acme")
    assert (bo().name, bo().alias) == ("Bo Berg", "Bo from Acme")
    profile.change_profile(user_id, "Bo Berg", " ")
    assert bo().alias is None


@pytest.mark.parametrize(
    ("name", "alias", "field"), [("", "", "name"), ("B" * 121, "", "name"), ("Bo", "\x00", "alias")]
)
def test_what_is_no_name_is_refused_next_to_its_field(app: Flask, name: str, alias: str, field: str) -> None:
    user_id = load_cast().users["bo"]
    with pytest.raises(Invalid) as refusal:
        profile.change_profile(user_id, name, alias)
    assert list(refusal.value.fields) == [field]
    assert bo().name == "Bo Lindqvist"


def test_a_new_password_counts_at_once_and_ends_every_other_sign_in(app: Flask) -> None:
    load_cast()
    (here, me), (elsewhere, _) = sign_in(), sign_in()
    profile.change_password(me.user_id, me.session_id, PASSWORD, NEW)
    assert sessions.find_user(here) is not None
    assert sessions.find_user(elsewhere) is None
    sign_in(NEW)
    with pytest.raises(Invalid):
        sign_in(PASSWORD)


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [("wrong", NEW, "current"), ("", NEW, "current"), (PASSWORD, "short", "new"), (PASSWORD, "", "new")],
)
def test_a_password_is_changed_only_by_who_knows_it_and_to_a_good_one(
    app: Flask, current: str, new: str, field: str
) -> None:
    load_cast()
    elsewhere, (_, me) = sign_in()[0], sign_in()
    with pytest.raises(Invalid) as refusal:
        profile.change_password(me.user_id, me.session_id, current, new)
    assert list(refusal.value.fields) == [field]
    assert sessions.find_user(elsewhere) is not None
    sign_in(PASSWORD)


def test_guessing_the_current_password_is_slowed_down(app: Flask) -> None:
    load_cast()
    _, me = sign_in()
    for _ in range(3):
        with pytest.raises(Invalid):
            profile.change_password(me.user_id, me.session_id, "a guess", NEW, limit=3)
    with pytest.raises(TooManyRequests):
        profile.change_password(me.user_id, me.session_id, PASSWORD, NEW, limit=3)


def test_of_two_changes_at_once_one_wins_and_the_other_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    load_cast()
    _, me = sign_in()
    hash_password = secrets.hash_password

    def others_change_it_meanwhile(password: str) -> str:
        monkeypatch.setattr(profile, "hash_password", hash_password)
        profile.change_password(me.user_id, me.session_id, PASSWORD, "that of the other")
        return hash_password(password)

    monkeypatch.setattr(profile, "hash_password", others_change_it_meanwhile)
    with pytest.raises(Refused):
        profile.change_password(me.user_id, me.session_id, PASSWORD, NEW)
    sign_in("that of the other")


def test_signing_out_elsewhere_keeps_this_one_and_other_people(app: Flask) -> None:
    cast = load_cast()
    (here, me), (elsewhere, _) = sign_in(), sign_in()
    cy = sessions.sign_in("cy@acme.test", PASSWORD, "203.0.113.7", "Firefox")
    sessions.revoke_others(cast.users["bo"], me.session_id)
    assert [sessions.find_user(raw) is not None for raw in (here, elsewhere, cy)] == [True, False, True]


def test_nobody_ends_a_sign_in_of_somebody_else(app: Flask) -> None:
    cast = load_cast()
    here, me = sign_in()
    sessions.revoke_session(cast.users["cy"], me.session_public_id)
    sessions.revoke_session(cast.users["bo"], "\x00")
    assert sessions.find_user(here) is not None
    sessions.revoke_session(cast.users["bo"], me.session_public_id)
    assert sessions.find_user(here) is None
