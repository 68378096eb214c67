"""An invitation makes its one user, once, in time, with what its inviter may give."""

from __future__ import annotations

import threading
from datetime import timedelta
from email.utils import parseaddr

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import Invitation, Outbox, User, db
from dashboard.models.enums import RoleType
from dashboard.models.errors import BatonError, Invalid, NotFound, NotPermitted
from dashboard.queries.users import load_invitations, load_users
from dashboard.services import invitations, roles, sessions, users
from dashboard.services.granting import Grants
from dashboard.services.invitations import Link, Sender
from dashboard.services.roles import RoleDraft
from dashboard.services.secrets import hash_password
from tests.factories import Scene
from tests.services.test_users import change, public_role, public_user

SENDER = Sender("https://baton.acme.test", "Acme <help@acme.test>")
PASSWORD = "a good password"


def invite(scene: Scene, email: str = "Zoe@Acme.test", role: str = "Live agent", by: str = "ada") -> Link:
    grants = Grants(frozenset({public_role(role)}), frozenset({scene.team_public_id("Front line")}))
    return invitations.invite(scene.viewer(by), email, "Zoe Zimmer", grants, SENDER)


def token(link: Link) -> str:
    return link.address.rpartition("/")[2]


def mails() -> list[dict[str, str]]:
    found = db.session.execute(select(Outbox.payload).where(Outbox.kind == "mail").order_by(Outbox.id)).scalars().all()
    db.session.close()
    return [each["mail"] for each in found]


def test_an_invitation_travels_by_mail_and_its_link_makes_the_user(scene: Scene) -> None:
    link = invite(scene)
    [mail] = mails()
    assert (mail["to"], mail["sender"]) == ("zoe@acme.test", parseaddr(SENDER.mail_from)[1])
    assert link.address in mail["text"]
    assert invitations.get_invited(db.session, token(link)).is_new

    assert invitations.accept(token(link), "Zoe Zimmer", PASSWORD) == "zoe@acme.test"

    raw = sessions.sign_in("zoe@acme.test", PASSWORD, "127.0.0.1", "")
    signed_in = sessions.find_user(raw)
    assert signed_in is not None
    assert signed_in.viewer.agent_teamspace_ids == {scene.support}


def test_a_link_works_once(scene: Scene) -> None:
    link = invite(scene)
    invitations.accept(token(link), "Zoe", PASSWORD)
    for act in (lambda: invitations.accept(token(link), "Eve", PASSWORD), lambda: invited(link)):
        with pytest.raises(NotFound, match="no longer valid"):
            act()


def invited(link: Link) -> None:
    invitations.get_invited(db.session, token(link))


def test_a_link_expires(scene: Scene) -> None:
    link = invite(scene)
    scene.clock.forward(days=7, minutes=1)
    with pytest.raises(NotFound):
        invitations.accept(token(link), "Zoe", PASSWORD)
    [row] = load_invitations(db.session, scene.viewer("ada").workspace_id, scene.clock.now)
    assert row.is_expired


def test_a_new_link_makes_the_one_before_void(scene: Scene) -> None:
    first = invite(scene)
    [row] = load_invitations(db.session, scene.viewer("ada").workspace_id, scene.clock.now)
    db.session.close()
    second = invitations.send_again(scene.viewer("ada"), row.public_id, SENDER)
    with pytest.raises(NotFound):
        invitations.accept(token(first), "Zoe", PASSWORD)
    assert invitations.accept(token(second), "Zoe", PASSWORD)


def test_an_invitation_that_was_taken_back_is_void(scene: Scene) -> None:
    link = invite(scene)
    [row] = load_invitations(db.session, scene.viewer("ada").workspace_id, scene.clock.now)
    db.session.close()
    assert invitations.take_back(scene.viewer("ada"), row.public_id) == "zoe@acme.test"
    with pytest.raises(NotFound):
        invitations.accept(token(link), "Zoe", PASSWORD)
    with pytest.raises(NotFound):
        invitations.take_back(scene.viewer("ada"), row.public_id)


