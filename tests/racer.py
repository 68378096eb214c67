"""One process of a race: it prepares its threads, says so, waits for the start, and prints what became of each.

Run as `python -m tests.racer DATABASE_URL DATA_DIR`; the first line of standard input is the JSON list of calls,
the second starts them all. A call is {"do": "claim" | "hand_off" | …}; the answer a list in the same order.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import db
from dashboard.models.errors import BatonError, OwnershipChanged, WorkflowChanged
from dashboard.services import access, closing, merging, messaging, shift, transfers, workflows

SECRET = "a secret of the tests, forty characters."


def main() -> None:
    app = create_app(load_config(database_url=sys.argv[1], data_dir=Path(sys.argv[2]), secret_key=SECRET))
    calls = json.loads(sys.stdin.readline())
    results: list[dict[str, Any]] = [{} for _ in calls]
    start = threading.Event()
    ready = threading.Barrier(len(calls) + 1)

    def run(index: int) -> None:
        with app.app_context():
            db.session.connection()  # so that connecting is no part of the race
            db.session.remove()
            ready.wait()
            start.wait()
            results[index] = perform(calls[index])

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    ready.wait()
    print("ready", flush=True)
    sys.stdin.readline()
    start.set()
    for thread in threads:
        thread.join()
    print(json.dumps(results), flush=True)


def perform(call: dict[str, Any]) -> dict[str, Any]:
    """Make one call and describe its outcome, with the times when it began and was acknowledged."""
    outcome: dict[str, Any] = {"began": time.time(), "call": call}
    try:
        if call["do"] == "claim":
            viewer = access.get_viewer(db.session, call["user_id"])
            transfers.claim(viewer, call["conversation"])
        elif call["do"] == "take_over":
            viewer = access.get_viewer(db.session, call["user_id"])
            transfers.take_over(
                viewer, call["conversation"], call["text"], f"takeover-{call['user_id']}", call.get("epoch")
            )
        elif call["do"] == "save_handoff":
            viewer = access.get_viewer(db.session, call["user_id"])
            workflows.save_handoff(viewer, call["ai_agent"], call["key"], call["settings"], call["based_on"])
        elif call["do"] == "shift":
            viewer = access.get_viewer(db.session, call["user_id"])
            decision = shift.Decision(call["conversation"], shift.Choice.RETURN, "", "Over to you.", call["epoch"])
            [result] = shift.hand_over(viewer, [decision])
            if result.refusal:
                raise result.refusal
        elif call["do"] == "merge":
            viewer = access.get_viewer(db.session, call["user_id"])
            merging.merge_people(viewer, call["kept"], call["other"], call["seen"])
        elif call["do"] == "close":
            viewer = access.get_viewer(db.session, call["user_id"])
            closing.set_status(viewer, call["conversation"], "closed")
        else:
            key = call.get("client_id", "first")
            posted = messaging.start_chat(call["channel_id"], call["person_id"], call["text"], key)
            outcome["conversation"] = posted.conversation_public_id
        outcome["result"] = "done"
    except OwnershipChanged as refusal:
        outcome["result"] = "ownership-changed"
        outcome["winner"] = refusal.current.assignee_name
    except WorkflowChanged as refusal:
        outcome["result"] = refusal.slug
        outcome["winner"] = refusal.by
    except BatonError as refusal:
        outcome["result"] = refusal.slug
    outcome["acknowledged"] = time.time()
    return outcome


if __name__ == "__main__":
    main()
