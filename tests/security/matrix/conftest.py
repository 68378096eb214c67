"""One installation, and everybody who might ask it for something: nobody, visitors, programs, users of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import (
    AIAgent,
    ApiToken,
    Channel,
    Conversation,
    Invitation,
    Person,
    PersonNote,
    Role,
    Suggestion,
    Teamspace,
    TransferOffer,
    User,
    UserSession,
    WorkflowVersion,
    db,
)
from dashboard.models.clock import set_clock
from dashboard.models.ids import new_public_id
from dashboard.services import (
    invitations,
    mailboxes,
    messaging,
    minds,
    people,
    tickets,
    unit_of_work,
    visitors,
    vocabulary,
)
from dashboard.services.granting import Grants
from dashboard.services.invitations import Sender
from dashboard.services.mail_servers import MailboxDraft, ServerDraft
from dashboard.services.programs import PersonDetails
from dashboard.services.sealing import Sealer
from dashboard.services.secrets import digest
from dashboard.services.visitors import Visitor
from tests.browserless import send, sign_in
from tests.factories import HUMAN, Scene, build_scene, make_tree

SECRET = "a secret of the tests, forty characters."
NO_LIMIT = "1000000 per minute"
MARK = "Zanzibar"
"""A word of the guarded conversations that stands nowhere else."""

USERS = ("fay", "eli", "cy", "bo", "di", "ada")
PROGRAMS = ("secret", "other_secret")
VISITORS = ("visitor", "other_visitor")
EVERYBODY = ("anonymous", *VISITORS, *PROGRAMS, *USERS)


@dataclass
class House:
    """Bo has the guarded chats: they waited for Front line, that is for bo and cy, in Support."""

    app: Flask
    scene: Scene
    channels: dict[int, str] = field(default_factory=dict)
    _browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, *, key: str | None = None, **options: Any) -> TestResponse:
        """A request as `who` makes it: users of pages with their cookie, everybody else with a bearer `key`."""
        headers = {**options.pop("headers", {})}
        key = key or (None if who in USERS and not path.startswith("/api/") else self.key(who))
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        return send(self.browser(who), method, path, headers=headers, **options)

    def browser(self, who: str) -> FlaskClient:
        if who not in self._browsers:
            self._browsers[who] = self.fresh_browser(who)
        return self._browsers[who]

    def fresh_browser(self, who: str) -> FlaskClient:
        is_user = who in self.scene.users
        return sign_in(self.app, self.scene.users[who]) if is_user else self.app.test_client()

    def key(self, who: str) -> str | None:
        return None if who == "anonymous" else f"key of {who}"

    def chat(self) -> tuple[str, str]:
        """A chat that bo claimed, and the key of its visitor."""
        chat, key = self.queued_chat()
        self.scene.claim("bo", chat)
        return chat, key

    def queued_chat(self) -> tuple[str, str]:
        """A chat that waits for Front line, and the key of its visitor."""
        key = visitors.open_session(self.scene.channel, self.scene.support)
        person_id = self.visitor(key).person_id
        posted = messaging.start_chat(self.scene.channel, person_id, f"From {MARK}", self.scene.key())
        messaging.start_chat(self.scene.channel, person_id, HUMAN, self.scene.key())
        return posted.conversation_public_id, key

    def visitor(self, key: str) -> Visitor:
        found = visitors.get_visitor(db.session, key, self.scene.channel)
        db.session.close()
        return found

    def other_visitor_key(self) -> str:
        return visitors.open_session(self.scene.other_channel, self.scene.wholesale)

    def suggestion(self, chat: str) -> str:
        """What the AI agent said too late in this chat."""
        public_id, row = new_public_id(), self.scene.conversation(chat)
        values = {
            "public_id": public_id, "conversation_id": row.id, "body": f"To {MARK}?", "author_name": "Trail",
            "state": "open", "source_key": self.scene.key(), "epoch": row.epoch, "created_at": row.created_at,
        }  # fmt: skip
        with unit_of_work.unit_of_work() as uow:
            uow.conn.execute(insert(Suggestion.__table__).values(values))
        return public_id

    def make_role(self) -> str:
        """The public id of a role that several users have."""
        return str(db.session.execute(select(Role.public_id).where(Role.name == "Live agent")).scalar_one())

    def make_user(self) -> str:
        """The public id of a user whom no row signs in as."""
        return str(db.session.execute(select(User.public_id).where(User.id == self.scene.users["vi"])).scalar_one())

    def make_invitation(self) -> str:
        """The public id of an invitation that nobody has followed."""
        grants = Grants(frozenset({self.make_role()}))
        email = self.make_new_email()
        invitations.invite(self.scene.viewer("ada"), email, "Zoe", grants, Sender("http://localhost", "b@acme.test"))
        found = db.session.execute(select(Invitation.public_id).where(Invitation.email == email)).scalar_one()
        db.session.close()
        return str(found)

    def make_new_email(self) -> str:
        return f"zoe-{self.scene.key()}@acme.test"

    def make_token(self) -> str:
        """No link of ours."""
        return "nobodys"

    def make_plan(self) -> str:
        return "enterprise"

    def make_teamspace(self) -> str:
        return self.make_support()

    def make_mailbox(self) -> str:
        """The public id of a mailbox of Support."""
        draft = MailboxDraft(self.make_new_email(), "Acme", True, ServerDraft(), ServerDraft())
        return mailboxes.create_mailbox(self.scene.viewer("ada"), self.make_support(), draft, Sealer("a key"))

    def make_person(self) -> str:
        """Who wrote a chat of bo's."""
        chat, _ = self.chat()
        person_id = self.scene.conversation(chat).person_id
        return next(row.public_id for row in self.scene.rows(Person) if row.id == person_id)

    def make_other(self) -> str:
        """Another person of Support."""
        return self.make_person()

    def make_note(self) -> str:
        """A note of bo's on the person who came last."""
        newest = max(self.scene.rows(Conversation), key=lambda row: row.id)
        person = next(row for row in self.scene.rows(Person) if row.id == newest.person_id)
        people.add_note(self.scene.viewer("bo"), person.public_id, f"{MARK} note")
        return str(self.scene.rows(PersonNote)[-1].public_id)

    def make_tag(self) -> str:
        """A tag of Support that nothing has."""
        return vocabulary.create_tag(self.scene.viewer("ada"), self.make_support(), self.make_new_name())

    def make_into(self) -> str:
        """Another one, into which it could be merged."""
        return self.make_tag()

    def make_new_name(self) -> str:
        """A name that nothing has yet."""
        return f"Name {self.scene.key()}"

    def make_ticket(self) -> str:
        """A ticket of bo's."""
        bo = self.scene.viewer("bo").public_id
        request = tickets.TicketRequest(f"{MARK} tent", PersonDetails("pat"), MARK, bo)
        return tickets.create_ticket(self.scene.viewer("ada"), request, "Support").public_id

    def make_offer(self) -> str:
        """The public id of an offer of bo's ticket to cy."""
        ticket = self.make_ticket()
        self.scene.change(Teamspace, self.scene.support, offers_transfers=True)
        self.scene.give("bo", ticket, "cy")
        self.scene.change(Teamspace, self.scene.support, offers_transfers=False)
        return next(row.public_id for row in reversed(self.scene.rows(TransferOffer)))

    def make_support(self) -> str:
        """The teamspace of the guarded conversations."""
        return next(row.public_id for row in self.scene.rows(Teamspace) if row.id == self.scene.support)

    def make_ai_agent(self) -> str:
        """Trail, of Support."""
        return next(row.public_id for row in self.scene.rows(AIAgent) if row.id == self.scene.trail)

    def make_version(self) -> str:
        """The number of the workflow that Trail runs on."""
        return str(max(row.number for row in self.scene.rows(WorkflowVersion) if row.ai_agent_id == self.scene.trail))

    def make_front_line(self) -> str:
        """The team that the guarded conversations waited for."""
        return self.scene.team_public_id("Front line")

    def make_session(self) -> str:
        """A sign-in of vi's, who asks for nothing here."""
        sign_in(self.app, self.scene.users["vi"])
        return next(row.public_id for row in reversed(self.scene.rows(UserSession)))

    def note(self, chat: str) -> None:
        messaging.add_note(self.scene.viewer("bo"), chat, f"{MARK} note", self.scene.key())


