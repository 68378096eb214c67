"""Who is writing now: told to the open pages of every process and stored nowhere, so it may get lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from dashboard.realtime.process import Process

KIND: Final = "typing"


def attach(process: Process) -> None:
    """Let this process hand on what any process tells."""

    def publish(message: Mapping[str, Any]) -> None:
        process.hub.publish([str(message["to"])], str(message["frame"]))

    process.on_message(KIND, publish)


def tell_user(process: Process, user_id: int, conversation: str) -> None:
    """The person of this conversation is writing to the user who has it."""
    process.send(KIND, to=f"user:{user_id}", frame=f"<!--typing={conversation}-->")


def tell_person(process: Process, person_id: int, conversation: str, name: str) -> None:
    """The live agent is writing a reply; `name` is the one that the person knows."""
    frame = {"type": "typing", "c": conversation, "kind": "live_agent", "name": name}
    process.send(KIND, to=f"person:{person_id}", frame=json.dumps(frame))
