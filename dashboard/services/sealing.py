"""Passwords of other systems that we must be able to read again: encrypted with the installation's key."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dashboard.models.errors import Refused

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

PURPOSE = b"baton passwords"


class Sealer:
    """Seals and opens small sets of secrets; another key opens nothing of this one's."""

    def __init__(self, key: str) -> None:
        self._key = key

    def seal(self, secrets: Mapping[str, str]) -> str:
        """Text that only this installation can open."""
        return self._fernet().encrypt(json.dumps(dict(secrets)).encode()).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """What was sealed; raises Refused when the installation's key has changed since."""
        from cryptography.fernet import InvalidToken

        try:
            opened: dict[str, str] = json.loads(self._fernet().decrypt(sealed.encode()))
        except InvalidToken:
            raise Refused("The installation's key has changed since: the password has to be given again.") from None
        return opened

    def _fernet(self) -> Fernet:
        from cryptography.fernet import Fernet  # late: several megabytes, for installations that keep such passwords

        derived = hashlib.blake2b(self._key.encode(), digest_size=32, person=PURPOSE).digest()
        return Fernet(base64.urlsafe_b64encode(derived))
