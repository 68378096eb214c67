"""kill -9 between two writes of a verb: a server that comes after it finds nothing of it, or all of it (L2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from dashboard.models import Assignment, Conversation, Event, Handoff, Message, Outbox, QueueEntry, db
from dashboard.services import audit
from tests.chaos.conftest import Installation
from tests.chaos.dying_inside import ORDERS
from tests.server_harness import ServerProcess

Install = Callable[..., Installation]

TABLES = (Conversation, Message, Handoff, Assignment, QueueEntry, Event, Outbox)
"""What a verb on a conversation writes; servers that come and go write others too."""


@dataclass(frozen=True)
class Verb:
    """A call of the first agent's, who has the chat, or of the second's, who has not; `then` who has it afterwards."""

    agent: int
    method: str
    path: str
    body: dict[str, str]
    then: str | None


VERBS = {
    "takeover": Verb(1, "POST", "takeover", {"text": "I take this.", "client_id": "t"}, "agent1@acme.test"),
    "transfer": Verb(0, "POST", "transfers", {"user": "agent2@acme.test", "note": "Yours?"}, "agent2@acme.test"),
    "close": Verb(0, "PUT", "status", {"status": "closed"}, None),
}


@dataclass
class Stage:
    """One chat of the first agent's, and a server that dies when it is told to."""

    installation: Installation
    orders: Path
    server: ServerProcess
    chat: str = ""

    def ask(self, verb: Verb) -> httpx.Response:
        client = self.installation.client(self.server, self.installation.tokens[verb.agent])
        return client.request(verb.method, f"/conversations/{self.chat}/{verb.path}", json=verb.body)

    def die(self, verb: Verb, place: str) -> None:
        """The server dies at this place, and another one comes."""
        self.orders.write_text(place)
        with pytest.raises(httpx.TransportError):
            self.ask(verb)
        self.server.kill()
        self.orders.unlink()
        self.server = self.installation.start("tests.chaos.dying_inside:create_app")

    def rows(self) -> list[list[tuple[Any, ...]]]:
        db.session.close()
        found = [sorted(map(tuple, db.session.execute(select(each.__table__))), key=repr) for each in TABLES]
        db.session.close()
        return found

    def owner(self) -> str | None:
        client = self.installation.client(self.server, self.installation.channel_secret)
        answer = client.get(f"/conversations/{self.chat}")
        assert answer.status_code == 200
        seen = self.installation.client(self.server, self.installation.tokens[0]).get(f"/conversations/{self.chat}")
        assignee = seen.json()["assignee"]
        return str(assignee["email"]) if assignee else None


@pytest.fixture
def stage(install: Install, database_uri: str, tmp_path: Path) -> Stage:
    orders = tmp_path / "orders"
    installation = install(database_uri, **{ORDERS: str(orders)})
    stage = Stage(installation, orders, installation.start("tests.chaos.dying_inside:create_app"))
    program = installation.client(stage.server, installation.channel_secret)
    body = {"person": {"external_id": "nora"}, "text": "I want to talk to a human", "client_id": "1"}
    stage.chat = str(program.post("/conversations", json=body).json()["id"])
    agent = installation.client(stage.server, installation.tokens[0])
    assert agent.post(f"/conversations/{stage.chat}/claim").status_code == 200
    return stage


@pytest.mark.parametrize("name", VERBS)
def test_a_kill_between_two_writes_leaves_nothing_and_one_after_the_commit_everything(stage: Stage, name: str) -> None:
    verb = VERBS[name]
    with stage.installation.app.app_context():
        before = stage.rows()
        for place in ("write 3", "commit"):
            stage.die(verb, place)
            assert stage.rows() == before, place
        stage.die(verb, "committed")
        assert stage.rows() != before
        assert stage.owner() == verb.then
        after = stage.rows()
        again = stage.ask(verb)
        assert again.status_code == (409 if name == "transfer" else 200), again.text
        assert stage.rows() == after
        assert audit.audit() == []
