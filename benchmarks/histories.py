"""Conversations told one after another, and the rows that are left of them."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from benchmarks.chats import Chat
from benchmarks.tables import Shop


@dataclass
class Histories:
    """Tells conversations, oldest first, and keeps the rows until they are fetched."""

    shop: Shop
    random: random.Random = field(default_factory=lambda: random.Random(7))
    rows: defaultdict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    loads: Counter[tuple[int, str]] = field(default_factory=Counter)
    told: int = 0

    def fetch(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows since the last time, by table."""
        rows, self.rows = self.rows, defaultdict(list)
        return rows

    def tell(self, life: str, at: datetime) -> None:
        """One conversation that began at `at`: bot, closed, live, everyone, team, external or ticket."""
        chat = Chat(self, at)
        getattr(chat, f"live_as_{life}")()
        chat.store()
        self.told += 1

    def pick(self, choices: Sequence[Any]) -> Any:
        return choices[int(self.random.random() * len(choices))]

    def public_id(self, at: datetime) -> str:
        bits, stamp = self.random.getrandbits(74), f"{int(at.timestamp() * 1000):012x}"
        low = f"{bits & 0x3FFFFFFFFFFFFFFF | 0x8000000000000000:016x}"
        return f"{stamp[:8]}-{stamp[8:]}-7{bits >> 62:03x}-{low[:4]}-{low[4:]}"
