"""The command line: values alone on the last line of stdout, words on stderr, and the server beside it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from dashboard import cli
from dashboard.config import Config, setting_name
from dashboard.services import minds, unit_of_work
from migrations import head
from tests.server_harness import Lines


@dataclass
class Said:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def value(self) -> str:
        return self.out.splitlines()[-1]


@pytest.fixture(autouse=True)
def _own_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for field in Config.model_fields:
        monkeypatch.delenv(setting_name(field), raising=False)
    monkeypatch.setenv("BATON_DATA_DIR", str(tmp_path / "data"))
    yield
    unit_of_work.unsubscribe_all()
    minds.forget_trees()


@pytest.fixture
def baton(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def run(*arguments: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


Baton = Callable[..., Said]


def test_an_installation_is_set_up_by_hand(baton: Baton) -> None:
    assert baton("migrate").value == head()
    admin = baton("create-admin", "--email", "ada@example.com", "--name", "Ada")
    assert (admin.status, len(admin.value)) == (0, 14)
    user = baton("create-user", "--email", "bo@example.com", "--role", "Live agent", "--team", "Front line")
    assert user.status == 0
    assert baton("create-token", "--email", "bo@example.com").value.startswith("baton_user_")
    secret = baton("teamspace-secret", "Support")
    assert secret.value.startswith("baton_space_")
    assert baton("teamspace-secret", "Support").value == secret.value
    assert baton("teamspace-secret", "Support", "--rotate").value != secret.value
    assert baton("set-plan", "lite").value == "lite"
    refused = baton("teamspace-secret", "Support")
    assert (refused.status, refused.out) == (1, "")
    assert "Total plan" in refused.err


def test_a_value_is_the_only_thing_on_stdout(baton: Baton) -> None:
    first = baton("create-admin", "--email", "ada@example.com")
    assert first.out.count("\n") == 1
    assert "schema" in first.err


def test_a_password_can_be_given_on_stdin(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", iter_lines("correct horse battery\n"))
    assert baton("create-admin", "--email", "a@example.com", "--password-stdin").value == "correct horse battery"


def iter_lines(text: str) -> object:
    import io

    return io.StringIO(text)


@pytest.mark.parametrize(
    "arguments",
    [
        ["create-user", "--email", "bo@example.com", "--role", "Pirate"],
        ["create-token", "--email", "nobody@example.com"],
        ["teamspace-secret", "Nowhere"],
        ["create-admin", "--email", "not an address"],
    ],
)
def test_a_refusal_is_a_sentence_and_status_one(baton: Baton, arguments: list[str]) -> None:
    baton("create-admin", "--email", "ada@example.com")
    said = baton(*arguments)
    assert (said.status, said.out) == (1, "")
    assert said.err.strip().endswith((".", "address"))
    assert "Traceback" not in said.err


def test_wrong_settings_are_told_all_at_once_with_status_two(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_PORT", "eighty")
    monkeypatch.setenv("BATON_WORKERS", "none")
    said = baton("audit")
    assert said.status == 2
    assert "BATON_PORT" in said.err
    assert "BATON_WORKERS" in said.err


@pytest.mark.parametrize("command", ["audit", "create-token --email a@b.test", "set-plan pro"])
def test_without_a_schema_it_says_what_to_run(baton: Baton, command: str) -> None:
    said = baton(*command.split())
    assert said.status == 1
    assert "baton migrate" in said.err


def test_a_newer_schema_is_refused(baton: Baton, tmp_path: Path) -> None:
    import sqlite3

    baton("migrate")
    with sqlite3.connect(tmp_path / "data" / "baton.db") as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    conn.close()
    for command in ("migrate", "audit", "run"):
        said = baton(command)
        assert said.status == 1
        assert "9999" in said.err


def test_the_audit_answers_with_its_status(baton: Baton, tmp_path: Path) -> None:
    import sqlite3

    baton("create-admin", "--email", "ada@example.com")
    fine = baton("audit")
    assert (fine.status, fine.out) == (0, "")
    with sqlite3.connect(tmp_path / "data" / "baton.db") as conn:
        conn.execute("INSERT INTO agent_load (teamspace_id, user_id, open_chats, open_tickets) VALUES (1, 1, 3, 0)")
    conn.close()
    broken = baton("audit")
    assert broken.status == 1
    assert broken.out.startswith("Loads:")


def test_the_doctor_finds_what_is_missing_and_what_is_fine(baton: Baton, tmp_path: Path) -> None:
    empty = baton("doctor")
    assert empty.status == 1
    assert "schema none" in empty.out
    baton("create-admin", "--email", "ada@example.com")
    fine = baton("doctor")
    assert fine.status == 0
    assert all(line.startswith("ok ") for line in fine.out.splitlines())
    (tmp_path / "data" / "secret_key").chmod(0o644)
    assert "BAD Generated key" in baton("doctor").out


def test_the_doctor_names_a_redis_that_does_not_answer(baton: Baton, monkeypatch: pytest.MonkeyPatch) -> None:
    baton("create-admin", "--email", "ada@example.com")
    monkeypatch.setenv("BATON_REDIS_URL", "redis://127.0.0.1:1/0")
    said = baton("doctor")
    assert said.status == 1
    assert "BAD Redis" in said.out


def test_jobs_apart_need_postgresql(tmp_path: Path) -> None:
    with Lines(["-m", "dashboard.cli", "worker"], {"BATON_DATA_DIR": str(tmp_path)}) as process:
        assert process.process.wait(30) == 1
        process.close()
        assert "SQLite" in "".join(process.errors)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(tmp_path: Path, *arguments: str, **environment: str) -> Lines:
    settings = {"BATON_DATA_DIR": str(tmp_path / "data"), "BATON_DEMO_PASSWORD": "correct horse", **environment}
    return Lines(["-m", "dashboard.cli", *arguments], settings)


def read_until(process: Lines, wanted: str) -> list[str]:
    lines = [process.next_line(60)]
    while wanted not in lines[-1]:
        lines.append(process.next_line(60))
    return lines


def test_the_demo_prints_addresses_and_logins_and_serves(tmp_path: Path) -> None:
    port = free_port()
    with start(tmp_path, "demo", BATON_PORT=str(port)) as process:
        words = "\n".join(read_until(process, "Baton is ready"))
        assert f"http://127.0.0.1:{port}/inbox" in words
        assert "correct horse" in words
        assert "bo@acme.test" in words
        assert httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=10).status_code == 200
        arguments = Path(f"/proc/{process.process.pid}/cmdline").read_text()
        assert "correct horse" not in arguments

        beside = start(tmp_path, "demo", "--availability-check", "on", BATON_PORT=str(port))
        assert beside.process.wait(60) == 0
        beside.close()
        assert "being served already" in "".join(beside.errors)

        token = command(tmp_path, "create-token", "--email", "bo@acme.test")
        me = httpx.get(
            f"http://127.0.0.1:{port}/api/v1/me/availability", headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
        assert me.json() == {"availability": "away"}
        assert process.terminate() == 0


def command(tmp_path: Path, *arguments: str) -> str:
    """Run a command beside the server, as an operator does; answers its value."""
    process = start(tmp_path, *arguments)
    value = process.next_line(60)
    assert process.process.wait(30) == 0
    process.close()
    return value


def test_a_second_server_on_the_same_file_is_refused(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    with start(tmp_path, "run", "--port", str(first)) as process:
        read_until(process, "Baton is ready")
        other = start(tmp_path, "run", "--port", str(second))
        assert other.process.wait(30) == 1
        other.close()
        assert "already" in "".join(other.errors)
        assert process.terminate() == 0


def test_the_worker_runs_beside_servers_on_postgresql(postgres_uri: str, tmp_path: Path) -> None:
    environment = {
        "BATON_DATABASE_URL": postgres_uri,
        "BATON_SECRET_KEY": "a long and random secret",
        "BATON_JOBS": "apart",
    }
    command_of = [sys.executable, "-m", "dashboard.cli", "migrate"]
    done = subprocess.run(
        command_of, env={**environment, "BATON_DATA_DIR": str(tmp_path)}, capture_output=True, check=False, timeout=60
    )
    assert done.stdout.decode().strip() == head(), done.stderr.decode()
    with start(tmp_path, "worker", **environment) as process:
        read_until(process, "The worker is ready")
        process.process.send_signal(signal.SIGTERM)
        assert process.process.wait(20) == 0
