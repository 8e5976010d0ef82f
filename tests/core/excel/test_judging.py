"""What each row would do, told before anything is written."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from renda.database import new_id
from renda.directory.models import Mandate, Person
from renda.errors import Conflict, Invalid
from renda.excel import grids
from renda.excel.asking import OF_ITS_OWN
from renda.excel.columns import find
from renda.excel.judging import judge
from renda.excel.verdicts import ASKED, CHANGED, FAULTY, NEW, UNCHANGED, counts, fingerprint
from renda.excel.writing import write
from tests.core.excel.conftest import COUNTY, HEADER, NOW, workbook
from tests.core.records.conftest import TOWNSHIP
from tests.core.records.probe import STOPS, VISITS, not_to_the_moon

ROW = ["走访", "Village", "2026年5月6日", "3.5万"]


def whats(found):
    return [one.what for one in found.verdicts]


def enter(db, found):
    return write(db, VISITS, COUNTY, found.verdicts, now=NOW, actor=None)


def test_new_rows_and_faulty_ones_with_all_their_reasons(examine):
    found = examine(workbook(HEADER, ROW, ["字" * 41, "town", "2026", "=1+1"]))
    assert whats(found) == [NEW, FAULTY]
    assert found.verdicts[0].values["budget"] == 35000
    assert found.verdicts[1].errors.keys() == {"title", "kind", "starts_on", "budget"}
    assert "formula" in found.verdicts[1].errors["budget"]
    assert counts(found.verdicts) == {NEW: 1, CHANGED: 0, UNCHANGED: 0, ASKED: 0, FAULTY: 1}


def test_a_column_that_is_missing_and_needed_is_told_of(examine):
    (one,) = examine(workbook(["Title"], ["走访"])).verdicts
    assert one.errors.keys() == {"kind", "starts_on"}


def test_deputies_of_one_name_are_told_apart_by_where_they_sit(db, people, examine):
    other = Person(id=new_id(), name="李梅", key=500)
    db.add(other)
    db.flush()
    db.add(Mandate(organisation=TOWNSHIP, person=other.id, term=19, seat=9, starts_on=date(2020, 1, 1)))
    db.flush()
    written = ["李梅（曹县）", "李梅(曹城街道)", "王小明（曹城街道）", "李梅", "王小明（曹县）"]
    found = examine(workbook([*HEADER, "Guide"], *([*ROW, name] for name in written)))
    assert whats(found) == [NEW, NEW, NEW, FAULTY, FAULTY]
    assert [one.values["guide"] for one in found.verdicts[:3]] == [people.county, other.id, people.township]
    said = found.verdicts[3].errors["guide"]
    assert set(said.mapping["names"].split("、")) == {"李梅（曹县）", "李梅（曹城街道）"}


def test_a_second_time_nothing_is_new(db, examine):
    content = workbook(HEADER, ROW, ["别处", "School", 46148, None], ROW)
    first = examine(content, answers={4: OF_ITS_OWN})
    assert whats(first) == [NEW, NEW, NEW]
    assert enter(db, first) == 3
    again = examine(content)
    assert whats(again) == [UNCHANGED] * 3
    assert enter(db, again) == 0
    assert whats(examine(workbook(HEADER, ROW, ROW, ROW))) == [UNCHANGED, UNCHANGED, ASKED]


def test_records_with_their_ids_are_changed(db, examine, visit):
    row, other = visit(budget=5), visit(title="不变")
    found = examine(
        workbook(
            [*HEADER, "renda-id"],
            ["改了", "Village", "2026-05-06", None, str(row.id)],
            ["不变", "Village", "2026-05-06", None, str(other.id)],
        )
    )
    assert whats(found) == [CHANGED, UNCHANGED]
    assert found.verdicts[0].values == {"title": "改了", "budget": None}
    assert found.verdicts[0].before == {"title": "走访孙老家镇", "budget": 5}
    assert row.title == "走访孙老家镇"
    assert enter(db, found) == 1
    assert (row.title, row.budget, row.lock) == ("改了", None, 2)


@pytest.mark.parametrize("identity", ["x", str(uuid.UUID(int=5))])
def test_an_id_that_is_none_of_this_register_is_faulty(examine, identity):
    (one,) = examine(workbook([*HEADER, "renda-id"], [*ROW, identity])).verdicts
    assert one.errors.keys() == {""}


def test_a_record_is_changed_once(examine, visit):
    identity = str(visit().id)
    found = examine(workbook([*HEADER, "renda-id"], [*ROW, identity], [*ROW, identity]))
    assert whats(found) == [CHANGED, FAULTY]


def test_masked_values_that_come_back_stay_what_they_are(db, examine, visit):
    row = visit(phone="13812341234")
    header = ["Title", "Kind", "Starts on", "Phone"]
    given = ["走访孙老家镇", "Village", "2026-05-06"]
    for phone in ("138****1234", "13812341234", None):
        assert whats(examine(workbook([*header, "renda-id"], [*given, phone, str(row.id)]))) == [UNCHANGED]
    assert whats(examine(workbook(header, [*given, "138****1234"]))) == [UNCHANGED]
    assert whats(examine(workbook(header, [*given, "13812345678"]))) == [ASKED]
    assert whats(examine(workbook(header, [*given, None]))) == [UNCHANGED]
    (one,) = examine(workbook([*header, "renda-id"], [*given, "1", str(row.id)])).verdicts
    assert one.values == {"phone": "1"}


def test_persons_are_named_and_a_former_one_may_stay(db, examine, visit, people):
    row = visit(guide=people.county)
    row.guide = people.former
    db.flush()
    header = [*HEADER, "Guide", "renda-id"]
    given = ["走访孙老家镇", "Village", "2026-05-06", None]
    assert whats(examine(workbook(header, [*given, "赵 前", str(row.id)]))) == [UNCHANGED]
    (one,) = examine(workbook(header, [*given, "王 小 明", str(row.id)])).verdicts
    assert one.values == {"guide": people.township}
    assert whats(examine(workbook(header, [*given, "赵前", None]))) == [FAULTY]
    assert whats(examine(workbook(header, [*given, "单县人", None]))) == [FAULTY]


def test_what_the_guard_of_the_type_refuses_is_faulty(db, people, visit):
    guarded = replace(VISITS, guard=not_to_the_moon)
    row = visit()
    content = workbook(
        [*HEADER, "renda-id"], ["to the moon", *ROW[1:], None], ["moon", *ROW[1:], str(row.id)]
    )
    layout = find(grids.read(content), guarded, str)
    found = judge(db, guarded, COUNTY, layout, translate=str, now=NOW)
    assert [one.errors for one in found] == [{"": "Nobody goes to the moon."}] * 2
    assert row not in db.dirty


def test_parts_and_barred_registers_take_no_files(db, people):
    layout = find(grids.read(workbook(["Place"], ["村"])), STOPS, str)
    with pytest.raises(Invalid):
        judge(db, STOPS, COUNTY, layout, translate=str, now=NOW)
    barred = replace(VISITS, barred=lambda _body: "Not here.")
    with pytest.raises(Conflict):
        judge(db, barred, COUNTY, layout, translate=str, now=NOW)


def test_the_fingerprint_is_that_of_the_changes(db, examine, visit):
    row = visit()
    content = workbook([*HEADER, "renda-id"], [*ROW, str(row.id)])
    first = fingerprint(VISITS, examine(content).verdicts)
    assert fingerprint(VISITS, examine(content).verdicts) == first
    row.title = "别人改了"
    db.flush()
    assert fingerprint(VISITS, examine(content).verdicts) != first


def test_a_corrected_mapping_is_what_counts(examine):
    content = workbook(["甲", "乙", "丙"], ["走访", "Village", "2026.5.6"])
    assert "No column" in examine(content).remark
    found = examine(content, {0: "title", 1: "kind", 2: "starts_on"})
    assert (whats(found), found.remark) == ([NEW], "")


@pytest.mark.parametrize(("key", "value"), [("form", "other"), ("organisation", "371722")])
def test_a_template_of_another_register_or_organisation_is_refused(examine, key, value):
    import openpyxl

    from tests.core.excel.conftest import saved

    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.create_sheet(grids.META).append([key, value])
    with pytest.raises(Invalid, match="another"):
        examine(saved(book))


def test_a_row_that_is_refused_beside_the_others_stops_all(db, examine, people):
    found = examine(workbook(HEADER, ROW))
    (one,) = found.verdicts
    wrong = replace(one, values={**one.values, "guide": people.former})
    with pytest.raises(Conflict, match="Row"):
        write(db, VISITS, COUNTY, [wrong], now=NOW, actor=None)
