"""The database's schema in steps: Alembic revisions, and the only safe way to run them (see runner.py)."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def known_revisions() -> list[str]:
    """The revisions of this version of Baton, oldest first; their files are named 0001_what.py, 0002_what.py …"""
    return sorted(path.stem.split("_", 1)[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def head() -> str:
    """The revision that this version of Baton works with."""
    return known_revisions()[-1]
