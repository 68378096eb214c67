"""Mail as it travels: to a real SMTP server, or into a folder."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.mail.composing import compose
from integrations.mail.folder import FolderPostman
from integrations.mail.smtp import SmtpPostman
from integrations.port import CredentialsBroken, Mail, MailAccount, PortError, Refused, Retryable, Untrusted
from tests.mail_servers import Smtp, free_port, self_signed, smtp_server

MAIL = Mail(
    "m1@acme.test",
    "help@acme.test",
    "Acme Outdoor, Hilfe & Café",
    "nora@example.test",
    "Your tent\r\nBcc: all@x",
    "Grüße",
)


@pytest.fixture
def office() -> Smtp:
    return Smtp()


@pytest.fixture
def account(office: Smtp) -> Iterator[MailAccount]:
    with smtp_server(office) as port:
        yield MailAccount("127.0.0.1", port, "none", "acme", "right")


def test_a_mail_reaches_the_server_with_all_that_threads_need(office: Smtp, account: MailAccount) -> None:
    SmtpPostman(account).send(replace(MAIL, in_reply_to="m0@acme.test", references=("a@x", "m0@acme.test")))
    [envelope] = office.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("help@acme.test", ["nora@example.test"])
    got = email.message_from_bytes(envelope.content, policy=email.policy.default)  # type: ignore[arg-type]
    assert got["Message-ID"] == "<m1@acme.test>"
    assert (got["In-Reply-To"], got["References"]) == ("<m0@acme.test>", "<a@x> <m0@acme.test>")
    assert got["From"].addresses[0].display_name == "Acme Outdoor, Hilfe & Café"
    assert got.get_content().strip() == "Grüße"


def test_a_line_break_in_a_subject_makes_no_header() -> None:
    message = compose(MAIL)
    assert (message["Subject"], message["Bcc"]) == ("Your tent Bcc: all@x", None)


def test_a_wrong_password_is_told_apart(office: Smtp, account: MailAccount) -> None:
    with pytest.raises(CredentialsBroken):
        SmtpPostman(replace(account, password="wrong")).send(MAIL)
    assert office.taken == []


@pytest.mark.parametrize(("answer", "error"), [("550 no such user", Refused), ("451 come again", Retryable)])
def test_a_refusal_is_final_and_a_delay_is_not(
    office: Smtp, account: MailAccount, answer: str, error: type[PortError]
) -> None:
    office.answer = answer
    with pytest.raises(error, match=answer[4:]):
        SmtpPostman(account).send(MAIL)
    assert office.taken == []


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with pytest.raises(Retryable):
        SmtpPostman(MailAccount("127.0.0.1", free_port(), "none")).send(MAIL)


def test_a_password_that_cannot_be_said_is_a_wrong_one(account: MailAccount) -> None:
    with pytest.raises(CredentialsBroken, match="ASCII"):
        SmtpPostman(replace(account, password="rücht")).send(MAIL)


def test_a_domain_of_any_script_is_reached(office: Smtp, account: MailAccount) -> None:
    SmtpPostman(account).send(replace(MAIL, sender="hilfe@bücher.test", to="nora@überall.test"))
    [envelope] = office.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("hilfe@xn--bcher-kva.test", ["nora@xn--berall-2ya.test"])
    assert b"To: nora@xn--berall-2ya.test" in envelope.content  # type: ignore[operator]


@pytest.mark.parametrize("change", [{"text": "a\udcff"}, {"message_id": "m@bücher"}, {"in_reply_to": "a\u2028b"}])
def test_what_no_mail_can_say_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(Refused):
        compose(replace(MAIL, **change))  # type: ignore[arg-type]


def test_a_server_without_starttls_is_never_given_the_password(account: MailAccount) -> None:
    with pytest.raises(CredentialsBroken):
        SmtpPostman(replace(account, security="starttls")).send(MAIL)


def test_a_probe_signs_in_and_sends_nothing(office: Smtp, account: MailAccount) -> None:
    SmtpPostman(account).probe()
    with pytest.raises(CredentialsBroken, match="name and password"):
        SmtpPostman(replace(account, password="wrong")).probe()
    assert office.taken == []


def test_why_a_server_is_not_reached_is_said_in_words(office: Smtp, account: MailAccount, tmp_path: Path) -> None:
    with pytest.raises(Retryable, match=r"127\.0\.0\.1 takes no connections on port"):
        SmtpPostman(replace(account, port=free_port())).probe()
    with pytest.raises(Retryable, match="no server of the name"):
        SmtpPostman(replace(account, host="a..test")).probe()
    with pytest.raises(Retryable, match="does not speak TLS"):
        SmtpPostman(replace(account, security="tls")).probe()
    with smtp_server(office, self_signed(tmp_path)) as port, pytest.raises(Untrusted, match="certificate"):
        SmtpPostman(replace(account, port=port, security="tls")).probe()


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "a b@c.test", "a@c.test\r\nBcc: x@y.test"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        compose(replace(MAIL, to=address))


def test_without_a_server_a_mail_is_a_file_and_the_same_one_stays_one(tmp_path: Path) -> None:
    postman = FolderPostman(tmp_path / "mail")
    postman.send(MAIL)
    postman.send(MAIL)
    [path] = (tmp_path / "mail").glob("*.eml")
    assert email.message_from_bytes(path.read_bytes())["To"] == "nora@example.test"
    assert path.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file in the way")
    with pytest.raises(Retryable):
        FolderPostman(tmp_path / "mail").send(MAIL)
