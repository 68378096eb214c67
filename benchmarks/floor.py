"""The floor: the least that stores a message durably and shows it to pages. picows, sqlite3, and nothing else.

It works on a copy of the same database, with its indexes, constraints and triggers, writes the same rows with the
same pragmas, and sends a frame of the same size to as many sockets. It signs nobody in, decides nothing, and knows
beforehand who sees what.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import time
from datetime import UTC, datetime
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

NUMBERS = """UPDATE conversation SET last_seq = last_seq + 1, public_seq = public_seq + 1, last_activity_at = ?,
    last_text = ? WHERE id = ? AND handler = ? RETURNING last_seq, public_seq"""
MESSAGE = """INSERT INTO message (public_id, conversation_id, seq, public_seq, kind, author_key, author_kind,
    author_name, user_id, alias, body, data, client_id, epoch, created_at)
    VALUES (?, ?, ?, ?, 'text', ?, ?, 'Robin Vale', NULL, NULL, ?, '{}', ?, 1, ?)"""
EVENT = "INSERT INTO event (conversation_id, teamspace_id, kind, data, at) VALUES (?, ?, 'MessagePosted', ?, ?)"


class Floor:
    """One connection to the database, and every page that is open."""

    def __init__(self, database: str) -> None:
        self.db = sqlite3.connect(database, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self.db.execute(f"PRAGMA {pragma}").close()
        self.pages: list[WSTransport] = []
        self.samples: list[float] = []

    def post(self, asked: dict[str, Any]) -> None:
        """Store one message, and hand its frame to as many pages as are asked for."""
        began = time.perf_counter()
        seq = self._store(asked)
        head = f"<!--c={asked['public_id']} event={seq} seq={seq} prev={seq - 1}-->"
        frame = head.encode().ljust(asked["size"], b"x")
        for page in self.pages[: asked["pages"]]:
            page.send(WSMsgType.TEXT, frame)
        self.samples.append(time.perf_counter() - began)

    def _store(self, asked: dict[str, Any]) -> int:
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        key, text, execute = asked["conversation"], asked["text"], self.db.execute
        execute("BEGIN IMMEDIATE")
        seq, public_seq = execute(NUMBERS, (now, text[:160], key, asked["handler"])).fetchone()
        author = (asked["author_key"], asked["author_kind"])
        execute(MESSAGE, (asked["message_id"], key, seq, public_seq, *author, text, asked["client_id"], now))
        execute(EVENT, (key, asked["teamspace"], json.dumps({"seq": seq, "public_seq": public_seq}), now))
        execute("COMMIT")
        return int(seq)


class Page(WSListener):
    """A page that watches, or the one through which messages come (`/post`)."""

    def __init__(self, floor: Floor, is_poster: bool) -> None:
        self.floor = floor
        self.is_poster = is_poster

    def on_ws_connected(self, transport: WSTransport) -> None:
        if not self.is_poster:
            self.floor.pages.append(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if not self.is_poster or frame.msg_type != WSMsgType.TEXT:
            return
        asked = json.loads(frame.get_payload_as_bytes())
        if asked is None:
            samples, self.floor.samples = self.floor.samples, []
            transport.send(WSMsgType.TEXT, json.dumps(samples).encode())
        else:
            self.floor.post(asked)
            transport.send(WSMsgType.TEXT, b"stored")


async def serve(database: str, port: int) -> None:
    """Serve on the loopback interface until killed."""
    floor = Floor(database)

    def listener(request: WSUpgradeRequest) -> Page:
        return Page(floor, is_poster=request.path == b"/post")

    server = await ws_create_server(listener, "127.0.0.1", port)
    print(f"floor {os.getpid()}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("port", type=int)
    given = parser.parse_args()
    asyncio.run(serve(given.database, given.port))
