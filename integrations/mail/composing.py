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
    """The message with its headers; raises Refused for an address that is none."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(mail.sender, mail.sender_name)
    message["To"] = _address(mail.to)
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(at or datetime.now(UTC))
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
        parsed = Address(name, addr_spec=address)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise Refused(f"not an address that mail can go to: {error}") from None
    if not parsed.username or not parsed.domain:
        raise Refused("not an address that mail can go to: a part is missing")
    return parsed
