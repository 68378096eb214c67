"""The named cast with browsers: clients that are signed in, and what they get as parsed HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import db
from dashboard.models.clock import set_clock
from dashboard.services import minds, unit_of_work
from migrations import runner
from tests.browserless import send, sign_in
from tests.factories import Scene, build_scene

SECRET = "a secret of the tests, forty characters."


@dataclass
class Browser:
    """One user's browser; `scripted` requests are those of the page's own scripts."""

    client: FlaskClient

    def page(self, path: str, status: int = 200) -> BeautifulSoup:
        return self._parse(send(self.client, "GET", path), status)

    def fragment(self, path: str, status: int = 200, method: str = "GET", **form: Any) -> BeautifulSoup:
        options: dict[str, Any] = {"data": form} if form else {}
        return self._parse(send(self.client, method, path, headers={"HX-Request": "true"}, **options), status)

    def raw(self, method: str, path: str, **options: Any) -> TestResponse:
        return send(self.client, method, path, **options)

    def do(self, method: str, path: str, **form: Any) -> TestResponse:
        return send(self.client, method, path, data=form, headers={"Accept": "application/json"})

    def _parse(self, answer: TestResponse, status: int) -> BeautifulSoup:
        assert answer.status_code == status, answer.text[:600]
        return BeautifulSoup(answer.text, "html.parser")


@dataclass
class Office:
    """The scene, and a browser for each name."""

    app: Flask
    scene: Scene
    _browsers: dict[str, Browser] = field(default_factory=dict)

    def browser(self, name: str) -> Browser:
        if name not in self._browsers:
            self._browsers[name] = Browser(sign_in(self.app, self.scene.users[name]))
        return self._browsers[name]

    def stranger(self) -> Browser:
        return Browser(self.app.test_client())


@pytest.fixture(scope="session")
def migrated_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "baton.db"
    runner.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def office(migrated_template: Path, tmp_path: Path) -> Iterator[Office]:
    path = tmp_path / "baton.db"
    path.write_bytes(migrated_template.read_bytes())
    app = create_app(load_config(database_url=f"sqlite:///{path}", data_dir=tmp_path, secret_key=SECRET))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        yield Office(app, build_scene())
        db.session.remove()
        db.engine.dispose()
    unit_of_work.unsubscribe_all()
    minds.forget_trees()
    set_clock(None)
