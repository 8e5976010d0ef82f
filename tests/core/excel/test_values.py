"""What cells mean."""
# ruff: noqa: DTZ001 - what spreadsheets hold has no zone

import uuid
from datetime import date, datetime
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.directory.names import plain_name
from renda.excel.values import Reader
from renda.i18n import Translator, _
from renda.records.fields import Choice, Day, Flag, Integer, Money, Ordinal, Person, Rejected, Text

TERMS_WORDS = _("Term ${number}")
WANG, LI, SECOND_LI = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)
PEOPLE = [(WANG, "阿依努尔·买买提"), (LI, "李梅"), (SECOND_LI, "李梅"), (uuid.UUID(int=4), "张三")]


@pytest.fixture
def reader():
    return Reader(str, lambda: PEOPLE)


def cleaned(reader, what, cell, scale=""):
    return what.clean(reader.read(what, cell, scale))


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (datetime(2026, 5, 6), date(2026, 5, 6)),
        (46148, date(2026, 5, 6)),
        (46148.0, date(2026, 5, 6)),
        ("46148", date(2026, 5, 6)),
        ("２０２６．５．６", date(2026, 5, 6)),
        ("2026年5月6日", date(2026, 5, 6)),
        ("2026 年 5 月 6 日", date(2026, 5, 6)),
        ("二〇二六年五月六日", date(2026, 5, 6)),
        ("二○二六年 十二月三十一日", date(2026, 12, 31)),
        ("2026.5.6", date(2026, 5, 6)),
        (20260506, date(2026, 5, 6)),
        (20260506.0, date(2026, 5, 6)),
    ],
)
def test_days(reader, cell, day):
    assert cleaned(reader, Day("d"), cell) == day


@given(st.dates(date(1930, 1, 1), date(2170, 1, 1)))
def test_every_serial_day_is_the_day_that_excel_shows(day):
    from openpyxl.utils.datetime import to_excel

    reader = Reader(str, list)
    assert cleaned(reader, Day("d"), to_excel(datetime(day.year, day.month, day.day))) == day


def test_old_macs_count_from_1904():
    assert cleaned(Reader(str, list, since_1904=True), Day("d"), 44686) == date(2026, 5, 6)


@pytest.mark.parametrize("cell", ["2026年5月", "上半年", datetime(2026, 5, 6, 10), 123, "2026.2.30"])
def test_what_is_no_day(reader, cell):
    with pytest.raises(Rejected):
        cleaned(reader, Day("d"), cell)


@pytest.mark.parametrize(
    ("cell", "scale", "number"),
    [
        (1200, "", 1200),
        (1200.0, "", 1200),
        ("１，２００", "", 1200),
        ("3.5万", "", 35000),
        (3.5, "万", 35000),
        (0.1, "万", 1000),
        ("3.5", "万", 35000),
        ("3.5万", "万", 35000),
        ("3.5万元", "", 35000),
        ("无", "", 0),
        ("—", "", None),
        ("/", "万", None),
        ("、", "", None),
        ("　", "", None),
    ],
)
def test_numbers(reader, cell, scale, number):
    assert cleaned(reader, Money("m", required=False), cell, scale) == number


@given(st.integers(0, 10**9))
def test_numbers_as_numbers_texts_and_wide_texts_are_the_same(number):
    reader, what = Reader(str, list), Integer("n")
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    for cell in (number, float(number), str(number), f"{number:,}", wide):
        assert cleaned(reader, what, cell) == number


@pytest.mark.parametrize("cell", ["90%以上", 3.5, True, "若干", datetime(2026, 5, 6)])
def test_what_is_no_number(reader, cell):
    with pytest.raises(Rejected):
        cleaned(reader, Integer("n"), cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (13812345678, "13812345678"),
        (13812345678.0, "13812345678"),
        ("无", "无"),
        ("—", None),
        (datetime(2026, 5, 6), "2026-05-06"),
        (2.5, "2.5"),
        (True, "TRUE"),
        ("=1+1", "=1+1"),
    ],
)
def test_texts(reader, cell, text):
    assert cleaned(reader, Text("t", required=False), cell) == text


