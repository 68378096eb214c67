"""The entries of the rail, and which of them a phone's bar has room for."""

from __future__ import annotations

import pytest

from dashboard.web import sections
from tests.blueprints.pages.conftest import Office

MANY = tuple(
    sections.Section(name.lower(), name, f"/{name.lower()}", "inbox")
    for name in ("Inbox", "Queue", "Tickets", "People", "Settings")
)


@pytest.mark.parametrize(("count", "kept"), [(1, 1), (4, 4), (5, 3), (9, 3)])
def test_a_bar_of_five_with_the_avatar_gives_its_last_place_to_the_menu_of_the_others(count: int, kept: int) -> None:
    assert sections.kept_in_bar([MANY[0]] * count) == kept


def test_what_has_no_room_in_the_bar_is_in_the_menu(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "RAIL", MANY)
    page = office.browser("ada").page("/settings/workspace")
    assert [each["href"] for each in page.select(".rail-link.is-extra")] == ["/people", "/settings"]
    assert [each["href"] for each in page.select("#more-menu a")] == ["/people", "/settings"]
    more = page.select_one(".rail-more[popovertarget=more-menu]")
    assert more is not None
    assert more.has_attr("data-current"), "the open page is one of those in the menu"


def test_where_all_fit_there_is_no_menu(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "RAIL", MANY[:4])
    page = office.browser("ada").page("/settings/workspace")
    assert not page.select(".rail-more, .is-extra")
