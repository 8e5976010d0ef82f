"""Which records a clerk's own rows are about: asked where it may be one that is there, never guessed."""

import pytest

from renda.database import new_id
from renda.excel import likeness
from renda.excel.asking import OF_ITS_OWN, of_all
from renda.excel.likeness import Likeness
from renda.excel.verdicts import ASKED, CHANGED, FAULTY, NEW, UNCHANGED
from renda.excel.writing import write
from tests.core.excel.conftest import COUNTY, HEADER, NOW, workbook
from tests.core.records.probe import VISITS

ROW = ["走访", "Village", "2026年5月6日", "3.5万"]
OTHER = ["座谈", "School", "2026年6月1日", 20]


def whats(found):
    return [one.what for one in found.verdicts]


@pytest.fixture
def entered(db, examine):
    """Enters a file of rows, all of them as records of their own."""

    def enter(*rows, header=HEADER):
        answers = dict.fromkeys(range(2, 2 + len(rows)), OF_ITS_OWN)
        found = examine(workbook(header, *rows), answers=answers)
        write(db, VISITS, COUNTY, found.verdicts, now=NOW, actor=None)

    return enter


class TestOneCellChanged:
    @pytest.mark.parametrize(
        ("cell", "value", "field"),
        [
            (0, "走访孙老家镇", "title"),
            (1, "School", "kind"),
            (2, "2026年5月7日", "starts_on"),
            (3, "4万", "budget"),
            (3, None, "budget"),
        ],
    )
    def test_whichever_it_is_the_row_is_asked_about(self, entered, examine, cell, value, field):
        entered(ROW, OTHER)
        changed = [*ROW]
        changed[cell] = value
        found = examine(workbook(HEADER, changed, OTHER))
        assert whats(found) == [ASKED, UNCHANGED]
        asked = found.verdicts[0].question
        assert asked.values.keys() == asked.before.keys() == {field}
        assert asked.row.title == "走访"
        assert (found.good, found.asked) == (0, 1)

    def test_also_of_what_is_shown_masked(self, entered, examine):
        header = [*HEADER[:3], "Phone"]
        entered([*ROW[:3], "13800000001"], header=header)
        found = examine(workbook(header, [*ROW[:3], "13800000002"]))
        assert found.verdicts[0].question.values == {"phone": "13800000002"}

    def test_nothing_happens_before_it_is_answered(self, db, entered, examine):
        entered(ROW)
        found = examine(workbook(HEADER, [*ROW[:3], 5]))
        assert write(db, VISITS, COUNTY, found.verdicts, now=NOW, actor=None) == 0

    def test_it_changes_the_record_where_the_clerk_says_so(self, db, entered, examine):
        entered(ROW)
        content = workbook(HEADER, [*ROW[:3], 5])
        answers = of_all(examine(content).verdicts, twins=False, own=False)
        found = examine(content, answers=answers)
        assert whats(found) == [CHANGED]
        assert (found.verdicts[0].before, found.verdicts[0].values) == ({"budget": 35000}, {"budget": 5})
        write(db, VISITS, COUNTY, found.verdicts, now=NOW, actor=None)
        assert found.verdicts[0].row.budget == 5
        assert whats(examine(content)) == [UNCHANGED]
        assert whats(examine(content, answers=answers)) == [UNCHANGED]

    def test_it_is_another_record_where_the_clerk_says_so(self, db, entered, examine):
        entered(ROW)
        content = workbook(HEADER, ROW, [*ROW[:3], 5])
        found = examine(workbook(HEADER, [*ROW[:3], 5]), answers={2: OF_ITS_OWN})
        assert whats(found) == [NEW]
        write(db, VISITS, COUNTY, found.verdicts, now=NOW, actor=None)
        assert whats(examine(content)) == [UNCHANGED, UNCHANGED]

    def test_the_id_of_any_other_record_is_no_answer(self, entered, examine, visit):
        other = visit(title="别处", starts_on="2025-01-01")
        entered(ROW)
        found = examine(workbook(HEADER, [*ROW[:3], 5]), answers={2: str(other.id)})
        assert whats(found) == [ASKED]
        assert not found.verdicts[0].question.answer

    def test_what_is_wrong_is_told_first(self, entered, examine):
        entered(ROW)
        assert whats(examine(workbook(HEADER, [*ROW[:3], "much"]))) == [FAULTY]


