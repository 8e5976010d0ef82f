"""Sheets and text files as tables."""
# ruff: noqa: DTZ001 - what spreadsheets hold has no zone

from datetime import datetime

import openpyxl
import pytest

from renda.errors import TooLarge
from renda.excel import grids
from renda.excel.grids import Odd
from tests.core.excel.conftest import saved, workbook

ROWS = [["名称", "金额"], ["走访", "3.5万"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_the_encodings_that_excel_writes(encoding):
    assert grids.read("名称,金额\r\n走访,3.5万\r\n".encode(encoding)).grids[0].rows == ROWS


def test_columns_may_be_set_apart_by_tabs():
    assert grids.read("名称\t金额\n走访\t3.5万\n".encode("utf-16")).grids[0].rows == ROWS


def test_the_apostrophe_of_a_guarded_cell_falls_away():
    assert grids.read(b"a\n'=1+1\n'ok\n").grids[0].rows == [["a"], ["=1+1"], ["'ok"]]


def test_values_keep_their_kinds_and_formulas_have_none():
    day = datetime(2026, 5, 6)
    rows = grids.read(workbook(["a", 1, 2.5, True, day, "=1+1", None, None])).grids[0].rows
    (row,) = rows
    assert row[:5] == ["a", 1, 2.5, True, day]
    assert isinstance(row[5], Odd)
    assert len(row) == 6


def test_an_error_of_a_formula_is_no_value():
    book = openpyxl.Workbook()
    book.active["A1"].value = "#REF!"
    assert book.active["A1"].data_type == "e"
    assert isinstance(grids.read(saved(book)).grids[0].rows[0][0], Odd)


def test_hidden_sheets_are_left_out_and_ours_says_what_the_file_is():
    book = openpyxl.Workbook()
    book.active.append(["Title"])
    book.create_sheet("hidden").sheet_state = "hidden"
    own = book.create_sheet(grids.META)
    own.sheet_state = "hidden"
    own.append(["form", "probe_visit"])
    found = grids.read(saved(book))
    assert [grid.sheet for grid in found.grids] == ["Sheet"]
    assert found.meta == {"form": "probe_visit"}


def test_a_row_of_too_many_columns_is_refused():
    with pytest.raises(TooLarge):
        grids.read(",".join("a" * 300).encode())
