"""Official lists are in stroke order of surnames."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.directory.strokes import official, strokes


@pytest.mark.parametrize(
    ("char", "number"),
    [
        ("丁", 2),
        ("万", 3),
        ("马", 3),
        ("王", 4),
        ("刘", 6),
        ("李", 7),
        ("张", 7),
        ("单", 8),
        ("赵", 9),
        ("曾", 12),
    ],
)
def test_strokes(char, number):
    assert strokes(char) == number


def test_what_is_no_character_has_none():
    assert strokes("A") is None


@pytest.mark.parametrize(
    "names",
    [
        ["丁一", "马力", "王力", "刘力", "赵力", "曾力"],
        ["王明", "王一民", "王小明", "王明明"],
        ["欧一", "欧阳修", "欧阳明明"],
        ["欧阳", "欧明"],
        ["王　一", "王 乙 丙", "李一"],
        ["龍一", "Alex"],
    ],
)
def test_order(names):
    shuffled = names[:]
    random.Random(1).shuffle(shuffled)
    assert sorted(shuffled, key=official) == names


@given(st.text(max_size=6), st.text(max_size=6))
def test_any_two_names_can_be_compared(one, other):
    assert official(one) <= official(other) or official(other) <= official(one)
