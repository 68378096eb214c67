"""The WSGI middleware that makes every websocket a safe one, or refuses it cleanly."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from dashboard.realtime.safe_socket import SafeSock


class SafeSockets:
    """WSGI middleware: every websocket handshake gets a SafeSock and no compression, or a clean refusal."""

    def __init__(self, app: WSGIApplication, is_refusing: Callable[[], bool] = lambda: False) -> None:
        self.app = app
        self.is_refusing = is_refusing

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
            return self.app(environ, start_response)
        if self.is_refusing():
            return _refuse(start_response, "503 Service Unavailable", ("Retry-After", "1"))
        if not _is_valid_handshake(environ):
            return _refuse(start_response, "400 Bad Request", ("Sec-WebSocket-Version", "13"))
        # Two senders that share one deflate state corrupt the stream.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        if "gunicorn.socket" not in environ:
            return self.app(environ, start_response)
        safe = environ["gunicorn.socket"] = SafeSock(environ["gunicorn.socket"])
        response = self.app(environ, start_response)
        if safe.is_used:  # an error page must not be written into a websocket
            safe.cut("failed")
            raise StopIteration
        return response


def _refuse(start_response: StartResponse, status: str, header: tuple[str, str]) -> list[bytes]:
    start_response(status, [("Content-Length", "0"), header])
    return []


def _is_valid_handshake(environ: WSGIEnvironment) -> bool:
    """What wsproto would raise about: a refusal must not be an error 500."""
    try:
        key = base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""), validate=True)
    except ValueError:
        return False
    return (
        len(key) == 16
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and "upgrade" in environ.get("HTTP_CONNECTION", "").lower()
        and environ["REQUEST_METHOD"] == "GET"
        and bool(environ.get("HTTP_HOST"))
    )
