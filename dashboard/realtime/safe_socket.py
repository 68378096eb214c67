"""A websocket's socket with one writer, a bounded queue and a bounded input, so that no peer can hurt another.

`handshake.SafeSockets` puts it where simple-websocket looks for the socket.
"""

from __future__ import annotations

import socket
import struct
import time
from collections import Counter, deque
from contextlib import suppress
from typing import Any, Final

import gevent

QUEUE_LIMIT: Final = 256 * 1024
"""Bytes that wait for one reader in this process; one more and it is cut."""
KERNEL_BUFFER: Final = 256 * 1024
STALL_LIMIT: Final = 20.0
"""Seconds in which a reader with a waiting queue must take something."""
DEAD_PEER_MS: Final = 30_000
INPUT_BURST: Final = 16 * 1024
INPUT_RATE: Final = 4 * 1024
"""Pages send nothing but closes, pings and pongs: bytes a second, after the burst."""
MESSAGE_LIMIT: Final = 4 * 1024
CLOSE_PATIENCE: Final = 1.0
"""Seconds that a peer has to answer a close frame."""

CUTS: Final[Counter[str]] = Counter()
"""Why connections of this process ended, counted."""

TEXT, CLOSE, PING = 0x1, 0x8, 0x9


def encode_frame(text: str, opcode: int = TEXT) -> bytes:
    """A whole server-to-client frame (RFC 6455, unmasked)."""
    return _header(opcode, payload := text.encode()) + payload


def encode_close(code: int, reason: str = "") -> bytes:
    payload = struct.pack("!H", code) + reason.encode()[:123]
    return _header(CLOSE, payload) + payload


def _header(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size))
    if size < 1 << 16:
        return struct.pack("!BBH", 0x80 | opcode, 126, size)
    return struct.pack("!BBQ", 0x80 | opcode, 127, size)


class SafeSock:
    """What simple-websocket uses of a socket (`send`, `recv`, `close`), made safe for many senders.

    `send` takes whole frames, never waits and never writes a part of one between the parts of another:
    it hands to the kernel what fits and queues the rest, which one greenlet writes as the reader takes it.
    """

    __slots__ = (
        "_budget",
        "_is_closing",
        "_is_flushing",
        "_queue",
        "_queued",
        "_raw",
        "_seen",
        "_sock",
        "cut_for",
        "is_used",
    )

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._raw = getattr(sock, "_sock", sock)  # below gevent: its send would wait for the reader
        self._queue: deque[memoryview] | None = None
        self._queued = 0
        self._is_flushing = False
        self._is_closing = False
        self._budget = float(INPUT_BURST)
        self._seen = time.monotonic()
        self.cut_for: str | None = None
        self.is_used = False
        _tune(sock)

    def fileno(self) -> int:
        return int(self._sock.fileno())

    @property
    def silence(self) -> float:
        """Seconds since the peer was heard of; one that lives answers every ping."""
        return time.monotonic() - self._seen

    def send(self, data: bytes) -> int:
        """Send whole frames, or raise OSError when the connection is gone."""
        if self.cut_for is not None:
            raise BrokenPipeError("the connection was cut: " + self.cut_for)
        if not self._is_closing:
            self._write(data)
        return len(data)

    def send_frame(self, data: bytes) -> bool:
        """Send frames that are encoded already; False when the connection is gone."""
        try:
            self.send(data)
        except OSError:
            return False
        return True

    def close_with(self, code: int, reason: str = "") -> None:
        """Say goodbye, and shut the socket when the peer does not answer in a second."""
        if self._is_closing or self.cut_for is not None:
            return
        with suppress(OSError):
            self._write(encode_close(code, reason))
        self._is_closing = True
        gevent.spawn_later(CLOSE_PATIENCE, self.cut, "closed")

    def recv(self, size: int) -> bytes:
        """Receive, within the input's budget: a peer that floods is cut."""
        data: bytes = self._sock.recv(size)
        now = time.monotonic()
        self._budget = min(INPUT_BURST, self._budget + (now - self._seen) * INPUT_RATE) - len(data)
        self._seen = now
        if self._budget < 0:
            self.cut("flood")
        if self.cut_for is not None:
            return b""
        return data

    def cut(self, reason: str) -> None:
        """End the connection now; what was queued is lost and whoever waits on the socket wakes up."""
        if self.cut_for is not None:
            return
        self.cut_for = reason
        CUTS[reason] += 1
        self._queue, self._queued = None, 0
        with suppress(OSError):
            self._raw.shutdown(socket.SHUT_RDWR)  # gevent's would throw into who waits

    def close(self) -> None:
        self.cut("closed")
        self._sock.close()

    def _write(self, data: bytes) -> None:
        self.is_used = True
        sent = 0
        if not self._queued:
            try:
                sent = self._raw.send(data, socket.MSG_DONTWAIT)
            except BlockingIOError:
                pass
            except OSError:
                self.cut("gone")
                raise
        if sent < len(data):
            self._enqueue(memoryview(data)[sent:])

    def _enqueue(self, rest: memoryview) -> None:
        if self._queued + len(rest) > QUEUE_LIMIT:
            self.cut("slow reader")
            raise BrokenPipeError("the reader is too slow")
        if self._queue is None:
            self._queue = deque()
        self._queue.append(rest)
        self._queued += len(rest)
        if not self._is_flushing:
            self._is_flushing = True
            gevent.spawn(self._flush)

    def _flush(self) -> None:
        try:
            while self._queue:
                with gevent.Timeout(STALL_LIMIT, False):
                    self._flush_once(self._queue)
                    continue
                self.cut("slow reader")
        except OSError:
            self.cut("gone")
        finally:
            self._is_flushing = False

    def _flush_once(self, queue: deque[memoryview]) -> None:
        sent = self._sock.send(queue[0])  # gevent's: waits for the reader; the others only append meanwhile
        if self.cut_for is not None:
            return
        self._queued -= sent
        if sent == len(queue[0]):
            queue.popleft()
        else:
            queue[0] = queue[0][sent:]


def _tune(sock: Any) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_PEER_MS)
