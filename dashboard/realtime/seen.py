"""What a user has seen on one page is seen on all of theirs, on every device: told to the open pages, not stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dashboard.realtime.process import Process

KIND: Final = "seen"


def attach(process: Process) -> None:
    """Let this process hand on what any process tells."""

    def publish(message: Mapping[str, Any]) -> None:
        process.hub.publish([f"user:{message['user']}"], f"<!--seen={message['c']} seq={message['seq']}-->")

    process.on_message(KIND, publish)


def tell(process: Process, user_id: int, conversation: str, seq: int) -> None:
    """The user has seen this conversation up to `seq`; what they miss, their read mark says at the next look."""
    process.send(KIND, user=user_id, c=conversation, seq=seq)
