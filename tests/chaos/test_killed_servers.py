"""kill -9 in the middle: nothing acknowledged is missing or doubled, and no AI agent speaks out of turn (L3, L7)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy import select

from dashboard.models import Conversation, Handoff, Message, Outbox, Suggestion, db
from dashboard.models.enums import AuthorKind, Handler, OutboxState
from dashboard.services import audit
from tests.chaos.conftest import Installation
from tests.chaos.waiting import eventually
from tests.server_harness import ServerProcess

Install = Callable[..., Installation]
QUESTION = "How long does delivery take?"
ANSWER = "Delivery takes three working days."

_m = Message.__table__.c
_c = Conversation.__table__.c


class Writer(threading.Thread):
    """A person's program: it sends numbered texts, each again until it is acknowledged."""

    def __init__(self, installation: Installation, server: ServerProcess, name: str, count: int) -> None:
        super().__init__(daemon=True)
        self.client = installation.client(server, installation.channel_secret)
        self.person, self.count = name, count
        self.acknowledged: list[str] = []

    def run(self) -> None:
        pause = threading.Event()
        while len(self.acknowledged) < self.count:
            text = f"{self.person} writes {len(self.acknowledged)}"
            body = {"person": {"external_id": self.person}, "text": text, "client_id": text.replace(" ", "-")}
            try:
                answer = self.client.post("/conversations", json=body)
            except httpx.TransportError:
                pause.wait(0.05)
                continue
            if answer.status_code in (200, 201):
                self.acknowledged.append(text)
            else:
                assert answer.status_code in (502, 503), answer.text


def texts(kind: AuthorKind) -> list[str]:
    db.session.close()
    return list(db.session.execute(select(_m.body).where(_m.author_kind == kind).order_by(_m.id)).scalars())


def test_no_acknowledged_message_is_missing_or_doubled_after_a_kill(install: Install, sqlite_uri: str) -> None:
    installation = install(sqlite_uri)
    server = installation.start()
    writers = [Writer(installation, server, f"person-{number}", 40) for number in range(6)]
    for writer in writers:
        writer.start()
    for threshold in (40, 120):
        eventually(lambda least=threshold: sum(len(each.acknowledged) for each in writers) >= least)
        server.kill()
        server = installation.start(port=server.port)
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive()

    with installation.app.app_context():
        stored = Counter(texts(AuthorKind.PERSON))
        assert stored == Counter(text for each in writers for text in each.acknowledged)
        assert audit.audit() == []


class Chat:
    """One person's chat, seen by the database and driven over the API."""

    def __init__(self, installation: Installation, server: ServerProcess) -> None:
        self.installation = installation
        self.use(server)
        self.public_id = self.write("Hello", "greeting")["id"]

    def use(self, server: ServerProcess) -> None:
        self.program = self.installation.client(server, self.installation.channel_secret)
        self.agent = self.installation.client(server, self.installation.tokens[0])

    def write(self, text: str, client_id: str) -> dict[str, Any]:
        body = {"person": {"external_id": "nora"}, "text": text, "client_id": client_id}
        answer = self.program.post("/conversations", json=body)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())

    def claim(self) -> None:
        answer = self.agent.post(f"/conversations/{self.public_id}/claim")
        assert answer.status_code == 200, answer.text

    def ask_slowly_and_claim(self) -> None:
        """A question that takes long, a wish for a person, and a live agent who is faster than the answer."""
        self.write(QUESTION, "question")
        eventually(lambda: self.answer_state() is OutboxState.SENDING)
        self.write("I want to talk to a human", "human")
        self.claim()

    def answer_state(self) -> OutboxState | None:
        db.session.close()
        states = select(Outbox.__table__.c.state).order_by(Outbox.__table__.c.id.desc())
        return db.session.execute(states).scalars().first()


def start_slow_chat(installation: Installation) -> tuple[ServerProcess, Chat]:
    """A chat whose greeting is answered, on a server that then takes three seconds for every answer."""
    server = installation.start(BATON_ANSWER_DELAY="3")
    chat = Chat(installation, server)
    eventually(lambda: chat.answer_state() is OutboxState.SENT)
    return server, chat


