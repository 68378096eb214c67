"""A conversation's language: detected per message, corrected for good by who manages it (I4)."""

from __future__ import annotations

import pytest

from dashboard.models.errors import Invalid, NotFound, NotPermitted, OwnershipChanged
from dashboard.services.languages import correct_language
from tests.factories import Scene

SPANISH = "Hola, mi tienda de campaña está rota y necesito ayuda"


def test_it_follows_the_person_until_it_is_corrected(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    assert scene.conversation(chat).language == "en"
    scene.write("pia", SPANISH)
    assert scene.conversation(chat).language == "es"
    correct_language(scene.viewer("bo"), chat, "en")
    scene.write("pia", SPANISH)
    assert (scene.conversation(chat).language, scene.codes(chat).count("language")) == ("en", 1)


def test_what_is_too_short_to_tell_leaves_it_as_it_is(scene: Scene) -> None:
    chat = scene.write("pia", SPANISH).conversation_public_id
    scene.write("pia", "ok")
    assert scene.conversation(chat).language == "es"


def test_the_same_again_writes_nothing(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    correct_language(scene.viewer("bo"), chat, "en")
    before = scene.counts()
    correct_language(scene.viewer("bo"), chat, "en")
    assert scene.counts() == before


def test_a_language_that_the_ai_agent_does_not_speak_is_refused(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for language in ("de", "", None, 5, ["en"], "en\x00"):
        with pytest.raises(Invalid):
            correct_language(scene.viewer("bo"), chat, language)


def test_it_needs_manage(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for name, refusal in (("di", NotPermitted), ("fay", NotFound), ("eli", OwnershipChanged)):
        with pytest.raises(refusal):
            correct_language(scene.viewer(name), chat, "es")
    correct_language(scene.viewer("cy"), chat, "es")  # manages the conversations of their team
