"""What each command of `baton` does; imports are late, so that `baton --help` is quick."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from dashboard import console
from dashboard.config import Config

if TYPE_CHECKING:
    from dashboard.services.accounts import NewUser
    from dashboard.services.demo import Demo


def run(config: Config, _given: argparse.Namespace) -> int:
    console.migrated(config)
    return console.serve(config)


def run_demo(config: Config, given: argparse.Namespace) -> int:
    from dashboard.app import make_answerer
    from dashboard.services import demo

    console.migrated(config)
    password = config.demo_password.get_secret_value() if config.demo_password else None
    with console.application(config):
        loaded = demo.load(make_answerer(config.model_copy(update={"answer_delay": 0.0})), password)
        if given.availability_check:
            demo.set_availability_check(given.availability_check == "on")
    console.answer(_demo_words(config, loaded))
    if _is_served(config):
        console.say(f"{config.origin} is being served already; the demo is up to date.")
        return 0
    return console.serve(config.model_copy(update={"demo": True}))


def run_worker(config: Config, _given: argparse.Namespace) -> int:
    return console.become(config, ["-m", "dashboard.worker_main"])


def migrate(config: Config, _given: argparse.Namespace) -> int:
    from migrations import head

    console.migrated(config)
    return console.answer(head())


def create_admin(config: Config, given: argparse.Namespace) -> int:
    from dashboard.services.accounts import create_admin

    console.migrated(config)
    with console.application(config):
        return console.answer(create_admin(_new_user(given)))


def create_user(config: Config, given: argparse.Namespace) -> int:
    from dashboard.services.accounts import create_user

    with console.application(config):
        return console.answer(create_user(_new_user(given)))


def create_token(config: Config, given: argparse.Namespace) -> int:
    from dashboard.services.accounts import create_token

    with console.application(config):
        return console.answer(create_token(given.email))


def teamspace_secret(config: Config, given: argparse.Namespace) -> int:
    from dashboard.services.accounts import teamspace_secret

    with console.application(config) as app:
        return console.answer(teamspace_secret(given.name, str(app.secret_key), is_rotated=given.rotate))


def set_plan(config: Config, given: argparse.Namespace) -> int:
    from dashboard.services.plans import set_plan

    with console.application(config):
        return console.answer(set_plan(given.plan).value)


def doctor(config: Config, _given: argparse.Namespace) -> int:
    from dashboard.app import create_app
    from dashboard.services.doctor import examine

    with create_app(config).app_context():
        findings = examine(config.data_dir, config.redis_url)
    for finding in findings:
        console.answer(f"{'ok ' if finding.is_fine else 'BAD'} {finding.sentence}")
    return 0 if all(finding.is_fine for finding in findings) else 1


def audit(config: Config, _given: argparse.Namespace) -> int:
    from dashboard.services.audit import audit

    with console.application(config):
        broken = audit()
    for line in broken:
        console.answer(line)
    if not broken:
        console.say("Every invariant holds.")
    return 1 if broken else 0


def _new_user(given: argparse.Namespace) -> NewUser:
    from dashboard.services.accounts import NewUser

    def names(field: str) -> Sequence[str]:
        found: Sequence[str] = getattr(given, field, ())
        return found

    password = sys.stdin.readline().rstrip("\n") if given.password_stdin else None
    name = given.name or given.email.partition("@")[0].capitalize()
    return NewUser(given.email, name, names("role"), names("team"), names("teamspace"), password)


def _demo_words(config: Config, loaded: Demo) -> str:
    from dashboard.services.demo.cast import LOGINS

    width = max(len(email) for email, _, _ in LOGINS)
    password = loaded.password or "as printed at the first run"
    return "\n".join(
        [
            "",
            f"  Inbox      {config.origin}/inbox",
            f"  Webchat    {config.origin}/webchat/{loaded.webchat_public_id}/demo",
            "",
            *(f"  {email.ljust(width)}  {name}, {what}" for email, name, what in LOGINS),
            f"  Password of all: {password}",
            "",
        ]
    )


def _is_served(config: Config) -> bool:
    """Whether a Baton answers at this address already; anybody else there is the server's own complaint."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
    connection = HTTPConnection(host, config.port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().read(3) == b"ok\n"
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
