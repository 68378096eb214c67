"""What it means, in words, that a mail server cannot be reached."""

from __future__ import annotations

import socket
import ssl

from integrations.port import Retryable, Untrusted


def trouble(error: OSError | UnicodeError, host: str, port: int) -> Retryable:
    """The error of a connection to this server as one of ours, with a sentence for whoever set it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Untrusted(f"the certificate of {host} is not accepted: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return Retryable(f"{host} does not speak TLS on port {port} ({error.reason or 'it broke off'})")
    return Retryable(f"the mail server could not be reached: {_why(error, host, port)}")


def _why(error: OSError | UnicodeError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror | UnicodeError):
        return f"there is no server of the name {host}"
    if isinstance(error, TimeoutError):
        return f"{host} did not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return f"{host} takes no connections on port {port}"
    return str(error) or repr(error)
