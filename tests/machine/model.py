"""What must be true of chats after each verb, in plain Python: no database, no transactions, no clock but a counter."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.machine.chat import Chat, Refusal

TEAMS = {"Front line": {"bo", "cy"}, "Returns": {"eli"}}
AGENTS = ("bo", "cy", "eli")  # in the order of their ids, which breaks ties
EVERYBODY = (*AGENTS, "ada", "di", "fay")
LIMIT = 1
COUNTED = ("open", "pending", "overdue")


@dataclass
class Office:
    """Everybody and every chat."""

    chats: dict[str, Chat] = field(default_factory=dict)
    online: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)
    last_assigned: dict[str, int] = field(default_factory=dict)
    moment: int = 0

    def tick(self) -> None:
        """The next transaction begins."""
        self.moment += 1

    def load(self, user: str) -> int:
        return sum(chat.assignee == user and chat.status in COUNTED for chat in self.chats.values())

    # --- who may ---------------------------------------------------------------------------------------------------

    def is_eligible(self, user: str, chat: Chat) -> bool:
        return chat.handler == "queue" and user in chat.eligible

    def reaches(self, user: str, assignee: str | None, team: str | None) -> bool:
        """Own, or of a colleague in a team, or with a team of theirs."""
        mates = {user} if user in AGENTS else set()
        for members in TEAMS.values():
            mates |= members if user in members else set()
        return assignee in mates or (team is not None and user in TEAMS[team])

    def sees(self, user: str, chat: Chat) -> bool:
        if user in ("ada", "di"):
            return True
        held = {(chat.assignee, chat.team), *chat.past}
        return self.is_eligible(user, chat) or any(self.reaches(user, *each) for each in held)

    def manages(self, user: str, chat: Chat) -> bool:
        return user == "ada" or self.is_eligible(user, chat) or self.reaches(user, chat.assignee, chat.team)

    def require_door(self, user: str, chat: Chat) -> None:
        """A stranger hears nothing; who had a stake in the handoff hears at least who has it (L8)."""
        if not self.sees(user, chat) and user not in chat.stake | set(chat.held_by):
            raise Refusal("not-found")

    def require_epoch(self, chat: Chat, epoch: int | None) -> None:
        if epoch is not None and epoch != chat.epoch:
            raise Refusal("ownership-changed")

    def refuse(self, user: str, chat: Chat) -> Refusal:
        lost = user in chat.held_by or (user in chat.stake and not self.is_eligible(user, chat))
        managed = chat.handler == "ai_agent" and any(user == "ada" or self.reaches(user, *each) for each in chat.past)
        return Refusal("ownership-changed" if lost or managed else "not-permitted")

    # --- the verbs -------------------------------------------------------------------------------------------------

    def write(self, name: str, asks_for_human: bool) -> None:
        chat = self.chats.setdefault(name, Chat())
        if chat.handler != "ai_agent":
            chat.waiting = True
            chat.status = "open" if chat.status == "resolved" else chat.status
            return
        chat.awaits_rating = False
        if asks_for_human:
            self.begin_handoff(chat)
            self.enter_queue(chat, frozenset(AGENTS))
            chat.waiting = True
            self.route()

    def begin_handoff(self, chat: Chat) -> None:
        chat.stake, chat.held_by, chat.last_team, chat.outcome, chat.awaits_rating = set(), [], None, None, False
        chat.requested = self.moment

    def enter_queue(self, chat: Chat, eligible: frozenset[str], excluded: str | None = None) -> None:
        chat.handler, chat.assignee, chat.status, chat.epoch = "queue", None, "pending", chat.epoch + 1
        chat.eligible, chat.excluded = eligible, excluded
        chat.stake |= eligible
        chat.last_team = chat.team

    def give(self, chat: Chat, user: str, team: str | None, status: str = "open") -> None:
        chat.handler, chat.assignee, chat.status, chat.epoch = "live_agent", user, status, chat.epoch + 1
        chat.team = chat.last_team = team
        chat.held_by.append(user)
        self.last_assigned[user] = self.moment

    def claim(self, user: str, name: str, epoch: int | None) -> None:
        chat = self.chats[name]
        self.require_door(user, chat)
        if chat.assignee == user:
            return
        self.require_epoch(chat, epoch)
        if not self.is_eligible(user, chat):
            raise self.refuse(user, chat)
        self.give(chat, user, chat.team)

    def take_over(self, user: str, name: str, epoch: int | None) -> None:
        chat = self.chats[name]
        self.require_door(user, chat)
        self.require_epoch(chat, epoch)
        if chat.assignee != user:
            if user == "di":
                raise Refusal("not-permitted")
            if not self.manages(user, chat):
                raise self.refuse(user, chat)
            if chat.handler == "ai_agent":
                self.begin_handoff(chat)
            self.give(chat, user, None)
        self.answer_person(chat)
        self.route()

    def answer_person(self, chat: Chat) -> None:
        chat.waiting = False
        chat.status = "open" if chat.status in ("overdue", "resolved") else chat.status

    def transfer(self, user: str, name: str, to: str, epoch: int | None) -> None:
        chat = self.chats[name]
        self.require_door(user, chat)
        self.require_epoch(chat, epoch)
        if chat.assignee != user:
            raise self.refuse(user, chat)
        if to in TEAMS:
            chat.team = to
            self.enter_queue(chat, frozenset(TEAMS[to] | ({user} & set(AGENTS))), user)
        elif to not in AGENTS or to == user:
            raise Refusal("invalid")
        else:
            self.give(chat, to, None, "overdue" if chat.status == "overdue" else "open")
        self.route()

    def set_status(self, user: str, name: str, status: str, epoch: int | None) -> None:
        chat = self.chats[name]
        self.require_door(user, chat)
        if self.is_repeated(user, chat, status):
            return
        self.require_epoch(chat, epoch)
        if chat.handler == "queue" and user == "ada":
            if status != "closed":
                raise Refusal("refused")
        elif chat.assignee != user:
            raise self.refuse(user, chat)
        if status == "closed":
            self.close(chat)
        else:
            chat.status = status
        self.route()

    def is_repeated(self, user: str, chat: Chat, status: str) -> bool:
        if chat.assignee == user:
            return chat.status == status
        if status != "closed" or chat.handler != "ai_agent" or chat.outcome is None:
            return False
        return user == "ada" if chat.outcome == "in queue" else chat.held_by[-1:] == [user]

    def close(self, chat: Chat) -> None:
        was_queued = chat.handler == "queue"
        last = (chat.held_by[-1] if chat.held_by else None, chat.last_team)
        chat.past |= {last} - {(None, None)}
        chat.handler, chat.assignee, chat.status, chat.epoch = "ai_agent", None, None, chat.epoch + 1
        chat.team, chat.waiting, chat.awaits_rating = None, False, not was_queued
        chat.outcome = "in queue" if was_queued else "by agent"

    def route(self) -> None:
        """The oldest chat that somebody free may have goes to whoever holds the fewest; again until none can."""
        for chat in sorted(self.chats.values(), key=lambda each: each.requested):
            if chat.handler != "queue":
                continue
            free = [
                user
                for user in AGENTS
                if user in self.online & self.present & chat.eligible
                and user != chat.excluded
                and self.load(user) < LIMIT
            ]
            if free:
                self.give(chat, min(free, key=lambda u: (self.load(u), self.last_assigned.get(u, 0))), chat.team)
