"""Invented constituencies, handling units and contact households, for demonstrations."""

from datetime import date

from sqlalchemy import select

from renda.declarations import SampleScope
from renda.deputies.registers import Constituency, ContactHousehold, HandlingUnit
from renda.directory.models import Organisation
from renda.records.ordinals import chinese

UNITS = ("教育局", "住房和城乡建设局", "交通运输局", "卫生健康局")
HOUSEHOLDERS = ("张守田", "刘玉兰", "李长河")
CONSTITUENCIES = 3
SEATS = 2


def make(scope: SampleScope) -> None:
    """Once for each body: what its lists hold, and a household for each of its first deputies."""
    there = select(HandlingUnit.id).where(HandlingUnit.organisation == scope.organisation)
    if scope.session.scalar(there.limit(1)) is not None:
        return
    stamp = {
        "organisation": scope.organisation,
        "state": "in_use",
        "author": None,
        "created_at": scope.now,
        "changed_at": scope.now,
    }
    place = scope.session.get_one(Organisation, scope.organisation)
    scope.session.add_all(HandlingUnit(name=name, contact=None, phone=None, **stamp) for name in UNITS)
    if place.congress:
        scope.session.add_all(
            Constituency(name=f"第{chinese(number)}选区", seats=SEATS, area=None, **stamp)
            for number in range(1, CONSTITUENCIES + 1)
        )
    scope.session.add_all(
        ContactHousehold(
            deputy=person.id,
            householder=name,
            village=f"{name[0]}庄村",
            phone=None,
            since=date(scope.start.year, 1, 1),
            until=None,
            **stamp,
        )
        for person, name in zip(scope.persons, HOUSEHOLDERS, strict=False)
    )
    scope.session.flush()
