"""A small tree and the people of these tests."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from renda.clock import system_clock
from renda.declarations.modules import CORE
from renda.deputies.registers import HandlingUnit
from renda.directory.models import Edge, Mandate, ModuleUse, Organisation, Person
from renda.security.accounts import create_account
from renda.security.grants import grant
from renda.security.models import Account

CITY, COUNTY, TOWNSHIP, OTHER = "371700", "371721", "371721101", "371722"
PASSWORD = "correct horse battery"
FROM = date(2020, 1, 1)


def build(session: Session, modules: Iterable[str]) -> None:
    """A city with two counties and a town; all use all modules."""
    session.add_all(
        [
            Organisation(code=CITY, name="菏泽市人大", kind="city", tier="city", congress=True),
            Organisation(code=COUNTY, name="曹县人大", kind="county", tier="county", congress=True),
            Organisation(code=TOWNSHIP, name="普连集镇人大", kind="town", tier="township", congress=True),
            Organisation(code=OTHER, name="单县人大", kind="county", tier="county", congress=True),
        ]
    )
    session.flush()
    session.add_all(
        Edge(child=child, parent=parent, valid_from=FROM)
        for child, parent in ((COUNTY, CITY), (TOWNSHIP, COUNTY), (OTHER, CITY))
    )
    session.add_all(
        ModuleUse(organisation=code, module=module, since=FROM)
        for code in (CITY, COUNTY, TOWNSHIP, OTHER)
        for module in modules
        if module != CORE
    )


def person(session: Session, login: str, now: datetime, *roles: tuple[str, str], **more: Any) -> Account:
    """An account with PASSWORD that plays these roles, as (organisation, role)."""
    account = create_account(
        session, login=login, now=now, **{"name": f"{login} 同志", "password": PASSWORD, **more}
    )
    for organisation, role in roles:
        grant(session, account=account, organisation=organisation, role=role, now=now)
    return account


def subjects(session: Session) -> dict[str, uuid.UUID]:
    """A deputy and a handling unit of the county, by name; of a unit that was given up there is only a name."""
    deputy = Person(name="王小明", key=1)
    session.add(deputy)
    session.flush()
    session.add(Mandate(organisation=COUNTY, person=deputy.id, term=19, seat=1, starts_on=FROM))
    units = []
    for name, state in (("教育局", "in_use"), ("民政局", "given_up")):
        unit = HandlingUnit(
            organisation=COUNTY,
            name=name,
            state=state,
            author=None,
            created_at=system_clock(),
            changed_at=system_clock(),
        )
        session.add(unit)
        units.append(unit)
    session.flush()
    return {"王小明": deputy.id, "教育局": units[0].id}


def sign_in(app: Any, login: str, password: str = PASSWORD, *, status: int = 303, **fields: str) -> Any:
    """Fill in the sign-in form as a person does."""
    form = app.get("/sign-in", {key: value for key, value in fields.items() if key == "next"}).form
    form["login"], form["password"] = login, password
    return form.submit(status=status)


def post(app: Any, address: str, fields: dict[str, str] | None = None, **options: Any) -> Any:
    """Post with the CSRF token of the page that this browser is shown."""
    for shown in ("/help", "/sign-in"):
        found = app.get(shown).html.find("input", attrs={"name": "csrf_token"})
        if found:
            break
    return app.post(address, {"csrf_token": found["value"], **(fields or {})}, **options)


def form_of(page: Any, field: str) -> Any:
    """The form on a page that has this field."""
    return next(form for form in page.forms.values() if field in form.fields)


def methods(view: Any) -> frozenset[str]:
    """Request methods of a view's introspectable."""
    named = view["request_methods"] or ()
    return frozenset([named] if isinstance(named, str) else named)
