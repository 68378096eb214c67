"""The clients: one kept connection for HTTP, and pages that listen on websockets, all in one loop."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

BEAT = b"<!--beat-->"
PATIENCE = 10.0


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Http:
    """HTTP/1.1 over one connection; as thin as an honest client can be."""

    def __init__(self, port: int, **headers: str) -> None:
        self.port = port
        self.headers = {"Host": f"127.0.0.1:{port}", **headers}
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Reply:
        return await self._send("GET", path, b"", {})

    async def post_json(self, path: str, fields: Mapping[str, Any], method: str = "POST") -> Reply:
        return await self._send(method, path, json.dumps(fields).encode(), {"Content-Type": "application/json"})

    async def post_form(self, path: str, fields: Mapping[str, str]) -> Reply:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self._send("POST", path, urlencode(fields).encode(), kind)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = self._reader = None

    async def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (self.headers | headers).items())]
        if method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return await asyncio.wait_for(self._read(), PATIENCE)

    async def _read(self) -> Reply:
        assert self._reader is not None
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = [line.partition(": ")[::2] for line in head[1:] if line]
        headers = {name.lower(): value for name, value in pairs}
        cookies = "; ".join(value.split(";")[0] for name, value in pairs if name.lower() == "set-cookie")
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Reply(int(head[0].split()[1]), headers | {"set-cookie": cookies}, body)


class Audience:
    """Pages that count what they are shown, and know when the last of them has it."""

    def __init__(self) -> None:
        self.transports: list[WSTransport] = []
        self.frames = 0
        self.largest = 0
        self.last_at = 0.0
        self._wanted = 0
        self._reached = asyncio.Event()

    async def connect(self, addresses: Sequence[tuple[str, dict[str, str]]], at_once: int = 10) -> None:
        """Open one page for each (address, headers)."""
        for start in range(0, len(addresses), at_once):
            some = addresses[start : start + at_once]
            opened = await asyncio.gather(
                *(ws_connect(lambda: _Page(self), url, extra_headers=headers) for url, headers in some)
            )
            self.transports += [transport for transport, _ in opened]

    def expect(self, frames: int) -> None:
        """Count from here; `arrived` waits for so many frames."""
        self.frames, self._wanted = 0, frames
        self._reached.clear()

    async def arrived(self) -> float:
        """The moment (of `time.perf_counter`) when the last page had its frame."""
        if self.frames < self._wanted:
            await asyncio.wait_for(self._reached.wait(), PATIENCE)
        return self.last_at

    async def settle(self, quiet: float = 0.3) -> int:
        """Wait until no frame has come for a while; answers how many came since `expect`."""
        while True:
            seen = self.frames
            await asyncio.sleep(quiet)
            if self.frames == seen:
                return seen

    def shown(self, frame: WSFrame) -> None:
        size = frame.payload_size
        if frame.msg_type != WSMsgType.TEXT or (size == len(BEAT) and frame.get_payload_as_bytes() == BEAT):
            return
        self.frames += 1
        self.largest = max(self.largest, size)
        self.last_at = time.perf_counter()
        if self.frames == self._wanted:
            self._reached.set()

    def close(self) -> None:
        for transport in self.transports:
            transport.disconnect()
        self.transports.clear()


class _Page(WSListener):
    def __init__(self, audience: Audience) -> None:
        self.audience = audience

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        self.audience.shown(frame)


class Poster(WSListener):
    """The connection through which the floor is given its messages."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[bytes] = asyncio.Queue()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.answers.put_nowait(frame.get_payload_as_bytes())

    @staticmethod
    def numbers(answer: bytes) -> list[float]:
        """An answer that is a list of numbers."""
        return [float(one) for one in json.loads(answer)]

    async def ask(self, transport: WSTransport, asked: dict[str, Any] | None) -> bytes:
        """Send one order and wait for its answer."""
        transport.send(WSMsgType.TEXT, json.dumps(asked).encode())
        return await asyncio.wait_for(self.answers.get(), PATIENCE)
