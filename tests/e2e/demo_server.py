"""The demo as `make run` starts it, on a data folder of its own; it can be killed and started again."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import Flask

from dashboard.app import create_app
from dashboard.config import load_config
from tests.server_harness import Lines

PASSWORD = "a password of the demo"


class DemoServer(Lines):
    """`baton demo`; ready when the constructor returns."""

    def __init__(self, data_dir: Path, port: int, *options: str, **env: str) -> None:
        settings = {
            "BATON_DATA_DIR": str(data_dir),
            "BATON_PORT": str(port),
            "BATON_DEMO_PASSWORD": PASSWORD,
            "BATON_ANSWER_DELAY": "0.3",
            **env,
        }
        super().__init__(["-m", "tests.fast_cli", "demo", *options], settings)
        self.url = f"http://127.0.0.1:{port}"
        try:
            lines = [self.next_line(60)]
            while not (_find(lines, "Baton is ready") and _find(lines, "Webchat")):
                lines.append(self.next_line(60))
        except AssertionError:
            self.close()
            raise
        self.webchat = _find(lines, "Webchat").split()[-1]


class Demo:
    """A data folder copied from one in which the demo was loaded already, and its server."""

    def __init__(self, template: Path, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.server: DemoServer | None = None
        self.app: Flask | None = None
        self._servers: list[DemoServer] = []
        shutil.copytree(template, folder)

    def start(self, *options: str, **env: str) -> DemoServer:
        self.server = DemoServer(self.folder, self.port, *options, **env)
        self._servers.append(self.server)
        return self.server

    def errors(self) -> str:
        """What the servers logged when something went wrong on our side."""
        said = "".join(line for server in self._servers for line in server.errors)
        return said if "Traceback" in said or "ERROR" in said else ""

    def restart(self, **env: str) -> DemoServer:
        """kill -9 and start again on the same port."""
        assert self.server is not None
        self.server.close()
        return self.start(**env)

    def open_app(self) -> Flask:
        """The application on the same database, to look into it beside the server."""
        if self.app is None:
            self.app = create_app(load_config(data_dir=self.folder, port=self.port))
        return self.app

    def close(self) -> None:
        if self.server is not None:
            self.server.close()


def _find(lines: list[str], word: str) -> str:
    return next((line for line in lines if word in line), "")


def load_template(folder: Path, port: int) -> None:
    """Load the demo once, for all to copy."""
    with DemoServer(folder, port) as server:
        server.terminate()
    for lock in folder.glob("*.server-lock"):
        lock.unlink()
