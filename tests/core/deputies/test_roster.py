"""A roster from a spreadsheet: who is meant is never guessed, and the same file twice changes nothing."""

import json

import pytest
from sqlalchemy import func, select
from webtest import Upload as Sent

from renda.directory.models import Mandate, Person
from renda.excel.models import Upload
from renda.security.models import AuditEntry
from tests.core.deputies.conftest import COUNTY, DEPUTIES, WANG, add, number, rows, words
from tests.core.excel.conftest import opened, reads, saved, workbook  # noqa: F401 - fixture
from tests.core.security.town import post

HEADER = ["姓名", "身份证号码", "手机号", "席位", "选区"]
LI = number("19750505", 2)
ONE = ["王　小明", "11010519491231002x", "１３８０５３０１２３４", 7, "第一选区"]
TWO = ["阿不都•热合曼", LI, None, None, "第二选区"]


def give(app, *lines, header=HEADER, content=None):
    form = next(one for one in app.get(f"{DEPUTIES}/import").forms.values() if "file" in one.fields)
    form["file"] = Sent("名册.xlsx", content or workbook(header, *lines))
    return form.submit(status=303).follow()


def counts(page):
    return {
        item.text.split()[0]: int(item.select_one("b").text.replace(",", ""))
        for item in page.html.select("#counts li")
    }


def confirm(page):
    return page.forms["confirm"].submit("do", value="confirm", status=303).follow()


def answer(page, line, value):
    form = page.forms["confirm"]
    form[f"answer.{line}"] = value
    return form.submit("do", value="answer", status=303).follow()


def count(work, model):
    with work() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_what_is_no_table_by_its_name_is_not_kept(clerk, work):
    form = next(one for one in clerk.get(f"{DEPUTIES}/import").forms.values() if "file" in one.fields)
    for name in ("名册.exe", "名册.xlsx"):
        form["file"] = Sent(name, "姓名,选区\n王小明,第一选区\n".encode())
        assert form.submit(status=422).html.find(id="f-file-error")
    assert count(work, Upload) == 0


def test_another_may_write_while_a_roster_is_read(clerk, work, reads):  # noqa: F811 - the fixture
    confirm(give(clerk, ONE, TWO))
    assert count(work, Person) == 2
    assert len(reads) == 4


def test_a_roster_is_previewed_and_entered(clerk, work):
    page = give(clerk, ONE, TWO)
    assert counts(page) == {"Faulty": 0, "Changed": 0, "New": 2, "Unchanged": 0}
    assert WANG not in page.text
    assert count(work, Person) == 0
    assert "2 records" in words(confirm(page))
    found = rows(clerk.get(DEPUTIES))
    assert {(row[0], row[3], row[6]) for row in found} == {
        ("王小明", "第一选区", "138****1234"),
        ("阿不都·热合曼", "第二选区", "—"),
    }
    with work() as session:
        held = {row.seat: row.starts_on.isoformat() for row in session.scalars(select(Mandate))}
        trail = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "roster.import")).one()
    assert held == {7: "2022-01-08", 1: "2022-01-08"}
    assert json.loads(trail)["rows"] == 2


def test_the_same_file_twice_changes_nothing(clerk, work):
    confirm(give(clerk, ONE, TWO))
    assert counts(give(clerk, ONE, TWO)) == {"Faulty": 0, "Changed": 0, "New": 0, "Unchanged": 2}
    assert count(work, Mandate) == 2


def test_what_differs_is_shown_and_changed(clerk):
    confirm(give(clerk, ONE, TWO))
    page = give(clerk, [*ONE[:4], "第九选区"], TWO)
    assert counts(page) == {"Faulty": 0, "Changed": 1, "New": 0, "Unchanged": 1}
    assert "第一选区 → 第九选区" in words(page, "#rows")
    confirm(page)
    assert "第九选区" in words(clerk.get(DEPUTIES))


def test_an_empty_cell_changes_nothing(clerk):
    confirm(give(clerk, ONE))
    assert counts(give(clerk, [ONE[0], ONE[1], None, None, None]))["Unchanged"] == 1


def test_faulty_rows_come_back_marked(clerk):
    wrong = ["李梅", "110105194912310021", "123", 0, None]
    page = give(clerk, ONE, wrong)
    assert counts(page) == {"Faulty": 1, "Changed": 0, "New": 1, "Unchanged": 0}
    sheet = opened(page.click("Download the marked file").body).worksheets[0]
    assert "校验码" in sheet["B3"].comment.text or "last character" in sheet["B3"].comment.text
    assert sheet["C3"].comment
    assert sheet["D3"].comment
    assert not sheet["B2"].comment


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (["王小明", WANG, None, None, None], "same person"),
        (["李梅", LI, None, 7, None], "Somebody else holds or held the seat 7"),
        (["", LI, None, None, None], "Fill this in"),
        (["王 小明", None, None, None, None], "same person"),
    ],
)
def test_a_file_that_contradicts_itself_is_told_so(clerk, second, told):
    first = ONE if second[1] else ["王小明", None, None, 7, None]
    page = give(clerk, first, second)
    assert counts(page)["Faulty"] == 1
    assert told in words(page, "#rows")


def test_a_number_of_another_name_is_faulty(clerk):
    add(clerk, name="王小明", identity=WANG)
    page = give(clerk, ["李梅", WANG, None, None, None])
    assert "another name" in words(page, "#rows")


def test_a_number_that_somebody_else_has_is_not_given_to_another(clerk):
    confirm(give(clerk, ONE, TWO))
    sheet = opened(clerk.get(f"{DEPUTIES}/roster.xlsx").body)
    for row in sheet.worksheets[0].iter_rows(min_row=2):
        if row[0].value == "王小明":
            row[1].value = LI
            row[3].value = row[2].value = row[4].value = None
    page = give(clerk, content=saved(sheet))
    assert "Somebody else on this node" in words(page, "#rows")


