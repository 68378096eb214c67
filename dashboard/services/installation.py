"""What an installation makes for itself once and keeps, such as the key that signs its cookies."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from dashboard.models import Setting
from dashboard.models.ids import new_public_id
from dashboard.services.secrets import new_token

KEY_FILE = "secret_key"
KEY_NAME = "secret_key"

_setting = Setting.__table__


def key_in_folder(folder: Path) -> str:
    """The generated key of an embedded installation, readable by its owner alone."""
    path = folder / KEY_FILE
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{KEY_FILE}.{os.getpid()}"
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new_token() + "\n")
        with suppress(FileExistsError):  # the first process wins; the others read its key
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def key_in_database(engine: Engine) -> str:
    """The generated key of an installation of several machines, which share their database."""
    with engine.connect() as conn:
        found = get_setting(conn, KEY_NAME)
    if found:
        return found
    writing = engine.connect().execution_options(write=True)
    with suppress(IntegrityError), writing as conn, conn.begin():  # another process may be faster
        conn.execute(insert(_setting).values(name=KEY_NAME, value=new_token()))
    with engine.connect() as conn:
        return get_setting(conn, KEY_NAME) or ""


def get_setting(conn: Connection, name: str) -> str | None:
    """A value of the installation, or None."""
    value: str | None = conn.execute(select(_setting.c.value).where(_setting.c.name == name)).scalar()
    return value


def put_setting(conn: Connection, name: str, value: str) -> None:
    """Keep a value, in the transaction of `conn`."""
    if conn.execute(update(_setting).where(_setting.c.name == name).values(value=value)).rowcount == 0:
        conn.execute(insert(_setting).values(name=name, value=value))


def try_write(conn: Connection) -> None:
    """Write a row and take it away again, in the transaction of `conn`; raises what the database has against it.

    Its name is new each time: several processes look at once, and none may wait for, or refuse, another.
    """
    name = f"write-test-{new_public_id()}"
    conn.execute(insert(_setting).values(name=name, value=""))
    conn.execute(delete(_setting).where(_setting.c.name == name))
