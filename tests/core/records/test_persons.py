"""Who may be named is decided by seats and by the tree of the day."""

from datetime import date, timedelta

from renda.database import new_id, scope_to
from renda.directory.models import Edge, Mandate, Organisation, Person
from renda.records import persons
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, TOWNSHIP

TODAY = NOW.date()


def names(db, organisation, day=TODAY):
    return {name for _id, name in persons.offered(db, organisation, day)}


def test_deputies_of_the_subtree_are_offered(db, people):
    assert names(db, "371700") == {"王小明", "李梅", "单县人"}
    assert names(db, COUNTY) == {"王小明", "李梅"}


def test_they_are_offered_in_the_order_of_strokes(db, people):
    assert [name for _id, name in persons.offered(db, "371700", TODAY)] == ["王小明", "李梅", "单县人"]


def test_a_body_without_a_congress_works_with_the_deputies_of_the_nearest_congress_above_it(db, people):
    assert names(db, TOWNSHIP) == {"王小明", "李梅"}
    zone, street = "371771", "371771001"
    day = date(2020, 1, 1)
    db.add_all(
        [
            Organisation(code=zone, name="开发区", kind="development_zone", tier="county", congress=False),
            Organisation(code=street, name="岳程街道", kind="street", tier="township", congress=False),
        ]
    )
    db.flush()
    db.add_all(
        [
            Edge(child=zone, parent="371700", valid_from=day),
            Edge(child=street, parent=zone, valid_from=day),
            Person(id=(member := new_id()), name="市代表", key=100),
        ]
    )
    db.flush()
    db.add(Mandate(organisation="371700", person=member, term=19, seat=1, starts_on=day))
    db.flush()
    assert names(db, zone) == names(db, street) == {"市代表"}
    assert persons.eligible(db, street, TODAY, [member, people.county]) == {member}


def test_a_seat_counts_until_the_day_it_ended_on(db, people):
    assert "赵前" in names(db, COUNTY, TODAY - timedelta(days=1))
    assert names(db, COUNTY, date(2019, 12, 31)) == set()


def test_the_tree_of_the_day_decides(db, people):
    db.query(Edge).filter_by(child=TOWNSHIP).update({"valid_to": TODAY})
    db.add(Edge(child=TOWNSHIP, parent=NEIGHBOUR, valid_from=TODAY))
    db.flush()
    assert names(db, COUNTY) == {"李梅"}
    assert names(db, NEIGHBOUR) == {"单县人", "王小明"}
    assert names(db, COUNTY, TODAY - timedelta(days=1)) >= {"王小明"}


def test_a_reader_of_the_county_is_offered_the_deputies_of_its_townships(db, people):
    scope_to(db, {COUNTY})
    assert names(db, COUNTY) == {"王小明", "李梅"}
    assert persons.eligible(db, COUNTY, TODAY, [people.township, people.neighbour]) == {people.township}


def test_nobody_has_no_name(db, statements):
    assert persons.names(db, []) == {}
    assert statements == []
