"""A process that dies at any statement of a verb: before the commit nothing happened, after it everything did (L2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from dashboard.models import Assignment, Conversation, Event, Person, TransferOffer, User, db
from dashboard.models.enums import AssignmentHow
from dashboard.models.errors import BatonError
from dashboard.queries.merging import load_preview
from dashboard.services import merging, offers, returning, undo, unit_of_work, users
from tests.browserless import OpenPage, sign_in
from tests.factories import QUESTION, Scene
from tests.services.test_unit_of_work import snapshot

Verb = Callable[[Scene, str], object]


class Died(BaseException):
    """No code catches it: what follows in the process does not happen."""


@dataclass(frozen=True)
class Case:
    """`prepare` makes the conversation; then `owner`, `event` and the lines of the timeline are those of the whole."""

    name: str
    prepare: Callable[[Scene], str]
    verb: Verb
    owner: str
    event: str
    lines: tuple[str, ...]
    how: AssignmentHow | None = None
    again: str = "done"
    """What who heard nothing of it is told when they ask again."""


def queued(scene: Scene) -> str:
    return scene.ask_for_human("pia")


def held(scene: Scene) -> str:
    return scene.claimed_by("bo")


def with_ai(scene: Scene) -> str:
    return scene.write("pia", QUESTION).conversation_public_id


def held_beside_a_free_colleague(scene: Scene) -> str:
    chat = held(scene)
    scene.online("eli")
    return chat


def given(scene: Scene) -> str:
    chat = held(scene)
    scene.give("bo", chat, "cy", "Yours?")
    return chat


def wanting_offers(scene: Scene) -> str:
    scene.configure(offers_transfers=True)
    return held(scene)


def offered(scene: Scene) -> str:
    scene.configure(offers_transfers=True)
    return given(scene)


def answering(verb: Callable[..., object], name: str) -> Verb:
    """What this user does about the latest offer."""
    return lambda scene, _: verb(scene.viewer(name), scene.rows(TransferOffer)[-1].public_id)


def doubled(scene: Scene) -> str:
    """The older of two chats of one person, which is with bo; what they said before keeps its name on open pages."""
    older = held(scene)
    scene.change(Person, scene.person("pat"), name="pia")
    scene.ask_for_human("pat")
    return older


def merge(scene: Scene, _: str) -> object:
    """Pia's record, whose chat is the older one, into Pat's."""
    kept, other = (scene.person(name) for name in ("pat", "pia"))
    ids = {row.id: row.public_id for row in scene.rows(Person)}
    seen = load_preview(db.session, kept, other).version
    return merging.merge_people(scene.viewer("ada"), ids[kept], ids[other], seen)


def deactivate(scene: Scene, _: str) -> object:
    public_id = db.session.execute(select(User.public_id).where(User.id == scene.users["bo"])).scalar_one()
    db.session.close()
    return users.deactivate_user(scene.viewer("ada"), public_id, 5)


def taking_over(name: str) -> Verb:
    return lambda scene, chat: scene.take_over(name, chat, "I take this.", "the same key")


LOST = "ownership-changed"
HOW = AssignmentHow
CASES = (
    Case("claim", queued, lambda s, c: s.claim("bo", c), "bo", "ConversationClaimed", ("joined",), HOW.CLAIM),
    Case("takeover of a live agent", held, taking_over("cy"), "cy", "ConversationTakenOver", ("joined",), HOW.TAKEOVER),
    Case("takeover of the AI agent", with_ai, taking_over("ada"), "ada", "ConversationTakenOver", ("joined",),
         HOW.TAKEOVER),
    Case("takeover from the queue", queued, taking_over("eli"), "eli", "ConversationTakenOver", ("joined",),
         HOW.TAKEOVER),
    Case("transfer to a user", held, lambda s, c: s.give("bo", c, "cy", "Yours?"), "cy", "ConversationTransferred",
         ("transferred", "joined"), HOW.TRANSFER, again=LOST),
    Case("transfer to a team with somebody free", held_beside_a_free_colleague,
         lambda s, c: s.give("bo", c, "Returns"), "eli", "ConversationTransferred", ("transferred", "joined"),
         HOW.AUTO, again=LOST),
    Case("transfer to a team with nobody free", held, lambda s, c: s.give("bo", c, "Returns"), "queue",
         "ConversationTransferred", ("transferred",), again=LOST),
    Case("undo", given, lambda s, c: undo.undo_transfer(s.viewer("bo"), c), "bo", "TransferUndone",
         ("undone", "joined"), HOW.UNDO),
    Case("return", held, lambda s, c: returning.return_conversation(s.viewer("bo"), c), "queue",
         "ConversationReturned", ("returned",), again=LOST),
    Case("close", held, lambda s, c: s.set_status("bo", c, "closed"), "ai_agent", "ConversationHandedBack",
         ("closed", "left")),
    Case("close in the queue", queued, lambda s, c: s.set_status("ada", c, "closed"), "ai_agent",
         "ConversationHandedBack", ("closed", "not_joined")),
    Case("reply", held, lambda s, c: s.reply("bo", c, "Hello", "the same key"), "bo", "MessagePosted", ()),
    Case("deactivation", held, deactivate, "bo", "AccessChanged", ()),
    Case("offer", wanting_offers, lambda s, c: s.give("bo", c, "cy", "Yours?"), "bo", "OfferMade", ("offered",)),
    Case("acceptance of an offer", offered, answering(offers.accept, "cy"), "cy", "ConversationTransferred",
         ("offer_accepted", "transferred", "joined"), HOW.TRANSFER),
    Case("declining an offer", offered, answering(offers.decline, "cy"), "bo", "OfferSettled", ("offer_declined",)),
    Case("withdrawal of an offer", offered, answering(offers.withdraw, "bo"), "bo", "OfferSettled",
         ("offer_withdrawn",)),
    Case("takeover of what is offered", offered, taking_over("ada"), "ada", "ConversationTakenOver",
         ("offer_voided", "joined"), HOW.TAKEOVER),
    Case("merge of two records", doubled, merge, "external", "ConversationMerged", ("merged", "continued"),
         again="refused"),
)  # fmt: skip


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@contextmanager
def death(at: int | str) -> Iterator[list[str]]:
    """The process dies before statement number `at`, counted from 1, or right before the `commit`."""
    seen: list[str] = []

    def statement(*arguments: Any) -> None:
        seen.append(arguments[2])
        if len(seen) == at:
            raise Died

    def commit(_conn: Any) -> None:
        if at == "commit":
            raise Died

    event.listen(db.engine, "before_cursor_execute", statement)
    event.listen(db.engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", statement)
        event.remove(db.engine, "commit", commit)


@contextmanager
def death_after_commit() -> Iterator[None]:
    """The process dies before it has told anybody, and before anything that was to follow."""

    def die(_: list[int]) -> None:
        raise Died

    unit_of_work.subscribe(after_commit=die)
    try:
        yield
    finally:
        unit_of_work._after.remove(die)


def count_statements(scene: Scene, case: Case, chat: str) -> int:
    """How many there are up to the commit."""
    with death("commit") as seen, pytest.raises(Died):
        case.verb(scene, chat)
    return len(seen)


def test_before_the_commit_nothing_happened(
    scene: Scene, case: Case, request: pytest.FixtureRequest, record_property: pytest.RecordProperty
) -> None:
    chat = case.prepare(scene)
    before = snapshot(scene)
    total = count_statements(scene, case, chat)
    assert total >= 8
    # One database shows where a verb stops; the other, whose tests cost more, every sixth place.
    step = 1 if db.engine.dialect.name == "sqlite" or request.config.getoption("--rounds", default=None) else 6
    for number in range(1, total + 1, step):
        with death(number), pytest.raises(Died):
            case.verb(scene, chat)
        assert snapshot(scene) == before, f"something was left behind by a death at statement {number}"
    with death("commit"), pytest.raises(Died):
        case.verb(scene, chat)
    assert snapshot(scene) == before
    record_property("deaths before a commit", total // step + 1)


def test_after_the_commit_everything_did_and_open_pages_catch_up(app: Flask, scene: Scene, case: Case) -> None:
    chat = case.prepare(scene)
    browser = sign_in(app, scene.users["ada"])
    page = OpenPage(browser, chat)
    known = len(scene.rows(Event))
    epoch, said = scene.conversation(chat).epoch, len(scene.timeline(chat))

    with death_after_commit(), pytest.raises(Died):
        case.verb(scene, chat)

    assert scene.owner(chat) == case.owner
    assert case.event in [row.kind for row in scene.rows(Event)[known:]]
    told = [line.data["code"] for line in scene.timeline(chat)[said:] if line.kind.value == "activity"]
    assert set(case.lines) <= set(told)
    if case.how:
        row = scene.conversation(chat)
        assert row.epoch > epoch
        assert latest_stay(scene, chat) == (case.how, row.epoch, row.assignee_id)
    page.catch_up()
    page.fetch_side()
    fresh = OpenPage(browser, chat)
    assert page.seq == fresh.seq
    assert page.parts()[f"m-{chat}"] == fresh.parts()[f"m-{chat}"]


def latest_stay(scene: Scene, chat: str) -> tuple[AssignmentHow, int, int]:
    own = select(Conversation.id).where(Conversation.public_id == chat).scalar_subquery()
    table = Assignment.__table__
    row = scene.all(select(table).where(table.c.conversation_id == own, table.c.until_at.is_(None)))[-1]
    return row.how, row.epoch, row.user_id


def test_who_heard_nothing_and_asks_again_changes_nothing_more(scene: Scene, case: Case) -> None:
    chat = case.prepare(scene)
    with death_after_commit(), pytest.raises(Died):
        case.verb(scene, chat)
    row, lines = scene.conversation(chat), len(scene.timeline(chat))
    told = "done"
    try:
        case.verb(scene, chat)
    except BatonError as refusal:
        told = refusal.slug
    after = scene.conversation(chat)
    assert told == case.again
    assert (after.epoch, after.assignee_id, after.handler) == (row.epoch, row.assignee_id, row.handler)
    assert len(scene.timeline(chat)) == lines


def test_what_was_to_follow_a_commit_is_done_by_the_workers_look_for_orphans(scene: Scene) -> None:
    chat = held(scene)
    scene.online("cy")
    with death_after_commit(), pytest.raises(Died):
        deactivate(scene, chat)
    assert scene.owner(chat) == "bo"
    returning.return_orphans()
    assert scene.owner(chat) == "cy"
