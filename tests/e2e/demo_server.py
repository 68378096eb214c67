"""The demo as `make run` starts it, on a data folder of its own; it can be killed and started again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from bs4 import BeautifulSoup
from flask import Flask

from dashboard.app import create_app
from dashboard.config import load_config
from tests.server_harness import Lines, ServerProcess

PASSWORD = "a password of the demo"
USERS = ("ada", "bo", "cy", "di", "eli", "fay")
COOKIE = "baton_session"


@dataclass(frozen=True)
class Loaded:
    """A data folder with the demo in it, to be copied."""

    folder: Path
    webchat: str
    """The path of the shop's page."""
    cookies: Mapping[str, str]
    """Who is signed in there, by name."""


class DemoCommand(Lines):
    """`baton demo`, as `make run` starts it; ready when the constructor returns."""

    def __init__(self, folder: Path, port: int, *options: str) -> None:
        super().__init__(["-m", "dashboard.cli", "demo", *options], _settings(folder, port))
        self.url = f"http://127.0.0.1:{port}"
        try:
            lines = [self.next_line(60)]
            while not (_find(lines, "Baton is ready") and _find(lines, "Webchat")):
                lines.append(self.next_line(60))
        except AssertionError:
            self.close()
            raise
        self.webchat = _find(lines, "Webchat").split()[-1]

    def sign_in(self, name: str) -> str:
        """Answers the cookie."""
        with httpx.Client(base_url=self.url) as client:
            token = BeautifulSoup(client.get("/login").text, "html.parser").select_one("[name=csrf_token]")
            assert token is not None
            form = {"csrf_token": str(token["value"]), "email": f"{name}@acme.test", "password": PASSWORD}
            assert client.post("/login", data=form).is_redirect
            return client.cookies[COOKIE]


class DemoServer(ServerProcess):
    """A server on data in which the demo was loaded already; ready when the constructor returns."""

    def __init__(self, loaded: Loaded, folder: Path, port: int, **env: str) -> None:
        super().__init__("tests.fast_app:create_app", {**_settings(folder, port), "BATON_DEMO": "1", **env}, port=port)
        self.webchat = self.url + loaded.webchat
        self.cookies = loaded.cookies


class Demo:
    """A data folder copied from one in which the demo was loaded already, and its server."""

    def __init__(self, loaded: Loaded, folder: Path, port: int) -> None:
        self.loaded = loaded
        self.folder = folder
        self.port = port
        self.server: DemoServer | None = None
        self.app: Flask | None = None
        self._servers: list[DemoServer] = []
        shutil.copytree(loaded.folder, folder)

    def start(self, **env: str) -> DemoServer:
        self.server = DemoServer(self.loaded, self.folder, self.port, **env)
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


def load(folder: Path, port: int, *options: str) -> Loaded:
    """Load the demo once, for all to copy, and sign everybody in."""
    with DemoCommand(folder, port, *options) as server:
        cookies = {name: server.sign_in(name) for name in USERS}
        server.terminate()
    for lock in folder.glob("*.server-lock"):
        lock.unlink()
    return Loaded(folder, server.webchat.removeprefix(server.url), cookies)


def _settings(folder: Path, port: int) -> dict[str, str]:
    return {
        "BATON_DATA_DIR": str(folder),
        "BATON_PORT": str(port),
        "BATON_DEMO_PASSWORD": PASSWORD,
        "BATON_ANSWER_DELAY": "0.3",
    }
