"""Offers under fire: of everything that may end one at the same moment, one thing does (T5, L8)."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.models import TransferOffer, db
from dashboard.models.enums import OfferState
from dashboard.services import closing, messaging, offers, transfers
from tests.factories import Scene
from tests.services.test_offers import offer_of, run_timers
from tests.together import race


@pytest.fixture(autouse=True)
def _offers_are_wanted(scene: Scene) -> None:
    scene.configure(offers_transfers=True)


def prepare(scene: Scene, name: str, chat: str, offer: str) -> Callable[[], object]:
    """The verb with everything that it needs."""
    bo, cy, ada = scene.viewer("bo"), scene.viewer("cy"), scene.viewer("ada")
    key, epoch = scene.key(), scene.conversation(chat).epoch
    acts: dict[str, Callable[[], object]] = {
        "accept": lambda: offers.accept(cy, offer),
        "decline": lambda: offers.decline(cy, offer),
        "withdraw": lambda: offers.withdraw(bo, offer),
        "take over": lambda: transfers.take_over(ada, chat, "Mine.", key, epoch),
        "close": lambda: closing.set_status(bo, chat, "closed", epoch),
        "reply": lambda: messaging.send_reply(bo, chat, "One moment.", key),
        "expire": run_timers,
    }
    return acts[name]


STATES = {
    "accept": OfferState.ACCEPTED,
    "decline": OfferState.DECLINED,
    "withdraw": OfferState.VOIDED,
    "take over": OfferState.VOIDED,
    "close": OfferState.VOIDED,
}


@pytest.mark.parametrize("pair", list(itertools.combinations(STATES, 2)), ids=" or ".join)
def test_of_two_answers_at_once_one_settles_it(app: Flask, scene: Scene, pair: tuple[str, str]) -> None:
    for person in ("pia", "quinn", "ron"):
        chat = scene.claimed_by("bo", person)
        scene.give("bo", chat, "cy")
        offer = str(offer_of(scene).public_id)
        outcomes = race(app, {name: prepare(scene, name, chat, offer) for name in pair})
        state, winners = offer_of(scene).state, [name for name in pair if outcomes[name] == "done"]
        assert any(STATES[name] is state for name in winners), (outcomes, state)
        owner = scene.owner(chat)
        if state is OfferState.ACCEPTED:
            # Whoever manages all may take over from cy, but not under the epoch of the offer.
            assert (winners, owner) == (["accept"], "cy")
        else:
            assert "accept" not in winners
            assert owner in ("bo", "ada", "ai_agent")
        assert_settled_once(scene, offer_of(scene).id)
        if owner in scene.users:
            scene.set_status(owner, chat, "closed")


def test_an_acceptance_and_a_reply_of_the_sender_at_once(app: Flask, scene: Scene) -> None:
    """A reply does not change the owner: it is sent before the transfer, or refused after it."""
    for person in ("pia", "quinn", "ron", "sam"):
        chat = scene.claimed_by("bo", person)
        scene.give("bo", chat, "cy")
        offer = str(offer_of(scene).public_id)
        outcomes = race(app, {name: prepare(scene, name, chat, offer) for name in ("accept", "reply")})
        assert outcomes["accept"] == "done"
        assert outcomes["reply"] in ("done", "ownership-changed")
        assert scene.owner(chat) == "cy"
        sent = [line.seq for line in scene.timeline(chat) if line.body == "One moment."]
        moved = [line.seq for line in scene.timeline(chat) if line.data.get("code") == "transferred"]
        assert len(sent) == (outcomes["reply"] == "done")
        assert all(seq < moved[0] for seq in sent)


def test_an_acceptance_at_the_last_moment_and_the_end_of_the_minute(app: Flask, scene: Scene) -> None:
    for person in ("pia", "quinn", "ron"):
        chat = scene.claimed_by("bo", person)
        scene.give("bo", chat, "cy")
        offer = str(offer_of(scene).public_id)
        scene.clock.now = offer_of(scene).expires_at
        outcomes = race(app, {name: prepare(scene, name, chat, offer) for name in ("accept", "expire")})
        assert outcomes == {"accept": "refused", "expire": "done"}
        assert (scene.owner(chat), offer_of(scene).state) == ("bo", OfferState.EXPIRED)


def assert_settled_once(scene: Scene, offer_id: int) -> None:
    row = next(each for each in scene.rows(TransferOffer) if each.id == offer_id)
    assert row.decided_at is not None
    standing = select(TransferOffer.id).where(TransferOffer.state == OfferState.OPEN)
    assert db.session.execute(standing).all() == []
    db.session.close()
