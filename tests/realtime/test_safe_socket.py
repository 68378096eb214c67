"""SafeSock alone, on real TCP sockets of gevent."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import gevent
import pytest
from gevent import socket

from dashboard.realtime import safe_socket
from dashboard.realtime.safe_socket import INPUT_BURST, QUEUE_LIMIT, SafeSock, encode_close, encode_frame


@pytest.fixture
def pair() -> Iterator[tuple[SafeSock, socket.socket]]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(listener.getsockname())
    server, _ = listener.accept()
    safe = SafeSock(server)
    yield safe, client
    safe.close()
    client.close()
    listener.close()


def read(client: socket.socket, size: int) -> bytes:
    data = b""
    with gevent.Timeout(10):
        while len(data) < size:
            part = client.recv(min(65536, size - len(data)))
            if not part:
                return data
            data += part
    return data


def test_a_send_never_waits_and_what_the_kernel_refuses_follows_in_order(pair: tuple[SafeSock, socket.socket]) -> None:
    safe, client = pair
    frames: list[bytes] = []
    with gevent.Timeout(5):
        while safe._queued < QUEUE_LIMIT // 2:
            frames.append(bytes([len(frames) % 256]) * 50_000)
            assert safe.send(frames[-1]) == 50_000
    assert read(client, len(frames) * 50_000) == b"".join(frames)


def test_senders_in_many_greenlets_never_mix_their_frames(pair: tuple[SafeSock, socket.socket]) -> None:
    safe, client = pair
    chance = random.Random(4)
    sizes = [[chance.choice((3, 200, 9_000)) for _ in range(60)] for _ in range(5)]

    def send(sender: int) -> None:
        for size in sizes[sender]:
            while safe._queued > QUEUE_LIMIT // 2:
                gevent.sleep(0.001)
            safe.send(encode_frame(str(sender) * size))
            gevent.sleep(0)

    senders = [gevent.spawn(send, one) for one in range(5)]
    expected = sum(len(encode_frame("x" * size)) for of_sender in sizes for size in of_sender)
    stream = read(client, expected)
    gevent.joinall(senders, raise_error=True)
    seen: list[list[int]] = [[] for _ in range(5)]
    while stream:
        assert stream[0] == 0x81
        start = 2 if stream[1] < 126 else 4
        size = stream[1] if stream[1] < 126 else int.from_bytes(stream[2:4], "big")
        payload, stream = stream[start : start + size], stream[start + size :]
        assert len(set(payload)) == 1, "two senders' bytes are in one frame"
        seen[int(payload[:1])].append(size)
    assert seen == sizes


def test_a_reader_whose_queue_is_full_is_cut(pair: tuple[SafeSock, socket.socket]) -> None:
    safe, client = pair
    frame = b"x" * 32_768
    sent = 0
    while safe.send_frame(frame):
        sent += len(frame)
        assert sent < QUEUE_LIMIT + 1_000_000, "nothing bounds the queue"
    assert safe.cut_for == "slow reader"
    assert safe._queued == 0
    assert not safe.send_frame(b"more")
    assert len(read(client, sent + 1)) <= sent


def test_a_reader_that_takes_nothing_for_long_is_cut(
    pair: tuple[SafeSock, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_socket, "STALL_LIMIT", 0.05)
    safe, _ = pair
    while not safe._queued:
        safe.send(b"x" * 32_768)
    with gevent.Timeout(5):
        while safe.cut_for is None:
            gevent.sleep(0.01)
    assert safe.cut_for == "slow reader"


def test_a_peer_that_is_gone_is_found_by_the_send(pair: tuple[SafeSock, socket.socket]) -> None:
    safe, client = pair
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    with gevent.Timeout(5):
        while safe.send_frame(b"hello"):
            gevent.sleep(0.001)
    assert safe.cut_for == "gone"


def test_a_flood_is_cut_after_its_burst(pair: tuple[SafeSock, socket.socket]) -> None:
    safe, client = pair
    flooder = gevent.spawn(client.sendall, b"x" * (INPUT_BURST * 4))
    received = 0
    with gevent.Timeout(5):
        while data := safe.recv(1024):
            received += len(data)
    assert received <= INPUT_BURST + 1024
    assert safe.cut_for == "flood"
    flooder.kill()


def test_a_trickle_is_not_a_flood(pair: tuple[SafeSock, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    safe, client = pair
    now = [safe._seen]
    monkeypatch.setattr(safe_socket.time, "monotonic", lambda: now[0])
    for _ in range(40):
        now[0] += 1.0
        client.sendall(b"x" * 2_000)
        received = 0
        while received < 2_000:
            received += len(safe.recv(4096))
    assert safe.cut_for is None


def test_a_close_says_why_and_ends_a_second_later_when_nobody_answers(pair: tuple[SafeSock, socket.socket]) -> None:
    safe, client = pair
    safe.close_with(1012, "restarting")
    assert safe.send(b"a late pong") == 11
    assert read(client, 1_000) == encode_close(1012, "restarting")
    assert safe.cut_for == "closed"


def test_waiting_for_input_ends_when_the_socket_is_cut(pair: tuple[SafeSock, socket.socket]) -> None:
    safe, _ = pair
    reader = gevent.spawn(safe.recv, 1024)
    gevent.sleep(0)
    safe.cut("closed")
    assert reader.get(timeout=5) == b""


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_frames_have_the_header_of_their_size(size: int) -> None:
    frame = encode_frame("x" * size)
    assert frame[0] == 0x81
    lengths = {126: (2, 4), 127: (2, 10)}
    start, end = lengths.get(frame[1], (1, 2))
    assert int.from_bytes(frame[start:end], "big") == size
    assert frame[end:] == b"x" * size


def test_a_peer_is_silent_until_it_says_something(
    pair: tuple[SafeSock, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    safe, client = pair
    now = time.monotonic()
    monkeypatch.setattr(safe_socket.time, "monotonic", lambda: now + 30)
    assert safe.silence >= 29
    client.sendall(b"\x8a\x80\0\0\0\0")
    assert len(safe.recv(1024)) == 6
    assert safe.silence == 0
