"""The workbook that people fill, and that comes back as it went."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from renda.excel import template, uploads
from renda.excel.template import Place
from renda.excel.verdicts import UNCHANGED
from renda.records import fields
from tests.core.excel.conftest import COUNTY, NOW, opened, saved
from tests.core.records.probe import VISITS


@pytest.fixture
def made(db, people):
    def make(*, filled=False):
        place = Place(COUNTY, "曹县", [(people.county, "李梅"), (people.township, "王小明")])
        with template.write(db, VISITS, place, str, filled=filled).file as file:
            return file.read()

    return make


def test_it_has_one_row_of_protected_headers_with_units_and_notes(made):
    sheet = opened(made()).worksheets[0]
    header = [cell.value for cell in sheet[1]]
    assert header[:6] == ["Title*", "Kind*", "Starts on*", "Ends on", "Budget（yuan）", "Urgent"]
    assert sheet.max_row == 1
    assert sheet.protection.sheet
    assert sheet["A1"].protection.locked
    assert not sheet.column_dimensions["A"].protection.locked
    assert "2026-05-06" in sheet["C1"].comment.text
    assert sheet.column_dimensions["C"].number_format == "yyyy-mm-dd"
    assert sheet.column_dimensions["J"].hidden


def test_choices_answers_and_deputies_have_drop_downs(made):
    book = opened(made())
    lists = book["renda"]
    found = {}
    for rule in book.worksheets[0].data_validations.dataValidation:
        column = rule.formula1.partition("!")[2].split("$")[1]
        found[str(rule.sqref)[0]] = [cell.value for cell in lists[column] if cell.value]
    assert found == {"B": ["Village", "School"], "F": ["Yes", "No"], "H": ["李梅", "王小明"]}


def test_the_hidden_sheet_says_what_it_is(made):
    sheet = opened(made())["renda"]
    assert sheet.sheet_state == "hidden"
    assert {row[0].value: row[1].value for row in sheet["A1:B3"]} == template.meta(VISITS, COUNTY)


def test_filled_it_holds_all_records_and_comes_back_without_a_change(db, registry, made, visit, people):
    visit(title="=1+1", notes="+86\n@x", budget=5, urgent=True, phone="13812341234", guide=people.county)
    visit(title="-1", notes="@SUM(A1)")
    content = made(filled=True)
    sheet = opened(content).worksheets[0]
    assert [sheet["A2"].value, sheet["A2"].data_type] == ["=1+1", "s"]
    assert sheet["G2"].value == "138****1234"
    found = uploads.examine(db, registry, VISITS, COUNTY, content, now=NOW)
    assert [one.what for one in found.verdicts] == [UNCHANGED, UNCHANGED]
    assert found.remark == ""


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "＝1", "\t=1"])
def test_no_text_becomes_a_formula(made, visit, text):
    visit(notes=text)
    sheet = opened(made(filled=True)).worksheets[0]
    assert [cell.data_type for row in sheet for cell in row if cell.data_type == "f"] == []


TEXTS = (
    st.text(max_size=40).map(str.strip).filter(lambda text: not fields.Paragraph("t").forbidden.search(text))
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.tuples(TEXTS.filter(lambda text: text and text.isprintable()), TEXTS))
@example(texts=("—", "无"))
@example(texts=("共计", ""))
@example(texts=("'=1", "_x000D_ a\n\n b"))
def test_whatever_was_written_comes_back_without_a_change(db, registry, made, visit, texts):
    with db.begin_nested() as point:
        visit(title=texts[0], notes=texts[1])
        found = uploads.examine(db, registry, VISITS, COUNTY, made(filled=True), now=NOW)
        assert [(one.what, one.values, one.errors) for one in found.verdicts] == [(UNCHANGED, {}, {})]
        point.rollback()


def test_an_older_template_is_taken_with_a_word(db, registry, made):
    book = opened(made())
    book["renda"]["B2"] = "older"
    book.worksheets[0].append(["走访", "Village", "2026-05-06"])
    found = uploads.examine(db, registry, VISITS, COUNTY, saved(book), now=NOW)
    assert "earlier version" in found.remark
    assert found.good == 1
