"""Secrets that we hand out and keep only as hashes, and the passwords of users, hashed beside the loop."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from functools import cache, partial
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard.models.errors import Invalid
from dashboard.services.apart import run_apart

P = ParamSpec("P")
R = TypeVar("R")

MIN_PASSWORD = 8
MAX_PASSWORD = 1_000

# 19 MiB and 2 rounds: OWASP's first choice that fits an embedded process of 130 MB.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def new_token(prefix: str = "") -> str:
    """256 random bits as URL-safe text."""
    return prefix + secrets.token_urlsafe(32)


def new_password() -> str:
    """A password that can be typed: three groups of four letters and digits, 60 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(3))


def digest(raw: str) -> str:
    """How a token is stored: it is random, so a plain hash suffices."""
    return hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()


def clean_password(raw: object) -> str:
    """The password as it was typed; raises Invalid for other types, none, and too much."""
    if not isinstance(raw, str) or not raw:
        raise Invalid({"password": "Type the password."})
    if len(raw) > MAX_PASSWORD:
        raise Invalid({"password": f"A password has at most {MAX_PASSWORD:,} characters."})
    return raw.encode("utf-8", "replace").decode()


def hash_password(password: str) -> str:
    """The argon2id hash; takes about 30 ms, in a thread of its own under gevent."""
    return _apart(_hasher.hash, password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether it is the password; the same work when there is none, so that time tells nothing."""
    matches = _apart(_verify, stored or _nobodys_hash(), password)
    return matches and stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _apart(_hasher.hash, secrets.token_urlsafe(16))


def _apart(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    # Inline, twenty sign-ins at once would stop a patched process for more than a second.
    return run_apart("passwords", partial(function, *args, **kwargs))
