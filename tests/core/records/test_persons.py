"""Who may be named is decided by seats and by the tree of the day."""

from datetime import date, timedelta

import pytest

from renda.database import new_id, scope_to
from renda.directory.models import Edge, Mandate, Organisation, Person
from renda.directory.persons import add_persons
from renda.errors import Invalid
from renda.records import persons
from renda.records.fields import Rejected
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW, TOWNSHIP
from tests.core.records.probe import VISITS

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


def seated(db, *named):
    """Ids of more deputies of the county, who can be found by their readings."""
    ids = add_persons(db, [(name, f"id:{name}{number}") for number, name in enumerate(named)])
    db.add_all(
        Mandate(organisation=COUNTY, person=one, term=19, seat=50 + number, starts_on=date(2020, 1, 1))
        for number, one in enumerate(ids)
    )
    db.flush()
    return ids


@pytest.mark.parametrize("typed", ["单小红", "小红", "shanxiaohong", "Shàn Xiǎo", "sxh", "dxh"])
def test_somebody_is_named_by_characters_pinyin_or_initials(db, people, typed):
    (one,) = seated(db, "单小红")
    assert persons.called_so(db, COUNTY, TODAY, typed) == one


def test_a_whole_name_is_preferred_to_a_part_of_one(db, people):
    short, _long = seated(db, "赵大", "赵大海")
    assert persons.called_so(db, COUNTY, TODAY, "赵大") == short


def test_who_is_called_so_from_the_beginning_is_preferred_to_whose_given_name_is(db, people):
    whole, given = seated(db, "刘真", "冯丽志")
    assert persons.called_so(db, COUNTY, TODAY, "lz") == whole
    assert persons.called_so(db, COUNTY, TODAY, "lizhi") == given


def test_who_is_not_the_only_one_called_so_has_to_be_chosen(db, people):
    seated(db, "赵大海", "赵大河")
    with pytest.raises(Rejected) as refused:
        persons.called_so(db, COUNTY, TODAY, "zhao")
    assert refused.value.message.mapping == {"count": 2, "names": "赵大河、赵大海"}


@pytest.mark.parametrize("typed", ["无此人", "x", "%", "单县人"])
def test_nobody_else_is_named(db, people, typed):
    with pytest.raises(Rejected):
        persons.called_so(db, COUNTY, TODAY, typed)


def test_several_are_named_with_commas_between_them(db, people):
    ids = seated(db, "赵大海", "钱小河", "孙中山")
    assert persons.many_called_so(db, COUNTY, TODAY, "赵大海、 qxh，szs,") == set(ids)
    assert persons.many_called_so(db, COUNTY, TODAY, " ") == set()


def test_a_form_holds_ids_where_names_were_typed(db, people):
    (one,) = seated(db, "赵大海")
    typed = {"title": "赵大海", "guide": "zdh"}
    assert persons.resolved(db, COUNTY, TODAY, VISITS, typed) == {"title": "赵大海", "guide": str(one)}
    assert persons.resolved(db, COUNTY, TODAY, VISITS, {"guide": str(one)}) == {"guide": str(one)}
    with pytest.raises(Invalid) as refused:
        persons.resolved(db, COUNTY, TODAY, VISITS, {"guide": "无此人"})
    assert [*refused.value.errors] == ["guide"]
