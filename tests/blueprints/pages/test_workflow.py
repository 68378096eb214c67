"""The AI agents, their workflow as a tree, and the settings of Human Handoff beside it (H1 to H5, H10, I5)."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import insert

from dashboard.models import AIAgent, RolePermission, TeamspaceTeam, TeamspaceUser, User, WorkflowVersion
from dashboard.services.unit_of_work import unit_of_work
from tests.blueprints.pages.conftest import Browser, Office
from tests.factories import HUMAN, Scene, make_tree

FORM: dict[str, Any] = {"languages": ["en", "es"], "default_language": "en", "assign": "everyone"}


@pytest.fixture
def ada(office: Office) -> Browser:
    return office.browser("ada")


def address(scene: Scene, agent: int | None = None) -> str:
    agents = {row.id: row.public_id for row in scene.rows(AIAgent)}
    return f"/ai-agents/{agents[agent or scene.trail]}/workflow"


def handoff(scene: Scene) -> str:
    return f"{address(scene)}?node=to_people"


def save(office: Office, who: str = "ada", status: int = 200, based_on: int = 1, **form: Any) -> BeautifulSoup:
    path = f"{address(office.scene)}/actions/to_people"
    given = {key.replace("__", "."): value for key, value in form.items()}
    return office.browser(who).fragment(path, status, "PUT", **{**FORM, "based_on": str(based_on), **given})


def user(scene: Scene, name: str) -> str:
    return f"user:{scene.viewer(name).public_id}"


def team(scene: Scene, name: str) -> str:
    return f"team:{scene.team_public_id(name)}"


def checked(page: BeautifulSoup, name: str) -> list[str]:
    return [str(each["value"]) for each in page.select(f'input[name="{name}"][checked]')]


def alerts(page: BeautifulSoup) -> list[str]:
    return [each.get_text(strip=True) for each in page.select(".note-box:not([data-toast]) strong")]


def let_manage(scene: Scene, name: str, role: str) -> None:
    """Give a role the permission to manage AI agents; `name` holds it."""
    assert scene.viewer(name)
    with unit_of_work() as uow:
        values = {"role_id": scene.roles[role], "permission": "ai_agents.manage"}
        uow.conn.execute(insert(RolePermission.__table__).values(values))


def test_the_list_shows_every_teamspace_of_ones_own_with_its_ai_agents(office: Office, ada: Browser) -> None:
    page = ada.page("/ai-agents")
    assert [each.get_text() for each in page.select(".agents-space h2")] == ["Support", "Wholesale"]
    trail = page.select(".agent")[0].get_text(" ", strip=True)
    assert trail.startswith("Trail English, Spanish Shop Handoff on Version 1")
    assert page.select_one('.rail a[aria-current="page"]')["href"] == "/ai-agents"  # type: ignore[index]
    assert page.select(".agent")[0]["href"] == address(office.scene)


def test_only_linked_teamspaces_are_shown_and_found(office: Office) -> None:
    scene = office.scene
    let_manage(scene, "di", "Manager")
    di = office.browser("di")
    assert [each.get_text() for each in di.page("/ai-agents").select(".agents-space h2")] == ["Support"]
    di.page(address(scene))
    dock = next(row.id for row in scene.rows(AIAgent) if row.id != scene.trail)
    di.page(address(scene, dock), 404)


def test_who_is_linked_to_no_teamspace_is_told_so(office: Office) -> None:
    scene = office.scene
    let_manage(scene, "di", "Manager")
    with unit_of_work() as uow:
        uow.conn.execute(TeamspaceUser.__table__.delete())
    page = office.browser("di").page("/ai-agents")
    assert "You are not linked to a teamspace" in page.select_one(".empty").get_text()  # type: ignore[union-attr]


def test_a_teamspace_without_ai_agents_says_so(office: Office, ada: Browser) -> None:
    office.scene.change(AIAgent, office.scene.trail, is_archived=True)
    page = ada.page("/ai-agents")
    assert "Support has no AI agent" in page.select_one(".agents-none").get_text()  # type: ignore[union-attr]
    ada.page(address(office.scene), 404)


@pytest.mark.parametrize("who", ["bo", "di"])
def test_it_is_for_those_who_manage_ai_agents(office: Office, who: str) -> None:
    browser = office.browser(who)
    for path in ("/ai-agents", handoff(office.scene)):
        browser.page(path, 403)
    assert not browser.page("/inbox").select('.rail a[href="/ai-agents"]')
    save(office, who, 403, availability_check="on")
    assert len(office.scene.rows(WorkflowVersion)) == 2


def test_the_tree_shows_triggers_actions_and_what_hangs_under_a_handoff(office: Office, ada: Browser) -> None:
    page = ada.page(address(office.scene))
    triggers = [each.get_text(strip=True) for each in page.select(".flow-trigger > .flow-part .flow-label")]
    assert triggers == ["Chat started", "Message received", "Fallback", "Chat closed by live agent"]
    human = page.select_one("#at-to_people")
    assert human is not None
    assert human.select_one(".flow-branch h3").get_text() == "When live agent closes chat"  # type: ignore[union-attr]
    assert "I am back." in human.select_one(".flow-branch .flow-summary").get_text()  # type: ignore[union-attr]
    assert page.select_one("#at-fallback .flow-level").get_text() == "Every time"  # type: ignore[union-attr]
    assert "Select an action" in page.select_one("#panel").get_text()  # type: ignore[union-attr]


def test_a_disabled_action_is_marked(office: Office, ada: Browser) -> None:
    office.scene.use_tree(make_tree(asks_feedback=False))
    page = ada.page(f"{address(office.scene)}?node=rate")
    assert "Disabled" in page.select_one("#at-rate .flow-part").get_text()  # type: ignore[union-attr]
    assert alerts(page) == ["Disabled"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("hello", ["Send message", "English", "Hi, I am Trail."]),
        ("human", ["Message received", "Asks for a person"]),
        ("rate", ["Collect feedback", "Question", "How was your conversation?", "¿Qué le ha parecido"]),
        ("start", ["Chat started", "It has no settings."]),
    ],
)
def test_the_others_are_there_to_be_read(office: Office, ada: Browser, key: str, words: list[str]) -> None:
    panel = ada.page(f"{address(office.scene)}?node={key}").select_one("#panel")
    assert panel is not None
    assert all(each in panel.get_text(" ") for each in words)
    assert not panel.select("form, button, input")
    assert "Wie war Ihr" not in panel.get_text(), "only the languages of the AI agent"


@pytest.mark.parametrize("key", ["nothing", "%00", "to_people/../x", "<script>"])
def test_an_unknown_key_is_not_found(office: Office, ada: Browser, key: str) -> None:
    ada.page(f"{address(office.scene)}?node={key}", 404)


def test_a_handoff_opens_with_its_settings(office: Office, ada: Browser) -> None:
    scene = office.scene
    listed = {"users": [scene.viewer("eli").public_id], "teams": [scene.team_public_id("Front line")]}
    scene.use_tree(make_tree(check=True, assign=listed, by_language={"es": {"everyone": True}}))
    scene.online("eli")
    page = ada.page(handoff(scene))
    assert page.select_one("input[name=availability_check]").has_attr("checked")  # type: ignore[union-attr]
    assert checked(page, "assign") == ["specific"]
    assert set(checked(page, "assign.members")) == {user(scene, "eli"), team(scene, "Front line")}
    assert (checked(page, "by_language.en"), checked(page, "by_language.es")) == (["default"], ["everyone"])
    assert page.select_one('textarea[name="handoff_message.en"]').get_text() == "A colleague will help."  # type: ignore[union-attr]
    hint = page.select_one('textarea[name="unavailable_message.es"]')["placeholder"]  # type: ignore[index]
    assert "Ahora mismo no hay nadie disponible" in str(hint)
    dots = {
        str(each.select_one("[data-picker-name]").get_text()): each.select_one(".avatar-dot")["data-availability"]  # type: ignore[index, union-attr]
        for each in page.select("form > .handoff-part > .assign .choice:has(.avatar-dot)")
    }
    assert list(dots) == ["Bo Lindqvist", "Cy Okafor", "Eli Navarro", "Gus Chatter", "Vi Brandt"]
    assert [name for name, dot in dots.items() if dot == "online"] == ["Eli Navarro"]
    assert "Trade desk" not in page.get_text()
    assert alerts(page) == []


def test_one_language_has_no_lists_of_its_own(office: Office, ada: Browser) -> None:
    office.scene.change(AIAgent, office.scene.trail, languages=["en"])
    page = ada.page(handoff(office.scene))
    assert "Assign by language" not in page.get_text()
    assert not page.select("select[name=default_language]")


def test_lists_of_an_ai_agent_with_one_language_stay_in_sight_and_are_kept(office: Office, ada: Browser) -> None:
    scene = office.scene
    scene.use_tree(make_tree(by_language={"es": {"users": [scene.viewer("eli").public_id]}}))
    scene.change(AIAgent, scene.trail, languages=["en"])
    page = ada.page(handoff(scene))
    assert checked(page, "by_language.es.members") == [user(scene, "eli")]
    assert "not used until it has several" in page.get_text()


def test_nothing_takes_effect_before_save_and_everything_after_it(office: Office, ada: Browser) -> None:
    scene = office.scene
    panel = save(
        office,
        availability_check="on",
        assign="specific",
        assign__members=[team(scene, "Front line")],
        by_language__es="specific",
        by_language__es__members=[user(scene, "eli")],
        handoff_message__en="One moment.\r\n",
        handoff_message__es="  ",
    )
    tree = panel.select_one("#flow-tree[hx-swap-oob=true]")
    assert tree is not None
    assert "Version 2 by Ada Moreno" in tree.get_text(" ", strip=True)
    assert "own list: Spanish" in tree.get_text()
    assert "Version 2 runs from now on" in panel.get_text()
    assert panel.select_one("input[name=based_on]")["value"] == "2"  # type: ignore[index]
    page = ada.page(handoff(scene))
    assert checked(page, "by_language.es.members") == [user(scene, "eli")]
    assert page.select_one('textarea[name="handoff_message.en"]').get_text() == "One moment."  # type: ignore[union-attr]
    scene.online("eli", "bo")
    spanish = scene.write("pia", "Hola, quiero hablar con una persona por favor").conversation_public_id
    assert (scene.owner(spanish), scene.owner(scene.ask_for_human("ravi"))) == ("eli", "bo")


def test_the_same_again_says_that_nothing_has_changed(office: Office) -> None:
    panel = save(office, handoff_message__en="A colleague will help.")
    assert "Nothing has changed: version 1 runs on." in panel.get_text()
    assert len(office.scene.rows(WorkflowVersion)) == 2


def test_a_refused_form_comes_again_with_what_was_typed(office: Office) -> None:
    panel = save(
        office,
        status=422,
        assign="specific",
        by_language__es="specific",
        handoff_message__es="<b>Hola</b>",
        availability_check="on",
    )
    wrong = [each.get_text(strip=True) for each in panel.select(".wrong")]
    assert wrong == [
        "Choose at least one user or team, or another way to assign.",
        "Choose at least one user or team, or another way to assign.",
        "Write this one too: it is what is said in every language without a text.",
    ]
    assert panel.select_one("#wrong-handoff_message\\.en")
    assert panel.select_one('textarea[name="handoff_message.es"]').get_text() == "<b>Hola</b>"  # type: ignore[union-attr]
    assert checked(panel, "assign") == ["specific"]
    assert panel.select_one("input[name=availability_check]").has_attr("checked")  # type: ignore[union-attr]
    assert panel.select_one("form[data-refused]")
    assert len(office.scene.rows(WorkflowVersion)) == 2


def test_somebody_of_another_teamspace_is_refused_and_their_name_stays_unknown(office: Office) -> None:
    panel = save(office, status=422, assign="specific", assign__members=[user(office.scene, "fay")])
    assert "Somebody in this list has never worked in Support." in panel.get_text()
    assert "Fay" not in panel.get_text()


def test_who_is_gone_is_shown_until_they_are_taken_out(office: Office, ada: Browser) -> None:
    scene = office.scene
    scene.use_tree(make_tree(assign={"users": [scene.viewer(each).public_id for each in ("eli", "bo")]}))
    number = max(row.number for row in scene.rows(WorkflowVersion))
    both = [user(scene, "eli"), user(scene, "bo")]
    scene.deactivate("eli")
    page = ada.page(handoff(scene))
    [gone] = page.select(".choice.is-gone")
    assert "Eli Navarro No longer here" in gone.get_text(" ", strip=True)
    assert gone.select_one("input").has_attr("checked")  # type: ignore[union-attr]
    assert alerts(page) == []
    panel = save(office, based_on=number, assign="specific", assign__members=both, availability_check="on")
    assert len(panel.select(".choice.is-gone")) == 1
    panel = save(office, based_on=number + 1, assign="specific", assign__members=both[1:])
    assert not panel.select(".choice.is-gone")


def test_a_list_that_nobody_can_ever_take_from_is_warned_about(office: Office, ada: Browser) -> None:
    scene = office.scene
    eli = {"users": [scene.viewer("eli").public_id]}
    scene.use_tree(make_tree(assign=eli, by_language={"es": eli}))
    scene.deactivate("eli")
    page = ada.page(handoff(scene))
    assert alerts(page) == ["Nobody in this list can take a chat"] * 2
    text = page.select_one("#panel").get_text(" ")  # type: ignore[union-attr]
    assert "all users in Support get these chats" in text
    assert "chats in Spanish go to the list above" in text


def test_a_teamspace_without_live_agents_is_warned_about(office: Office, ada: Browser) -> None:
    with unit_of_work() as uow:
        uow.conn.execute(TeamspaceTeam.__table__.delete())
    assert alerts(ada.page(handoff(office.scene))) == ["Nobody in Support can take a chat"]


def test_a_handoff_that_is_switched_off_is_warned_about(office: Office, ada: Browser) -> None:
    office.scene.change(AIAgent, office.scene.trail, is_handoff_enabled=False)
    assert alerts(ada.page(handoff(office.scene))) == ["Handoff is off for Trail"]
    assert "Handoff off" in ada.page("/ai-agents").select(".agent")[0].get_text()


def test_the_slower_of_two_editors_keeps_the_form_and_sees_what_differs(office: Office) -> None:
    scene = office.scene
    let_manage(scene, "di", "Manager")
    save(office, "di", handoff_message__en="Di's words", availability_check="on")
    bo = [user(scene, "bo")]
    panel = save(office, status=409, handoff_message__en="Ada's words", assign="specific", assign__members=bo)
    assert alerts(panel) == ["Di Castellan saved version 2 in the meantime"]
    changes = [each.get_text(strip=True) for each in panel.select(".note-box .flow-changes dt")]
    assert changes == ["User availability check", "Handoff message in English"]
    assert [each.get_text() for each in panel.select(".note-box ins")] == ["on", "“Di's words”"]
    assert panel.select_one('textarea[name="handoff_message.en"]').get_text() == "Ada's words"  # type: ignore[union-attr]
    assert checked(panel, "assign.members") == bo
    assert panel.select_one("a[data-leave]")["href"] == "?node=to_people"  # type: ignore[index]
    over = panel.select_one("button[name=over]")
    assert over is not None
    assert over["value"] == "2"
    panel = save(office, handoff_message__en="Ada's words", over="2")
    assert panel.select_one("input[name=based_on]")["value"] == "3"  # type: ignore[index]
    by = [row.created_by_id for row in scene.rows(WorkflowVersion) if row.ai_agent_id == scene.trail]
    assert by == [None, scene.users["di"], scene.users["ada"]]


def test_a_third_save_in_between_is_a_conflict_again(office: Office) -> None:
    save(office, availability_check="on")
    save(office, based_on=2)
    save(office, status=409, over="2", handoff_message__en="Mine")


def test_what_changed_elsewhere_in_the_workflow_is_no_difference_here(office: Office) -> None:
    tree = make_tree()
    tree["triggers"][0]["actions"][0]["settings"]["texts"]["en"] = "Hello!"
    office.scene.use_tree(tree)
    panel = save(office, status=409, availability_check="on")
    assert "this action is as you found it" in panel.get_text()
    assert not panel.select(".note-box .flow-changes")


def test_an_action_that_somebody_took_out_meanwhile_keeps_what_was_typed(office: Office) -> None:
    office.scene.use_tree(make_tree(has_handoff=False))
    panel = save(office, status=409, handoff_message__en="Mine")
    assert "no longer in the workflow" in panel.get_text()
    assert panel.select_one('textarea[name="handoff_message.en"]').get_text() == "Mine"  # type: ignore[union-attr]
    assert not panel.select("button[name=over]")


def test_an_earlier_version_fills_the_form_and_takes_effect_on_save(office: Office, ada: Browser) -> None:
    scene = office.scene
    save(office, availability_check="on", handoff_message__en="A colleague will help.")
    page = ada.page(handoff(scene))
    [current, first] = page.select(".flow-history li")
    assert "Version 2 Ada Moreno" in current.get_text(" ", strip=True)
    assert "Runs now" in current.get_text()
    assert first.select_one("del").get_text() == "off"  # type: ignore[union-attr]
    link = str(first.select_one("a")["href"])  # type: ignore[index]
    page = ada.page(f"{address(scene)}{link}")
    assert alerts(page) == ["Filled from version 1"]
    assert not page.select_one("input[name=availability_check]").has_attr("checked")  # type: ignore[union-attr]
    assert page.select_one("input[name=based_on]")["value"] == "2"  # type: ignore[index]
    assert max(row.number for row in scene.rows(WorkflowVersion)) == 2
    ada.page(f"{handoff(scene)}&restore=99999999999", 404)


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30, "\u0661", "0"])
def test_a_strange_version_is_a_conflict_and_no_error(office: Office, value: str) -> None:
    panel = save(office, status=409, based_on=value, availability_check="on")  # type: ignore[arg-type]
    assert "Baton saved version 1" in panel.get_text()


def test_a_new_version_is_what_the_next_session_runs_on(office: Office) -> None:
    scene = office.scene
    scene.write("pia", "Hello")
    save(office, handoff_message__en="The new words.")
    assert ("ai_agent", "The new words.") in scene.said(scene.write("ravi", HUMAN).conversation_public_id)


def test_a_user_named_like_markup_stays_text(office: Office, ada: Browser) -> None:
    office.scene.change(User, office.scene.users["bo"], name="<b>Bo</b>")
    page = ada.page(handoff(office.scene))
    assert not page.select(".picker b")
    assert "<b>Bo</b>" in page.select_one(".picker").get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00\x80",
        b"based_on=1&assign=%00&assign.members=user:%00&languages=%00&default_language=%00&handoff_message.en=%00",
        b"based_on=1&languages=%ff&languages=en&handoff_message.en=%ed%a0%80&unavailable_message.en=%ff%fe",
        b"based_on=1&assign=specific&assign.members=user:x&assign.members=team:&assign.members=%3Cb%3E",
        b"based_on=1&by_language.es=specific&by_language.es.members=" + b"user:" * 3000,
        b"based_on=1&" + b"&".join(b"languages=x%d" % number for number in range(500)),
        b"based_on=1&handoff_message.en=" + b"a" * 9000,
    ],
)
def test_whatever_is_sent_is_answered_in_words(office: Office, ada: Browser, body: bytes) -> None:
    for kind in ("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x"):
        path = f"{address(office.scene)}/actions/to_people"
        answer = ada.raw("PUT", path, data=body, content_type=kind, headers={"HX-Request": "true"})
        assert answer.status_code in (200, 400, 409, 422), answer.text[:300]
        assert len(answer.text.split()) > 3


@pytest.mark.parametrize("key", ["%00", "%ff", "%ed%a0%80", "a" * 300, "hello"])
def test_what_is_no_handoff_cannot_be_saved(office: Office, ada: Browser, key: str) -> None:
    answer = ada.raw("PUT", f"{address(office.scene)}/actions/{key}", data={**FORM, "based_on": "1"})
    assert answer.status_code == 404
