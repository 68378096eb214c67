"""A process on the bus, for the tests: prints what it hears, and answers `ask` with `answer`."""

if __name__ == "__main__":
    from gevent import monkey

    monkey.patch_all()

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.realtime.bus import make_bus
from tests.databases import make_engine

bus = make_bus(make_engine(sys.argv[1]), sys.argv[2] or None)


def hear_events(event_ids: Sequence[int]) -> None:
    sys.stdout.write(json.dumps(list(event_ids)) + "\n")


def hear_message(message: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    if message.get("kind") == "ask":
        bus.send({"kind": "answer", "number": message["number"]})


bus.subscribe(hear_events, hear_message)
bus.listen()
