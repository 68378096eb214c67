"""The browser of the journeys: one that is installed, else Debian's when root, else Playwright's own download.

`python -m tests.chromium` makes sure that there is one, and fails with words when there cannot be.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("chromium", "libatomic1")
"""The browser, and what Playwright's driver needs beside it."""
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find() -> str | None:
    """The path of a browser: the one in CHROMIUM, an installed one, or Playwright's own; None when there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next(filter(None, map(shutil.which, NAMES)), None) or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _drives() -> bool:
    """Whether Playwright's driver starts; a bare Debian lacks a library that it needs."""
    command = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _install() -> str | None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        steps = (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *PACKAGES])
        is_done = all(
            subprocess.run(["apt-get", *step], env=environment, check=False).returncode == 0 for step in steps
        )
        if is_done and _drives() and (found := find()):
            return found
    if not _drives():
        return None
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()


def main() -> None:
    """Print the path of the browser."""
    found = (find() if _drives() else None) or _install()
    if found is None:
        sys.exit(
            "The journeys need Chromium, and it could not be installed. As root: "
            f"apt-get install -y {' '.join(PACKAGES)}, or name an installed one in CHROMIUM."
        )
    print(f"Browser: {found}")


if __name__ == "__main__":
    main()
