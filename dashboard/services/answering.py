"""Working out one answer: the question with its FAQ entries goes to the port, its answer goes to the conversation."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from dashboard.models import AIAgent, db
from dashboard.models.clock import utcnow
from dashboard.services import answers, jobs
from integrations.port import Answerer, Entry, PortError, Question, Retryable

FIRST_RETRY = 1.0
LONGEST_RETRY = 20.0

_agent = AIAgent.__table__.c


def work_out(job: jobs.Job, answerer: Answerer) -> None:
    """Ask the answerer, outside any transaction, and hand on what it says.

    What may work later is tried again until the deadline; then, and at once for a refusal, the failure branch runs.
    """
    question = ask(job)
    db.session.close()  # it may take long: no connection is held meanwhile
    if _is_late(job):
        return answers.answer_failed(job)
    try:
        found = answerer.answer(question)
    except Retryable as error:
        return _try_later(job, error)
    except PortError:
        return answers.answer_failed(job)
    if _is_late(job):
        return answers.answer_failed(job)
    return answers.answer_arrived(job, found.text if found else None)


def ask(job: jobs.Job) -> Question:
    """The question of a job, with the FAQ entries of its AI agent."""
    agent_id = job.payload["ai_agent_id"]
    languages = db.session.execute(select(_agent.languages).where(_agent.id == agent_id)).scalar_one()
    entries = (
        Entry(row["question"], row["answer"], tuple(row["phrases"]), row["language"])
        for row in answers.load_faq(db.session, agent_id)
    )
    return Question(
        key=job.idempotency_key,
        text=job.payload["question"],
        language=job.payload["language"],
        default_language=languages[0] if languages else "en",
        entries=tuple(entries),
    )


def _is_late(job: jobs.Job) -> bool:
    return job.deadline_at is not None and utcnow() >= job.deadline_at


def _try_later(job: jobs.Job, error: Retryable) -> None:
    delay = error.after if error.after is not None else min(FIRST_RETRY * 2 ** (job.attempts - 1), LONGEST_RETRY)
    jobs.retry_later(job.id, str(error), timedelta(seconds=delay))
