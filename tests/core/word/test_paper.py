"""What a page shows becomes the words of a paper."""

from datetime import date

import pytest

from renda.i18n import Translator
from renda.word.paper import clean, facts, in_words, plain, table

CHINESE = Translator(["renda"], "zh_Hans")


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (None, "—"),
        ("", "—"),
        (0, "0"),
        (1200, "1,200"),
        ("甲", "甲"),
        (date(2026, 5, 6), "2026-05-06"),
        ({"value": None, "note": "缺报"}, "—（缺报）"),
        ({"value": 1200, "qualifier": "exact"}, "1,200"),
        ({"value": 1200, "qualifier": "about"}, "约 1,200"),
        ({"value": 1200, "qualifier": "at_least"}, "≥ 1,200"),
        ({"value": "35.0%", "raw": 350}, "35.0%"),
        ({"light": "ok", "text": "State"}, "状态"),
        ({"text": "甲", "href": "/a"}, "甲"),
        ({"text": None}, "—"),
        ({"text": date(2026, 5, 6), "note": None}, "2026-05-06"),
    ],
)
def test_a_value_is_said_as_its_page_shows_it(shown, said):
    assert plain(shown, CHINESE) == said


def test_facts_have_their_units_and_none_where_there_is_nothing():
    shown = [{"label": "State", "unit": "人", "value": 3}, {"label": "State", "unit": "人", "value": None}]
    assert facts(shown, CHINESE).rows == [("状态", "3 人"), ("状态", "—")]


def test_a_table_has_units_in_its_headers_and_knows_its_numbers():
    columns = [{"title": "State", "kind": "text"}, {"title": "人数", "kind": "number", "unit": "人"}]
    found = table(columns, [{"cells": [{"text": "甲", "href": "/a"}, 1200]}], CHINESE)
    assert (found.headers, found.rows, found.numbers) == (["状态", "人数（人）"], [["甲", "1,200"]], {1})


def test_days_are_written_as_the_language_writes_them():
    assert in_words(date(2026, 11, 30), CHINESE) == "2026年11月30日"


def test_what_no_document_may_hold_is_left_out():
    assert clean("a\x00\x0b\x1f\ufffe甲\t\n𠀀") == "a甲\t\n𠀀"
