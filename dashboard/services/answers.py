"""Answers that are worked out elsewhere: asked for by an outbox row, said later, or kept for the new owner (L3, L7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from dashboard.models import AIAgent, FaqEntry, Suggestion
from dashboard.models.enums import Handler, SuggestionState
from dashboard.models.ids import new_public_id
from dashboard.models.membership import Reader
from dashboard.services import flow, jobs
from dashboard.services.events import SuggestionKept
from dashboard.services.holding import Held, hold
from dashboard.services.unit_of_work import UnitOfWork, unit_of_work
from dashboard.workflow import inputs

_ai = AIAgent.__table__.c
_f = FaqEntry.__table__.c


def answer_arrived(job: jobs.Job, text: str | None) -> None:
    """The answering port has an answer, or knows nothing (None): say it, or keep it for the new owner (L3)."""
    _finish_answer(job, inputs.AnswerArrived(text, job.payload["question"]), text)


def answer_failed(job: jobs.Job) -> None:
    """No answer in time: the failure branch runs, never silence (L7)."""
    _finish_answer(job, inputs.AnswerFailed(job.payload["question"]), None)


def load_faq(reader: Reader, ai_agent_id: int) -> list[dict[str, Any]]:
    """The FAQ entries that travel with a question."""
    rows = reader.execute(
        select(_f.id, _f.question, _f.phrases, _f.answer, _f.language)
        .where(_f.ai_agent_id == ai_agent_id)
        .order_by(_f.id)
    )
    return [dict(row._mapping) for row in rows]


def _finish_answer(job: jobs.Job, given: inputs.Input, text: str | None) -> None:
    with unit_of_work() as uow:
        held = hold(uow, id=job.payload["conversation_id"])
        if not jobs.finish(uow, job.id):
            return
        if held.handler is Handler.AI_AGENT and held.epoch == job.epoch:
            flow.step(uow, held, given)
        elif text:
            _keep_suggestion(uow, held, job, text)


def _keep_suggestion(uow: UnitOfWork, held: Held, job: jobs.Job, text: str) -> None:
    name = uow.conn.execute(select(_ai.name).where(_ai.id == held.ai_agent_id)).scalar_one()
    suggestion_id = uow.conn.execute(
        insert(Suggestion.__table__)
        .values(
            public_id=new_public_id(),
            conversation_id=held.id,
            body=text,
            author_name=name,
            state=SuggestionState.OPEN,
            source_key=job.idempotency_key,
            epoch=job.epoch,
            created_at=uow.now,
        )
        .returning(Suggestion.__table__.c.id)
    ).scalar_one()
    uow.emit(SuggestionKept(held.id, held.teamspace_id, suggestion_id))
