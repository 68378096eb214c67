"""How much may be written through the webchat: per address, visitor and channel (W1), all processes together."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from typing import Any, Final

from flask import request
from limits import RateLimitItem, parse_many

from dashboard.extensions import limiter
from dashboard.models.errors import TooManyRequests
from dashboard.queries.webchat import Webchat
from dashboard.realtime.process import Process, current_process
from dashboard.services.visitors import Visitor
from dashboard.web.context import config

log = logging.getLogger(__name__)

KIND: Final = "webchat-count"
MAX_KEY: Final = 64
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


def attach(process: Process) -> None:
    """Count in this process what the others count."""

    def hit(message: Mapping[str, Any]) -> None:
        if message["by"] != process.id:
            for limit in parse_many(str(message["limits"])):
                limiter.limiter.hit(limit, str(message["name"]), str(message["key"]))

    process.on_message(KIND, hit)


def _count(limits: str, name: str, key: str) -> None:
    key = key[:MAX_KEY]
    for limit in parse_many(limits):
        if not _fits(limit, name, key):
            reset_at = limiter.limiter.get_window_stats(limit, name, key).reset_time
            raise TooManyRequests(max(1, math.ceil(reset_at - time.time())))
    if config().redis_url is None:  # in Redis the counts are shared anyway
        process = current_process()
        process.send(KIND, by=process.id, limits=limits, name=name, key=key)


def _fits(limit: RateLimitItem, name: str, key: str) -> bool:
    try:
        return limiter.limiter.hit(limit, name, key)
    except limiter.limiter.storage.base_exceptions as error:  # Redis': a chat that nobody counts is better than none
        log.warning("Redis did not count a request of the webchat: %s", error)
        return True
