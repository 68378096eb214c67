"""A word that only a foreign conversation contains reaches nobody who may not see it, by no address and no frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dashboard.models import Conversation, Message, Person, Role, TeamspaceUser, UserRole, db
from dashboard.models.enums import RoleType
from dashboard.services import transfers, undo, users
from dashboard.services.roles import RoleDraft, create_role
from dashboard.services.unit_of_work import unit_of_work
from tests.realtime.test_frames import Watcher
from tests.security.matrix.conftest import MARK, House, open_house

HX = {"HX-Request": "true"}
OF_THE_CONVERSATION = ("conversation", "public_id", "suggestion", "person", "other", "offer", "note")
"""What an address names that belongs to the guarded conversation, or to its person."""

EVERYTHING = "view=all&limit=200&last=200&shown=500&since=2020-01-01T00:00:00Z"
QUERIES = ("", f"?{EVERYTHING}", f"?{EVERYTHING}&q={MARK}", "?view=ai", "?view=unassigned&sort=oldest")
"""Whatever a list may be asked for; an address that knows a parameter not ignores it."""

PHRASES = (f"From {MARK}", f"{MARK} note", f"To {MARK}", f"{MARK} tent", f"{MARK} Pia", f"{MARK}@")
"""How the word stands in what is guarded."""

REFUSED = {401, 403, 404}
ALREADY = {"/login", "/logout", "/live", "/webchat/live"}
"""They end the sign-in that the walk needs, or are sockets, whose handshakes have a table of their own."""

WORDS = {
    "text": "Hello", "client_id": "k", "to": "team:x", "user": "x", "status": "pending", "state": "viewing",
    "page": "p", "language": "es", "seq": "1", "stars": "5", "note": "x", "name": "x", "tag": "x", "seen": "x",
    "version": "x",
}  # fmt: skip
"""A body that is enough for any verb on a conversation, were it not refused."""


@dataclass(frozen=True)
class Guarded:
    """Bo's chat with a note, a suggestion and an offer; one that waits for Front line; bo's ticket; their people."""

    ids: list[str]
    names: dict[str, list[str]]
    """What stands for each name in an address."""


@pytest.fixture
def house(sqlite_uri: str, tmp_path: Path) -> Iterator[House]:
    """On one database: that the rule says the same on both has tests of its own."""
    with open_house(sqlite_uri, tmp_path) as house:
        yield house


@pytest.fixture
def guarded(house: House) -> Guarded:
    chat, queued, ticket = house.chat()[0], house.queued_chat()[0], house.make_ticket()
    house.note(chat)
    suggestion = house.suggestion(chat)
    offer = house.make_offer()
    ids = [chat, queued, ticket]
    with unit_of_work() as uow:
        uow.conn.execute(update(Person.__table__).values(name=f"{MARK} Pia", email=f"{MARK.lower()}@example.com"))
    person = person_of(chat)
    names = {
        "conversation": ids, "public_id": ids, "suggestion": [suggestion], "offer": [offer], "person": [person],
        "other": [person_of(ticket)], "note": [house.make_note()],
    }  # fmt: skip
    return Guarded(ids, names)


def person_of(chat: str) -> str:
    joined = select(Person.public_id).join(Conversation, Conversation.person_id == Person.id)
    found = str(db.session.execute(joined.where(Conversation.public_id == chat)).scalar_one())
    db.session.close()
    return found


def of_another_team(house: House) -> str:
    return "eli"


def of_another_teamspace(house: House) -> str:
    return "fay"


def manager_elsewhere(house: House) -> str:
    table = TeamspaceUser.__table__
    with unit_of_work() as uow:
        mine = table.c.user_id == house.scene.users["di"]
        uow.conn.execute(update(table).where(mine).values(teamspace_id=house.scene.wholesale))
    return "di"


def deactivated(house: House) -> str:
    users.deactivate_user(house.scene.viewer("ada"), house.scene.viewer("cy").public_id, 99)
    return "cy"


def without_their_role(house: House) -> str:
    """Still in the team, and no live agent any more."""
    ada = house.scene.viewer("ada")
    create_role(ada, RoleType.WORKSPACE, RoleDraft("Clerk", frozenset({"analytics.view"})))
    clerk = select(Role.id).where(Role.name == "Clerk").scalar_subquery()
    table = UserRole.__table__
    with unit_of_work() as uow:
        uow.conn.execute(delete(table).where(table.c.user_id == house.scene.users["cy"]))
        uow.conn.execute(insert(table).values(user_id=house.scene.users["cy"], role_id=clerk))
    return "cy"


def another_person(house: House) -> str:
    return "other_visitor"


def another_program(house: House) -> str:
    return "other_secret"


def nobody(house: House) -> str:
    return "anonymous"


VIEWERS = (
    of_another_team, of_another_teamspace, manager_elsewhere, deactivated, without_their_role, another_person,
    another_program, nobody,
)  # fmt: skip


@pytest.fixture(params=VIEWERS, ids=lambda viewer: viewer.__name__)
def who(request: pytest.FixtureRequest, house: House, guarded: Guarded) -> str:
    prepare: Callable[[House], str] = request.param
    for name in ("cy", "di", "eli", "fay"):
        house.browser(name)  # signed in before anything is taken away
    return prepare(house)


def rules(house: House, methods: set[str]) -> Iterator[tuple[str, Rule]]:
    for rule in house.app.url_map.iter_rules():
        for method in sorted(set(rule.methods or ()) & methods):
            if rule.rule not in ALREADY and not rule.rule.startswith("/static"):
                yield method, rule


def paths(house: House, guarded: Guarded, rule: Rule) -> list[str]:
    """The rule with ids of what is guarded, and for the rest of what is there."""
    found = [rule.rule]
    for name in rule.arguments:
        values = guarded.names.get(name) or [made(house, name)]
        found = [path.replace(f"<{name}>", value) for path in found for value in values]
    return found


def made(house: House, name: str) -> str:
    if name == "channel":
        return house.channels[house.scene.channel]
    if name == "action":
        return "to_people"
    return str(getattr(house, f"make_{'front_line' if name == 'team' else name}")())


def is_about_it(rule: Rule) -> bool:
    return not rule.arguments.isdisjoint(OF_THE_CONVERSATION)


def shows(answer: TestResponse, path: str, guarded: Guarded) -> bool:
    """Whether it says the word, or an id that was not in the question; a search may say what was typed, but no more."""
    text = answer.get_data(as_text=True)
    answer.close()
    ids = [each for each in guarded.ids if each not in path]
    words = PHRASES if MARK in path else (MARK,)
    return any(each.lower() in text.lower() for each in (*ids, *words))


def test_no_address_says_a_word_of_it(house: House, guarded: Guarded, who: str) -> None:
    told: list[str] = []
    for method, rule in rules(house, {"GET"}):
        for path in paths(house, guarded, rule):
            for query in ("?after=0",) if is_about_it(rule) else QUERIES:
                answer = house.ask(who, method, path + query, headers=HX, key=key_of(house, who))
                if is_about_it(rule) and answer.status_code not in REFUSED:
                    told.append(f"{path}: {answer.status_code}")
                if shows(answer, path + query, guarded):
                    told.append(f"{path}{query} says it")
    assert told == []


def test_no_verb_touches_it_or_says_a_word_of_it(house: House, guarded: Guarded, who: str) -> None:
    before = rows_of(guarded)
    told: list[str] = []
    for method, rule in rules(house, {"POST", "PUT", "DELETE", "PATCH"}):
        if not is_about_it(rule):
            continue
        for path in paths(house, guarded, rule):
            body = {"json": WORDS} if path.startswith("/api/") else {"data": WORDS}
            answer = house.ask(who, method, path, headers=HX, key=key_of(house, who), **body)
            # The offer was made to cy, who may still decline it: that says nothing of the ticket.
            own = {204, 409} if who == "cy" and rule.rule.startswith("/offers/") else set()
            if answer.status_code not in REFUSED | {422} | own:
                told.append(f"{method} {path}: {answer.status_code}")
            if shows(answer, path, guarded):
                told.append(f"{method} {path} says it")
    assert told == []
    assert rows_of(guarded) == before


def key_of(house: House, who: str) -> str | None:
    return house.other_visitor_key() if who == "other_visitor" else None


def rows_of(guarded: Guarded) -> list[tuple[object, ...]]:
    db.session.close()
    mine = Conversation.public_id.in_(guarded.ids)
    chats = select(Conversation.__table__).where(mine).order_by(Conversation.id)
    lines = select(Message.__table__).join(Conversation.__table__).where(mine).order_by(Message.id)
    rows = [tuple(row) for statement in (chats, lines) for row in db.session.execute(statement)]
    db.session.close()
    return rows


def test_no_frame_of_it_is_sent_to_them(house: House, guarded: Guarded, who: str) -> None:
    """Whatever happens in it after they lost it, or that they never had."""
    scene, chat = house.scene, guarded.ids[0]
    watcher = Watcher(house.app, scene)
    house.note(chat)
    scene.reply("bo", chat, f"{MARK} again")
    scene.set_status("bo", chat, "pending")
    scene.take_over("ada", chat, f"{MARK} once more")
    transfers.transfer_to_user(scene.viewer("ada"), chat, scene.viewer("bo").public_id, MARK)
    undo.undo_transfer(scene.viewer("ada"), chat)
    scene.set_status("ada", guarded.ids[1], "closed")
    frames = watcher.frames()
    about = [(set(keys), text) for keys, text in frames if MARK in text or any(each in text for each in guarded.ids)]
    assert len(about) >= 2
    me = f"user:{scene.users[who]}" if who in scene.users else None
    assert not [text[:200] for keys, text in about if me in keys]
    ids = {str(key) for key in db.session.execute(select(Person.id)).scalars()}
    others = {f"person:{key}" for key in ids} - {f"person:{scene.conversation(each).person_id}" for each in guarded.ids}
    assert not [text[:200] for keys, text in about if keys & others]


def test_whoever_may_see_it_finds_the_word_in_many_places(house: House, guarded: Guarded) -> None:
    """Or the walk would prove nothing."""
    found = set()
    for method, rule in rules(house, {"GET"}):
        for path in paths(house, guarded, rule):
            for query in ("?after=0",) if is_about_it(rule) else QUERIES:
                if rule.rule not in found and shows(house.ask("ada", method, path + query, headers=HX), "", guarded):
                    found.add(rule.rule)
    assert {
        "/inbox", "/inbox/list", "/queue", "/queue/list", "/people", "/people/<person>", "/tickets/persons",
        "/conversations/<conversation>", "/conversations/<conversation>/messages", "/api/v1/conversations",
        "/api/v1/conversations/<public_id>/messages",
    } <= found, found  # fmt: skip
