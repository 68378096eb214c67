"""What a mail says, however its writer's program wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.mail.parsing import html_to_text, parse
from integrations.port import Refused

HEAD = b"".join(
    line + b"\r\n"
    for line in (
        b"From: Nora Lund <Nora@Example.test>",
        b"To: help@acme.test",
        b"Subject: My tent",
        b"Message-ID: <n1@example.test>",
    )
)


def mail(*lines: str, head: bytes = HEAD) -> bytes:
    return head + b"\r\n".join(line.encode() for line in lines)


def test_the_parts_of_a_plain_mail() -> None:
    found = parse(mail("", "The pole broke.", ""))
    assert (found.sender, found.sender_name, found.subject) == ("nora@example.test", "Nora Lund", "My tent")
    assert (found.message_id, found.text, found.is_automatic) == ("n1@example.test", "The pole broke.", False)


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, 2 Nov 2026 at 10:00, Acme <help@acme.test> wrote:",
        "Am 02.11.2026 um 10:00 schrieb Acme <help@acme.test>:",
        "Le lun. 2 nov. 2026 à 10:00, Acme <help@acme.test> a écrit :",
    ],
)
def test_what_is_quoted_is_not_said_again(line: str) -> None:
    raw = mail("Content-Type: text/plain; charset=utf-8", "", "It works now.", "", line, "> Try turning it.", "> Bo")
    assert parse(raw).text == "It works now."


def test_a_mail_of_nothing_but_a_quotation_keeps_it() -> None:
    raw = mail("", "> Try turning it.")
    assert parse(raw).text != ""


def test_the_text_of_a_page_is_its_words() -> None:
    raw = mail(
        "Content-Type: text/html; charset=utf-8", "",
        "<style>p{}</style><p>Hello&nbsp;there</p><script>alert(1)</script><div>Second <b>line</b></div>",
    )  # fmt: skip
    assert parse(raw).text.split() == ["Hello", "there", "Second", "line"]


def test_which_mail_it_answers() -> None:
    raw = mail("In-Reply-To: <m2@acme.test>", "References: <m1@acme.test>", " <m2@acme.test>", "", "Yes")
    assert parse(raw).references == ("m1@acme.test", "m2@acme.test")


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <news.acme.test>", "Return-Path: <>",
     "Content-Type: multipart/report; boundary=x"],
)  # fmt: skip
def test_what_a_machine_wrote_is_known_as_such(header: str) -> None:
    assert parse(mail(header, "", "I am on holiday.")).is_automatic


def test_what_is_attached_is_named() -> None:
    raw = mail(
        "Content-Type: multipart/mixed; boundary=x", "", "--x", "", "See the photo.", "--x", "Content-Type: image/png",
        'Content-Disposition: attachment; filename="pole.png"', "", "abc", "--x--",
    )  # fmt: skip
    found = parse(raw)
    assert (found.text, found.files) == ("See the photo.", ("pole.png",))


def test_auto_submitted_no_is_a_person() -> None:
    assert not parse(mail("Auto-Submitted: no", "", "Hello")).is_automatic


def test_an_answer_goes_where_its_writer_wants_it() -> None:
    assert parse(mail("Reply-To: nora@home.test", "", "Hello")).sender == "nora@home.test"


def test_a_mail_without_an_id_is_known_by_its_content() -> None:
    head = b"From: nora@example.test\r\n"
    one, again, other = (parse(mail("", text, head=head)).message_id for text in ("Hello", "Hello", "Hello!"))
    assert one == again != other


@pytest.mark.parametrize("head", [b"", b"From: \r\n", b"From: nobody\r\n", b"\xff\xfe\x00"])
def test_without_a_sender_it_is_refused(head: bytes) -> None:
    with pytest.raises(Refused):
        parse(mail("", "Hello", head=head))


def test_an_unknown_charset_is_read_as_well_as_can_be() -> None:
    raw = mail("Content-Type: text/plain; charset=klingon", "", "Hello Grüße")
    assert parse(raw).text.startswith("Hello")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_are_a_fault(content: bytes) -> None:
    for raw in (content, HEAD + content, HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + content):
        try:
            found = parse(raw)
        except Refused:
            continue
        assert "\x00" not in found.text + found.subject + found.sender_name


@given(st.text(max_size=200))
def test_no_page_is_a_fault(html: str) -> None:
    assert isinstance(html_to_text(html), str)
