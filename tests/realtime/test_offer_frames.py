"""Of an offer its two users hear, and whom it is offered to hears nothing else of the conversation (T5, M2)."""

from __future__ import annotations

from dashboard.models import TransferOffer
from dashboard.realtime.offer_frames import OFFERS
from dashboard.services import offers, undo
from tests.browserless import Header
from tests.factories import Scene
from tests.realtime.test_frames import Watcher, watcher
from tests.services.conftest import app, scene

__all__ = ["app", "scene", "watcher"]


def test_both_users_of_an_offer_read_theirs_again_and_the_other_frames_go_to_who_sees_it(
    scene: Scene, watcher: Watcher
) -> None:
    scene.configure(offers_transfers=True)
    chat = scene.claimed_by("bo")
    watcher.for_users()
    scene.give("bo", chat, "eli", "a secret word")
    told = watcher.for_users()
    assert [names for names, text in told if text == OFFERS] == [{"bo", "eli"}]
    assert not any("eli" in names for names, text in told if text != OFFERS)

    offers.decline(scene.viewer("eli"), scene.rows(TransferOffer)[-1].public_id)
    assert {"bo", "eli"} in [names for names, text in watcher.for_users() if text == OFFERS]


def test_who_accepts_has_asked_for_it_and_hears_no_alarm(scene: Scene, watcher: Watcher) -> None:
    scene.configure(offers_transfers=True)
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "eli")
    watcher.for_users()
    offers.accept(scene.viewer("eli"), scene.rows(TransferOffer)[-1].public_id)
    [header] = [Header.of(text) for names, text in watcher.for_users() if text != OFFERS and "eli" in names]
    assert "moved" in header.what
    assert "assigned" not in header.what


def test_whoever_has_it_no_more_is_told_once_by_the_undo(scene: Scene, watcher: Watcher) -> None:
    """T7: eli is told that it is gone; bo, who took it back himself, is not rung for."""
    chat = scene.claimed_by("bo")
    scene.give("bo", chat, "eli")
    watcher.for_users()
    undo.undo_transfer(scene.viewer("bo"), chat)
    headers = [(names, Header.of(text)) for names, text in watcher.for_users()]
    assert [names for names, header in headers if "eli" in names] == [{"eli"}]
    assert not any("assigned" in header.what for _, header in headers)
