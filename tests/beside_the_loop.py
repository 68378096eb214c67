"""A mail that takes long to read, and a mail server that is silent, while somebody else asks for a page.

Run as `python -m tests.beside_the_loop DATABASE_FILE` on a migrated database; prints JSON: what became of each, which
both end well only after the other request was answered.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from flask import Flask  # noqa: E402
from gevent.event import Event  # noqa: E402
from gevent.server import StreamServer  # noqa: E402

from dashboard.app import create_app, make_mailman, make_postman  # noqa: E402
from dashboard.config import load_config  # noqa: E402
from dashboard.services import mail_probing  # noqa: E402
from dashboard.services.mail_servers import Accounts  # noqa: E402
from dashboard.services.secrets import digest  # noqa: E402
from integrations.fake import FakePostman  # noqa: E402
from integrations.mail import parsing  # noqa: E402
from integrations.port import IncomingMail, MailAccount  # noqa: E402
from tests.factories import build_scene  # noqa: E402
from tests.services.test_ticket_mail import add_mailbox  # noqa: E402

MAIL = b"From: Nora <nora@example.test>\r\nMessage-ID: <n1@x>\r\n\r\nIt broke.\r\n"
PATIENCE = 10.0


def post_slow_mail(app: Flask) -> str:
    """What became of a posted mail whose reading ends only when the other page was answered."""
    # A lock of the system: waiting for it stops the whole thread.
    read, answered = parsing.parse, monkey.get_original("_thread", "allocate_lock")()
    answered.acquire()

    def read_slowly(raw: bytes) -> IncomingMail:
        if not answered.acquire(timeout=PATIENCE):
            raise AssertionError("nobody else was answered meanwhile")
        return read(raw)

    parsing.parse = read_slowly
    posted = gevent.spawn(app.test_client().post, "/hooks/mail/secret", data=MAIL)
    gevent.sleep(0)
    assert app.test_client().get("/livez").status_code == 200
    answered.release()
    return str(posted.get().json)


def probe_silent_server(app: Flask) -> str:
    """What is said of a mail server that speaks only when the other page was answered."""
    asked, answered = Event(), Event()

    def serve(connection: Any, _address: object) -> None:
        asked.set()
        answered.wait()
        connection.sendall(b"554 not today\r\n")

    server = StreamServer(("127.0.0.1", 0), serve)
    server.start()
    accounts = Accounts(MailAccount("127.0.0.1", server.server_port, "none"), None, "INBOX")
    postman_for = lambda account: make_postman(load_config(), account)  # noqa: E731
    probed = gevent.spawn(mail_probing.probe, accounts, postman_for, make_mailman, has_server=False)
    asked.wait()
    assert app.test_client().get("/livez").status_code == 200
    answered.set()
    sentence = probed.get()[0].sentence
    server.stop()
    return str(sentence)


def probe_dead_server() -> str:
    """What is said of one that takes connections and never speaks."""
    server = StreamServer(("127.0.0.1", 0), lambda _connection, _address: Event().wait())
    server.start()
    mail_probing.SECONDS = 0.2  # type: ignore[assignment]
    account = MailAccount("127.0.0.1", server.server_port, "none")
    probed = mail_probing.probe(
        Accounts(None, account, "INBOX"), lambda _: FakePostman(), make_mailman, has_server=True
    )
    return str([each.sentence for each in probed])


def main() -> None:
    database = Path(sys.argv[1])
    app = create_app(load_config(database_url=f"sqlite:///{database}", data_dir=database.parent))
    with app.app_context():
        add_mailbox(build_scene(), hook_hash=digest("secret"))
    found = {"posted": post_slow_mail(app), "probed": probe_silent_server(app), "dead": probe_dead_server()}
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
