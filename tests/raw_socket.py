"""A websocket client on a bare socket, which can misbehave: it parses frames itself and trusts nothing."""

from __future__ import annotations

import base64
import os
import socket
import struct
from types import TracebackType
from typing import NamedTuple, Self

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class Frame(NamedTuple):
    opcode: int
    payload: bytes

    @property
    def text(self) -> str:
        return self.payload.decode()

    @property
    def code(self) -> int:
        return int(struct.unpack("!H", self.payload[:2])[0])


def masked(opcode: int, payload: bytes, *, is_final: bool = True) -> bytes:
    """A client's frame."""
    head = bytes([(0x80 if is_final else 0) | opcode])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    elif len(payload) < 1 << 16:
        head += struct.pack("!BH", 0x80 | 126, len(payload))
    else:
        head += struct.pack("!BQ", 0x80 | 127, len(payload))
    return head + b"\0\0\0\0" + payload  # a mask of zeros is a mask


class RawWebSocket:
    """Connected when made; `status` is what the server answered to the handshake."""

    def __init__(
        self,
        port: int,
        path: str,
        headers: dict[str, str] | None = None,
        *,
        receive_buffer: int | None = None,
        timeout: float = 10,
    ) -> None:
        self.sock = socket.socket()
        if receive_buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(timeout)
        self.sock.connect(("127.0.0.1", port))
        wanted = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **(headers or {}),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in wanted.items() if value)
        self.sock.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        self._buffer = b""
        self.head = self._read_head()
        self.status = int(self.head.split(" ", 2)[1])

    def send(self, text: str) -> None:
        self.sock.sendall(masked(TEXT, text.encode()))

    def receive(self) -> Frame | None:
        """The next whole frame; None at the end of the stream. A fragment, mask or unknown bit fails."""
        head = self._take(2)
        if head is None:
            return None
        assert head[0] & 0xF0 == 0x80, f"a broken frame header: {head!r}"
        assert not head[1] & 0x80, "a server does not mask"
        size = head[1]
        if size >= 126:
            extended = self._take(2 if size == 126 else 8)
            assert extended is not None, "the stream ends inside a header"
            size = int.from_bytes(extended, "big")
        payload = self._take(size) if size else b""
        return None if payload is None else Frame(head[0] & 0x0F, payload)

    def close(self) -> None:
        self.sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _take(self, size: int) -> bytes | None:
        parts = [self._buffer]
        have = len(self._buffer)
        while have < size:
            try:
                data = self.sock.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                return None
            parts.append(data)
            have += len(data)
        whole = b"".join(parts)
        self._buffer = whole[size:]
        return whole[:size]

    def _read_head(self) -> str:
        while b"\r\n\r\n" not in self._buffer:
            data = self.sock.recv(4096)
            assert data, "the server closed instead of answering"
            self._buffer += data
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        return head.decode()
