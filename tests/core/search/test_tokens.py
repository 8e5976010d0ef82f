"""A text is found by every part of it, and by nothing that is not in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.search.tokens import LONGEST, Part, normalised, parts, tokens

HANZI = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from("㐀䶿〇々𠮷𬱖")
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def contains(text: str, query: str) -> bool:
    """What both databases do with tokens, in plain Python."""
    spaced = f" {' '.join(tokens(text))} "
    return all(f" {' '.join(part.tokens)}{'' if part.prefix else ' '}" in spaced for part in parts(query))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("积水治理", "积水 水治 治理 理"),
        ("水", "水"),
        ("第19届人大", "第 19 届人 人大 大"),
        ("ＷＰＳ表格，Ｎｏ．５", "wps 表格 格 no 5"),
        ("单县—曹县", "单县 县 曹县 县"),
        ("𠮷林", "𠮷林 林"),
        ("龍\ufe00山", "龍山 山"),
        ("Straße", "strasse"),
        ("⼈大", "人大 大"),
        ("a_b 10%", "a b 10"),
        ("☂ ……", ""),
        ("x" * 300, "x" * LONGEST),
    ],
)
def test_tokens(text, found):
    assert " ".join(tokens(text)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("积水", [Part(("积水",))]),
        ("积水治", [Part(("积水", "水治"))]),
        ("水", [Part(("水",), prefix=True)]),
        ("第3次", [Part(("第",), prefix=True), Part(("3",)), Part(("次",), prefix=True)]),
        ("积水 积水", [Part(("积水",))]),
        ("%_'\"*", []),
    ],
)
def test_parts(query, found):
    assert parts(query) == found


@given(ANY, st.text(HANZI, min_size=2, max_size=12), ANY)
def test_whatever_stands_in_a_text_finds_it(before, query, after):
    assert contains(before + query + after, query)


@given(ANY, HANZI, ANY)
def test_a_single_character_finds_every_place_of_it(before, query, after):
    assert contains(before + query + after, query)


@given(st.text(HANZI, max_size=30), st.text(HANZI, min_size=2, max_size=4))
def test_nothing_else_is_found(text, query):
    assert contains(text, query) == (normalised(query) in normalised(text))


@given(ANY)
def test_a_text_finds_itself(text):
    assert contains(text, text)


@given(ANY)
def test_tokens_are_what_both_indexes_take_as_they_are(text):
    for token in tokens(text):
        assert all(char.isalnum() or not char.isascii() for char in token)
        assert not token.isspace()
