"""The largest numbers that API v1 admits are no mistakes on either database."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.config import Config, load_config
from tests.blueprints.api.conftest import SECRET, Cast
from tests.blueprints.api.steps import assert_problem, claim_chat, read, say, start_chat

LARGEST = 2**31 - 1


@pytest.fixture
def config(database_uri: str, tmp_path: Path) -> Config:
    return load_config(database_url=database_uri, data_dir=tmp_path, secret_key=SECRET, synchronous="NORMAL")


@pytest.mark.parametrize("cursor", ["0" * 28, "f" * 28, "00" * 13 + "ff", "ff" * 7 + "00" * 7])
def test_any_well_formed_cursor_is_a_place_in_the_list(cast: Cast, cursor: str) -> None:
    start_chat(cast)

    for name in ("ada", "Support"):
        assert cast[name].get("/conversations", cursor=cursor).status_code == 200


def test_nothing_comes_after_the_largest_number(cast: Cast) -> None:
    public_id = start_chat(cast)

    for name in ("ada", "Support"):
        assert read(cast[name], public_id, after=LARGEST) == []


def test_the_largest_epoch_is_a_stale_one(cast: Cast) -> None:
    public_id = claim_chat(cast)

    for name in ("bo", "Support"):
        assert_problem(say(cast[name], public_id, "Hi", "c-1", epoch=LARGEST), 409, "ownership-changed")
