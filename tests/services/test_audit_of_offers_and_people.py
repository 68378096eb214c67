"""What the audit says about offers and merged records: each planted inconsistency, and nothing about real ones."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import Person, TransferOffer, db
from dashboard.queries.merging import load_preview
from dashboard.services import merging, offers, people, tags, undo
from dashboard.services.audit import audit
from tests.factories import Scene, build_scene
from tests.services.test_audit import break_with, copied

STANDS = "state = 'open'"
OFFERED = f"id = (SELECT conversation_id FROM transfer_offer WHERE {STANDS})"
ACCEPTED = "state = 'accepted'"
LONG_AGO = "'2020-01-01 00:00:00.000000'"
MERGED = "merged_into_id IS NOT NULL"
AWAY = f"(SELECT min(id) FROM person WHERE {MERGED})"
KEPT = f"(SELECT merged_into_id FROM person WHERE {MERGED})"


def user(name: str) -> str:
    return f"(SELECT id FROM user_account WHERE email = '{name}@acme.test')"


@pytest.fixture
def cast(app: Flask) -> Scene:
    """Without the look that others take at the end: here things are broken on purpose."""
    return build_scene()


@pytest.fixture
def offered(cast: Scene) -> Scene:
    """Offers of every ending, and one of bo's to cy that stands."""
    cast.configure(offers_transfers=True)
    answers = {"pia": (offers.accept, "cy"), "quinn": (offers.decline, "cy"), "ron": (offers.withdraw, "bo")}
    for person, (answer, name) in answers.items():
        give(cast, person)
        answer(cast.viewer(name), cast.rows(TransferOffer)[-1].public_id)
    cast.take_over("ada", give(cast, "sam"))
    give(cast, "tess")
    assert audit() == []
    return cast


def give(cast: Scene, person: str) -> str:
    chat = cast.claimed_by("bo", person)
    cast.give("bo", chat, "cy", "Yours?")
    return chat


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(f"UPDATE transfer_offer SET from_user_id = {user('eli')} WHERE {STANDS}", id="not the Assignee's"),
        pytest.param(f"UPDATE transfer_offer SET epoch = epoch - 1 WHERE {STANDS}", id="of another epoch"),
        pytest.param(f"UPDATE conversation SET status = 'closed' WHERE {OFFERED}", id="of a closed conversation"),
        pytest.param(
            f"UPDATE conversation SET handler = 'queue', assignee_id = NULL, status = 'pending' WHERE {OFFERED}",
            id="of a queued conversation",
        ),
        pytest.param(f"UPDATE user_account SET is_active = false WHERE id = {user('cy')}", id="to a deactivated user"),
        pytest.param(f"DELETE FROM team_member WHERE user_id = {user('cy')}", id="to nobody's live agent"),
        pytest.param(f"UPDATE transfer_offer SET to_user_id = {user('di')} WHERE {STANDS}", id="to who takes no chats"),
        pytest.param(f"UPDATE transfer_offer SET to_user_id = from_user_id WHERE {STANDS}", id="to oneself"),
        pytest.param("DELETE FROM timer", id="without an end"),
        pytest.param(f"UPDATE timer SET due_at = {LONG_AGO}", id="with another end"),
        pytest.param("UPDATE transfer_offer SET state = 'declined' WHERE state = 'open'", id="over, and it rings"),
        pytest.param(f"UPDATE transfer_offer SET decided_at = created_at WHERE {STANDS}", id="decided, and it stands"),
        pytest.param(f"UPDATE transfer_offer SET decided_at = NULL WHERE {ACCEPTED}", id="over since never"),
        pytest.param("UPDATE transfer_offer SET state = 'accepted' WHERE state = 'declined'", id="accepted, not given"),
        pytest.param(f"DELETE FROM assignment WHERE how = 'transfer' AND user_id = {user('cy')}", id="a lost gift"),
    ],
)
def test_a_broken_offer_is_found(offered: Scene, statement: str) -> None:
    found = break_with(statement)
    assert [line for line in found if line.startswith("Offers:")], found


def test_two_offers_of_one_conversation_are_found(offered: Scene) -> None:
    found = break_with("DROP INDEX uq_transfer_offer_open", copied("transfer_offer", STANDS))
    assert [line for line in found if "offered twice" in line], found


def test_an_accepted_offer_that_was_undone_breaks_nothing(offered: Scene) -> None:
    chat = give(offered, "uma")
    offers.accept(offered.viewer("cy"), offered.rows(TransferOffer)[-1].public_id)
    undo.undo_transfer(offered.viewer("bo"), chat)
    assert audit() == []


@pytest.fixture
def merged(cast: Scene) -> Scene:
    """Pia's record was merged into Pat's, and her chat continues in his; both had notes and tags."""
    ada = cast.viewer("ada")
    cast.claimed_by("bo", "pia")
    cast.ask_for_human("pat")
    cast.write("ron", "Hello")
    ids = {row.id: row.public_id for row in cast.rows(Person)}
    kept, other = (cast.person(name) for name in ("pat", "pia"))
    for each in (kept, other):
        people.add_note(ada, ids[each], "Likes tents")
        tags.tag_person(ada, ids[each], "VIP")
    seen = load_preview(db.session, kept, other).version
    merging.merge_people(ada, ids[kept], ids[other], seen)
    assert audit() == []
    return cast


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(f"UPDATE conversation SET person_id = {AWAY} WHERE handler = 'queue'", id="a conversation"),
        pytest.param(f"UPDATE person_note SET person_id = {AWAY}", id="a note"),
        pytest.param(f"UPDATE person_tag SET person_id = {AWAY}", id="a tag"),
        pytest.param(
            f"UPDATE person SET merged_into_id = (SELECT id FROM person WHERE name = 'ron') WHERE id = {KEPT}",
            id="a chain of merges",
        ),
        pytest.param(f"UPDATE person SET merged_into_id = {AWAY} WHERE id = {KEPT}", id="a circle of merges"),
        pytest.param(f"UPDATE person SET merged_into_id = id WHERE {MERGED}", id="merged into itself"),
        pytest.param("UPDATE person SET teamspace_id = 2 WHERE name = 'pia'", id="records of two teamspaces"),
        pytest.param("UPDATE conversation SET continued_in_id = id WHERE handler = 'queue'", id="goes on in itself"),
        pytest.param(
            "UPDATE conversation SET continued_in_id = (SELECT id FROM conversation WHERE handler = 'ai_agent') "
            "WHERE continued_in_id IS NOT NULL",
            id="goes on with somebody else",
        ),
    ],
)
def test_a_broken_merge_is_found(merged: Scene, statement: str) -> None:
    found = break_with(statement)
    assert [line for line in found if line.startswith("People:")], found


def test_a_sentence_names_the_conversation_and_the_record(merged: Scene) -> None:
    found = break_with(f"UPDATE conversation SET person_id = {AWAY} WHERE handler = 'queue'")
    queued = merged.scalar(select(Person.id).where(Person.merged_into_id.is_not(None)))
    assert f"the record {queued}" in " ".join(found)
