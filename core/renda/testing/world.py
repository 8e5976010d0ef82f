"""A few bodies, deputies and accounts, for tests of any module."""

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from renda.declarations.modules import CORE
from renda.directory.models import Edge, Mandate, ModuleUse, Organisation, Person
from renda.plugins import Declared
from renda.security.models import Account, Grant

CITY, COUNTY, TOWN, STREET, NEIGHBOUR = "371700", "371721", "371721101", "371721001", "371722"
BODIES = {
    CITY: ("菏泽市", "city", "city", None),
    COUNTY: ("曹县", "county", "county", CITY),
    TOWN: ("庄寨镇", "town", "township", COUNTY),
    STREET: ("曹城街道", "street", "township", COUNTY),
    NEIGHBOUR: ("单县", "county", "county", CITY),
}
"""Name, kind, tier and parent of every body."""
OWN = (COUNTY, TOWN, STREET)
"""Where the accounts of the roles play them."""
EVERY_ROLE, STRANGER = "everything", "stranger"
"""The account that plays all roles at `OWN`, and the one that plays them at the neighbour's alone."""
SINCE = date(2020, 1, 1)


def build(session: Session, declared: Declared, now: datetime) -> None:
    """The bodies, each with every module in use, two deputies of the county, and an account for each role."""
    for code, (name, kind, tier, _parent) in BODIES.items():
        session.add(Organisation(code=code, name=name, kind=kind, tier=tier, congress=kind != "street"))
    session.flush()
    for code, (_name, _kind, _tier, parent) in BODIES.items():
        if parent:
            session.add(Edge(child=code, parent=parent, valid_from=SINCE))
        for module in declared.modules.keys() - {CORE}:
            session.add(ModuleUse(organisation=code, module=module, since=SINCE))
    for number, name in enumerate(("王小明", "李梅"), 1):
        who = Person(name=name, key=number)
        session.add(who)
        session.flush()
        session.add(Mandate(organisation=COUNTY, person=who.id, term=19, seat=number, starts_on=SINCE))
    roles = list(declared.roles)
    for role in roles:
        _account(session, role, [role], OWN, now)
    _account(session, EVERY_ROLE, roles, OWN, now)
    _account(session, STRANGER, roles, (NEIGHBOUR,), now)


def _account(
    session: Session, login: str, roles: list[str], places: tuple[str, ...], now: datetime
) -> uuid.UUID:
    account = Account(login=login, name=login, created_at=now)
    session.add(account)
    session.flush()
    session.add_all(
        Grant(account=account.id, organisation=place, role=role, since=now)
        for place in places
        for role in roles
    )
    return account.id
