"""A place in a series is named in words: 第十九届."""

import pytest
from sqlalchemy import literal, select, union_all

from renda.i18n import Translator
from renda.records.fields import Ordinal, Rejected
from renda.records.ordinals import chinese, in_series, ordinal

CHINESE, ENGLISH = Translator(["renda"], "zh_Hans"), Translator(["renda"], "en")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "一"), (10, "十"), (19, "十九"), (20, "二十"), (37, "三十七"), (100, "一百"), (101, "一百零一"),
        (110, "一百一十"), (123, "一百二十三"), (1000, "一千"), (1001, "一千零一"), (1010, "一千零一十"),
        (9999, "九千九百九十九"), (10_000, "10000"), (0, "0"),
    ],
)  # fmt: skip
def test_numerals(number, said):
    assert chinese(number) == said


def test_words_in_the_language_of_the_reader():
    assert ordinal("Term ${number}", 19, CHINESE) == "第十九届"
    assert ordinal("Term ${number}", 19, ENGLISH) == "Term 19"
    field = Ordinal("Term", words="Term ${number}")
    assert (field.show(3, CHINESE), field.show(None, CHINESE), field.typed(3)) == ("第三届", "", "3")


@pytest.mark.parametrize("value", ["19", "１９", 19, 19.0])
def test_numbers_are_taken(value):
    assert Ordinal("Term").clean(value) == 19


@pytest.mark.parametrize("value", ["", "0", "-1", "1.5", "十九", 10_000, True])
def test_others_are_refused(value):
    with pytest.raises(Rejected):
        Ordinal("Term").clean(value)


def test_the_schema_says_the_same():
    assert Ordinal("Term").schema() == {"type": "integer", "minimum": 1, "maximum": 9999}


class TestSeries:
    """Lists of numbered things stand in the order of their numbers, on both databases."""

    @pytest.fixture
    def ordered(self, db):
        def order(names, *, falling=False):
            told = union_all(*(select(literal(name).label("name")) for name in names)).subquery()
            by = [one.desc() if falling else one for one in in_series(told.c.name)]
            return list(db.scalars(select(told.c.name).order_by(*by)))

        return order

    def test_every_numeral_below_a_thousand_has_its_place(self, ordered):
        numbers = [*range(1, 131), 200, 205, 210, 211, 219, 220, 345, 999]
        names = [f"第{chinese(number)}选区" for number in numbers]
        assert ordered(sorted(names)) == names
        assert ordered(names, falling=True) == names[::-1]

    def test_what_stands_behind_the_numeral_does_not_count(self, ordered):
        names = ["第二选区（第一片）", "第十选区（九百户）", "第十一选区（三十村）"]
        assert ordered(names[::-1]) == names

    def test_others_come_first_and_digits_by_their_length(self, ordered):
        assert ordered(["第三选区", "第12选区", "第2选区", "解放军"]) == [
            "解放军",
            "第2选区",
            "第12选区",
            "第三选区",
        ]
