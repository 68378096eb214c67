"""Real server processes for the tests: started, spoken to, told to leave or killed with all their workers."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent


class Lines:
    """A child process whose lines can be waited for."""

    def __init__(self, arguments: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), **(env or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.errors: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._readers = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def next_line(self, timeout: float = 20) -> str:
        """The next line of stdout; fails with what the process said when it has ended or says nothing."""
        try:
            line = self._lines.get(timeout=timeout)
        except queue.Empty:
            line = None
        if line is None:
            raise AssertionError(f"the process said nothing more; its errors: {''.join(self.errors)}")
        return line.rstrip("\n")

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def terminate(self, timeout: float = 20) -> int:
        """SIGTERM, and wait for the end; answers the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self) -> None:
        """SIGKILL to the process and every child of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.kill()
        for reader in self._readers:
            reader.join(5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(self.process.stderr)


class ServerProcess(Lines):
    """`python -m dashboard.server` on a free port, ready when the constructor returns."""

    def __init__(
        self,
        factory: str = "dashboard.app:create_app",
        env: Mapping[str, str] | None = None,
        workers: int = 1,
        port: int = 0,
    ) -> None:
        arguments = ["-m", "dashboard.server", f"--port={port}", f"--workers={workers}", f"--factory={factory}"]
        super().__init__(arguments, env)
        try:
            self.url = self.next_line(30).removeprefix("Baton is ready: ")
        except AssertionError as error:
            self.close()
            raise AssertionError(f"the server did not start: {''.join(self.errors)}") from error
        self.port = int(self.url.rsplit(":", 1)[1])