@pytest.mark.parametrize("email", ["", "nobody", "bo@acme.test", "a@b@c"])
def test_an_address_that_is_none_or_known_is_refused(scene: Scene, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        invite(scene, email)
    assert set(refused.value.fields) == {"email"}
    assert mails() == []


def test_nobody_is_invited_to_be_more_than_the_inviter(scene: Scene) -> None:
    with pytest.raises(NotPermitted):
        invite(scene, by="bo")


def test_an_inviter_who_lost_the_right_has_invited_nobody(scene: Scene) -> None:
    change(scene, "bo", roles=frozenset({public_role("admin")}))
    link = invite(scene, role="admin", by="bo")
    users.deactivate_user(scene.viewer("ada"), public_user(scene, "bo"), 0)
    with pytest.raises(NotFound):
        invitations.accept(token(link), "Zoe", PASSWORD)
    assert db.session.execute(select(User.id).where(User.email == "zoe@acme.test")).first() is None
    assert db.session.execute(select(Invitation.accepted_at)).scalar_one() is None


def test_an_inviter_who_may_do_less_by_now_has_invited_nobody(scene: Scene) -> None:
    clerk = RoleDraft("Clerk", scene.viewer("gus").permissions | {"users.manage"})
    role = roles.create_role(scene.viewer("ada"), RoleType.WORKSPACE, clerk)
    change(scene, "bo", roles=frozenset({role}))
    grants = Grants(frozenset({public_role("Chats only")}))
    link = invitations.invite(scene.viewer("bo"), "zoe@acme.test", "Zoe", grants, SENDER)
    less = roles.create_role(scene.viewer("ada"), RoleType.WORKSPACE, RoleDraft("Less", frozenset({"users.manage"})))
    change(scene, "bo", roles=frozenset({less}))
    with pytest.raises(NotFound, match="no longer valid"):
        invitations.accept(token(link), "Zoe", PASSWORD)


def test_a_short_password_is_refused_and_the_link_still_works(scene: Scene) -> None:
    link = invite(scene)
    with pytest.raises(Invalid, match="at least"):
        invitations.accept(token(link), "Zoe", "short")
    with pytest.raises(Invalid):
        invitations.accept(token(link), "  ", PASSWORD)
    assert invitations.accept(token(link), "Zoe", PASSWORD)


def test_of_many_who_follow_one_link_at_once_one_is_made(app: Flask, scene: Scene) -> None:
    raw, answers = token(invite(scene)), list[str]()

    def follow() -> None:
        with app.app_context():
            try:
                invitations.accept(raw, "Zoe", PASSWORD)
                answers.append("made")
            except BatonError as error:
                answers.append(error.slug)

    threads = [threading.Thread(target=follow) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["made"] + ["not-found"] * 4


def test_what_was_deleted_meanwhile_is_not_given(scene: Scene) -> None:
    ada = scene.viewer("ada")
    gone = roles.create_role(ada, RoleType.TEAM, RoleDraft("Night shift", frozenset({"livechats.assigned"})))
    some = invitations.invite(ada, "yan@acme.test", "Yan", Grants(frozenset({gone, public_role("Manager")})), SENDER)
    none = invitations.invite(ada, "zoe@acme.test", "Zoe", Grants(frozenset({gone})), SENDER)
    roles.delete_role(ada, gone)
    with pytest.raises(NotFound):
        invitations.accept(token(none), "Zoe", PASSWORD)
    invitations.accept(token(some), "Yan", PASSWORD)
    [row] = [each for each in load_users(db.session, ada.workspace_id, scene.clock.now) if each.name == "Yan"]
    assert row.roles == ("Manager",)


def test_a_password_link_sets_the_password_and_ends_the_sign_ins(scene: Scene) -> None:
    scene.change(User, scene.users["bo"], password_hash=hash_password("an old password"))
    raw = sessions.sign_in("bo@acme.test", "an old password", "127.0.0.1", "")
    link = invitations.send_password_link(scene.viewer("ada"), public_user(scene, "bo"), SENDER)
    assert not invitations.get_invited(db.session, token(link)).is_new
    db.session.close()
    assert sessions.find_user(raw) is not None

    invitations.accept(token(link), "ignored", PASSWORD)

    assert sessions.find_user(raw) is None
    assert sessions.sign_in("bo@acme.test", PASSWORD, "127.0.0.1", "")


def test_a_password_link_is_short_lived_and_not_for_who_may_do_more(scene: Scene) -> None:
    link = invitations.send_password_link(scene.viewer("ada"), public_user(scene, "bo"), SENDER)
    scene.clock.forward(seconds=(invitations.PASSWORD_LIFE + timedelta(seconds=1)).total_seconds())
    with pytest.raises(NotFound):
        invitations.accept(token(link), "", PASSWORD)
    with pytest.raises(NotPermitted):
        invitations.send_password_link(scene.viewer("bo"), public_user(scene, "ada"), SENDER)


@pytest.mark.parametrize("what", ["the user may do more by now", "the sender is gone", "the sender manages no users"])
def test_a_password_link_is_void_once_its_sender_may_not_change_the_user(scene: Scene, what: str) -> None:
    clerk = RoleDraft("Clerk", scene.viewer("gus").permissions | {"users.manage"})
    role = roles.create_role(scene.viewer("ada"), RoleType.WORKSPACE, clerk)
    change(scene, "bo", roles=frozenset({role}))
    link = invitations.send_password_link(scene.viewer("bo"), public_user(scene, "gus"), SENDER)
    if what == "the user may do more by now":
        change(scene, "gus", roles=frozenset({public_role("admin")}))
    elif what == "the sender is gone":
        users.deactivate_user(scene.viewer("ada"), public_user(scene, "bo"), 0)
    else:
        change(scene, "bo", roles=frozenset({public_role("Live agent")}))
    with pytest.raises(NotFound, match="no longer valid"):
        invitations.accept(token(link), "", PASSWORD)
    with pytest.raises(Invalid):
        sessions.sign_in("gus@acme.test", PASSWORD, "127.0.0.1", "")
