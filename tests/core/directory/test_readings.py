"""A name is found by whatever somebody may type for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from renda.directory import readings
from renda.directory.models import Person, PersonReading


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("王小明", {"wangxiaoming", "wxm"}),
        ("单雄信", {"shanxiongxin", "danxiongxin", "sxx", "dxx"}),
        ("曾国强", {"zengguoqiang", "cengguoqiang", "zgq", "cgq"}),
        ("万俟明", {"moqiming", "wansiming", "mqm"}),
        ("欧阳修", {"ouyangxiu", "oyx"}),
        ("吕布", {"lvbu", "lyubu", "lubu", "lb"}),
        ("李　梅", {"limei", "lm"}),
        ("买买提·艾力", {"maimaitiaili", "mmtal"}),
        ("Alex", {"alex"}),
    ],
)
def test_readings(name, found):
    assert found <= readings.readings(name)


@pytest.mark.parametrize(
    ("name", "found", "never"),
    [
        ("冯丽志", {"fenglizhi", "flz", "lizhi", "lz"}, {"zhi"}),
        ("欧阳修文", {"ouyangxiuwen", "oyxw", "xiuwen", "xw"}, {"yangxiuwen", "yxw"}),
        ("上官婉", {"shangguanwan", "sgw", "wan"}, {"guanwan", "gw", "w"}),
        ("欧阳", {"ouyang", "oy", "yang"}, {"y"}),
        ("单雄信", {"xiongxin", "xx"}, {"x"}),
        ("阿不都·热合曼", {"abudoureheman", "abdrhm", "reheman", "rhm"}, {"budourehemant"}),
        ("梅", {"mei"}, set()),
        ("Alex Smith", {"alexsmith"}, {"smith", "lexsmith"}),
    ],
)
def test_the_given_name_is_typed_alone(name, found, never):
    read = readings.readings(name)
    assert found <= read
    assert not never & read


@pytest.mark.parametrize(
    ("text", "begins"),
    [("丽志", True), ("fengl", True), ("FLZ", True), ("lizhi", False), ("lz", False), ("f", False)],
)
def test_what_begins_a_name_is_told_from_what_begins_a_part_of_it(text, begins):
    assert readings.begins("冯丽志", text) == begins


@pytest.mark.parametrize("name", ["", "·", "☂"])
def test_what_cannot_be_read_has_none(name):
    assert readings.readings(name) == set()


@given(st.text(max_size=12))
def test_readings_are_letters_and_not_too_many(name):
    found = readings.readings(name)
    assert len(found) <= 2 * readings.MOST * (1 + readings.MOST_PARTS)
    assert all(one.isascii() and one.isalpha() and one.islower() for one in found)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Wáng Xiǎo-míng", "wangxiaoming"),
        ("lǚ bù", "lubu"),
        ("ＷＸＭ", "wxm"),
        ("w", ""),
        ("wang5", ""),
        ("王", ""),
    ],
)
def test_typed(text, letters):
    assert readings.typed(text) == letters


@pytest.fixture
def known(db):
    rows = [Person(name=name, key=number) for number, name in enumerate(("单雄信", "单县人", "王小明"))]
    db.add_all(rows)
    db.flush()
    readings.fill(db)
    return db


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("shan", {"单雄信", "单县人"}),
        ("danxx", set()),
        ("dxx", {"单雄信"}),
        ("小明", {"王小明"}),
        ("王 小明", {"王小明"}),
        ("xm", {"王小明"}),
        ("xiaom", {"王小明"}),
        ("iaoming", set()),
        ("%", set()),
    ],
)
def test_persons_are_found(known, text, found):
    assert set(known.scalars(select(Person.name).where(readings.called(text)))) == found


def test_only_who_has_no_readings_gets_some(known):
    before = known.scalar(select(func.count()).select_from(PersonReading))
    readings.fill(known)
    assert known.scalar(select(func.count()).select_from(PersonReading)) == before
    known.execute(delete(PersonReading))
    readings.fill(known)
    assert known.scalar(select(func.count()).select_from(PersonReading)) == before
