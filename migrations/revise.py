"""`python -m migrations.revise "Add tags"`: writes the next revision from what the models have and the schema lacks."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from migrations import head
from migrations.runner import alembic_config, locked, migration_engine, upgrade


def main() -> None:
    """Autogenerate in a database of its own, so that whatever stands in the data folder does not matter."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        sys.exit('Say what changes: make revision m="Add tags"')
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'empty.db'}"
        upgrade(url)
        with locked(migration_engine(url)) as conn:
            number = f"{int(head()) + 1:04}"
            command.revision(alembic_config(conn), message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main()
