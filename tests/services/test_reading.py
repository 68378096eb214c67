"""Read marks and drafts, kept per user and conversation (N4, N5)."""

from __future__ import annotations

import pytest

from dashboard.models import Draft, ReadMark
from dashboard.models.errors import Invalid, NotFound
from dashboard.services import reading
from tests.factories import Scene


def test_a_mark_only_moves_forward_and_never_beyond_the_end(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    last = scene.conversation(chat).last_seq
    for seq, marked in ((2, 2), (1, 2), (-5, 2), (10**12, last)):
        reading.mark_read(scene.viewer("bo"), chat, seq)
        [mark] = scene.rows(ReadMark)
        assert mark.seq == marked


def test_marks_are_each_users_own(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    for name, seq in (("bo", 2), ("di", 1)):
        reading.mark_read(scene.viewer(name), chat, seq)
    assert {row.user_id: row.seq for row in scene.rows(ReadMark)} == {scene.users["bo"]: 2, scene.users["di"]: 1}


def test_a_draft_is_replaced_and_an_empty_one_forgotten(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    reading.save_draft(scene.viewer("bo"), chat, "Dear Pia")
    reading.save_draft(scene.viewer("bo"), chat, "Dear Pia, the tent", is_note=True)
    assert [(row.body, row.is_note) for row in scene.rows(Draft)] == [("Dear Pia, the tent", True)]
    reading.save_draft(scene.viewer("bo"), chat, " ")
    assert scene.rows(Draft) == []


def test_strangers_mark_and_draft_nothing(scene: Scene) -> None:
    chat = scene.claimed_by("bo")
    with pytest.raises(NotFound):
        reading.mark_read(scene.viewer("fay"), chat, 1)
    with pytest.raises(NotFound):
        reading.save_draft(scene.viewer("eli"), chat, "Hello")
    with pytest.raises(Invalid):
        reading.save_draft(scene.viewer("bo"), chat, "x" * 8_001)
