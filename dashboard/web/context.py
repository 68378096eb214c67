"""What belongs to the application that serves the request: its settings and its runtime."""

from __future__ import annotations

from typing import cast

from flask import current_app

from dashboard.config import Config
from dashboard.services.sealing import Sealer

CONFIG = "baton.config"
SEALER = "baton.sealer"


def config() -> Config:
    """The settings that the application was made with."""
    return cast(Config, current_app.extensions[CONFIG])


def sealer() -> Sealer:
    """What keeps the passwords of other systems."""
    return cast(Sealer, current_app.extensions[SEALER])
