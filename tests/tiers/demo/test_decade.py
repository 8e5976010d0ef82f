"""The ten-year figures as they were published."""

from renda_tiers.demo import decade


def test_a_title_repeats_neither_its_unit_nor_how_exact_it_is():
    found = [one for one in decade.published() if one.title]
    assert len(found) == 12
    assert not [one.title for one in found if "（" in one.title or "(" in one.english]
