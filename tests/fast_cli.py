"""`baton` as it is, with templates that the whole run of tests compiles once: a server for a journey starts sooner."""

from __future__ import annotations

import tests.compiled_once  # noqa: F401
from dashboard.cli import main

if __name__ == "__main__":
    main()