@contextmanager
def open_house(uri: str, folder: Path, **settings: Any) -> Iterator[House]:
    """The scene in an application of its own; webchat limits are out of the way unless set."""
    limits = dict.fromkeys(("visitor_limit", "address_limit", "channel_limit"), NO_LIMIT)
    app = create_app(load_config(database_url=uri, data_dir=folder, secret_key=SECRET, **{**limits, **settings}))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        house = House(app, build_scene())
        house.scene.use_tree(make_tree(assign={"teams": [house.scene.team_public_id("Front line")]}))
        house.channels |= {row.id: row.public_id for row in house.scene.rows(Channel)}
        _add_keys(house)
        yield house
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()
    set_clock(None)


def _add_keys(house: House) -> None:
    spaces = {"secret": house.scene.support, "other_secret": house.scene.wholesale}
    keys = [
        {"token_hash": digest(f"key of {who}"), "user_id": house.scene.users[who], "created_at": house.scene.clock.now}
        for who in USERS
    ]
    table = Teamspace.__table__
    with unit_of_work.unit_of_work() as uow:
        uow.conn.execute(insert(ApiToken.__table__), keys)
        for who, space in spaces.items():
            hashed = digest(f"key of {who}")
            uow.conn.execute(update(table).where(table.c.id == space).values(secret_hash=hashed))


@pytest.fixture
def house(database_uri: str, tmp_path: Path) -> Iterator[House]:
    with open_house(database_uri, tmp_path) as house:
        yield house


@pytest.fixture(scope="module")
def sqlite_house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for many tests, which leave more and more behind in it."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "baton.db").write_bytes(sqlite_template.read_bytes())
    with open_house(f"sqlite:///{folder / 'baton.db'}", folder, sign_in_attempts=1000) as house:
        yield house
