"""Assign by language: one list decides who may get the chat, and what becomes of it when nobody is left in it (H5)."""

from __future__ import annotations

import pytest

from dashboard.models import AIAgent, QueueEligible, QueueEntry, TeamMember
from dashboard.models.errors import NotFound
from dashboard.services.languages import correct_language
from dashboard.services.returning import return_orphans
from dashboard.services.unit_of_work import unit_of_work
from tests.factories import HUMAN, Scene, make_tree

SPANISH = "Hola, quiero hablar con una persona por favor"


def listed(scene: Scene, *names: str) -> dict[str, list[str]]:
    """Users and teams by name, as the tree has them."""
    return {
        "users": [scene.viewer(each).public_id for each in names if each in scene.users],
        "teams": [scene.team_public_id(each) for each in names if each in scene.teams],
    }


def assign(scene: Scene, default: tuple[str, ...], *, check: bool = False, **languages: tuple[str, ...]) -> None:
    by_language = {language: listed(scene, *names) for language, names in languages.items()}
    scene.use_tree(make_tree(check=check, assign=listed(scene, *default), by_language=by_language))


def ask(scene: Scene, person: str, text: str = SPANISH) -> str:
    return scene.write(person, text).conversation_public_id


def test_the_list_of_the_language_alone_decides(scene: Scene) -> None:
    assign(scene, ("Front line",), es=("eli",))
    scene.online("bo", "cy")
    spanish, english = ask(scene, "pia"), ask(scene, "ravi", HUMAN)
    assert scene.owner(spanish) == "queue", "two are free, but not in the list"
    assert scene.owner(english) in ("bo", "cy")
    for name in ("bo", "cy"):
        with pytest.raises(NotFound):
            scene.claim(name, spanish)
    scene.online("eli")
    assert scene.owner(spanish) == "eli"


def test_a_users_languages_skip_nobody(scene: Scene) -> None:
    """Only Eli speaks Spanish in the demo; here nobody is said to, and the list still decides."""
    assign(scene, ("eli",), es=("bo",))
    scene.online("bo", "eli")
    assert scene.owner(ask(scene, "pia")) == "bo"


@pytest.mark.parametrize("text", ["human", "HUMAN???"])
def test_an_unknown_language_takes_the_default_list(scene: Scene, text: str) -> None:
    assign(scene, ("bo",), en=("cy",), es=("eli",))
    scene.online("bo", "cy", "eli")
    chat = ask(scene, "pia", text)
    assert (scene.conversation(chat).language, scene.owner(chat)) == (None, "bo")


def test_a_language_without_a_list_takes_the_default_one(scene: Scene) -> None:
    assign(scene, ("bo",), en=("cy",))
    scene.online("bo", "cy", "eli")
    assert scene.owner(ask(scene, "pia")) == "bo"
    assert scene.owner(ask(scene, "ravi", HUMAN)) == "cy"


def test_an_ai_agent_with_one_language_has_only_the_default_list(scene: Scene) -> None:
    scene.change(AIAgent, scene.trail, languages=["es"])
    assign(scene, ("bo",), es=("eli",))
    scene.online("bo", "eli")
    assert scene.owner(ask(scene, "pia")) == "bo"


def test_a_list_that_nobody_is_left_in_falls_to_the_default_one(scene: Scene) -> None:
    assign(scene, ("Front line",), es=("eli", "Returns"))
    scene.online("cy", "gus")
    scene.deactivate("eli")
    chat = ask(scene, "pia")
    assert scene.owner(chat) == "cy"
    assert "language" not in scene.handoff(chat).targets


def test_when_nobody_is_left_in_the_default_one_either_it_is_for_everyone(scene: Scene) -> None:
    assign(scene, ("bo",), es=("eli",))
    for name in ("bo", "eli"):
        scene.deactivate(name)
    scene.online("gus")
    assert scene.owner(ask(scene, "pia")) == "gus"


def test_a_team_without_members_counts_as_nobody(scene: Scene) -> None:
    assign(scene, ("bo",), es=("Returns",))
    with unit_of_work() as uow:
        uow.conn.execute(TeamMember.__table__.delete().where(TeamMember.__table__.c.team_id == scene.teams["Returns"]))
    scene.online("bo", "cy")
    assert scene.owner(ask(scene, "pia")) == "bo"


def test_who_is_away_is_still_in_the_list(scene: Scene) -> None:
    assign(scene, ("bo",), es=("eli",))
    scene.online("bo")
    chat = ask(scene, "pia")
    assert scene.owner(chat) == "queue"
    scene.claim("eli", chat)


@pytest.mark.parametrize(
    ("online", "spanish", "english"),
    [((), "ai_agent", "ai_agent"), (("bo",), "ai_agent", "bo"), (("eli",), "eli", "ai_agent")],
)
def test_the_availability_check_looks_at_the_list_of_the_language(
    scene: Scene, online: tuple[str, ...], spanish: str, english: str
) -> None:
    assign(scene, ("Front line",), check=True, es=("eli",))
    scene.online(*online)
    assert scene.owner(ask(scene, "pia")) == spanish
    assert scene.owner(ask(scene, "ravi", HUMAN)) == english


def test_all_of_the_list_at_the_limit_count_as_online_and_it_queues_for_them(scene: Scene) -> None:
    assign(scene, ("Front line",), check=True, es=("eli",))
    scene.configure(auto_limit=1)
    scene.online("eli", "bo")
    first = ask(scene, "pia")
    assert scene.owner(first) == "eli"
    second = ask(scene, "ravi")
    assert scene.owner(second) == "queue"
    scene.set_status("eli", first, "closed")
    assert scene.owner(second) == "eli"


def test_on_a_return_it_is_for_the_list_of_the_language_again(scene: Scene) -> None:
    assign(scene, ("Front line",), es=("eli", "cy"))
    scene.online("eli")
    chat = ask(scene, "pia")
    assert scene.owner(chat) == "eli"
    scene.give("eli", chat, "bo")
    scene.deactivate("bo")
    scene.away("eli")
    assert return_orphans() == 1
    assert scene.owner(chat) == "queue"
    scene.claim("cy", chat)


def test_correcting_the_language_while_it_waits_does_not_reroute(scene: Scene) -> None:
    assign(scene, ("Front line",), es=("eli",))
    chat = ask(scene, "pia")
    correct_language(scene.viewer("ada"), chat, "en")
    scene.online("bo", "cy")
    assert (scene.conversation(chat).language, scene.owner(chat)) == ("en", "queue")
    scene.online("eli")
    assert scene.owner(chat) == "eli"


def test_the_handoff_remembers_whose_list_it_was(scene: Scene) -> None:
    assign(scene, ("Front line",), es=("eli",))
    spanish, english = ask(scene, "pia"), ask(scene, "ravi", HUMAN)
    assert scene.handoff(spanish).targets == {
        "everyone": False, "users": [scene.users["eli"]], "teams": [], "language": "es",
    }  # fmt: skip
    assert "language" not in scene.handoff(english).targets
    assert [scene.receipts(each)[0].data["list"] for each in (spanish, english)] == [{"language": "es"}, {}]
    eligible = [(each.user_id, each.team_id) for each in scene.rows(QueueEligible)]
    assert eligible == [(scene.users["eli"], None), (None, scene.teams["Front line"])]
    assert [each.is_everyone for each in scene.rows(QueueEntry)] == [False, False]
