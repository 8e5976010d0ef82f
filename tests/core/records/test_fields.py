"""A field takes what people mean, refuses what they cannot mean, and says what to write instead."""

import uuid
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.indicators.kinds import LIMIT
from renda.records import fields
from renda.records.fields import (
    Choice,
    Day,
    Field,
    Flag,
    Integer,
    Money,
    Paragraph,
    Person,
    Rejected,
    Text,
)
from renda.records.kinds import mask
from renda.records.ordinals import chinese
from renda.records.quantities import whole_number

KINDS = (("session", "Before a session"), ("law", "Law"))
ID = uuid.UUID("019360f4-0000-7000-8000-000000000001")


def as_is(message: object) -> str:
    return str(message)


def refusal(field: Field, value: object) -> str:
    with pytest.raises(Rejected) as caught:
        field.clean(value)
    assert isinstance(caught.value, ValueError)
    return caught.value.message


def told(field: Field, value: object) -> str:
    with pytest.raises(Rejected) as caught:
        field.clean(value)
    return caught.value.message.interpolate()


class TestEveryKind:
    @pytest.mark.parametrize("nothing", [None, "", "   ", "\u3000\n"])
    @pytest.mark.parametrize("kind", [Text, Paragraph, Choice, Day, Integer, Money, Person])
    def test_nothing_is_refused_where_something_is_required(self, kind, nothing):
        assert refusal(kind("Field"), nothing) == "Fill this in."

    @pytest.mark.parametrize("nothing", [None, "", "   "])
    @pytest.mark.parametrize("kind", [Text, Paragraph, Choice, Day, Integer, Money, Person])
    def test_nothing_is_none_where_it_is_not(self, kind, nothing):
        assert kind("Field", required=False).clean(nothing) is None

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            (Text("F"), "培训班"),
            (Paragraph("F"), "一\n二"),
            (Choice("F", choices=KINDS), "law"),
            (Day("F"), date(2024, 3, 5)),
            (Integer("F"), -7),
            (Money("F", unit="yuan"), 1200),
            (Flag("F"), True),
            (Person("F"), ID),
        ],
    )
    def test_what_is_stored_comes_back_from_the_form_that_shows_it(self, field, value):
        assert field.clean(value) == value
        assert field.clean(field.typed(value)) == value

    @given(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.dates())
    )
    def test_anything_is_cleaned_once_for_all_or_refused(self, value):
        for field in (
            Text("F"),
            Paragraph("F"),
            Choice("F", choices=KINDS),
            Day("F"),
            Integer("F"),
            Flag("F"),
        ):
            with suppress(Rejected):
                stored = field.clean(value)
                assert field.clean(stored) == stored
                assert isinstance(field.show(stored, as_is), str)

    @pytest.mark.parametrize("kind", [Text, Choice, Day, Integer, Person])
    def test_nothing_shows_as_nothing(self, kind):
        assert kind("F").show(None, as_is) == ""
        assert kind("F").typed(None) == ""
        assert kind("F").plain(None) is None

    def test_the_kind_without_a_check_is_no_kind(self):
        with pytest.raises(NotImplementedError):
            Field("F").clean("x")
        with pytest.raises(NotImplementedError):
            Field("F").schema()


class TestText:
    def test_spaces_around_are_dropped_and_spaces_within_are_kept(self):
        assert Text("F").clean("  王 小　明\u3000") == "王 小　明"

    def test_the_limit_is_told_with_the_length(self):
        assert told(Text("F", max_length=3), "一二三四") == "Write at most 3 characters; these are 4."

    @pytest.mark.parametrize(
        "bad", ["\x00", "\x1b", "\x7f", "\ud800", "\u202e", "\u2028", chr(0xFFFD), "\uffff"]
    )
    @pytest.mark.parametrize("kind", [Text, Paragraph])
    def test_characters_that_are_no_text_are_named(self, kind, bad):
        assert f"U+{ord(bad):04X} at position 2" in told(kind("F"), f"一{bad}二")

    def test_a_line_has_no_line_breaks_and_a_paragraph_has(self):
        assert "U+000A" in told(Text("F"), "一\n二")
        assert Paragraph("F").clean("一\r\n二\r三\t四") == "一\n二\n三\t四"

    def test_a_number_is_no_text(self):
        assert refusal(Text("F"), 7) == "Write text here."

    def test_personal_text_is_shown_masked(self):
        assert Text("Phone", personal=True).show("13812341234", as_is) == "138****1234"
        assert Text("Phone").show("13812341234", as_is) == "13812341234"
        assert [mask(text) for text in ("", "王", "王小明", "1234567")] == ["", "王", "王**", "1******"]

    @given(st.text(min_size=8))
    def test_a_mask_hides_the_middle(self, text):
        assert mask(text) == f"{text[:3]}****{text[-4:]}"


