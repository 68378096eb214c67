"""The committed stylesheet and icons are what the sources in the repository make."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CSS = ROOT / "dashboard/static/app.css"
MODULES = ROOT / "frontend/node_modules"


def inputs() -> list[str]:
    """The same list as in frontend/build.mjs: everything that the stylesheet is made from."""
    pages = [path for path in (ROOT / "dashboard/templates").rglob("*.html") if "webchat" not in path.parts]
    static = ROOT / "dashboard/static"
    skipped = (static / "webchat", static / "vendor")
    scripts = [path for path in static.rglob("*.js") if not any(path.is_relative_to(each) for each in skipped)]
    named = [ROOT / "frontend/app.css", ROOT / "frontend/package-lock.json"]
    parts = (ROOT / "frontend/parts").glob("*.css")
    return sorted(path.relative_to(ROOT).as_posix() for path in [*named, *parts, *pages, *scripts])


def hash_of_inputs() -> str:
    digest = hashlib.sha256()
    for path in inputs():
        digest.update(f"{path}\0".encode() + (ROOT / path).read_bytes() + b"\0")
    return digest.hexdigest()


def test_the_stylesheet_was_built_from_these_sources() -> None:
    first_line = CSS.read_text("utf-8").partition("\n")[0]
    assert first_line == f"/*! inputs sha256:{hash_of_inputs()} */", (
        "run `make css` and commit dashboard/static/app.css"
    )


def test_building_it_again_makes_the_same(tmp_path: Path) -> None:
    """With node and the pinned packages at hand it is built; without them the hash above stands for it."""
    again = tmp_path / "app.css"
    if shutil.which("node") and MODULES.exists():
        subprocess.run([ROOT / "frontend/build", "--css", again], check=True, timeout=120)
    else:
        again.write_text(f"/*! inputs sha256:{hash_of_inputs()} */\n" + CSS.read_text("utf-8").partition("\n")[2])
    assert again.read_text("utf-8") == CSS.read_text("utf-8")


def test_every_icon_that_is_named_is_vendored_and_every_vendored_one_is_named() -> None:
    [sprite] = (ROOT / "dashboard/static/vendor").glob("lucide@*/icons.svg")
    vendored = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite.read_text()))
    python = [path for folder in ("queries", "web") for path in (ROOT / "dashboard" / folder).glob("*.py")]
    sources = [*(ROOT / "dashboard/templates").rglob("*.html"), *python]
    text = "\n".join(path.read_text("utf-8") for path in sources if "webchat" not in path.parts)
    named = set(re.findall(r'(?:icon|empty|alert|toast)\((?:"[a-z]+", )?"([a-z0-9-]+)"', text))
    words = set(re.findall(r'"([a-z0-9-]+)"', text))
    assert named <= vendored
    assert vendored <= words


def test_the_lock_names_no_address_of_a_registry() -> None:
    lock = (ROOT / "frontend/package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 20
