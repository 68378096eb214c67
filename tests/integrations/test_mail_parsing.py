"""What a mail says, however its writer's program wrote it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.mail.pages import html_to_text
from integrations.mail.parsing import MOST_FILES, MOST_PARTS, parse
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


def test_who_answers_between_the_quoted_lines_is_heard() -> None:
    attribution = "On Mon, 2 Nov 2026, Acme <help@acme.test> wrote:"
    raw = mail("", "Hi Bo,", "", attribution, "> Which pole?", "The long one.", "> And the colour?", "Blue.")
    assert [word in parse(raw).text for word in ("The long one.", "Blue.")] == [True, True]


def test_who_answers_under_the_quotation_is_heard() -> None:
    raw = mail("", "On Mon, 2 Nov 2026, Acme <help@acme.test> wrote:", "> Which pole?", "", "The long one.")
    assert parse(raw).text.endswith("The long one.")


def test_quotations_in_quotations_and_a_signature_are_left_out() -> None:
    raw = mail("", "Yes", "On Mon Bo wrote:", "> a", "> On Sun Nora wrote:", ">> b", "", "--", "Nora")
    assert parse(raw).text == "Yes"


@pytest.mark.parametrize(
    "block",
    [
        ("-----Original Message-----", "From: Acme", "Try turning it."),
        ("________________________________", "From: Acme <help@acme.test>", "Sent: Monday", "To: Nora", "Subject: Re"),
        ("Von: Acme <help@acme.test>", "Gesendet: Montag", "An: Nora", "Betreff: Re: Zelt", "", "Dreh daran."),
    ],
)
def test_what_an_office_program_quotes_is_left_out(block: tuple[str, ...]) -> None:
    assert parse(mail("", "It works now.", "", *block)).text == "It works now."


def test_two_lines_that_look_like_a_head_are_words() -> None:
    raw = mail("", "Please send it on.", "From: Berlin", "To: Munich", "And where is my tent?")
    assert parse(raw).text.endswith("And where is my tent?")


def test_the_whole_mail_is_there_for_who_has_not_read_what_it_quotes() -> None:
    raw = mail("", "See what they wrote:", "", "-----Original Message-----", "Your order is lost.")
    found = parse(raw)
    assert (found.text, found.whole.endswith("Your order is lost.")) == ("See what they wrote:", True)


def test_a_mail_of_nothing_but_a_quotation_keeps_it() -> None:
    raw = mail("", "> Try turning it.")
    assert parse(raw).text != ""


def test_the_text_of_a_page_is_its_words() -> None:
    raw = mail(
        "Content-Type: text/html; charset=utf-8", "",
        "<style>p{}</style><p>Hello&nbsp;there</p><script>alert(1)</script><div>Second <b>line</b></div>",
    )  # fmt: skip
    assert parse(raw).text.split() == ["Hello", "there", "Second", "line"]


@pytest.mark.parametrize(
    "page",
    [
        "<html><head><meta name=a><title>T</title><body><p>Hello</p></body></html>",
        "<html><head><style>p{}</style><body><table><tr><td>Hello</td></tr></table>",
        "<p>Hello",
        "<p>Hel<b></b>lo</p><!-- never closed",
    ],
)
def test_a_page_need_not_close_what_it_opens(page: str) -> None:
    assert html_to_text(page) == "Hello"


def test_a_page_says_where_its_links_lead_and_what_it_quotes() -> None:
    page = (
        '<a href="https://x.test/1?a=1&amp;b=2">here</a> <a href="https://x.test">https://x.test</a>'
        "<blockquote>Which pole?</blockquote>The long one, 1 < 2"
    )
    assert html_to_text(page).split("\n") == [
        "here (https://x.test/1?a=1&b=2) https://x.test", "> Which pole?", "The long one, 1 < 2"
    ]  # fmt: skip


def test_words_behind_styles_and_images_are_read() -> None:
    page = f"<style>{'p{}' * 60_000}</style><p>One<img src='data:{'A' * 200_000}'></p><p>Two</p>"
    assert parse(mail("Content-Type: text/html", "", page)).text.split() == ["One", "Two"]


def test_an_empty_text_beside_a_page_hides_nothing() -> None:
    raw = mail(
        "Content-Type: multipart/alternative; boundary=x", "", "--x", "Content-Type: text/plain", "", " ", "--x",
        "Content-Type: text/html", "", "<p>The pole broke.</p>", "--x--",
    )  # fmt: skip
    assert parse(raw).text == "The pole broke."


def test_words_under_an_image_are_words() -> None:
    raw = mail(
        "Content-Type: multipart/mixed; boundary=x", "", "--x", "Content-Type: text/plain", "", "See:", "--x",
        "Content-Type: image/png", "Content-Disposition: inline; filename=pole.png", "", "abc", "--x",
        "Content-Type: text/plain", "", "It broke here.", "--x--",
    )  # fmt: skip
    found = parse(raw)
    assert (found.text, found.files) == ("See:\n\nIt broke here.", ("pole.png",))


def test_what_no_message_may_contain_is_taken_out() -> None:
    head = (
        b"From: =?utf-8?q?No=07ra?= <nora@example.test>\r\nSubject: =?utf-8?q?My=1B_tent?=\r\n"
        b"Message-ID: <a\x00b@x>\r\nContent-Type: multipart/mixed; boundary=x\r\n"
    )
    raw = mail(
        "", "--x", "", "One\x0cTwo\x7f", "--x", "Content-Type: image/png",
        "Content-Disposition: attachment; filename*=utf-8''a%07%ED%A0%80.png", "", "abc", "--x--", head=head,
    )  # fmt: skip
    found = parse(raw)
    assert (found.sender_name, found.subject, found.text) == ("Nora", "My tent", "One\nTwo")
    assert "\x00" not in found.message_id
    assert found.files[0].encode().endswith(b".png")


def test_a_name_is_cut_and_an_address_that_is_too_long_is_none() -> None:
    assert len(parse(mail("", "Hello", head=b"From: " + b"N" * 500 + b" <n@x.test>\r\n")).sender_name) == 120
    with pytest.raises(Refused):
        parse(mail("", "Hello", head=b"From: " + b"n" * 300 + b"@x.test\r\n"))


def test_of_many_attachments_some_are_named() -> None:
    part = ["--x", "Content-Disposition: attachment; filename=a.png", "", "abc"]
    raw = mail("Content-Type: multipart/mixed; boundary=x", "", *part * (MOST_FILES + 3), "--x--")
    assert parse(raw).files[-1] == "3 more"


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_answers_the_mail_that_it_brings_back(kind: str) -> None:
    raw = mail(
        "Content-Type: multipart/report; boundary=x; report-type=delivery-status", "", "--x", "", "User unknown", "--x",
        f"Content-Type: {kind}", "", "Message-ID: <ours@acme.test>", "Subject: Your tent", "", "--x--",
        head=b"From: MAILER-DAEMON@mx.test\r\nMessage-ID: <b1@mx.test>\r\n",
    )  # fmt: skip
    found = parse(raw)
    assert (found.references, found.is_automatic) == (("ours@acme.test",), True)


HEAVY = {
    "blank lines": b"\r\nHello" + b"\n" * 200_000 + b"end",
    "attributions": b"\r\n" + b"On " * 60_000,
    "broken attributions": b"\r\n" + b"On\n" * 60_000,
    "heads": b"\r\n" + b"From: a\n" * 25_000,
    "half tags": b"Content-Type: text/html\r\n\r\n" + b"<a " * 60_000,
    "tags": b"Content-Type: text/html\r\n\r\n" + b"<p>" * 200_000,
    "half comments": b"Content-Type: text/html\r\n\r\n" + b"<!--" * 50_000,
    "parameters": b"Content-Type: text/plain; " + b"a=b; " * 20_000 + b"\r\n\r\nhi",
    "addresses": b"Reply-To: " + b"a@x.test, " * 20_000 + b"\r\n\r\nhi",
    "words of a subject": b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\nhi",
}


@pytest.mark.parametrize("what", HEAVY)
def test_no_mail_keeps_the_house_busy(what: str) -> None:
    before = time.process_time()
    parse(HEAD + HEAVY[what])
    assert time.process_time() - before < 10


@pytest.mark.parametrize(
    "content",
    [
        b"Content-Type: message/rfc822\r\n\r\n" * 3_000,
        b"From: " + b"(" * 5_000 + b" n@x.test\r\n\r\nhi",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * (MOST_PARTS + 1),
        b"References: <a@x>\r\n" * 600 + b"\r\nhi",
    ],
)
def test_what_is_built_to_break_the_reader_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        parse(content if content.startswith(b"From") else HEAD + content)


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


def test_the_list_that_handed_a_mail_on_is_told_if_it_is_all_that_makes_it_automatic() -> None:
    listed = ("List-ID: Help <Help.Acme.test>", "Precedence: list", "List-Unsubscribe: <mailto:x@acme.test>")
    found = parse(mail(*listed, "", "The pole broke."))
    assert (found.is_automatic, found.list_id) == (True, "help.acme.test")
    assert parse(mail(*listed, "Auto-Submitted: auto-replied", "", "I am on holiday.")).list_id == ""


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
