"""The command line. A value stands alone on the last line of stdout, words go to stderr."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

from dashboard import commands
from dashboard.config import Config, ConfigError, load_config
from dashboard.console import say
from dashboard.models.enums import Plan
from dashboard.models.errors import BatonError
from migrations.errors import SchemaError

PLANS = [plan.value for plan in Plan]

Run = Callable[[Config, argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exits 0, 1 when it was refused or found something, 2 for wrong arguments or settings."""
    given = make_parser().parse_args(arguments)
    os.umask(0o077)  # conversations, keys and copies of them are for nobody else on the machine; servers inherit it
    try:
        sys.exit(given.run(_load(given), given))
    except ConfigError as error:
        say("The settings are not right:", *(f"  {mistake}" for mistake in error.mistakes))
        sys.exit(2)
    except (BatonError, SchemaError) as error:
        say(str(error))
        sys.exit(1)


def make_parser() -> argparse.ArgumentParser:
    """Everything that `baton` understands."""
    top = argparse.ArgumentParser(
        prog="baton", description="Baton: an inbox where AI agents hand conversations to people."
    )
    top.add_argument("--version", action="version", version=f"baton {version('baton')}")
    listed = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Run, help: str) -> argparse.ArgumentParser:
        command = listed.add_parser(name, help=help, description=help)
        command.set_defaults(run=run)
        return command

    _serving(add("run", commands.run, "Migrate the database and serve."), with_workers=True)
    demo = add("demo", commands.run_demo, "Put the demo into an empty database, once, and serve it.")
    _serving(demo, with_workers=False)
    demo.add_argument(
        "--availability-check", choices=["on", "off"], help="switch the check of the demo's Human Handoff"
    )
    add("worker", commands.run_worker, "Run the jobs in a process of their own (PostgreSQL).")
    add("migrate", commands.migrate, "Bring the database to this version's schema; print the schema.")
    _user(
        add("create-admin", commands.create_admin, "Make a user who may do everything; print the password."),
        is_admin=True,
    )
    _user(add("create-user", commands.create_user, "Make a user; print the password."), is_admin=False)
    token = add("create-token", commands.create_token, "Make a personal token of the API; print it.")
    token.add_argument("--email", required=True, help="whose token it is")
    secret = add(
        "teamspace-secret", commands.teamspace_secret, "Print the secret that speaks for a teamspace's channel."
    )
    secret.add_argument("name", metavar="NAME", help="the teamspace")
    secret.add_argument("--rotate", action="store_true", help="make a new one; the one before is void at once")
    plan = add("set-plan", commands.set_plan, "Change the workspace's plan.")
    plan.add_argument("plan", metavar="PLAN", choices=PLANS, help=", ".join(PLANS))
    add("doctor", commands.doctor, "Look whether the installation can work.")
    add("audit", commands.audit, "Recompute the invariants over the live database, read only.")
    return top


def _load(given: argparse.Namespace) -> Config:
    asked = {name: getattr(given, name, None) for name in ("host", "port", "workers")}
    return load_config(**asked)


def _serving(command: argparse.ArgumentParser, *, with_workers: bool) -> None:
    command.add_argument("--host", help="address to listen on (BATON_HOST)")
    command.add_argument("--port", type=int, help="port to listen on (BATON_PORT)")
    if with_workers:
        command.add_argument("--workers", type=int, metavar="N", help="server processes (BATON_WORKERS)")


def _user(command: argparse.ArgumentParser, *, is_admin: bool) -> None:
    command.add_argument("--email", required=True)
    command.add_argument("--name", help="what colleagues and persons read; by default the e-mail's first part")
    command.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
    if not is_admin:
        repeated = "; may be given several times"
        command.add_argument("--role", action="append", required=True, help=f"a role by its name{repeated}")
        command.add_argument("--team", action="append", default=[], help=f"a team by its name{repeated}")
        command.add_argument("--teamspace", action="append", default=[], help=f"linked directly{repeated}")


if __name__ == "__main__":
    main()