class TestWhoIsMeant:
    HEADER = ("姓名", "出生日期", "届", "开始日期", "席位")

    @pytest.fixture
    def known(self, clerk):
        return add(clerk, name="王小明", born_on="1970-01-01").rpartition("/")[2]

    def give(self, clerk, *line):
        return give(clerk, list(line), header=list(self.HEADER))

    def test_a_name_that_is_known_is_asked_about(self, clerk, known, work):
        page = self.give(clerk, "王小明", None, 18, "2017-01-10", None)
        assert counts(page)["Faulty"] == 1
        assert "王小明，1970-01-01" in words(page, "#questions")
        page = answer(page, 2, known)
        assert counts(page)["New"] == 1
        confirm(page)
        assert count(work, Person) == 1
        assert count(work, Mandate) == 2

    def test_it_may_be_somebody_else(self, clerk, known, work):
        page = answer(self.give(clerk, "王小明", None, 18, "2017-01-10", None), 2, "new")
        confirm(page)
        assert count(work, Person) == 2

    def test_an_answer_can_be_changed_before_it_is_confirmed(self, clerk, known):
        page = answer(self.give(clerk, "王小明", None, 18, "2017-01-10", None), 2, "new")
        assert page.forms["confirm"]["answer.2"].value == "new"
        page = answer(page, 2, known)
        assert page.forms["confirm"]["answer.2"].value == known

    def test_an_answer_beside_a_confirmation_is_looked_at_first(self, clerk, known, work):
        rows = ["王小明", None, 18, "2017-01-10", None], ["李梅", None, 18, "2017-01-10", None]
        form = give(clerk, *rows, header=list(self.HEADER)).forms["confirm"]
        form["answer.2"] = known
        page = form.submit("do", value="confirm", status=303).follow()
        assert "nothing is saved yet" in words(page, ".flashes")
        assert count(work, Mandate) == 1
        assert words(confirm(page), ".flashes") == ""
        assert count(work, Mandate) == 3

    def test_another_birth_is_another_person(self, clerk, known):
        page = self.give(clerk, "王小明", "1980-02-02", 19, None, None)
        assert counts(page)["New"] == 1
        assert not page.html.select("#questions")

    def test_a_row_that_changes_nothing_is_not_asked_about(self, clerk, known):
        page = self.give(clerk, "王小明", "1970-01-01", 19, None, None)
        assert counts(page)["Unchanged"] == 1

    def test_a_number_may_belong_to_somebody_of_whom_none_was_known(self, clerk, known, work):
        line = ["王小明", number("19700101", 1), None, None, None]
        page = give(clerk, line)
        assert counts(page)["Faulty"] == 1
        page = answer(page, 2, known)
        assert counts(page)["Changed"] == 1
        confirm(page)
        assert counts(give(clerk, line))["Unchanged"] == 1
        assert count(work, Person) == 1

    def test_what_is_no_candidate_is_no_answer(self, clerk, known):
        page = self.give(clerk, "王小明", None, 18, "2017-01-10", None)
        fields = {"do": "answer", "answer.2": "00000000-0000-7000-8000-000000000000"}
        page = post(clerk, page.request.path, fields, status=303).follow()
        assert counts(page)["Faulty"] == 1


def test_the_roster_that_leaves_comes_back_unchanged_and_masked(clerk, work):
    confirm(give(clerk, ONE, TWO))
    sent = clerk.get(f"{DEPUTIES}/roster.xlsx").body
    assert counts(give(clerk, content=sent)) == {"Faulty": 0, "Changed": 0, "New": 0, "Unchanged": 2}
    with work() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.target == COUNTY)).all()
    assert "roster.export" in actions


def test_the_template_has_a_column_for_every_field(clerk):
    sheet = opened(clerk.get(f"{DEPUTIES}/template.xlsx").body).worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    assert titles[:2] == ["Name*", "Identity number"]
    assert "By-election" in titles


def test_of_two_columns_of_one_meaning_the_second_is_said_to_be_left_out(clerk):
    page = give(clerk, ["王小明", None, None], header=["姓名", "手机", "联系电话"])
    assert "Column C, “联系电话”, is left out, since column B is taken for “Phone”." in page.text


def test_columns_are_corrected_by_hand(clerk):
    page = give(clerk, ["王小明", "第一选区"], header=["姓名", "地方"])
    form = page.forms["columns-form"]
    form["column.1"] = "constituency"
    page = form.submit("do", value="map", status=303).follow()
    assert "第一选区" in words(page, "#rows")


def test_two_columns_are_not_one_field(clerk):
    page = give(clerk, ["王小明", "第一选区"], header=["姓名", "地方"])
    form = page.forms["columns-form"]
    form["column.1"] = "name"
    assert "Two columns are said to be Name." in form.submit("do", value="map", status=422).text
    assert "王小明" in words(clerk.get(page.request.path), "#rows")


def test_nothing_that_changed_meanwhile_is_confirmed(clerk):
    page = give(clerk, ONE)
    add(clerk, name="李梅", seat="7")
    answer = page.forms["confirm"].submit("do", value="confirm", status=409)
    assert "Somebody else holds or held the seat 7" in words(answer)


def test_a_file_is_seen_by_who_gave_it_and_discarded(clerk, as_):
    page = give(clerk, ONE)
    address = page.request.path
    page.forms["confirm"].submit("do", value="discard", status=303)
    clerk.get(address, status=404)


@pytest.mark.parametrize("page", ["import", "template.xlsx"])
def test_readers_import_nothing(as_, page):
    as_("zhao").get(f"{DEPUTIES}/{page}", status=403)
