"""The list of people: few SELECTs, whose cost follows the page and not the teamspace."""

from __future__ import annotations

import pytest

from dashboard.models import Person, db
from dashboard.queries.people import PeopleFilters, load_people
from dashboard.services import tags
from tests.factories import Scene
from tests.queries.conftest import explaining

FEW = 4
"""The people, their counts, their channels, their tags."""


def list_people(scene: Scene, name: str, **filters: str) -> set[str]:
    viewer = scene.viewer(name)
    page = load_people(db.session, viewer, PeopleFilters(**filters))
    db.session.close()
    return {row.external_id for row in page.rows}


@pytest.fixture
def people(scene: Scene) -> Scene:
    for name in ("pia", "pat", "ron"):
        scene.claimed_by("bo", name)
    pia = next(row.public_id for row in scene.rows(Person) if row.external_id == "pia")
    tags.tag_person(scene.viewer("ada"), pia, "VIP")
    return scene


@pytest.mark.parametrize("name", ["ada", "di", "bo"])
def test_a_page_of_people_takes_few_selects(people: Scene, selects: list[str], name: str) -> None:
    viewer = people.viewer(name)
    selects.clear()
    page = load_people(db.session, viewer, PeopleFilters())
    found = [each for each in selects if each.startswith("SELECT")]
    db.session.close()
    assert {row.external_id for row in page.rows} == {"pia", "pat", "ron"}
    assert [row.conversations for row in page.rows] == [1, 1, 1]
    assert len(found) == FEW


def test_a_tag_of_the_same_name_elsewhere_finds_nobody(people: Scene) -> None:
    people.change(Person, people.person("trader"), teamspace_id=people.wholesale)
    trader = next(row.public_id for row in people.rows(Person) if row.external_id == "trader")
    tags.tag_person(people.viewer("ada"), trader, "VIP")
    assert list_people(people, "ada", tag="VIP") == {"pia", "trader"}
    assert list_people(people, "bo", tag="VIP") == {"pia"}
    assert list_people(people, "bo", tag="Nothing") == set()


def plans_of(people: Scene, name: str, **filters: str) -> list[str]:
    """How SQLite goes about each SELECT of the list."""
    viewer = people.viewer(name)
    with explaining() as plans:
        load_people(db.session, viewer, PeopleFilters(**filters))
    db.session.close()
    return plans


on_sqlite = pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
"""PostgreSQL knows its tables, and finds its own way."""


@on_sqlite
@pytest.mark.parametrize("name", ["ada", "di", "bo"])
def test_what_is_counted_of_a_page_reads_its_peoples_conversations_alone(people: Scene, name: str) -> None:
    """SQLite keeps no statistics and would read the whole teamspace, which took a hundred times as long."""
    _, counts, channels, _ = plans_of(people, name)
    for plan in (counts, channels):
        assert "conversation USING INDEX ix_conversation_person_id" in plan, plan


@on_sqlite
def test_a_tag_is_looked_up_before_its_people(people: Scene) -> None:
    first = plans_of(people, "ada", tag="VIP")[0]
    assert "person_tag USING INDEX ix_person_tag_tag_id" in first, first
    assert "rowid=?)" in first.split(";")[0], first
