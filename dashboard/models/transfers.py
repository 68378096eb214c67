"""Offers: a transfer to a user that waits to be accepted (T5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.models.base import EnumText, Key, PublicId, db
from dashboard.models.enums import OfferState


class TransferOffer(db.Model):  # type: ignore[name-defined, misc]
    """The sender stays Assignee until it is accepted; it holds for one `epoch`: any change of owner voids it."""

    __tablename__ = "transfer_offer"
    __table_args__ = (
        Index(
            "uq_transfer_offer_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "conversation_id", "id"),
        Index(None, "to_user_id", "state"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    from_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    to_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str | None] = mapped_column(Text)
    state: Mapped[OfferState] = mapped_column(EnumText(OfferState), default=OfferState.OPEN)
    epoch: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
