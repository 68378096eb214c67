"""Fresh page == old page + pushed frames, for every event that is shown (DESIGN 10)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from dashboard.models import Event, User, db
from dashboard.realtime.frames import RENDERED
from dashboard.services import accounts
from tests.chaos.waiting import eventually
from tests.e2e.conftest import Cast
from tests.e2e.demo_server import Demo, DemoServer

PICTURE = (Path(__file__).parent / "picture.js").read_text()
LIVE_AGENTS = ("bo", "cy", "eli")


class Play:
    """Plays verbs over API v1 against one chat of Nora's and a few of others."""

    def __init__(self, demo: Demo, server: DemoServer) -> None:
        app = demo.open_app()
        with app.app_context():
            secret = accounts.teamspace_secret("Support", str(app.secret_key))
            tokens = {name: accounts.create_token(f"{name}@acme.test") for name in (*LIVE_AGENTS, "ada")}
            users = User.__table__.c
            self.ids = {
                name: db.session.execute(select(users.public_id).where(users.email == f"{name}@acme.test")).scalar_one()
                for name in tokens
            }
            db.session.remove()
            db.engine.dispose()
        self.demo = demo
        self.program = self._client(server, secret)
        self.users = {name: self._client(server, token) for name, token in tokens.items()}
        self.count = 0
        self.chat = self.write("nora", "Hello there")

    def _client(self, server: DemoServer, key: str) -> httpx.Client:
        return httpx.Client(
            base_url=f"{server.url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=20, trust_env=False
        )

    def close(self) -> None:
        for client in (self.program, *self.users.values()):
            client.close()

    def write(self, person: str, text: str) -> str:
        self.count += 1
        body = {
            "person": {"external_id": person, "name": person.title()},
            "text": text,
            "client_id": f"c{self.count}",
        }
        answer = self.program.post("/conversations", json=body)
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["id"])

    def current(self) -> dict[str, Any]:
        return dict(self.users["ada"].get(f"/conversations/{self.chat}").json())

    def assignee(self) -> httpx.Client | None:
        email = (self.current()["assignee"] or {}).get("email") or ""
        return self.users.get(email.partition("@")[0])

    def do(self, client: httpx.Client | None, method: str, path: str, **body: Any) -> bool:
        """Whether it was allowed; what the state refuses is part of the play, a failure of ours is not."""
        if client is None:
            return False
        self.count += 1
        if method == "POST" and path in ("messages", "takeover"):
            body["client_id"] = f"c{self.count}"
        answer = client.request(method, f"/conversations/{self.chat}/{path}", json=body or None)
        assert answer.status_code < 500, answer.text
        return answer.is_success

    # The verbs of the play, each whole by itself.
    def person_writes(self, chance: random.Random) -> None:
        self.write("nora", f"Line {self.count} <b>bold</b>")

    def person_asks_for_human(self, chance: random.Random) -> None:
        self.write("nora", "I want to talk to a human")

    def other_person_asks_for_human(self, chance: random.Random) -> None:
        self.write(f"other{chance.randrange(3)}", "I want to talk to a human")

    def person_rates(self, chance: random.Random) -> None:
        self.write("nora", str(chance.randint(1, 5)))

    def agent_claims(self, chance: random.Random) -> None:
        self.do(self.users[chance.choice(LIVE_AGENTS)], "POST", "claim")

    def assignee_replies(self, chance: random.Random) -> None:
        self.do(self.assignee(), "POST", "messages", text=f"Reply {self.count}")

    def agent_notes(self, chance: random.Random) -> None:
        self.do(self.users["ada"], "POST", "messages", text=f"Note {self.count}", kind="note")

    def agent_takes_over(self, chance: random.Random) -> None:
        self.do(self.users[chance.choice(["ada", "bo", "cy"])], "POST", "takeover", text=f"Mine now {self.count}")

    def assignee_transfers_to_user(self, chance: random.Random) -> None:
        self.do(self.assignee(), "POST", "transfers", user=self.ids[chance.choice(LIVE_AGENTS)], note="Please look")

    def assignee_transfers_to_team(self, chance: random.Random) -> None:
        self.do(self.assignee(), "POST", "transfers", team=chance.choice(["Returns", "Front line"]))

    def assignee_sets_status(self, chance: random.Random) -> None:
        self.do(self.assignee(), "PUT", "status", status=chance.choice(["open", "pending", "overdue", "resolved"]))

    def assignee_closes(self, chance: random.Random) -> None:
        self.do(self.assignee(), "PUT", "status", status="closed")

    def agent_comes_or_goes(self, chance: random.Random) -> None:
        client = self.users[chance.choice(LIVE_AGENTS)]
        assert client.put("/me/availability", json={"availability": chance.choice(["online", "away"])}).is_success

    VERBS: tuple[Callable[..., None], ...] = (
        person_writes,
        person_asks_for_human,
        other_person_asks_for_human,
        person_rates,
        agent_claims,
        assignee_replies,
        assignee_replies,
        agent_notes,
        agent_takes_over,
        assignee_transfers_to_user,
        assignee_transfers_to_team,
        assignee_sets_status,
        assignee_closes,
        agent_comes_or_goes,
    )


