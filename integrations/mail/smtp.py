"""Sending by SMTP: one connection per mail, and every refusal sorted into what helps against it."""

from __future__ import annotations

import smtplib
import ssl

from integrations.mail.composing import compose, in_ascii
from integrations.mail.trouble import trouble
from integrations.port import CredentialsBroken, Mail, MailAccount, PortError, Refused, Retryable

TIMEOUT = 30.0
PROBE_TIMEOUT = 10.0
"""For whoever waits at a screen."""


class SmtpPostman:
    """Sends through one account."""

    def __init__(self, account: MailAccount, timeout: float = TIMEOUT) -> None:
        self._account = account
        self._timeout = timeout

    def send(self, mail: Mail) -> None:
        """Hand it to the server; raises Retryable, CredentialsBroken or Refused."""
        message = compose(mail)
        try:
            with self._connect(self._timeout) as server:
                server.send_message(message, in_ascii(mail.sender), [in_ascii(mail.to)])
        except smtplib.SMTPRecipientsRefused as error:
            [(code, said)] = error.recipients.values()
            raise _sorted(code, f"the address was refused: {_text(said)}") from None
        except (OSError, UnicodeError) as error:
            raise self._explained(error) from None

    def probe(self) -> None:
        """Connect and sign in, and send nothing; raises Retryable, CredentialsBroken or Refused."""
        try:
            with self._connect(min(self._timeout, PROBE_TIMEOUT)) as server:
                server.noop()
        except (OSError, UnicodeError) as error:
            raise self._explained(error) from None

    def _explained(self, error: OSError | UnicodeError) -> PortError:
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return CredentialsBroken(f"the mail server refused name and password: {_words(error)}")
        if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError):
            return Retryable(f"the mail server takes nothing now: {_words(error)}")
        if isinstance(error, smtplib.SMTPResponseException):
            return _sorted(error.smtp_code, f"the mail was refused: {_words(error)}")
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return CredentialsBroken(f"the mail server does not do what is set: {error}")
        if isinstance(error, smtplib.SMTPException):
            return Retryable(f"the mail server broke off: {error}")
        return trouble(error, self._account.host, self._account.port)

    def _connect(self, timeout: float) -> smtplib.SMTP:
        account = self._account
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if account.security == "tls":
            server = smtplib.SMTP_SSL(account.host, account.port, timeout=timeout, context=context)
        else:
            server = smtplib.SMTP(account.host, account.port, timeout=timeout)
        try:
            if account.security == "starttls":
                server.starttls(context=context)
            if account.user:
                _sign_in(server, account)
        except BaseException:
            server.close()
            raise
        return server


def _sign_in(server: smtplib.SMTP, account: MailAccount) -> None:
    try:
        server.login(account.user, account.password)
    except UnicodeError:
        raise CredentialsBroken("name and password may only have ASCII characters") from None


def _sorted(code: int, reason: str) -> Retryable | Refused:
    return Retryable(reason) if 400 <= code < 500 else Refused(reason)


def _words(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
