"""How much may be written through the webchat: per address, visitor and channel (W1)."""

from __future__ import annotations

import math
import time

from flask import request
from limits import parse_many

from dashboard.extensions import limiter
from dashboard.models.errors import TooManyRequests
from dashboard.queries.webchat import Webchat
from dashboard.services.visitors import Visitor
from dashboard.web.context import config

TYPING_LIMIT = "60 per minute"


def count_address() -> None:
    """One more request that writes, from this address; raises TooManyRequests."""
    _count(config().address_limit, "webchat-address", request.remote_addr or "unknown")


def count_message(webchat: Webchat, visitor: Visitor) -> None:
    """One more message; raises TooManyRequests, and the visitor's own limit is the first to be reached."""
    _count(config().visitor_limit, "webchat-visitor", str(visitor.token_id))
    count_address()
    _count(config().channel_limit, "webchat-channel", str(webchat.id))


def count_typing(visitor: Visitor) -> None:
    _count(TYPING_LIMIT, "webchat-typing", str(visitor.token_id))


def _count(limits: str, name: str, key: str) -> None:
    for limit in parse_many(limits):
        if not limiter.limiter.hit(limit, name, key):
            reset_at = limiter.limiter.get_window_stats(limit, name, key).reset_time
            raise TooManyRequests(max(1, math.ceil(reset_at - time.time())))
