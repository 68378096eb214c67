"""The key that an installation makes for itself: once, private, and the same for all of its processes."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

from sqlalchemy import Engine

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.services import installation, unit_of_work


def test_the_key_in_the_folder_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    first = installation.key_in_folder(folder)
    assert first == installation.key_in_folder(folder)
    assert len(first) >= 43
    assert [path.name for path in folder.iterdir()] == [installation.KEY_FILE]
    assert stat.S_IMODE((folder / installation.KEY_FILE).stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_key_in_the_database(engine: Engine) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(installation.key_in_database(engine))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(keys) == 6
    assert len(set(keys)) == 1
    assert len(keys[0]) >= 43


def test_the_application_signs_with_the_key_of_its_installation(sqlite_uri: str, tmp_path: Path) -> None:
    apps = [create_app(load_config(database_url=sqlite_uri, data_dir=tmp_path)) for _ in range(2)]
    unit_of_work.unsubscribe_all()
    assert apps[0].secret_key == apps[1].secret_key == installation.key_in_folder(tmp_path)
    own = create_app(load_config(database_url=sqlite_uri, data_dir=tmp_path, secret_key="one from the environment"))
    unit_of_work.unsubscribe_all()
    assert own.secret_key == "one from the environment"