@pytest.fixture
def play(demo: Demo) -> Iterator[Play]:
    play = Play(demo, demo.start(BATON_ANSWER_DELAY="0"))
    yield play
    play.close()


def open_page(cast: Cast, play: Play, name: str, view: str) -> tuple[Page, Page]:
    """The page that stays open, and a second one in the same browser that is loaded anew for every comparison."""
    assert play.demo.server is not None
    colleague = cast.colleague(play.demo.server, name)
    # Only who sees a chat while its AI agent answers has it open from the beginning.
    url = f"{play.demo.server.url}/inbox?view={view}" + (f"&c={play.chat}" if name == "ada" else "")
    colleague.page.goto(url)
    fresh = colleague.context.new_page()
    fresh.goto(url)
    return colleague.page, fresh


def assert_same(old: Page, fresh: Page, verb: str) -> None:
    """Both pages say the same, at the latest when the frames that are under way have arrived."""
    pictures: dict[str, Any] = {}

    def is_same() -> bool:
        fresh.reload()
        fresh.wait_for_load_state("load")
        pictures["fresh"], pictures["old"] = fresh.evaluate(PICTURE), old.evaluate(PICTURE)
        return bool(pictures["fresh"] == pictures["old"])

    try:
        eventually(is_same, timeout=3, every=0.3)
    except AssertionError:
        different = {
            part: (pictures["fresh"][part], pictures["old"][part])
            for part in pictures["fresh"]
            if pictures["fresh"][part] != pictures["old"][part]
        }
        raise AssertionError(f"after {verb}, fresh and old differ: {different}") from None


@pytest.mark.parametrize(("name", "view", "seed"), [("ada", "all", 1), ("bo", "mine", 2), ("bo", "unassigned", 3)])
def test_an_old_page_and_a_fresh_one_say_the_same(play: Play, cast: Cast, name: str, view: str, seed: int) -> None:
    chance = random.Random(seed)
    old, fresh = open_page(cast, play, name, view)
    for _ in range(16):
        verb = chance.choice(Play.VERBS)
        verb(play, chance)
        assert_same(old, fresh, verb.__name__)


def test_every_event_that_is_shown_leaves_both_pages_the_same(play: Play, cast: Cast) -> None:
    chance = random.Random(0)
    old, fresh = open_page(cast, play, "ada", "all")

    def step(verb: Callable[[random.Random], None]) -> None:
        verb(chance)
        assert_same(old, fresh, verb.__name__)

    ada = play.users["ada"]
    play.users["bo"].put("/me/availability", json={"availability": "online"})
    step(play.person_asks_for_human)  # ConversationStarted before, ConversationHandedOff, QueueMoved
    step(lambda _: play.do(play.users["cy"], "POST", "claim") or None)
    step(play.assignee_replies)
    step(play.assignee_sets_status)
    step(lambda _: play.do(ada, "POST", "takeover", text="Ada here") or None)
    step(lambda _: play.do(ada, "POST", "transfers", team="Returns") or None)
    step(lambda _: play.do(play.users["eli"], "POST", "claim") or None)
    step(play.assignee_closes)
    step(lambda _: play.write("nora", "4") and None)

    with play.demo.open_app().app_context():
        kinds = set(db.session.execute(select(Event.__table__.c.kind).distinct()).scalars())
        db.session.remove()
        db.engine.dispose()
    assert {
        "ConversationHandedOff",
        "ConversationClaimed",
        "MessagePosted",
        "StatusChanged",
        "ConversationTakenOver",
        "ConversationTransferred",
        "ConversationHandedBack",
        "FeedbackGiven",
        "QueueMoved",
    } <= kinds & RENDERED
