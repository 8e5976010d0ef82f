"""What is written at length in the registers of the modules is found, but for people's own words."""

import pytest

from renda.records.fields import Paragraph
from renda.search.entries import searched
from renda_liaison.opinions import OPINIONS
from renda_liaison.stations import DAYS, STATIONS
from renda_suggestions.records import SUGGESTIONS
from renda_training.records import CLASSES


@pytest.mark.parametrize("kind", [SUGGESTIONS, OPINIONS, DAYS, STATIONS, CLASSES], ids=lambda one: one.name)
def test_every_long_text_is_found_unless_it_is_personal(kind):
    long = {name: what for name, what in kind.fields.items() if isinstance(what, Paragraph)}
    assert {name for name, what in long.items() if not what.personal} <= set(searched(kind))
    assert not {name for name, what in long.items() if what.personal} & set(searched(kind))