class TestChoice:
    def test_a_value_shows_its_title(self):
        assert Choice("F", choices=KINDS).show("law", as_is) == "Law"

    def test_a_value_that_is_no_longer_offered_shows_itself(self):
        assert Choice("F", choices=KINDS).show("gone", as_is) == "gone"

    @pytest.mark.parametrize("bad", ["Law", "gone", 1])
    def test_other_values_are_refused(self, bad):
        assert refusal(Choice("F", choices=KINDS), bad) == "Choose one of the values in the list."


class TestDay:
    @pytest.mark.parametrize(
        "text",
        [
            "2024-03-05",
            "2024-3-5",
            "2024.3.5",
            "2024.03.05",
            "2024/3/5",
            "20240305",
            "2024年3月5日",
            "2024年03月05日",
            " ２０２４－０３－０５ ",
            "２０２４．３．５",
            "２０２４年３月５日",
        ],
    )
    def test_one_day_has_many_spellings(self, text):
        assert Day("F").clean(text) == date(2024, 3, 5)

    @given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
    def test_every_day_is_read_in_every_spelling(self, day):
        for text in (
            day.isoformat(),
            f"{day:%Y%m%d}",
            f"{day.year}.{day.month}.{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
        ):
            assert Day("F").clean(text) == day

    def test_every_day_is_read_in_chinese_numerals(self):
        first, last = date(1949, 1, 1), date(2099, 12, 31)
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            year = "".join("〇一二三四五六七八九"[int(one)] for one in str(day.year))
            month, monthday = chinese(day.month), chinese(day.day)
            for zero in "〇○零◯"[:: 1 if day.day == 1 else 4]:
                text = f"{year.replace('〇', zero)}年{month}月{monthday}日"
                assert Day("F").clean(text) == day, text

    @pytest.mark.parametrize(
        "text",
        [
            "二〇二六年四月",
            "二〇二六年四月〇日",
            "二〇二六年〇四月一日",
            "二〇二六年十一二月一日",
            "二〇二六年四月二十十日",
            "二〇二六年四月一二日",
            "二〇二六年四月三十二日",
            "二〇二六年四月四十日",
            "二〇二六年四月一十日",
            "二千零二十六年四月一日",
            "二六年四月一日",
            "二〇二六四一",
            "二〇二六年四月一日止",
            "年月日",
        ],
    )
    def test_what_is_no_day_in_chinese_numerals_is_refused(self, text):
        assert refusal(Day("F"), text) == "Write a day as 2024-03-05."

    @pytest.mark.parametrize("text", ["5.3.2024", "2024-3", "2024-3/5", "24-03-05", "明天", "2024-W10-2"])
    def test_what_is_no_day_is_refused_with_an_example(self, text):
        assert refusal(Day("F"), text) == "Write a day as 2024-03-05."

    @pytest.mark.parametrize(
        "text", ["2024-02-30", "20241301", "2023年2月29日", "二〇二三年二月二十九日", "二〇二三年十三月一日"]
    )
    def test_days_that_no_calendar_has_are_refused(self, text):
        assert refusal(Day("F"), text) == "There is no such day in the calendar."

    @pytest.mark.parametrize("value", ["0024-03-05", "1899-12-31", date(2200, 1, 1)])
    def test_years_that_nobody_means_are_refused(self, value):
        assert refusal(Day("F"), value) == "Write a year between 1900 and 2199."

    def test_midnight_of_a_spreadsheet_is_its_day_and_noon_is_none(self):
        assert Day("F").clean(datetime(2024, 3, 5, tzinfo=UTC)) == date(2024, 3, 5)
        assert refusal(Day("F"), datetime(2024, 3, 5, 12, tzinfo=UTC)) == "Write a day as 2024-03-05."

    def test_json_has_it_as_text(self):
        assert Day("F").plain(date(2024, 3, 5)) == "2024-03-05"
        assert Day("F").show(date(2024, 3, 5), as_is) == "2024-03-05"


