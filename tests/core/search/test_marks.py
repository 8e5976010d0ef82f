"""What was found is marked where the reader sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda.search.marks import LONGEST, excerpt, marked


def shown(pieces):
    return "".join(f"[{words}]" if hit else words for words, hit in pieces)


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("走访孙老家镇", "孙老家", "走访[孙老家]镇"),
        ("走访孙老家镇", "走 镇", "[走]访孙老家[镇]"),
        ("用ＷＰＳ写", "wps", "用[ＷＰＳ]写"),
        ("WPSX", "wps", "WPSX"),
        ("人人人", "人人", "[人人人]"),
        ("龍\ufe00山", "龍山", "[龍]\ufe00[山]"),
        ("㍿有限", "株式会社", "[㍿]有限"),
        ("<b>积水</b>", "积水", "<b>[积水]</b>"),
        ("走访", "没有", "走访"),
        ("", "走", ""),
    ],
)
def test_marked(text, query, found):
    assert shown(marked(text, query)) == found


@given(st.text(max_size=60), st.text(max_size=10))
def test_nothing_is_added_and_nothing_is_lost(text, query):
    assert "".join(words for words, _hit in marked(text, query)) == text


def test_an_excerpt_shows_the_surroundings():
    found = shown(excerpt("前" * 50 + "积水" + "后" * 100, "积水"))
    assert found == "…" + "前" * 20 + "[积水]" + "后" * (LONGEST - 22) + "…"
    assert shown(excerpt("治理积水", "积水")) == "治理[积水]"
    assert excerpt("治理", "积水") == []
