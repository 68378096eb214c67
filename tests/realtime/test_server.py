"""The server process with real sockets: what one peer does harms nobody else, and SIGTERM loses nothing."""

from __future__ import annotations

import os
import re
import selectors
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.raw_socket import CLOSE, PING, PONG, TEXT, RawWebSocket, masked
from tests.server_harness import ServerProcess

FACTORY = "tests.realtime.tiny_app:create_app"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for all tests that leave it alive; what they opened they close."""
    with ServerProcess(FACTORY, {"BATON_DATA_DIR": str(tmp_path_factory.mktemp("data"))}) as running:
        yield running


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(FACTORY, {"BATON_DATA_DIR": str(tmp_path)}) as running:
        yield running


@pytest.fixture
def http(server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client


def connections(http: httpx.Client) -> int:
    return int(http.get("/state").json()["connections"])


def until(is_so: object, seconds: float = 10) -> None:
    """Ask again until it is so; every question is a request to the server."""
    deadline = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never came to be"


def test_a_published_text_reaches_the_audience_and_nobody_else(server: ServerProcess, http: httpx.Client) -> None:
    with (
        RawWebSocket(server.port, "/live/1") as one,
        RawWebSocket(server.port, "/live/1") as other_tab,
        RawWebSocket(server.port, "/live/2") as two,
    ):
        until(lambda: connections(http) == 3)
        assert http.post("/publish/1", content="for one").json() == {"taken": 2}
        assert http.post("/publish/2", content="for two").json() == {"taken": 1}
        assert [page.receive().text for page in (one, other_tab, two)] == ["for one", "for one", "for two"]  # type: ignore[union-attr]


def test_a_reader_that_stops_reading_is_cut_and_harms_nobody_else(server: ServerProcess, http: httpx.Client) -> None:
    with (
        RawWebSocket(server.port, "/live/1", receive_buffer=4096) as stopped,
        RawWebSocket(server.port, "/live/1") as reader,
    ):
        until(lambda: connections(http) == 2)
        count, received, slowest = 300, 0, 0.0
        pouring = threading.Thread(target=http.post, args=(f"/pour/1?count={count}&size=8000&senders=1",))
        pouring.start()
        with httpx.Client(base_url=server.url) as bystander:
            while received < count:
                frame = reader.receive()
                assert frame is not None
                assert frame.text.startswith(f"0:{received}:")
                received += 1
                if received % 20 == 0:
                    started = time.monotonic()
                    bystander.get("/state")
                    slowest = max(slowest, time.monotonic() - started)
        pouring.join()
        until(lambda: connections(http) == 1)
        assert slowest < 1
        assert http.post("/publish/1", content="still here").json() == {"taken": 1}
        while (frame := stopped.receive()) is not None:
            assert frame.opcode == TEXT
        assert http.get("/state").json()["rss"] < 160_000_000


def test_many_senders_and_the_answers_to_pings_never_corrupt_a_stream(
    server: ServerProcess, http: httpx.Client
) -> None:
    senders, count = 4, 60
    with RawWebSocket(server.port, "/live/1", {"Sec-WebSocket-Extensions": "permessage-deflate"}) as page:
        assert "permessage-deflate" not in page.head
        until(lambda: connections(http) == 1)
        pouring = threading.Thread(target=http.post, args=(f"/pour/1?count={count}&size=900&senders={senders}",))
        pouring.start()
        for number in range(100):
            page.sock.sendall(masked(PING, b"%d" % number))
        numbers: dict[int, list[int]] = {one: [] for one in range(senders)}
        pongs: list[int] = []
        while len(pongs) < 100 or sum(map(len, numbers.values())) < senders * count:
            frame = page.receive()
            assert frame is not None
            if frame.opcode == PONG:
                pongs.append(int(frame.payload))
                continue
            match = re.fullmatch(r"(\d+):(\d+):x{900}", frame.text)
            assert match, f"a corrupt frame: {frame.text[:80]}"
            numbers[int(match[1])].append(int(match[2]))
        pouring.join()
    assert pongs == list(range(100))
    assert all(seen == list(range(count)) for seen in numbers.values())


@pytest.mark.parametrize("flood", [masked(TEXT, b"x" * 100), masked(PING, b""), masked(TEXT, b"", is_final=False)])
def test_a_flood_is_cut_and_the_server_keeps_its_memory(
    server: ServerProcess, http: httpx.Client, flood: bytes
) -> None:
    with RawWebSocket(server.port, "/live/1") as page, RawWebSocket(server.port, "/live/2") as bystander:
        until(lambda: connections(http) == 2)
        before = http.get("/state").json()["rss"]
        with pytest.raises(OSError, match=r"reset|Broken pipe"):  # noqa: PT012
            while True:
                page.sock.sendall(flood * 2_000)
        until(lambda: connections(http) == 1)
        assert http.get("/state").json()["rss"] - before < 10_000_000
        http.post("/publish/2", content="unharmed")
        frame = bystander.receive()
        assert frame is not None
        assert frame.text == "unharmed"


def test_an_oversized_message_is_cut_with_1009(server: ServerProcess, http: httpx.Client) -> None:
    with RawWebSocket(server.port, "/live/1") as page:
        page.sock.sendall(masked(TEXT, b"x" * 5_000))
        frame = page.receive()
        assert frame is not None
        assert (frame.opcode, frame.code) == (CLOSE, 1009)
        assert page.receive() is None
        until(lambda: connections(http) == 0)


def test_a_broken_frame_ends_only_its_own_connection(server: ServerProcess, http: httpx.Client) -> None:
    for junk in (b"\xff\xff\xff\xff" * 4, b"\x81\x05hello", masked(TEXT, b"\xff\xfe")):
        with RawWebSocket(server.port, "/live/1") as page:
            page.sock.sendall(junk)
            while (frame := page.receive()) is not None:
                assert frame.opcode == CLOSE
    until(lambda: connections(http) == 0)


def test_what_a_page_says_is_ignored_and_kept_nowhere(server: ServerProcess, http: httpx.Client) -> None:
    with RawWebSocket(server.port, "/live/1") as page:
        page.send("hello")
        page.sock.sendall(masked(PING, b"there?"))
        frame = page.receive()
        assert frame is not None
        assert (frame.opcode, frame.payload) == (PONG, b"there?")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-WebSocket-Key": ""},
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": "\xe4\xf6\xfc"},
        {"Sec-WebSocket-Version": "8"},
        {"Connection": "keep-alive"},
        {"Host": ""},
    ],
)
def test_a_bad_handshake_is_refused_with_400(server: ServerProcess, headers: dict[str, str]) -> None:
    with RawWebSocket(server.port, "/live/1", headers) as page:
        assert page.status == 400


def test_an_error_after_the_handshake_writes_no_error_page_into_the_stream(server: ServerProcess) -> None:
    with RawWebSocket(server.port, "/broken") as page:
        frame = page.receive()
        assert frame is not None
        assert frame.text == "before"
        assert page.receive() is None
        assert page._buffer == b""


@pytest.mark.parametrize("answers", [True, False])
def test_a_closed_page_leaves_at_once_or_a_second_later(
    server: ServerProcess, http: httpx.Client, answers: bool
) -> None:
    with RawWebSocket(server.port, "/live/1") as page:
        until(lambda: connections(http) == 1)
        assert http.post("/close/1/4401").json() == {"closed": 1}
        frame = page.receive()
        started = time.monotonic()
        assert frame is not None
        assert (frame.opcode, frame.code) == (CLOSE, 4401)
        if answers:
            page.sock.sendall(masked(CLOSE, frame.payload[:2]))
        assert page.receive() is None
        assert (time.monotonic() - started < 0.8) is answers
        until(lambda: connections(http) == 0)


def test_sigterm_sends_every_page_away_finishes_requests_and_ends_within_three_seconds(
    own_server: ServerProcess,
) -> None:
    answers: list[str] = []
    slow = {"seconds": "1.5"}
    busy = threading.Thread(target=lambda: answers.append(httpx.get(f"{own_server.url}/slow", params=slow).text))
    with ExitStack() as open_ones:
        pages = [open_ones.enter_context(RawWebSocket(own_server.port, "/live/1")) for _ in range(50)]
        open_ones.enter_context(httpx.Client(base_url=own_server.url)).get("/state")
        busy.start()
        until(lambda: _accepted(own_server.port) >= 52)
        started = time.monotonic()
        own_server.process.send_signal(signal.SIGTERM)
        until(lambda: _status_of_handshake(own_server.port) == 503, 1)
        moments = [_say_goodbye(page) - started for page in _as_they_speak(pages)]
        assert own_server.process.wait(5) == 0
        assert time.monotonic() - started < 3
    assert max(moments) - min(moments) > 0.2, "they all left in the same moment"
    busy.join()
    assert answers == ["done"]
    assert own_server.errors == []


def _as_they_speak(pages: list[RawWebSocket]) -> Iterator[RawWebSocket]:
    with selectors.DefaultSelector() as selector:
        for page in pages:
            selector.register(page.sock, selectors.EVENT_READ, page)
        while selector.get_map():
            for key, _ in selector.select(5):
                selector.unregister(key.fileobj)
                yield key.data


def _say_goodbye(page: RawWebSocket) -> float:
    frame = page.receive()
    assert frame is not None
    assert (frame.opcode, frame.code) == (CLOSE, 1012)
    page.sock.sendall(masked(CLOSE, frame.payload[:2]))
    return time.monotonic()


def test_ctrl_c_is_as_gentle(own_server: ServerProcess) -> None:
    with RawWebSocket(own_server.port, "/live/1") as page:
        own_server.process.send_signal(signal.SIGINT)
        frame = page.receive()
        assert frame is not None
        assert frame.code == 1012
        assert own_server.process.wait(5) == 0


def test_too_large_a_body_gets_its_413_and_the_connection_lives_on(http: httpx.Client) -> None:
    assert http.post("/publish/1", content="x" * 1_000_000).status_code == 413
    assert http.post("/publish/1", content="x").status_code == 200


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 9_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_a_request_that_is_none_gets_a_clean_refusal(server: ServerProcess, request_bytes: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(request_bytes)
        answer = b""
        while data := raw.recv(4096):
            answer += data
        assert answer.startswith(b"HTTP/1.1 %d " % status)


def test_several_workers_on_sqlite_are_refused(tmp_path: Path) -> None:
    env = {"BATON_DATABASE_URL": f"sqlite:///{tmp_path}/baton.db"}
    with pytest.raises(AssertionError, match="needs PostgreSQL"):
        ServerProcess(FACTORY, env, workers=2)


def test_several_workers_share_a_port_on_postgresql_and_leave_as_gently(postgres_uri: str) -> None:
    with ServerProcess(FACTORY, {"BATON_DATABASE_URL": postgres_uri}, workers=2) as server, ExitStack() as open_ones:
        until(lambda: len(_workers(server)) == 2)
        killed, *others = _workers(server)
        os.kill(killed, signal.SIGKILL)
        until(lambda: len({*_workers(server)} - {killed}) == 2)
        assert {*others} <= {*_workers(server)}
        pages = [open_ones.enter_context(RawWebSocket(server.port, "/live/1")) for _ in range(10)]
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        for page in _as_they_speak(pages):
            _say_goodbye(page)
        assert server.process.wait(6) == 0
        assert time.monotonic() - started < 4


def test_a_second_server_on_the_same_sqlite_file_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    env = {"BATON_DATABASE_URL": f"sqlite:///{tmp_path}/baton.db"}
    with ServerProcess(FACTORY, env) as first:
        with pytest.raises(AssertionError, match="Another Baton serves"):
            ServerProcess(FACTORY, env)
        first.kill()
        with ServerProcess(FACTORY, env) as second:
            assert httpx.get(second.url + "/state").status_code == 200


def _workers(server: ServerProcess) -> list[int]:
    pid = server.process.pid
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _status_of_handshake(port: int) -> int:
    with RawWebSocket(port, "/live/1") as page:
        return page.status


def _accepted(port: int) -> int:
    """Established connections at the server's side, as the kernel counts them."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "01" for line in lines)
