"""Mail of an installation that has no mail server yet: one .eml file each, which every mail program opens."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from integrations.mail.composing import compose
from integrations.port import Mail, Retryable


class FolderPostman:
    """Writes into a folder; the same mail again replaces its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: Mail) -> None:
        """Write the file; raises Retryable when the disk refuses."""
        name = hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]
        draft = self._folder / f".{name}"
        content = compose(mail).as_bytes()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            draft.replace(self._folder / f"{name}.eml")
        except OSError as error:
            raise Retryable(f"the mail could not be written: {error}") from None

    def probe(self) -> None:
        """A folder has nothing to sign in to."""
