"""What a training class demands of its days."""

import pytest

from renda.errors import Invalid
from renda.records import engine
from renda.testing import world
from renda_training.records import CLASSES

ONE = {"title": "预算审查", "kind": "topic", "starts_on": "2026-05-06"}


@pytest.fixture
def make(work, registry, clock):
    """`make(**values)` makes a class of the county; gives its id."""
    with work() as session:
        world.build(session, registry.declared, clock())

    def create(**values):
        with work() as session:
            row = engine.create(session, CLASSES, world.COUNTY, ONE | values, now=clock(), author=None)
            return row.id

    return create


def test_it_may_end_on_the_day_on_which_it_starts(make):
    assert make(ends_on="2026-05-06")
    assert make()


def test_it_does_not_end_before_it_starts(make):
    with pytest.raises(Invalid) as refused:
        make(ends_on="2026-05-05")
    assert refused.value.errors.keys() == {"ends_on"}
