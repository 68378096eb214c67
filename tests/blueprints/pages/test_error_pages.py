"""Who strays keeps the rail; a stranger, and whoever meets a fault of ours, gets a page that needs nothing else."""

from __future__ import annotations

import pytest

from tests.blueprints.pages.conftest import Office

NOBODYS = "/conversations/01890000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(("path", "status"), [(NOBODYS, 404), ("/no/such/page", 404), ("/settings/users", 403)])
def test_the_page_of_an_error_keeps_the_rail_of_whoever_is_signed_in(office: Office, path: str, status: int) -> None:
    page = office.browser("bo").page(path, status)
    assert page.select_one("nav.rail a[href='/inbox']")
    assert not page.select_one(".rail-link[aria-current]")
    assert page.select_one("main .empty a[href='/inbox']").get_text() == "Back to the inbox"


def test_a_stranger_who_strays_sees_no_rail(office: Office) -> None:
    page = office.stranger().page("/no/such/page", 404)
    assert page.select_one(".empty")
    assert not page.select_one(".rail")


def test_a_missing_file_of_ours_reads_nothing_of_the_rail(office: Office) -> None:
    assert not office.browser("bo").page("/static/no-such-file.js", 404).select_one(".rail")


def test_a_rail_that_cannot_be_read_leaves_the_words(
    office: Office, monkeypatch: pytest.MonkeyPatch, logged_errors: list[str]
) -> None:
    def broken() -> None:
        raise OSError("no database")

    browser = office.browser("bo")
    monkeypatch.setattr("dashboard.web.error_page.nav", broken)
    page = browser.page("/no/such/page", 404)
    assert "not yours to see" in page.select_one(".empty").get_text()
    assert not page.select_one(".rail")
    assert "no database" in logged_errors[0]
    logged_errors.clear()
