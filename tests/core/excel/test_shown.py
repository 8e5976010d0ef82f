"""A page's table leaves as a workbook in which values stay what they are."""

from datetime import date

import openpyxl
import pytest

from renda.excel.shown import Table, written
from renda.i18n import Translator

TRANSLATE = Translator(["renda"], "zh_Hans")


@pytest.fixture
def sheet():
    """`sheet(columns, *rows)` is the sheet of a table, read back."""

    def read(columns, *rows):
        table = Table("Notices", [{"title": one} for one in columns], [{"cells": row} for row in rows])
        with written(table, "曹县 通知", "2026", TRANSLATE) as content:
            return openpyxl.load_workbook(content).active

    return read


def body(found):
    return list(found.iter_rows(min_row=5, values_only=True))


def test_it_says_what_it_is_above_its_headers(sheet):
    found = sheet(["Notices"], ["甲"])
    assert [found["A1"].value, found["A2"].value, found["A4"].value] == ["曹县 通知", "2026", "通知"]


def test_numbers_and_days_are_what_they_are_and_nothing_is_nothing(sheet):
    found = sheet("abcd", [1200, date(2026, 5, 6), None, {"value": 3, "unit": "件"}])
    number, day, *rest = body(found)[0]
    assert (number, day.date(), rest) == (1200, date(2026, 5, 6), [None, 3])
    assert found["B5"].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example")', "007"])
def test_text_is_text_whatever_it_begins_with(sheet, text):
    found = sheet("ab", [text, {"text": text, "href": "/o/1"}])
    assert [(one.value, one.data_type) for one in found[5]] == [(text, "s"), (text, "s")]
    assert all(one.hyperlink is None for one in found[5])


def test_a_rate_is_a_fraction_that_is_shown_in_percent(sheet):
    found = sheet("a", [{"value": "66.67%", "raw": 6667, "scale": 10000, "qualifier": "exact"}])
    assert (found["A5"].value, found["A5"].number_format) == (0.6667, "0.00%")


def test_what_is_not_exact_is_said_in_words(sheet):
    assert body(sheet("a", [{"value": 30, "qualifier": "at_least"}])) == [("≥ 30",)]


def test_words_are_those_of_the_reader(sheet):
    assert body(sheet("a", [{"light": "ok", "text": "Done or endorsed"}])) == [("已办结或已审定",)]


def test_what_is_noted_stands_in_a_column_beside(sheet):
    cover = {"expected": 5, "counted": 3, "missing": 2, "late": 0}
    found = sheet(["a", "b"], [1, {"value": 7, "coverage": cover}], [2, {"value": 8, "note": "迟报"}])
    assert [one.value for one in found[4]] == ["a", "b", "b（备注）"]
    assert body(found) == [(1, 7, "已计 3/5 · 缺报 2"), (2, 8, "迟报")]
