"""One process of a busy floor: threads in which persons ask, and agents work, come and go, all at once.

Run as `python -m tests.floor_hands DATABASE_URL DATA_DIR`; the first line of standard input is a JSON object with
the ids of what there is, the number of threads, of deeds of each, and a seed. It says `ready`, begins at the second
line, says `half` in the middle, and ends with a line of JSON: what was done and what was refused, by name.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from dashboard.app import create_app
from dashboard.config import load_config
from dashboard.models import Conversation, Team, Teamspace, User, db
from dashboard.models.enums import ConversationKind, Handler, Method, Status
from dashboard.models.errors import BatonError
from dashboard.models.ids import new_public_id
from dashboard.models.visibility import Viewer
from dashboard.services import access, assignment, availability, closing, messaging, returning, transfers
from dashboard.services.unit_of_work import unit_of_work

SECRET = "a secret of the tests, forty characters."
WISH = "I want to talk to a human"

_c = Conversation.__table__.c
_s = Teamspace.__table__.c

WEIGHTS = {
    "ask": 8, "write": 3, "reply": 4, "close": 6, "resolve": 3, "transfer_to_user": 3, "transfer_to_team": 3,
    "give_back": 3, "claim": 3, "take_over": 2, "come": 5, "go_away": 2, "sign_out": 2, "drop_out": 1, "set_method": 1,
}  # fmt: skip


class Hands:
    """What one thread does, by chance; between looking and doing others may be faster, and it is refused."""

    def __init__(self, given: dict[str, Any], number: int) -> None:
        self.given = given
        self.chance = random.Random(f"{given['seed']}/{number}")
        self.done: Counter[str] = Counter()

    def work(self, progress: Callable[[], None]) -> None:
        for _ in range(self.given["deeds"]):
            [name] = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
            try:
                getattr(self, name)()
                self.done[name] += 1
            except BatonError as refusal:
                self.done[f"refused: {refusal.slug}"] += 1
            finally:
                db.session.remove()
            progress()

    # --- persons

    def ask(self) -> None:
        messaging.start_chat(self.given["channel"], self.chance.choice(self.given["persons"]), WISH, new_public_id())

    def write(self) -> None:
        messaging.start_chat(self.given["channel"], self.chance.choice(self.given["persons"]), "Hm.", new_public_id())

    # --- agents at work

    def reply(self) -> None:
        if found := self.held():
            messaging.send_reply(*found, "Hello", new_public_id())

    def close(self) -> None:
        if found := self.held():
            closing.set_status(*found, Status.CLOSED)

    def resolve(self) -> None:
        if found := self.held():
            closing.set_status(*found, self.chance.choice([Status.RESOLVED, Status.RESOLVED, Status.OPEN]))

    def transfer_to_user(self) -> None:
        if found := self.held():
            transfers.transfer_to_user(*found, self.scalar(select(User.public_id).where(User.id == self.agent())))

    def transfer_to_team(self) -> None:
        if found := self.held():
            transfers.transfer_to_team(*found, self.scalar(select(Team.public_id).order_by(func.random()).limit(1)))

    def give_back(self) -> None:
        if found := self.held():
            returning.return_conversation(*found)

    def claim(self) -> None:
        if waiting := self.scalar(self.any_of(_c.handler == Handler.QUEUE)):
            transfers.claim(self.viewer(self.agent()), waiting)

    def take_over(self) -> None:
        if somebodys := self.scalar(self.any_of(_c.handler.in_([Handler.QUEUE, Handler.LIVE_AGENT]))):
            transfers.take_over(self.viewer(self.agent()), somebodys, "I take this.", new_public_id())

    # --- who is there, and by which rules

    def come(self) -> None:
        user = self.agent()
        availability.connect(user, new_public_id(), self.given["name"])
        availability.set_availability(user, "online")

    def go_away(self) -> None:
        availability.set_availability(self.agent(), "away")

    def sign_out(self) -> None:
        with unit_of_work() as uow:
            availability.end_presence(uow, self.agent(), None)

    def drop_out(self) -> None:
        availability.expire_leases()

    def set_method(self) -> None:
        method = self.chance.choice([Method.BALANCED, Method.RANDOM, Method.ROUND_ROBIN])
        with unit_of_work() as uow:
            uow.conn.execute(update(Teamspace.__table__).where(_s.id == self.given["teamspace"]).values(method=method))
            assignment.rules_changed(uow, self.given["teamspace"])

    # --- looking

    def agent(self) -> int:
        return int(self.chance.choice(self.given["agents"]))

    def viewer(self, user_id: int) -> Viewer:
        return access.get_viewer(db.session, user_id)

    def held(self) -> tuple[Viewer, str] | None:
        user_id = self.agent()
        public_id = self.scalar(self.any_of(_c.assignee_id == user_id))
        return (self.viewer(user_id), public_id) if public_id else None

    def any_of(self, clause: Any) -> Any:
        chats = select(_c.public_id).where(_c.kind == ConversationKind.CHAT, clause)
        return chats.order_by(func.random()).limit(1)

    def scalar(self, statement: Any) -> Any:
        return db.session.execute(statement).scalar()


def main() -> None:
    app = create_app(load_config(database_url=sys.argv[1], data_dir=Path(sys.argv[2]), secret_key=SECRET))
    given = json.loads(sys.stdin.readline())
    hands = [Hands(given, number) for number in range(given["threads"])]
    half, lock, count = given["threads"] * given["deeds"] // 2, threading.Lock(), 0

    def progress() -> None:
        nonlocal count
        with lock:
            count += 1
            if count == half:
                print("half", flush=True)

    def work(each: Hands) -> None:
        with app.app_context():
            each.work(progress)

    threads = [threading.Thread(target=work, args=(each,)) for each in hands]
    print("ready", flush=True)
    sys.stdin.readline()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(sum((each.done for each in hands), Counter())), flush=True)


if __name__ == "__main__":
    main()
