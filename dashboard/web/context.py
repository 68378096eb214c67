"""What belongs to the application that serves the request: its settings and its runtime."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import current_app

from dashboard.config import Config
from dashboard.services.sealing import Sealer
from integrations.port import IncomingMail, MailAccount, Mailman, Postman

CONFIG = "baton.config"
SEALER = "baton.sealer"
READ_MAIL = "baton.read_mail"
POSTMAN_FOR = "baton.postman_for"
MAILMAN_FOR = "baton.mailman_for"


def config() -> Config:
    """The settings that the application was made with."""
    return cast(Config, current_app.extensions[CONFIG])


def sealer() -> Sealer:
    """What keeps the passwords of other systems."""
    return cast(Sealer, current_app.extensions[SEALER])


def read_mail(raw: bytes) -> IncomingMail:
    """A mail as it travels, taken apart; raises integrations.port.Refused for what is none."""
    parse: Callable[[bytes], IncomingMail] = current_app.extensions[READ_MAIL]
    return parse(raw)


def postman_for(account: MailAccount | None) -> Postman:
    """Who sends through an account; None is the installation's own."""
    made: Callable[[MailAccount | None], Postman] = current_app.extensions[POSTMAN_FOR]
    return made(account)


def mailman_for(account: MailAccount) -> Mailman:
    """Who fetches from an account."""
    made: Callable[[MailAccount], Mailman] = current_app.extensions[MAILMAN_FOR]
    return made(account)
