"""Create Ticket: what it asks for, what the person hears, and that the chat goes on (I1, T8)."""

from __future__ import annotations

import pytest

from dashboard.workflow.effects import OpenTicket, Say
from dashboard.workflow.errors import TreeError
from dashboard.workflow.inputs import ClosedByLiveAgent
from dashboard.workflow.texts import TICKET_OPENED
from dashboard.workflow.tree import Tree
from tests.workflow.trail import Chat, closed, open_ticket, rate, received, say, tree

REPAIR = {"phrases": ["repair"]}


def asks_for(**settings: object) -> Chat:
    return Chat(tree(received("repair", open_ticket(**settings), say("after", "Anything else?"), **REPAIR)))


def test_it_opens_the_ticket_tells_the_person_and_the_chat_goes_on() -> None:
    chat = asks_for(assignee="u1", teams=["t1"], message={"en": "Ticket opened."})
    ticket, *said = chat.person("repair")
    assert ticket == OpenTicket("ticket", "From a visitor", "repair", "u1", ("t1",))
    assert [each.text for each in said if isinstance(each, Say)] == ["Ticket opened.", "Anything else?"]
    assert chat.session.waiting is None


def test_subject_and_text_take_variables_and_the_subject_stays_one_short_line() -> None:
    chat = asks_for(subject="For {{person_name}}", text="{{last_message}} by {{person_email|nobody}}")
    chat.variables = {"person_name": "Nora\nLund " + "x" * 300}
    [ticket] = [each for each in chat.person("repair") if isinstance(each, OpenTicket)]
    assert ticket.subject.startswith("For Nora Lund xxx")
    assert len(ticket.subject) == 200
    assert ticket.text == "repair by nobody"


def test_the_person_is_told_in_built_in_words_of_their_language() -> None:
    said = [each.text for each in asks_for().person("repair") if isinstance(each, Say)]
    assert said[0] == TICKET_OPENED.texts["en"]


def test_it_may_stand_under_the_close_of_a_live_agent() -> None:
    chat = Chat(tree(received("x", say("y", "Yes."), **REPAIR), closed(open_ticket(), rate())))
    effects = chat.happens(ClosedByLiveAgent(None, {}, "Ana", "solved"))
    assert isinstance(effects[0], OpenTicket)


def test_its_settings_come_back_as_they_were_saved() -> None:
    first = tree(received("repair", open_ticket(assignee="u1", teams=["t1"], message={"en": "Done."}), **REPAIR))
    assert Tree.from_json(first.to_json()) == first
    again = first.find_node("ticket")
    assert again is not None
    assert again.settings.to_json()["assignee"] == "u1"


@pytest.mark.parametrize(
    "wrong", [{"subject": ""}, {"text": " "}, {"subject": "x" * 201}, {"assignee": 3}, {"to": "x"}]
)
def test_settings_that_make_no_ticket_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(TreeError):
        asks_for(**wrong)