def assert_answer_became_a_suggestion(chat: Chat) -> None:
    eventually(lambda: chat.answer_state() is OutboxState.SENT)
    suggestions = db.session.execute(select(Suggestion.__table__.c.body)).scalars().all()
    assert list(suggestions) == [ANSWER]
    assert ANSWER not in texts(AuthorKind.AI_AGENT)
    shown = chat.program.get(f"/conversations/{chat.public_id}/messages").json()["items"]
    assert ANSWER not in [each["text"] for each in shown]


def test_an_answer_overtaken_by_a_claim_is_kept_as_a_suggestion(install: Install, sqlite_uri: str) -> None:
    installation = install(sqlite_uri)
    with installation.app.app_context():
        _, chat = start_slow_chat(installation)
        chat.ask_slowly_and_claim()
        assert_answer_became_a_suggestion(chat)


def test_an_answer_overtaken_by_a_claim_and_a_kill_is_kept_as_a_suggestion(install: Install, sqlite_uri: str) -> None:
    installation = install(sqlite_uri)
    with installation.app.app_context():
        server, chat = start_slow_chat(installation)
        chat.ask_slowly_and_claim()
        server.kill()
        chat.use(installation.start())
        assert_answer_became_a_suggestion(chat)


def test_an_answer_lost_in_a_kill_still_comes_once(install: Install, sqlite_uri: str) -> None:
    installation = install(sqlite_uri)
    with installation.app.app_context():
        server, chat = start_slow_chat(installation)
        chat.write(QUESTION, "question")
        eventually(lambda: chat.answer_state() is OutboxState.SENDING)
        server.kill()
        assert ANSWER not in texts(AuthorKind.AI_AGENT)
        chat.use(installation.start())
        eventually(lambda: ANSWER in texts(AuthorKind.AI_AGENT))
        assert texts(AuthorKind.AI_AGENT).count(ANSWER) == 1
        chat.write("Thanks", "thanks")
        eventually(lambda: chat.answer_state() is OutboxState.SENT)
        assert texts(AuthorKind.AI_AGENT).count(ANSWER) == 1
        assert audit.audit() == []


def test_an_answer_lost_with_one_of_two_servers_is_worked_out_by_the_other(install: Install, postgres_uri: str) -> None:
    installation = install(postgres_uri)
    with installation.app.app_context():
        first, chat = start_slow_chat(installation)
        chat.write(QUESTION, "question")
        eventually(lambda: chat.answer_state() is OutboxState.SENDING)
        chat.use(installation.start())
        first.kill()
        eventually(lambda: ANSWER in texts(AuthorKind.AI_AGENT), timeout=40)
        eventually(lambda: chat.answer_state() is OutboxState.SENT)
        assert texts(AuthorKind.AI_AGENT).count(ANSWER) == 1


def test_a_livechat_survives_a_kill_between_reply_and_close(install: Install, sqlite_uri: str) -> None:
    installation = install(sqlite_uri)
    with installation.app.app_context():
        server = installation.start()
        chat = Chat(installation, server)
        chat.write("I want to talk to a human", "human")
        chat.claim()
        reply = {"text": "Bo here, one moment.", "client_id": "r1"}
        path = f"/conversations/{chat.public_id}"
        assert chat.agent.post(f"{path}/messages", json=reply).status_code == 201
        server.kill()
        chat.use(installation.start())
        assert chat.agent.post(f"{path}/messages", json=reply).status_code == 200
        closed = chat.agent.put(f"{path}/status", json={"status": "closed"})
        assert closed.json()["handler"] == Handler.AI_AGENT
        assert texts(AuthorKind.LIVE_AGENT) == ["Bo here, one moment."]
        outcome = db.session.execute(select(Handoff.__table__.c.outcome)).scalars().all()
        assert list(outcome) == ["closed"]
        assert audit.audit() == []
