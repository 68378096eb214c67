"""The words of the mails that bring a link."""

from __future__ import annotations


def invitation_words(inviter: str, name: str, workspace: str, link: str, *, is_new: bool) -> tuple[str, str]:
    """Subject and text; without `is_new` the link sets a new password."""
    if is_new:
        subject = f"{inviter} invites you to {workspace}"
        what = f"{inviter} invites you to answer conversations of {workspace} in Baton.\nChoose your password here:"
        until = "The link works once, within the next 7 days."
    else:
        subject = f"A new password for {workspace}"
        what = f"{inviter} sends you this link, with which you choose a new password for {workspace} in Baton:"
        until = "The link works once, within the next 2 hours. Your password stays as it is until then."
    return subject, f"Hello {name},\n\n{what}\n\n{link}\n\n{until}\n"