def test_digits_that_excel_has_lost_are_not_taken(reader):
    with pytest.raises(Rejected, match="15 digits"):
        cleaned(reader, Text("t"), 3.7172119880101e17)


@pytest.mark.parametrize("cell", ["village", "Village", " Ｖillage ", "VILLAGE"])
def test_choices_by_title_or_value(reader, cell):
    assert cleaned(reader, Choice("c", choices=(("village", "Village"),)), cell) == "village"


def test_another_choice_is_for_the_field_to_refuse(reader):
    with pytest.raises(Rejected):
        cleaned(reader, Choice("c", choices=(("village", "Village"),)), "town")


@pytest.mark.parametrize(
    ("cell", "answer"), [("是", True), ("√", True), (1, True), (True, True), ("无", False), (None, False)]
)
def test_answers(reader, cell, answer):
    assert cleaned(reader, Flag("f"), cell) is answer


def test_persons_by_name_whatever_its_spaces_and_dots(reader):
    assert cleaned(reader, Person("p"), "阿依努尔 ・ 买买提") == WANG
    assert cleaned(reader, Person("p"), "张　三") == uuid.UUID(int=4)
    assert cleaned(reader, Person("p", required=False), "无") is None
    assert plain_name("张 三") == "张三"


@pytest.mark.parametrize(("name", "word"), [("李梅", "Several"), ("王五", "No deputy")])
def test_persons_who_are_not_one(reader, name, word):
    with pytest.raises(Rejected, match=word):
        cleaned(reader, Person("p"), name)


class TestNamesakes:
    """Of several who have one name, what is written in brackets behind it says who is meant."""

    TOLD = ((LI, "李梅（曹县）"), (SECOND_LI, "李梅（单县 席位7）"), (WANG, "张三（女）"))

    @pytest.fixture
    def reader(self):
        return Reader(str, lambda: self.TOLD, called=self.ask)

    asked: ClassVar[list[str]] = []

    def ask(self, text):
        self.asked.append(text)
        if text != "王五(曹县)":
            raise Rejected("nobody")
        return WANG

    @pytest.mark.parametrize("name", ["李梅（单县 席位7）", "李梅(单县席位7)", " 李 梅（单县　席位７）"])
    def test_the_one_of_the_list_is_meant_however_it_is_written(self, reader, name):
        assert cleaned(reader, Person("p"), name) == SECOND_LI

    def test_the_name_alone_is_refused_with_what_to_write(self, reader):
        with pytest.raises(Rejected) as refused:
            cleaned(reader, Person("p"), "李梅")
        assert refused.value.message.mapping == {"names": "李梅（曹县）、李梅（单县 席位7）"}

    def test_brackets_that_belong_to_a_name_are_no_more_than_that(self, reader):
        assert cleaned(reader, Person("p"), "张三（女）") == WANG
        with pytest.raises(Rejected, match="No deputy"):
            cleaned(reader, Person("p"), "张三")

    def test_what_is_in_no_list_is_asked_for_once(self, reader):
        self.asked.clear()
        for _again in range(2):
            assert cleaned(reader, Person("p"), "王五（曹县）") == WANG
            with pytest.raises(Rejected, match="nobody"):
                cleaned(reader, Person("p"), "赵六（曹县）")
        assert len(self.asked) == 2


@pytest.mark.parametrize("cell", [19, 19.0, "19", "第十九届", "十九届", "第 19 届", "第十九次会议", "十九"])
def test_places_in_a_series(cell):
    reader = Reader(Translator(["renda"], "zh_Hans"), list)
    assert cleaned(reader, Ordinal("o", words=TERMS_WORDS), cell) == 19
