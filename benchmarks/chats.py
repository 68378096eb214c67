"""The rows of one conversation, in the shapes that the verbs leave behind; every number fits the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks import words
from benchmarks.tables import Agent, stamp

if TYPE_CHECKING:
    from benchmarks.histories import Histories

REASON = "The person asked for a human."
AT_WORK = ("open", "open", "open", "open", "open", "open", "open", "pending", "overdue", "resolved")


class Chat:
    """Lives as one of several kinds, then is stored."""

    def __init__(self, histories: Histories, at: datetime) -> None:
        self.all, self.shop, self.pick = histories, histories.shop, histories.pick
        self.id = self.shop.first_conversation + histories.told
        self.person_id = self.shop.first_person + histories.told
        self.name = f"{self.pick(words.FIRST)} {self.pick(words.LAST)}"
        self.order, self.line = f"AO-{self.id:06d}", self.pick(words.LINES).lower()
        self.began = self.now = at
        self.seq = self.public_seq = self.epoch = 0
        self.text = ""
        self.spoke = at
        self.owner: dict[str, Any] = {"handler": "ai_agent", "channel_id": self.shop.channel_id, "kind": "chat"}

    def live_as_bot(self) -> None:
        for _ in range(1 + int(self.all.random.random() * 3)):
            self.ask()

    def live_as_closed(self) -> None:
        agent = self.pick(self.shop.agents)
        self.ask()
        self.hand_off()
        self.join(agent)
        for _ in range(1 + int(self.all.random.random() * 2)):
            self.talk(agent)
        self.close(agent)

    def live_as_live(self) -> None:
        agent = self.pick(self.shop.agents)
        self.ask()
        self.hand_off()
        self.join(agent)
        self.talk(agent)
        status = self.pick(AT_WORK)
        waiting = stamp(self.now) if status == "open" and self.id % 2 else None
        self.own(handler="live_agent", assignee_id=agent.id, status=status, waiting_since=waiting)
        self.all.loads[agent.id, "chats"] += status != "resolved"
        self.store_handoff(agent, status)

    def live_as_everyone(self) -> None:
        self.queue(None)

    def live_as_team(self) -> None:
        self.queue(self.pick(self.shop.agents).team_id)

    def live_as_external(self) -> None:
        self.ask()
        self.epoch += 1
        self.own(handler="external")

    def live_as_ticket(self) -> None:
        agent = self.pick(self.shop.agents)
        status = "open" if self.id % 8 == 0 else "closed"
        self.say("person", self.fill(words.ASKED))
        self.talk(agent)
        subject = f"{self.line.capitalize()} of {self.order}"
        self.own(kind="ticket", handler="live_agent", assignee_id=agent.id, status=status, channel_id=None, epoch=1)
        self.own(subject=subject)
        self.epoch = 1
        self.all.loads[agent.id, "tickets"] += status == "open"
        self.assign(agent, "transfer", None)

    def ask(self) -> None:
        self.say("person", self.fill(words.ASKED))
        self.say("ai_agent", self.pick(words.ANSWERED))

    def hand_off(self) -> None:
        self.say("person", self.pick(words.INSISTED))
        self.say("ai_agent", "Of course. I am passing you on to a colleague.")
        self.epoch, self.requested = 1, self.now
        self.handoff_id = self.shop.first_handoff + self.id
        self.say("system", f"Handed to people: {REASON}", {"code": "handed_off", "reason": REASON})
        self.own(handoff_id=self.handoff_id)

    def join(self, agent: Agent) -> None:
        self.epoch = 2
        said = {"code": "joined", "name": agent.name, "user_id": agent.id, "how": "claim"}
        self.say("system", f"{agent.name} joined the conversation.", said, is_public=True)
        self.enter_queue(left_at=stamp(self.now))

    def talk(self, agent: Agent) -> None:
        self.say("live_agent", self.fill(words.WROTE), agent=agent)
        self.say("person", self.fill(words.REPLIED))
        if self.id % 5 == 0:
            self.say("note", self.pick(words.NOTED), agent=agent)

    def close(self, agent: Agent) -> None:
        self.epoch = 3
        self.say("system", f"{agent.name} closed the chat.", {"code": "closed", "user_id": agent.id})
        self.say("ai_agent", f"How was it with {agent.name}? Please rate from 1 to 5.", {"ask": "rating"})
        self.store_handoff(agent, "closed")

    def queue(self, team_id: int | None) -> None:
        self.ask()
        self.hand_off()
        self.own(handler="queue", status="pending", waiting_since=stamp(self.now))
        self.enter_queue(left_at=None, team_id=team_id)
        self.store_handoff(None, "pending")

    def own(self, **columns: Any) -> None:
        self.owner.update(columns)

    def fill(self, sentences: Sequence[str]) -> str:
        return str(self.pick(sentences).format(order=self.order, line=self.line))

    def say(
        self,
        who: str,
        text: str,
        data: dict[str, Any] | None = None,
        *,
        agent: Agent | None = None,
        is_public: bool | None = None,
    ) -> None:
        """One entry of the timeline, some seconds after the one before."""
        self.now += timedelta(seconds=5 + self.seq)
        self.seq += 1
        public = (who not in ("system", "note")) if is_public is None else is_public
        self.public_seq += public
        key, name = self.author(who, agent)
        kind = {"system": "activity", "note": "note"}.get(who, "text")
        client_id = f"c{self.seq}" if who in ("person", "live_agent", "note") else None
        if kind == "text":
            self.text, self.spoke = text, self.now
        self.all.rows["message"].append(
            (
                self.all.public_id(self.now), self.id, self.seq, self.public_seq if public else None, kind, key,
                "live_agent" if who == "note" else who, name, agent.id if agent else None, text,
                json.dumps(data) if data else "{}", client_id, self.epoch, stamp(self.now),
            )
        )  # fmt: skip

    def author(self, who: str, agent: Agent | None) -> tuple[str, str]:
        if agent is not None:
            return f"user:{agent.id}", agent.name
        if who == "person":
            return f"person:{self.person_id}", self.name
        return (f"ai:{self.shop.ai_agent_id}", "Trail") if who == "ai_agent" else ("system", "Baton")

    def enter_queue(self, *, left_at: str | None, team_id: int | None = None) -> None:
        entry, space, queued_at = self.shop.first_entry + self.id, self.shop.teamspace_id, stamp(self.requested)
        row = (entry, self.id, self.handoff_id, space, queued_at, queued_at, left_at, team_id is None)
        self.all.rows["queue_entry"].append(row)
        if team_id is not None:
            self.all.rows["queue_eligible"].append((entry, team_id))

    def store_handoff(self, agent: Agent | None, status: str) -> None:
        """The handoff with what came of it, and who had it."""
        at, space, closed = stamp(self.requested), self.shop.teamspace_id, status == "closed"
        packet = json.dumps({"reason": REASON, "words": self.text, "asked": [self.text], "tried": [], "language": "en"})
        rating = 1 + self.id % 5 if closed and self.id % 3 else None
        targets, now = '{"everyone": true, "users": [], "teams": []}', stamp(self.now)
        assigned = (agent.id, None, at, at, at) if agent else (None, None, at, None, None)
        self.all.rows["handoff"].append(
            (
                self.handoff_id, self.all.public_id(self.requested), self.id, space, status, "node", "inbox", "inbox",
                REASON, packet, "{}", targets, "to_a_person", *assigned, now if closed else None,
                "closed" if closed else None, rating, now if rating else None,
            )
        )  # fmt: skip
        if agent is not None:
            self.assign(agent, "claim", now if closed else None)

    def assign(self, agent: Agent, how: str, until: str | None) -> None:
        handoff_id = self.owner.get("handoff_id")
        row = (self.id, handoff_id, agent.id, None, how, min(self.epoch, 2), stamp(self.began), until)
        self.all.rows["assignment"].append(row)

    def store(self) -> None:
        """The person and the conversation, as the last entry left it."""
        began, space, get = stamp(self.began), self.shop.teamspace_id, self.owner.get
        mail = f"{self.name.split()[0].lower()}.{self.person_id}@mail.test"
        external_id = f"shop-{self.person_id}"
        person = (self.person_id, self.all.public_id(self.began), space, external_id, self.name, mail, "{}", 0, began)
        self.all.rows["person"].append(person)
        self.all.rows["conversation"].append(
            (
                self.id, self.all.public_id(self.began), get("kind"), space, self.shop.ai_agent_id, self.person_id,
                get("channel_id"), get("subject"), get("handler"), get("assignee_id"), None, get("status"), self.epoch,
                stamp(self.now), self.seq, self.public_seq, stamp(self.spoke), self.text[:160], get("waiting_since"),
                "en", 0, get("handoff_id"), None, began,
            )
        )  # fmt: skip
        data = json.dumps({"seq": self.seq, "public_seq": self.public_seq})
        self.all.rows["event"].append((self.id, space, "MessagePosted", data, stamp(self.now)))
