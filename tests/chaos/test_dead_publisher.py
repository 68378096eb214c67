"""A process dies between its commit and telling the others: their pages hear of it all the same (DESIGN 5)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from simple_websocket import Client

from tests.chaos.conftest import Installation
from tests.chaos.dying import ARMED

Install = Callable[..., Installation]


def wait_for_frame(socket: Client, text: str, seconds: float = 10) -> str:
    deadline = time.monotonic() + seconds
    heard: list[str] = []
    while (left := deadline - time.monotonic()) > 0:
        frame = socket.receive(timeout=left)
        heard.append(str(frame)[:200])
        if frame and text in frame:
            return str(frame)
    raise AssertionError(f"no frame with {text!r}; heard {heard}")


def test_the_other_process_pushes_what_a_dead_one_committed(
    install: Install, postgres_uri: str, redis_url: str, tmp_path: Path
) -> None:
    installation = install(postgres_uri, BATON_REDIS_URL=redis_url)
    trigger = tmp_path / "die"
    dying = installation.start("tests.chaos.dying:create_app", **{ARMED: str(trigger)})
    other = installation.start()
    program = installation.client(dying, installation.channel_secret)
    body = {"person": {"external_id": "nora"}, "text": "I want to talk to a human", "client_id": "1"}
    chat = program.post("/conversations", json=body).json()["id"]
    headers = {"Authorization": f"Bearer {installation.tokens[0]}"}
    socket = Client(f"{other.url.replace('http', 'ws')}/live", headers=headers)
    try:
        trigger.touch()
        last = {"text": "Committed and never announced", "client_id": "2"}
        with pytest.raises(httpx.TransportError):
            program.post(f"/conversations/{chat}/messages", json=last)

        frame = wait_for_frame(socket, "Committed and never announced")

        assert f"c={chat}" in frame
        repeated = installation.client(other, installation.channel_secret).post(
            f"/conversations/{chat}/messages", json=last
        )
        assert repeated.status_code == 200
    finally:
        socket.close()
