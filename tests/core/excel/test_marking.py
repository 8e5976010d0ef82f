"""The same file given back with its faulty cells marked."""

from datetime import date

import openpyxl

from renda.excel import marking
from renda.excel.verdicts import NEW
from tests.core.excel.conftest import HEADER, old_workbook, opened, saved, workbook
from tests.core.records.probe import VISITS

GOOD = ["走访", "Village", "2026年5月6日", 1]


def marked(examine, content):
    found = examine(content)
    return marking.mark(content, VISITS, found.layout, found.verdicts, str)


def test_faulty_cells_are_filled_and_commented_and_the_reasons_stand_beside(examine):
    content = workbook(["台账"], HEADER, GOOD, ["", "town", "2026-05-06", 3.5])
    sheet = opened(marked(examine, content)).active
    assert sheet["A1"].value == "台账"
    assert "value" in sheet["B4"].comment.text
    assert sheet["B4"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["D4"].comment.text
    assert sheet["E2"].value == "What to correct"
    assert "Title：" in sheet["E4"].value
    assert "Kind：" in sheet["E4"].value
    assert (sheet["B3"].comment, sheet["E3"].value) == (None, None)


def test_a_marked_file_that_was_corrected_is_clean_again(examine):
    book = opened(marked(examine, workbook(HEADER, ["走访", "town", "2026-05-06", 1], [None, "x"])))
    book.active["B2"] = "Village"
    content = saved(book)
    assert examine(content).verdicts[0].what == NEW
    sheet = opened(marked(examine, content)).active
    assert (sheet["B2"].comment, sheet["B2"].fill.fill_type, sheet["E2"].value) == (None, None, None)
    assert sheet["E3"].value
    assert sheet["F1"].value is None


def test_a_text_file_comes_back_as_a_workbook_without_formulas(examine):
    content = b"Title,Kind,Starts on\n=1+1,town,2026-05-06\n"
    sheet = opened(marked(examine, content)).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert sheet["D2"].value.startswith("Kind：")


def test_merged_cells_are_left_as_they_are(examine):
    book = openpyxl.Workbook()
    for row in (HEADER, ["走访", None, "2026-05-06", 1]):
        book.active.append(row)
    book.active.merge_cells("A2:B2")
    sheet = opened(marked(examine, saved(book))).active
    assert sheet["E2"].value


def test_an_xls_file_comes_back_as_an_xlsx_with_its_values(examine):
    content = old_workbook(HEADER, ["走访", "town", date(2026, 5, 6), 3], title="台账")
    kept = marked(examine, content)
    sheet = opened(kept)["台账"]
    assert [sheet["A2"].value, sheet["C2"].value.date(), sheet["D2"].value] == ["走访", date(2026, 5, 6), 3]
    assert "value" in sheet["B2"].comment.text
    assert ".xlsx" in marking.note(content)
    assert not marking.note(kept)
