"""From a mail of ours to the bytes that travel."""

from __future__ import annotations

from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from integrations.port import Mail, Refused


def compose(mail: Mail, at: datetime | None = None) -> EmailMessage:
    """The message with its headers; raises Refused for an address that is none, and for what no mail can say."""
    try:
        message = _compose(mail, at or datetime.now(UTC))
        message.as_bytes()  # what cannot be written is found out here
    except ValueError as error:
        raise Refused(f"it cannot be written as a mail: {error}") from None
    return message


def in_ascii(address: str) -> str:
    """The address as mail servers know it, its domain in ASCII; raises Refused for a domain that is none."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise Refused("not an address that mail can go to: its domain is none") from None


def _compose(mail: Mail, at: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(mail.sender, mail.sender_name)
    message["To"] = _address(mail.to)
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail.message_id}>"
    if mail.in_reply_to:
        message["In-Reply-To"] = f"<{mail.in_reply_to}>"
    if mail.references:
        message["References"] = " ".join(f"<{each}>" for each in mail.references)
    if mail.is_automatic:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _address(address: str, name: str = "") -> Address:
    try:
        parsed = Address(name, addr_spec=in_ascii(address))
    except (ValueError, IndexError, HeaderParseError) as error:
        raise Refused(f"not an address that mail can go to: {error}") from None
    if not parsed.username or not parsed.domain:
        raise Refused("not an address that mail can go to: a part is missing")
    return parsed
