"""The invented lists of a body are there once, whatever spans the samples are made for."""

import random
from datetime import date

import pytest
from sqlalchemy import func, select

from renda.declarations import SampleScope
from renda.deputies.registers import Constituency, ContactHousehold, HandlingUnit
from renda.deputies.samples import make
from tests.core.directory.bodies import COUNTY, NOW, STREET, build, seat


@pytest.mark.parametrize(("place", "constituencies"), [(COUNTY, 3), (STREET, 0)])
def test_lists_are_made_once_for_each_body(db, place, constituencies):
    build(db)
    people = [seat(db, number) for number in range(1, 3)]
    chance = random.Random(1)
    before = chance.getstate()
    for month in (1, 3):
        span = {"start": date(2026, month, 1), "end": date(2026, month, 28)}
        make(SampleScope(session=db, organisation=place, now=NOW, random=chance, persons=people, **span))
    counts = [
        db.scalar(select(func.count()).select_from(kind))
        for kind in (HandlingUnit, Constituency, ContactHousehold)
    ]
    assert counts == [4, constituencies, 2]
    assert chance.getstate() == before
