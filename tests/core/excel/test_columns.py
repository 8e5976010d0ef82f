"""The header is found wherever it stands, and what is no data is passed over."""

import sys

import pytest

from renda.errors import Invalid
from renda.excel import columns, grids
from tests.core.excel.conftest import HEADER, workbook
from tests.core.records.probe import VISITS


def layout(*rows):
    return columns.find(grids.read(workbook(*rows)), VISITS, str)


def test_it_is_found_below_titles_and_blank_rows():
    found = layout(["曹县走访台账"], [], ["填报单位：曹县", None, "2026年"], HEADER, ["走访", "village"])
    assert found.header == 3
    assert found.fields == {0: "title", 1: "kind", 2: "starts_on", 3: "budget"}
    assert [line for line, _cells in found.rows()] == [5]


def test_words_may_be_wide_marked_spaced_and_have_units_in_any_order():
    found = layout(["序号", "Ｂｕｄｇｅｔ（元）", "starts_on", " K i n d *", "TITLE:", "别的"])
    assert found.fields == {1: "budget", 2: "starts_on", 3: "kind", 4: "title"}


def test_of_two_columns_with_one_name_the_first_counts():
    found = layout(["Title", "Kind", "title"])
    assert (found.fields, found.doubled) == ({0: "title", 1: "kind"}, {2: "title"})


def test_a_header_of_two_rows_is_read_as_one():
    found = layout(["Title", "Particulars", None], [None, "Kind", "Starts on"], ["走访", "village", "x"])
    assert found.fields == {0: "title", 1: "kind", 2: "starts_on"}
    assert [line for line, _cells in found.rows()] == [3]


@pytest.mark.parametrize("word", ["合计", "小 计", "总计：", "合　计"])
def test_totals_are_no_data(word):
    found = layout(HEADER, ["走访", "village", "x", 1], [word, None, None, 1], [1, word, None, 5])
    assert [line for line, _cells in found.rows()] == [2]


def test_a_footers_colon_may_be_any_that_means_one():
    colons = [chr(one) for one in range(sys.maxunicode) if ":" in columns.folded(chr(one))]
    assert len(colons) > 3
    for colon in colons:
        assert columns.is_furniture([f"填报人{colon}张三"]), colon


@pytest.mark.parametrize("line", ["填报人：张三　联系电话：1", "注：以上为预计数", "审核人(签字)："])
def test_lines_below_the_table_are_no_data(line):
    assert [number for number, _cells in layout(HEADER, ["走访"], [line]).rows()] == [2]


def test_rows_that_hold_nothing_in_known_columns_are_no_data():
    assert list(layout(["序号", *HEADER], [1, None, " "], [2]).rows()) == []


@pytest.mark.parametrize(
    ("above", "header", "scale"),
    [
        ([], "Budget（万yuan）", {0: "万"}),
        ([], "Budget（yuan）", {}),
        ([], "Budget", {}),
        ([], "Budget（必填）", {}),
        ([["单位：万元"]], "Budget", {0: "万"}),
        ([["单位：万元"]], "Budget（yuan）", {}),
        ([["单位：元"]], "Budget", {}),
    ],
)
def test_what_a_header_multiplies_by(above, header, scale):
    assert layout(*above, [header]).scales == scale


def test_without_any_known_word_the_first_row_is_the_header():
    found = layout([], ["甲", "乙"], ["走访", "village"])
    assert (found.header, found.fields) == (1, {})


def test_the_sheet_that_fits_best_is_taken():
    import openpyxl

    from tests.core.excel.conftest import saved

    book = openpyxl.Workbook()
    book.active.append(["说明"])
    book.create_sheet("台账").append(HEADER)
    assert columns.find(grids.read(saved(book)), VISITS, str).grid.sheet == "台账"


def test_an_empty_workbook_is_refused():
    with pytest.raises(Invalid, match="empty"):
        layout()
