"""The settings of mailboxes, and mails that a mail server posts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard.models import Conversation, Mailbox, MailMessage, Teamspace, db
from dashboard.services import mail_probing
from dashboard.services.sealing import Sealer
from tests.blueprints.pages.conftest import SECRET, Office
from tests.mail_servers import Smtp, imap_server, self_signed, smtp_server

MAIL = (
    b"From: Nora <nora@example.test>\r\nTo: help@acme.test\r\n"
    b"Subject: My tent\r\nMessage-ID: <n1@x>\r\n\r\nIt broke.\r\n"
)
FORM: dict[str, Any] = {
    "address": "Help@Acme.test", "name": "Acme Outdoor", "is_enabled": "1",
    "incoming_host": "imap.acme.test", "incoming_port": "993", "incoming_security": "tls", "incoming_user": "help",
    "incoming_password": "right", "incoming_folder": "INBOX",
}  # fmt: skip


def base(office: Office) -> str:
    space = db.session.execute(select(Teamspace.public_id).where(Teamspace.id == office.scene.support)).scalar_one()
    db.session.close()
    return f"/settings/teamspaces/{space}/mailboxes"


def stored() -> Mailbox:
    db.session.close()
    found = db.session.execute(select(Mailbox)).scalar_one()
    db.session.close()
    return found


def make(office: Office, **changes: Any) -> str:
    answer = office.browser("ada").raw("POST", base(office), data={**FORM, **changes}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return answer.headers["HX-Push-Url"]


def test_a_mailbox_is_made_and_its_password_is_kept_sealed_and_never_shown(office: Office) -> None:
    address = make(office)
    box = stored()
    assert (box.address, box.incoming["host"], box.incoming["port"]) == ("help@acme.test", "imap.acme.test", 993)
    assert box.secrets is not None
    assert "right" not in box.secrets
    assert Sealer(SECRET).open(box.secrets) == {"incoming": "right"}
    page = office.browser("ada").page(address)
    assert "right" not in [field.get("value") for field in page.select("input")]
    assert "help@acme.test" in office.browser("ada").page(base(office)).text


def test_a_save_without_a_password_keeps_the_one_before(office: Office) -> None:
    address = make(office)
    [version] = office.browser("ada").page(address).select("input[name=version]")
    form = {**FORM, "incoming_password": "", "name": "Acme", "version": str(version["value"])}
    assert "Saved" in office.browser("ada").fragment(address, 200, "PUT", **form).text
    assert (stored().name, Sealer(SECRET).open(stored().secrets or "")) == ("Acme", {"incoming": "right"})


def test_a_stored_password_goes_to_no_other_server(office: Office) -> None:
    address = make(office)
    [version] = office.browser("ada").page(address).select("input[name=version]")
    kept = {**FORM, "incoming_password": "", "version": str(version["value"])}
    for change in ({"incoming_host": "else.test"}, {"incoming_security": "none"}, {"incoming_user": "other"}):
        page = office.browser("ada").fragment(address, 422, "PUT", **{**kept, **change})
        assert page.select_one("#wrong-incoming_password")
    assert stored().incoming["host"] == "imap.acme.test"
    office.browser("ada").fragment(address, 200, "PUT", **{**kept, "incoming_host": "else.test", "incoming_user": ""})
    assert (stored().incoming["host"], stored().secrets) == ("else.test", None)


def change(office: Office, address: str, **changes: Any) -> None:
    [version] = office.browser("ada").page(address).select("input[name=version]")
    office.browser("ada").fragment(address, 200, "PUT", **{**FORM, "version": str(version["value"]), **changes})


def test_a_server_that_moves_loses_no_mail_and_another_folder_begins_where_the_one_before_ended(office: Office) -> None:
    address = make(office)
    read = {"validity": 7, "uid": 8, "until": 0, "since": "2026-03-02T09:00:00+00:00"}
    office.scene.change(Mailbox, stored().id, position=read)
    change(office, address, incoming_port="143", incoming_security="starttls")
    assert stored().position == read
    change(office, address, incoming_folder="Support")
    assert stored().position == {"since": read["since"]}


def test_a_mailbox_that_learns_to_read_later_begins_then(office: Office) -> None:
    address = make(office, incoming_host="")
    office.scene.clock.forward(days=30)
    change(office, address)
    since = datetime.fromisoformat(stored().position["since"])
    assert since - stored().created_at >= timedelta(days=30)


@pytest.fixture
def servers() -> Iterator[dict[str, Any]]:
    """The fields of a form that names two real servers, one for each direction."""
    with smtp_server(Smtp()) as outgoing, imap_server(1) as incoming:
        form: dict[str, Any] = {"incoming_folder": "INBOX"}
        for part, port, user in (("outgoing", outgoing, "acme"), ("incoming", incoming.port, "help")):
            fields = {"host": "127.0.0.1", "port": str(port), "security": "none", "user": user, "password": "right"}
            form |= {f"{part}_{name}": value for name, value in fields.items()}
        yield form


def tried(office: Office, address: str, form: dict[str, Any], status: int = 200) -> list[str]:
    page = office.browser("ada").fragment(f"{address}/tests", status, "POST", **form)
    return [each.get_text(" ", strip=True) for each in page.select(".note-box")]


def test_what_is_typed_is_tried_before_it_is_saved(office: Office, servers: dict[str, Any]) -> None:
    sending, reading = tried(office, base(office), servers)
    assert sending == "Sending works 127.0.0.1 took the name and the password."
    assert reading == "Reading works 127.0.0.1 took the name and the password. The folder INBOX is there."
    assert office.scene.scalar(select(func.count()).select_from(Mailbox)) == 0


@pytest.mark.parametrize(
    ("change", "sending", "reading"),
    [
        (("password", "wrong"), "refused name and password: 535", "refused name and password: refused"),
        (("host", "a..test"), "could not be reached: there is no server of the name a..test", "no server of the name"),
        (("security", "tls"), "does not speak TLS on port", "does not speak TLS on port"),
    ],
)
def test_why_a_server_does_not_work_is_said_for_each_direction(
    office: Office, servers: dict[str, Any], change: tuple[str, str], sending: str, reading: str
) -> None:
    name, value = change
    words = tried(office, base(office), {**servers, f"outgoing_{name}": value, f"incoming_{name}": value})
    assert [each.partition(" does not work ")[0] for each in words] == ["Sending", "Reading"]
    assert sending in words[0]
    assert reading in words[1]


def test_a_certificate_that_nobody_vouches_for_is_named(
    office: Office, servers: dict[str, Any], tmp_path: Path
) -> None:
    with smtp_server(Smtp(), self_signed(tmp_path)) as port:
        form = {**servers, "outgoing_port": str(port), "outgoing_security": "tls"}
        [sending, _] = tried(office, base(office), form)
    assert sending.startswith("Sending does not work The certificate of 127.0.0.1 is not accepted: ")


def test_a_stored_password_is_tried_without_being_shown_and_at_no_other_server(
    office: Office, servers: dict[str, Any]
) -> None:
    address = make(office, **servers)
    empty = {**servers, "outgoing_password": "", "incoming_password": ""}
    assert ["works" in each for each in tried(office, address, empty)] == [True, True]
    with imap_server(1) as other:
        elsewhere = {**empty, "incoming_port": str(other.port)}
        [refusal] = tried(office, address, elsewhere, 422)
        assert refusal == "Reading was not tried Another server or name needs its password again."
        for change in ({"incoming_host": "localhost"}, {"incoming_user": "else"}, {"incoming_security": "tls"}):
            assert tried(office, address, {**empty, **change}, 422)
        assert other.seen == []


def test_a_mailbox_without_servers_says_how_its_mail_travels(office: Office) -> None:
    words = tried(office, base(office), {})
    assert [each.partition(":")[0] for each in words] == [
        "Sending There is no mail server", "Reading There is no server to read from"
    ]  # fmt: skip


def test_a_form_with_mistakes_is_not_tried(office: Office, servers: dict[str, Any]) -> None:
    assert tried(office, base(office), {**servers, "outgoing_port": "0"}, 422) == [
        "Sending was not tried A port is a number from 1 to 65535."
    ]


def test_with_another_key_the_passwords_are_asked_for_and_can_be_given(office: Office) -> None:
    address = make(office)
    sealed = Sealer("another key").seal({"incoming": "right"})
    office.scene.change(Mailbox, stored().id, secrets=sealed)
    [version] = office.browser("ada").page(address).select("input[name=version]")
    form = {**FORM, "version": str(version["value"])}
    page = office.browser("ada").fragment(address, 422, "PUT", **{**form, "incoming_password": ""})
    assert "given again" in page.select_one("#wrong-incoming_password").text  # type: ignore[union-attr]
    office.browser("ada").fragment(address, 200, "PUT", **form)
    assert Sealer(SECRET).open(stored().secrets or "") == {"incoming": "right"}


def test_what_makes_no_sense_is_refused_next_to_its_field(office: Office) -> None:
    wrong = {**FORM, "address": "help", "incoming_port": "99999", "incoming_host": "https://imap"}
    page = office.browser("ada").fragment(base(office), 422, "POST", **{**wrong, "address": "help@acme.test"})
    assert {each["id"] for each in page.select(".wrong[id]")} == {"wrong-incoming_host", "wrong-incoming_port"}
    assert office.browser("ada").fragment(base(office), 422, "POST", **wrong).select_one(".wrong")
    assert db.session.execute(select(func.count()).select_from(Mailbox)).scalar() == 0


def test_an_address_is_one_mailboxs_only(office: Office) -> None:
    make(office)
    page = office.browser("ada").fragment(base(office), 422, "POST", **FORM)
    assert "already" in page.select_one("#wrong-address").text  # type: ignore[union-attr]


def test_a_save_over_another_save_is_refused(office: Office) -> None:
    address = make(office)
    page = office.browser("ada").fragment(address, 409, "PUT", **{**FORM, "name": "Other", "version": "older"})
    assert page.select_one("input[name=name]")["value"] == "Other"  # type: ignore[index]
    assert stored().name == "Acme Outdoor"


def hook(office: Office) -> str:
    address = make(office)
    page = office.browser("ada").fragment(f"{address}/hooks", 200, "POST")
    [box] = page.select("[data-copy-from]")
    return re.sub(r"^https?://[^/]+", "", str(box["value"]))


def test_a_posted_mail_becomes_a_ticket_once(office: Office) -> None:
    address, server = hook(office), office.stranger()
    for outcome in ("opened", "duplicate"):
        answer = server.raw("POST", address, data=MAIL, headers={"Content-Type": "message/rfc822"})
        assert (answer.status_code, answer.json) == (200, {"outcome": outcome})
    assert db.session.execute(select(func.count()).select_from(Conversation)).scalar() == 1
    assert db.session.execute(select(func.count()).select_from(MailMessage)).scalar() == 1


def test_a_large_mail_is_taken_where_other_requests_are_refused(office: Office) -> None:
    large = MAIL.replace(b"It broke.", b"It broke. " * 300_000)
    answer = office.stranger().raw("POST", hook(office), data=large, headers={"Content-Type": "message/rfc822"})
    assert answer.status_code == 200


def test_others_are_answered_while_a_long_mail_is_read_and_a_silent_server_is_tried(
    migrated_template: Path, tmp_path: Path
) -> None:
    database = tmp_path / "baton.db"
    database.write_bytes(migrated_template.read_bytes())
    command = [sys.executable, "-m", "tests.beside_the_loop", str(database)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["posted"] == "{'outcome': 'opened'}"
    assert found["probed"] == "The mail server takes nothing now: 554 not today."
    assert found["dead"] == str(["The installation's mail server takes mails.", mail_probing.LATE])


def test_what_is_no_mail_and_an_old_address_are_refused(office: Office) -> None:
    address = hook(office)
    answer = office.stranger().raw("POST", address, data=b"hello", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    [link] = office.browser("ada").page(base(office)).select(".card-row h2 a")
    office.browser("ada").fragment(f"{link['href']}/hooks", 200, "POST")
    assert office.stranger().raw("POST", address, data=MAIL).status_code == 404


def test_a_mailbox_of_a_teamspace_out_of_reach_is_not_there(office: Office) -> None:
    make(office)
    assert office.browser("bo").do("GET", base(office)).status_code == 403
