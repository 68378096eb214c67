"""A live agent corrects the language that was detected (I4)."""

from __future__ import annotations

from sqlalchemy import select

from dashboard.models import AIAgent
from dashboard.models.errors import Invalid
from dashboard.models.visibility import Viewer, can_manage
from dashboard.services.access import hold_for, refuse
from dashboard.services.events import LanguageCorrected
from dashboard.services.timeline import activity
from dashboard.services.unit_of_work import unit_of_work

_ai = AIAgent.__table__.c


def correct_language(viewer: Viewer, public_id: str, language: object) -> None:
    """Set the conversation's language for good: detection no longer changes it.

    Raises Invalid for a language that the AI agent does not have, NotPermitted without Manage.
    """
    with unit_of_work() as uow:
        viewer, held, scope = hold_for(uow, viewer.user_id, public_id)
        if not can_manage(viewer, scope):
            refuse(uow, viewer, held, scope, "Only those who manage the conversation set its language.")
        known = uow.conn.execute(select(_ai.languages).where(_ai.id == held.ai_agent_id)).scalar() or []
        if language not in known:
            raise Invalid({"language": "The AI agent of this conversation does not speak it."})
        if language == held.language and held.is_language_corrected:
            return
        held.write(uow, language=language, is_language_corrected=True)
        activity(uow, held, "language", f"{viewer.name} set the language to {language}.", language=language)
        uow.emit(LanguageCorrected(held.id, held.teamspace_id, str(language)))
