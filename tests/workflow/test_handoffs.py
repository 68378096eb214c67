"""From the request of a handoff to its decision (SPEC 3), and the silence that follows (L5)."""

import pytest

from dashboard.workflow.actions.human_handoff import HumanHandoffSettings, Targets
from dashboard.workflow.effects import Effect, Log, RequestHandoff
from dashboard.workflow.inputs import (
    AnswerArrived,
    AnswerFailed,
    ClosedByLiveAgent,
    FeedbackGiven,
    FeedbackTimeout,
    HandedBack,
    HandoffAccepted,
    HandoffIgnored,
    HandoffUnavailable,
    Input,
    PersonMessage,
)
from dashboard.workflow.session import WaitingForHandoff
from tests.workflow.trail import (
    WANTS_HUMAN,
    Chat,
    fallback,
    hand_off,
    kinds,
    logs,
    received,
    say,
    started,
    texts,
    tree,
)

TWO_STEPS = received(
    "human", say("ok", "One moment."), hand_off("to_team"), say("after", "Anything else?"), intents=["asks_for_person"]
)


def with_human(chat: Chat) -> Chat:
    chat.person("I want to talk to a human")
    chat.happens(HandoffAccepted("to_team"))
    return chat


def request_in(effects: tuple[Effect, ...]) -> RequestHandoff:
    (found,) = [each for each in effects if isinstance(each, RequestHandoff)]
    return found


def test_asking_for_a_person_requests_the_handoff_and_stops_there() -> None:
    chat = Chat(tree(TWO_STEPS))
    effects = chat.person("Can I talk to a human?")
    assert kinds(effects) == ["Say", "RequestHandoff"]
    assert chat.session.waiting == WaitingForHandoff("to_team", is_accepted=False)


def test_the_request_says_why_and_in_which_words_the_person_asked() -> None:
    chat = Chat(tree(WANTS_HUMAN), variables={"person_name": "Pat"})
    request = request_in(chat.person("My order is late. Can I talk to a human?"))
    assert (request.reason, request.trigger_key) == ("asks_for_person", "human")
    assert request.words == "My order is late. Can I talk to a human?"
    assert request.handoff_message == "A colleague takes over."


def test_a_handoff_reached_by_a_phrase_says_so() -> None:
    chat = Chat(tree(received("complaints", hand_off("h"), phrases=["file a complaint"])))
    request = request_in(chat.person("I'd like to file a complaint"))
    assert (request.reason, request.trigger_key) == ("phrase", "complaints")


def test_an_accepted_handoff_runs_nothing_more_and_the_agent_falls_silent() -> None:
    chat = Chat(tree(TWO_STEPS))
    chat.person("human please")
    assert chat.happens(HandoffAccepted("to_team")) == ()
    assert chat.session.is_silent
    assert chat.person("hello? human please") == ()


def test_an_unavailable_handoff_is_told_and_logged_and_the_flow_goes_on() -> None:
    chat = Chat(tree(TWO_STEPS))
    chat.person("human please")
    effects = chat.happens(HandoffUnavailable("to_team"))
    assert logs(effects) == ["handoff_unavailable"]
    assert texts(effects) == ["Nobody is here.", "Anything else?"]
    assert chat.session.waiting is None


def test_after_an_unavailable_handoff_the_next_one_may_be_tried_at_once() -> None:
    chat = Chat(tree(received("human", hand_off("first"), hand_off("second"), intents=["asks_for_person"])))
    chat.person("human please")
    assert request_in(chat.happens(HandoffUnavailable("first"))).node_key == "second"


def test_an_ignored_handoff_is_logged_and_the_flow_goes_on() -> None:
    chat = Chat(tree(TWO_STEPS))
    chat.person("human please")
    effects = chat.happens(HandoffIgnored("to_team"))
    assert effects[0] == Log("handoff_ignored", "to_team")
    assert texts(effects) == ["Anything else?"]


def test_a_first_message_waits_for_a_handoff_in_chat_started_and_is_answered_when_nobody_is_there() -> None:
    hours = received("hours", say("open", "At nine."), phrases=["opening hours"])
    chat = Chat(tree(started(hand_off("at_once")), hours))
    assert kinds(chat.person("opening hours")) == ["RequestHandoff"]
    assert texts(chat.happens(HandoffUnavailable("at_once"))) == ["Nobody is here.", "At nine."]