class TestInteger:
    @pytest.mark.parametrize(
        "text",
        ["1200", "1,200", "１２００", "１，２００", "1200.00", "01200", "+1200", "1200.", "0.12万", "12百"],
    )
    def test_one_number_has_many_spellings(self, text):
        assert Integer("F").clean(text) == 1200

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("3.5万", 35_000),
            ("３.５万", 35_000),
            ("-1,200万", -12_000_000),
            ("1.2亿", 120_000_000),
            ("2百万", 2_000_000),
        ],
    )
    def test_numbers_are_read_as_people_shorten_them(self, text, number):
        assert Integer("F").clean(text) == number
        assert whole_number(text) == number

    @given(st.integers(-LIMIT, LIMIT))
    def test_every_number_is_read_plain_and_grouped(self, number):
        assert Integer("F").clean(str(number)) == number
        assert Integer("F").clean(f"{number:,}") == number
        assert Integer("F").clean(Integer("F").show(number, as_is)) == number

    @pytest.mark.parametrize("bad", ["1,2,3", "十二", "1e3", "0x10", "1_000", "--1", "٣", True, b"1", "12人"])
    def test_what_is_no_number_is_refused_with_an_example(self, bad):
        assert refusal(Integer("F"), bad) == "Write a whole number in digits, such as 1200 or 3.5万."

    @pytest.mark.parametrize(
        "bad", ["3.9", "1,200.50", "0.001", "3.00005万", "0." + "1" * 5000, 3.9, float("nan"), float("inf")]
    )
    def test_fractions_are_never_cut_off(self, bad):
        assert refusal(Integer("F"), bad) == "Only whole numbers are kept here; leave out the decimal places."

    @pytest.mark.parametrize("bad", ["9" * 5000, str(LIMIT + 1), "9亿亿亿", -LIMIT - 1, 1e300])
    def test_numbers_beyond_what_every_program_keeps_exact_are_refused(self, bad):
        assert refusal(Integer("F"), bad) == "This number is too large."

    def test_a_spreadsheet_gives_whole_numbers_as_floats(self):
        assert Integer("F").clean(3.0) == 3

    def test_limits_are_told(self):
        field = Integer("F", least=1, most=2000)
        assert told(field, 0) == "Write 1 or more."
        assert told(field, 3000) == "Write 2,000 or less."
        assert (field.clean(1), field.clean(2000)) == (1, 2000)


class TestMoney:
    @pytest.mark.parametrize("text", ["1200", "¥1,200", "￥１，２００", "1200元", "1,200.00 元", "0.12万元"])
    def test_the_signs_of_the_currency_are_skipped(self, text):
        assert Money("F", unit="yuan").clean(text) == 1200

    def test_a_debt_is_refused_unless_it_is_allowed(self):
        assert Money("F", least=-10).clean("-5") == -5
        assert refusal(Money("F"), "-5") == "Write ${limit} or more."


class TestFlag:
    @pytest.mark.parametrize("yes", [True, "true", "on", "1", "是", "有", "YES", " √ "])
    def test_yes(self, yes):
        assert Flag("F").clean(yes) is True

    @pytest.mark.parametrize("no", [False, None, "", "false", "off", "0", "否", "无", "No"])
    def test_no_and_nothing(self, no):
        assert Flag("F").clean(no) is False

    @pytest.mark.parametrize("bad", ["maybe", 1, 0])
    def test_neither(self, bad):
        assert refusal(Flag("F"), bad) == "Answer yes or no."

    def test_words(self):
        assert [Flag("F").show(value, as_is) for value in (True, False)] == ["Yes", "No"]


class TestPerson:
    def test_a_person_is_an_id(self):
        assert Person("F").clean(str(ID)) == ID
        assert Person("F").plain(ID) == str(ID)

    @pytest.mark.parametrize("bad", ["王小明", 7])
    def test_a_name_is_not(self, bad):
        assert refusal(Person("F"), bad) == "Choose a person from the list."

    def test_it_is_personal_data(self):
        assert Person("F").personal


class TestSchema:
    @pytest.mark.parametrize(
        ("field", "schema"),
        [
            (Text("F", max_length=9), {"type": "string", "minLength": 1, "maxLength": 9}),
            (Paragraph("F"), {"type": "string", "minLength": 1, "maxLength": 5000}),
            (Choice("F", choices=KINDS), {"type": "string", "enum": ["session", "law"]}),
            (Day("F"), {"type": "string", "format": "date", "pattern": "^(19|20|21)"}),
            (Integer("F", least=1, most=9), {"type": "integer", "minimum": 1, "maximum": 9}),
            (Money("F"), {"type": "integer", "minimum": 0, "maximum": LIMIT}),
            (Flag("F"), {"type": "boolean"}),
            (Person("F"), {"type": "string", "format": "uuid"}),
        ],
    )
    def test_a_kind_describes_its_json(self, field, schema):
        assert field.schema() == schema

    def test_what_may_be_empty_may_be_null(self):
        assert Day("F", required=False).schema()["type"] == ["string", "null"]
        schema = Choice("F", required=False, choices=KINDS).schema()
        assert schema == {"type": ["string", "null"], "enum": ["session", "law", None]}


class TestColumns:
    def test_a_function_makes_a_column_that_knows_its_field(self):
        made = {
            fields.text("F", max_length=9, personal=True): Text("F", personal=True, max_length=9),
            fields.paragraph("F", help="H"): Paragraph("F", "H"),
            fields.choice("F", KINDS): Choice("F", choices=KINDS),
            fields.day("F"): Day("F"),
            fields.integer("F", unit="person", least=1): Integer("F", unit="person", least=1),
            fields.money("F", unit="yuan"): Money("F", unit="yuan"),
            fields.flag("F"): Flag("F"),
            fields.person("F"): Person("F"),
        }
        assert [column.column.info["field"] for column in made] == list(made.values())
