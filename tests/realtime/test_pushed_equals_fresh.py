"""A page that took every frame equals the page that is fetched anew, whatever happened and however it was batched."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import Suggestion, Tag, db
from dashboard.models.clock import set_clock
from dashboard.models.errors import BatonError
from dashboard.models.ids import new_public_id
from dashboard.realtime.event_row import EventRow
from dashboard.services import feedback, languages, messaging, minds, suggestions, tags, unit_of_work
from dashboard.services.events import SuggestionKept
from tests.browserless import OpenPage, sign_in
from tests.databases import create_tables
from tests.factories import HUMAN, Scene, build_scene
from tests.realtime.test_frames import Watcher

SECRET = "a secret of the tests, forty characters."
WATCHERS = ("ada", "bo", "cy", "eli", "di")
Verb = Callable[[Scene, str], object]


def keep_suggestion(scene: Scene, chat: str) -> None:
    """As the flow does with an answer that comes too late."""
    row = scene.conversation(chat)
    with unit_of_work.unit_of_work() as uow:
        values = {
            "public_id": new_public_id(), "conversation_id": row.id, "body": "It takes <3> days.",
            "author_name": "Trail", "state": "open", "source_key": scene.key(), "epoch": row.epoch,
            "created_at": uow.now,
        }  # fmt: skip
        key = uow.conn.execute(insert(Suggestion.__table__).values(values).returning(Suggestion.__table__.c.id))
        uow.emit(SuggestionKept(row.id, row.teamspace_id, key.scalar_one()))


def settle_suggestion(scene: Scene, chat: str, is_sent: bool) -> None:
    row = scene.conversation(chat)
    mine = [each for each in scene.suggestions() if each.conversation_id == row.id and each.state == "open"]
    if mine and is_sent:
        suggestions.send_suggestion(scene.viewer("bo"), mine[0].public_id)
    elif mine:
        suggestions.dismiss_suggestion(scene.viewer("bo"), mine[0].public_id)


def untag(scene: Scene, chat: str) -> None:
    for tag in scene.rows(Tag):
        tags.untag_conversation(scene.viewer("ada"), chat, tag.public_id)


VERBS: dict[str, Verb] = {
    "the person writes": lambda scene, chat: scene.write("pia", "Are you there? https://example.test/x?a=1&b=2"),
    "the person asks for a human": lambda scene, chat: scene.write("pia", HUMAN),
    "bo replies": lambda scene, chat: scene.reply("bo", chat, "Hello <b>there</b>"),
    "cy leaves a note": lambda scene, chat: messaging.add_note(scene.viewer("cy"), chat, "A note", scene.key()),
    "bo claims": lambda scene, chat: scene.claim("bo", chat),
    "eli claims": lambda scene, chat: scene.claim("eli", chat),
    "bo transfers to eli": lambda scene, chat: scene.give("bo", chat, "eli", "speaks Spanish"),
    "bo transfers to Returns": lambda scene, chat: scene.give("bo", chat, "Returns"),
    "eli transfers to bo": lambda scene, chat: scene.give("eli", chat, "bo"),
    "bo takes over": lambda scene, chat: scene.take_over("bo", chat),
    "ada takes over": lambda scene, chat: scene.take_over("ada", chat),
    "bo resolves": lambda scene, chat: scene.set_status("bo", chat, "resolved"),
    "bo sets overdue": lambda scene, chat: scene.set_status("bo", chat, "overdue"),
    "bo closes": lambda scene, chat: scene.set_status("bo", chat, "closed"),
    "eli closes": lambda scene, chat: scene.set_status("eli", chat, "closed"),
    "ada closes in the queue": lambda scene, chat: scene.set_status("ada", chat, "closed"),
    "the person rates": lambda scene, chat: feedback.rate(chat, scene.person("pia"), 4, "Good"),
    "bo corrects the language": lambda scene, chat: languages.correct_language(scene.viewer("bo"), chat, "es"),
    "bo adds a tag": lambda scene, chat: tags.tag_conversation(scene.viewer("bo"), chat, "Refund"),
    "ada takes the tag off": lambda scene, chat: untag(scene, chat),
    "an answer comes too late": keep_suggestion,
    "bo sends the suggestion": lambda scene, chat: settle_suggestion(scene, chat, True),
    "bo dismisses the suggestion": lambda scene, chat: settle_suggestion(scene, chat, False),
    "eli goes online": lambda scene, chat: scene.online("eli"),
    "eli goes away": lambda scene, chat: scene.away("eli"),
    "time passes": lambda scene, chat: scene.clock.forward(minutes=7),
}


@contextmanager
def opened(template: Path) -> Iterator[tuple[Scene, Watcher, str, dict[str, OpenPage]]]:
    """A chat with Trail, open on the pages of everybody who watches."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "baton.db"
        path.write_bytes(template.read_bytes())
        app = create_app(load_config(database_url=f"sqlite:///{path}", data_dir=Path(folder), secret_key=SECRET))
        with app.app_context():
            scene = build_scene()
            chat = scene.write("pia", "Hello there").conversation_public_id
            watcher = Watcher(app, scene)
            pages = {name: OpenPage(sign_in(app, scene.users[name]), chat) for name in WATCHERS}
            yield scene, watcher, chat, pages
            db.session.remove()
            db.engine.dispose()
        unit_of_work.unsubscribe_all()
        minds.forget_trees()
        set_clock(None)