def test_a_first_message_belongs_to_the_live_agent_when_chat_started_hands_off() -> None:
    chat = Chat(tree(started(hand_off("at_once"))))
    chat.person("opening hours")
    chat.happens(HandoffAccepted("at_once"))
    assert chat.session.deferred == ()


def test_a_decision_about_another_handoff_changes_nothing() -> None:
    chat = Chat(tree(TWO_STEPS))
    chat.person("human please")
    before = chat.session
    assert logs(chat.happens(HandoffUnavailable("other"))) == ["unexpected_input"]
    assert chat.session == before


@pytest.mark.parametrize("event", [HandoffUnavailable("to_team"), HandoffIgnored("to_team")])
def test_a_decision_that_nothing_waits_for_changes_nothing(event: Input) -> None:
    chat = Chat(tree(TWO_STEPS))
    assert logs(chat.happens(event)) == ["unexpected_input"]


@pytest.mark.parametrize(
    "event",
    [
        PersonMessage("human please", "en", 9),
        AnswerArrived("Late answer", "q"),
        AnswerArrived(None, "q"),
        AnswerFailed("q"),
        HandoffUnavailable("to_team"),
        HandoffIgnored("to_team"),
        FeedbackGiven(5),
        FeedbackTimeout(),
        HandoffAccepted(None),
    ],
)
def test_the_agent_is_silent_while_the_chat_is_with_a_person(event: Input) -> None:
    chat = with_human(Chat(tree(WANTS_HUMAN, fallback([say("f", "Sorry?")]))))
    effects = chat.happens(event)
    assert all(isinstance(each, Log) for each in effects)
    assert chat.session.is_silent


def test_a_takeover_straight_from_the_agent_silences_it_in_any_state() -> None:
    chat = Chat(tree(WANTS_HUMAN))
    chat.person("hm")
    assert chat.happens(HandoffAccepted(None)) == ()
    assert chat.session.waiting == WaitingForHandoff(None, is_accepted=True)


def test_a_message_between_request_and_decision_is_not_lost() -> None:
    chat = Chat(tree(WANTS_HUMAN))
    chat.person("human please")
    assert chat.person("Do tents float?") == ()
    assert kinds(chat.happens(HandoffUnavailable("to_team"))) == ["Log", "Say", "RequestAnswer"]


def test_after_a_hand_back_no_handoff_happens_until_the_person_writes_again() -> None:
    looping = received("human", hand_off("to_team", hand_off("again")), intents=["asks_for_person"])
    chat = with_human(Chat(tree(looping)))
    effects = chat.happens(ClosedByLiveAgent("to_team", {}, "Ana"))
    assert kinds(effects) == ["Say", "AskFeedback"]
    effects = chat.happens(FeedbackGiven(5))
    assert logs(effects) == ["handoff_loop"]
    assert request_in(chat.person("human please")).node_key == "to_team"


def test_a_late_miss_after_a_hand_back_cannot_hand_off_either() -> None:
    chat = with_human(Chat(tree(WANTS_HUMAN, fallback([hand_off("f")]))))
    chat.happens(HandedBack())
    effects = chat.happens(AnswerArrived(None, "old question"))
    assert logs(effects) == ["handoff_loop", "fallback_silent"]


@pytest.mark.parametrize(
    ("language", "users"),
    [("es", ("eli",)), ("es-MX", ("eli",)), ("en", ()), ("fr", ()), (None, ())],
)
def test_a_language_has_its_own_list_and_any_other_the_default_one(
    language: str | None, users: tuple[str, ...]
) -> None:
    settings = HumanHandoffSettings(by_language={"es": Targets(False, ("eli",), ())})
    (_, first), *others = settings.lists(language)
    assert first.users == users
    assert first.everyone is not bool(users)
    assert [each for _, each in others] == ([settings.assign] if users else [])


@pytest.mark.parametrize(("languages", "expected"), [(("en", "es"), "es"), (("es",), None)])
def test_the_language_chooses_the_list_only_when_the_agent_has_several(
    languages: tuple[str, ...], expected: str | None
) -> None:
    chat = Chat(tree(WANTS_HUMAN), languages=languages)
    assert request_in(chat.person("quiero hablar con una persona", "es")).language == expected


def test_the_request_carries_the_variables_of_the_session() -> None:
    chat = Chat(tree(WANTS_HUMAN))
    chat.person("hm")
    chat.session = type(chat.session).from_json({**chat.session.to_json(), "variables": {"order": "4711"}})
    assert request_in(chat.person("human please")).variables == {"order": "4711"}
