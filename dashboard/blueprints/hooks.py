"""What other systems post to us: mails, as they are (T8)."""

from __future__ import annotations

from flask import Blueprint, request

from dashboard.extensions import csrf
from dashboard.models import db
from dashboard.models.errors import Invalid, NotFound
from dashboard.queries.mailboxes import find_hooked
from dashboard.services.mail_in import receive_mail
from dashboard.services.secrets import digest
from dashboard.web.context import read_mail
from integrations.port import Refused

bp = Blueprint("hooks", __name__, url_prefix="/hooks")
csrf.exempt(bp)  # no cookie is looked at: the address itself is the secret

MAX_MAIL = 10 * 1024 * 1024


@bp.post("/mail/<token>")
def create_mail(token: str) -> dict[str, str]:
    """A mail in MIME as the body; the same one again is taken once. Answers what became of it."""
    mailbox_id = find_hooked(db.session, digest(token))
    if mailbox_id is None:
        raise NotFound
    request.max_content_length = MAX_MAIL
    raw = request.get_data(cache=False)
    db.session.close()
    try:
        mail = read_mail(raw)
    except Refused as error:
        raise Invalid({"body": str(error)}) from None
    return {"outcome": receive_mail(mailbox_id, mail).outcome}