def deliver(watcher: Watcher, pages: dict[str, OpenPage], rows: list[EventRow], sizes: random.Random) -> None:
    """Render the rows in batches of any size, and hand each frame to its audience."""
    keys = {f"user:{watcher.scene.users[name]}": page for name, page in pages.items()}
    while rows:
        size = sizes.randint(1, len(rows))
        batch, rows = rows[:size], rows[size:]
        groups: dict[int | None, list[EventRow]] = {}
        for row in batch:
            groups.setdefault(row.conversation_id, []).append(row)
        for group in groups.values():
            with db.engine.connect() as conn:
                made = watcher.renderer(conn, group)
            for audience, text in made:
                for key in audience:
                    if key in keys and text.startswith("<!--c="):
                        keys[key].take(text)


def compare(pages: dict[str, OpenPage], chat: str) -> None:
    for name, page in pages.items():
        fresh = OpenPage(page.client, chat)
        assert page.is_gone or not fresh.is_gone, name
        if page.is_gone:
            continue
        page.fetch_side()
        page.fetch_why()
        assert page.seq == fresh.seq, name
        old, new = page.parts(), fresh.parts()
        for part in new:
            assert old[part] == new[part], (name, part)


def live_through(template: Path, names: list[str], seed: int, every: int) -> None:
    """Let it happen, deliver after every few verbs, and compare each time."""
    sizes = random.Random(seed)
    with opened(template) as (scene, watcher, chat, pages):
        for number, name in enumerate(names, 1):
            try:
                VERBS[name](scene, chat)
            except BatonError:
                scene.clock.forward(seconds=1)
            if number % every and number < len(names):
                continue
            deliver(watcher, pages, watcher.events(), sizes)
            compare(pages, chat)
            for page in pages.values():  # who lost sight and sees it again opens it anew
                if page.is_gone:
                    page.load()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "baton.db"
    create_tables(f"sqlite:///{path}")
    return path


LIFE = [
    "the person writes", "the person asks for a human", "the person writes", "bo claims", "an answer comes too late",
    "bo replies", "bo sends the suggestion", "cy leaves a note", "bo corrects the language", "bo adds a tag",
    "bo sets overdue", "bo transfers to Returns", "eli claims", "eli transfers to bo", "an answer comes too late",
    "bo resolves", "ada takes the tag off", "the person writes", "bo dismisses the suggestion", "bo closes",
    "the person rates", "the person writes", "the person asks for a human", "eli goes online", "time passes",
    "ada takes over", "the person writes", "bo takes over", "bo transfers to eli", "eli closes",
    "the person asks for a human", "ada closes in the queue",
]  # fmt: skip


@pytest.mark.parametrize("every", [1, 4, 30])
def test_after_a_whole_life_of_a_chat_every_old_page_is_as_a_new_one(template: Path, every: int) -> None:
    live_through(template, LIFE, seed=every, every=every)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(st.sampled_from(sorted(VERBS)), min_size=3, max_size=14),
    seed=st.integers(0, 1000),
    every=st.integers(1, 5),
)
def test_after_anything_in_any_batches_every_old_page_is_as_a_new_one(
    template: Path, names: list[str], seed: int, every: int
) -> None:
    live_through(template, names, seed, every)


def test_a_page_that_missed_frames_catches_up_to_the_same(template: Path) -> None:
    with opened(template) as (scene, watcher, chat, pages):
        scene.write("pia", HUMAN)
        scene.claim("bo", chat)
        watcher.events()  # never delivered
        scene.reply("bo", chat, "Hello")
        deliver(watcher, pages, watcher.events(), random.Random(1))
        compare(pages, chat)


def test_a_frame_that_comes_twice_or_late_changes_nothing(app_with_rows: tuple[Scene, Watcher, str, OpenPage]) -> None:
    scene, watcher, chat, page = app_with_rows
    scene.write("pia", "First")
    [(_, first)] = watcher.for_users()
    scene.write("pia", "Second")
    [(_, second)] = watcher.for_users()
    page.take(second)
    page.take(first)
    page.take(second)
    page.fetch_side()
    fresh = OpenPage(page.client, chat)
    assert page.parts() == fresh.parts()


@pytest.fixture
def app_with_rows(template: Path) -> Iterator[tuple[Scene, Watcher, str, OpenPage]]:
    with opened(template) as (scene, watcher, chat, pages):
        yield scene, watcher, chat, pages["di"]