class TestFewQuestions:
    def test_a_record_that_another_row_is_about_is_not_asked_about(self, entered, examine):
        entered(ROW)
        assert whats(examine(workbook(HEADER, [*ROW[:3], 5], ROW))) == [NEW, UNCHANGED]

    def test_nor_one_whose_id_another_row_carries(self, examine, visit):
        identity = str(visit(title="走访").id)
        found = examine(workbook([*HEADER, "renda-id"], [*ROW[:3], 5, None], [*ROW, identity]))
        assert whats(found) == [NEW, CHANGED]

    def test_of_two_rows_the_nearer_one_is_asked_about(self, entered, examine):
        entered(ROW)
        found = examine(workbook(HEADER, ["走访", "School", "2026-05-06", 7], [*ROW[:3], 5]))
        assert whats(found) == [NEW, ASKED]

    def test_of_two_records_the_nearer_one_is_meant(self, entered, examine):
        entered([*ROW[:2], "2025-01-01", 9], ROW)
        found = examine(workbook(HEADER, [*ROW[:3], 5]))
        assert found.verdicts[0].question.values.keys() == {"budget"}

    def test_what_has_no_more_than_its_name_in_common_is_new(self, entered, examine):
        entered(ROW)
        assert whats(examine(workbook(HEADER, ["走访", "School", "2026-07-01", 7]))) == [NEW]

    def test_a_title_that_comes_every_month_is_no_sign(self, entered, examine):
        months = [["接待日", "Village", f"2025-{month:02}-15", month] for month in range(1, 13)]
        entered(*months)
        assert whats(examine(workbook(HEADER, ["接待日", "Village", "2026-01-15", 1]))) == [NEW]
        moved = [*months[:11], ["接待日", "Village", "2025-12-16", 12]]
        assert whats(examine(workbook(HEADER, *moved))) == [UNCHANGED] * 11 + [ASKED]

    def test_another_name_is_another_record_where_several_are_alike_but_for_it(self, entered, examine):
        entered(*([f"走访{place}", *ROW[1:]] for place in "甲乙"))
        assert whats(examine(workbook(HEADER, ["走访丙", *ROW[1:]]))) == [NEW]

    def test_and_where_there_is_little_else(self, entered, examine):
        entered(["走访", "Village", "2026-05-06", None])
        assert whats(examine(workbook(HEADER, ["座谈", "Village", "2026-06-06", None]))) == [NEW]


class TestEqualRows:
    def test_the_second_is_asked_about(self, db, examine):
        content = workbook(HEADER, ROW, OTHER, ["走访", "village", 46148, "３．５万"])
        found = examine(content)
        assert whats(found) == [NEW, NEW, ASKED]
        assert found.verdicts[2].question.twin == 2
        assert write(db, VISITS, COUNTY, found.verdicts, now=NOW, actor=None) == 2
        assert whats(examine(content)) == [UNCHANGED, UNCHANGED, ASKED]

    def test_it_is_entered_where_the_clerk_says_so(self, db, examine):
        content = workbook(HEADER, ROW, OTHER, ROW)
        found = examine(content, answers=of_all(examine(content).verdicts, twins=True, own=True))
        assert whats(found) == [NEW, NEW, NEW]
        write(db, VISITS, COUNTY, found.verdicts, now=NOW, actor=None)
        assert whats(examine(content)) == [UNCHANGED] * 3

    def test_the_equal_row_may_carry_an_id_and_stand_below(self, examine, visit):
        identity = str(visit(title="走访").id)
        found = examine(workbook([*HEADER, "renda-id"], [*ROW, None], [*ROW, identity]))
        assert whats(found) == [ASKED, CHANGED]
        assert found.verdicts[0].question.twin == 3

    def test_rows_that_are_wrong_equal_nothing(self, examine):
        assert whats(examine(workbook(HEADER, ["", *ROW[1:]], ["", *ROW[1:]]))) == [FAULTY, FAULTY]


def test_a_row_is_compared_with_no_record_that_readers_see_otherwise(monkeypatch):
    known, compared = Likeness(VISITS, ["title", "phone"]), []
    for number in range(1000):
        known.add(("走访", f"1380000{number:04d}"), new_id())
    same = likeness._same_text
    monkeypatch.setattr(likeness, "_same_text", lambda *both: compared.append(both) or same(*both))
    assert known.take(("走访", "13800000007"))
    assert not known.take(("走访", "13800000007"))
    assert known.take(("走访", "138****0008"))
    assert not known.take(("走访", "13900000009"))
    assert not known.take(("走访", None))
    assert compared == [("13800000007", "13800000007"), ("138****0008", "13800000008")]
