"""What the AI agent said too late, and what the new owner does with it (L3)."""

from __future__ import annotations

import pytest

from dashboard.models import Person
from dashboard.models.errors import NotFound, Obstacle, OwnershipChanged
from dashboard.services import answers, suggestions
from tests.factories import QUESTION, Scene

LATE = "It weighs 1.9 kg."


@pytest.fixture
def chat(scene: Scene) -> str:
    """Ada's, with one suggestion of Trail."""
    chat = scene.write("pia", QUESTION).conversation_public_id
    job = scene.job()
    scene.take_over("ada", chat, "Let me look.")
    answers.answer_arrived(job, LATE)
    return chat


def only_one(scene: Scene) -> str:
    [kept] = scene.suggestions()
    return str(kept.public_id)


def test_it_is_no_part_of_the_timeline(scene: Scene, chat: str) -> None:
    assert LATE not in [each.body for each in scene.timeline(chat)]


def test_the_assignee_sends_it_once_as_their_own_words(scene: Scene, chat: str) -> None:
    posted = suggestions.send_suggestion(scene.viewer("ada"), only_one(scene))
    assert posted is not None
    assert scene.said(chat)[-1] == ("live_agent", LATE)
    assert suggestions.send_suggestion(scene.viewer("ada"), only_one(scene)) is None
    assert scene.suggestions()[0].state.value == "used"
    assert scene.events().count("SuggestionSettled") == 1


def test_put_aside_it_is_not_sent_any_more(scene: Scene, chat: str) -> None:
    suggestions.dismiss_suggestion(scene.viewer("ada"), only_one(scene))
    assert suggestions.send_suggestion(scene.viewer("ada"), only_one(scene)) is None
    assert (scene.suggestions()[0].state.value, scene.said(chat)[-1][1]) == ("dismissed", "Let me look.")


def test_used_in_the_editor_it_counts_as_used(scene: Scene, chat: str) -> None:
    suggestions.dismiss_suggestion(scene.viewer("ada"), only_one(scene), was_used=True)
    assert scene.suggestions()[0].state.value == "used"


def test_only_the_assignee_decides(scene: Scene, chat: str) -> None:
    with pytest.raises(OwnershipChanged):
        suggestions.send_suggestion(scene.viewer("di"), only_one(scene))
    with pytest.raises(NotFound):
        suggestions.dismiss_suggestion(scene.viewer("fay"), only_one(scene))
    for unknown in ("no-id", "01890a5d-ac96-774b-bcce-b302099a8057"):
        with pytest.raises(NotFound):
            suggestions.send_suggestion(scene.viewer("ada"), unknown)


def test_what_cannot_be_sent_stays_open(scene: Scene, chat: str) -> None:
    scene.change(Person, scene.person("pia"), is_banned=True)
    with pytest.raises(Obstacle):
        suggestions.send_suggestion(scene.viewer("ada"), only_one(scene))
    assert scene.suggestions()[0].state.value == "open"
