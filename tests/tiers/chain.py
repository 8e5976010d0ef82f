"""A small chain on one node, and what people do on it: shared by the tests of reports, roll-up and pages."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from renda.directory import divisions, persons, service
from renda.directory.divisions import Body
from renda.directory.models import Mandate, ModuleUse
from renda.indicators.periods import Period
from renda.records import engine, parts, workflow
from renda.security.accounts import create_account
from renda.security.grants import grant
from renda_tiers import founding
from renda_tiers.reports import definitions, entering, standings, submission, templates
from renda_tiers.reports.entering import Entered
from renda_tiers.reports.models import LATEST, Standing
from renda_tiers.reports.template import Template
from renda_training.records import CLASSES

CITY, CAO, SHAN = "371700", "371721", "371722"
STREET, TOWN, VILLAGE = "371721001", "371721101", "371722101"
"""Two in 曹县: a street without a congress and a town; one town in 单县."""
TREE = {CITY: None, CAO: CITY, SHAN: CITY, STREET: CAO, TOWN: CAO, VILLAGE: SHAN}

SINCE = date(2025, 1, 1)
FOUNDED = datetime(2025, 1, 1, 1, tzinfo=UTC)
TRAINING = "training-bimonth"
SPRING = Period.parse("2026-b2")
"""March and April 2026; the fixture `clock` stands at 6 May, a day after it was due."""

SEATS = {
    CITY: ("甲", "乙"),
    CAO: ("丙", "丁", "共"),
    SHAN: ("戊",),
    TOWN: ("己", "庚", "共"),
    VILLAGE: ("辛", "共"),
}
"""Deputies by congress; 共 sits in three of them, and is one person."""

ROLES = ("clerk", "reviewer", "leader")
EVERY_VERB = frozenset({"training:read", "training:write", "training:decide"})


@cache
def bodies() -> list[Body]:
    """The six bodies, from the table of divisions."""
    shipped = {body.code: body for body in divisions.bodies(divisions.shipped(), CITY)}
    return [shipped[code] for code in TREE]


def found(session: Session) -> None:
    """Place the six bodies, give them keys and modules, publish the training template, seat the deputies."""
    codes = service.place(session, bodies(), SINCE)
    profiles = session.info["registry"].profiles
    service.use_defaults(session, profiles, codes, SINCE)
    founding.found(session, CITY, now=FOUNDED)
    founding.declare(session, codes, now=FOUNDED)
    templates.publish(session, CITY, TRAINING, now=FOUNDED)
    for code, names in SEATS.items():
        seat(session, code, names)


def seat(session: Session, organisation: str, names: Sequence[str]) -> list[UUID]:
    """Persons with a seat each; the same name is the same person everywhere."""
    ids = persons.add_persons(session, [(name, f"id:{name}") for name in names])
    taken = len(session.scalars(select(Mandate.id).where(Mandate.organisation == organisation)).all())
    session.add_all(
        Mandate(organisation=organisation, person=person, term=19, seat=taken + number, starts_on=SINCE)
        for number, person in enumerate(ids, 1)
    )
    session.flush()
    return ids


def uses_only(
    session: Session, organisation: str, since: date, until: date | None = None, module: str = "training"
) -> None:
    """Let a body have used a module on these days, and on no others."""
    session.execute(
        delete(ModuleUse).where(ModuleUse.organisation == organisation, ModuleUse.module == module)
    )
    session.add(ModuleUse(organisation=organisation, module=module, since=since, until=until))
    session.flush()


def accounts(session: Session, now: datetime) -> dict[tuple[str, str], UUID]:
    """An account for each role at each body, by (organisation, role); the login is `role-code`."""
    made = {}
    for code in TREE:
        for role in ROLES:
            account = create_account(session, login=f"{role}-{code}", name=f"{role} {code}", now=now)
            grant(session, account=account, organisation=code, role=role, now=now)
            made[code, role] = account.id
    return made


def persons_named(session: Session, names: Iterable[str]) -> list[UUID]:
    """Ids of persons by name."""
    return persons.add_persons(session, [(name, f"id:{name}") for name in names])


def training(
    session: Session,
    organisation: str,
    names: Iterable[str] = (),
    *,
    now: datetime,
    day: date = date(2026, 3, 10),
    title: str = "代表法培训班",
) -> Any:
    """A class that was held, and who attended it, entered as a clerk does."""
    attendance = session.info["registry"].declared.record_types["training_class_attendance"]
    values = {"title": title, "kind": "topic", "starts_on": day.isoformat()}
    row = engine.create(session, CLASSES, organisation, values, now=now, author=None)
    workflow.move(session, CLASSES, row, "hold", now=now, actor=None, permissions=EVERY_VERB)
    wanted = persons_named(session, names)
    if wanted:
        came = parts.add_participants(session, attendance, row, wanted, "trainee", now=now, actor=None)
        ids = {one.id for one in came}
        parts.mark(session, attendance, row, ids, "attended", now=now, actor=None, permissions=EVERY_VERB)
    return row


def submit(
    session: Session, organisation: str, *, now: datetime, period: Period = SPRING, **more: Any
) -> bytes:
    """Submit the training report of a body."""
    return submission.submit(session, organisation, TRAINING, period, actor=None, now=now, **more)


def explain(
    session: Session, organisation: str, words: str, *, now: datetime, period: Period = SPRING
) -> None:
    """Write why the number of classes is what it is, so that a correction has something to say."""
    entries = {("T01", ""): Entered(explanation=words)}
    entering.enter(session, organisation, template(session), period, entries, author=None, now=now)


def template(session: Session, code: str = TRAINING) -> Template:
    """The template that stands."""
    return definitions.current(session, code, CITY)


def standing(
    session: Session, organisation: str, which: str = LATEST, period: Period = SPRING, code: str = TRAINING
) -> bytes | None:
    """Hash of the report that stands."""
    return session.scalar(
        select(Standing.report).where(
            Standing.organisation == organisation,
            Standing.template == code,
            Standing.period == period.code,
            Standing.standing == which,
        )
    )


def typed_line(code: str, **said: Any) -> dict[str, Any]:
    """A line of a definition that no module measures."""
    from renda.declarations import meaning_of

    facts = {
        "kind": "sum",
        "basis": "increment",
        "unit": "item",
        "scale": 1,
        "numerator": "",
        "denominator": "",
    }
    facts |= said
    return {
        "indicator": code,
        "titles": {"en": code, "zh_Hans": f"指标{code}"},
        "texts": {"en": f"what {code} counts", "zh_Hans": f"{code}的含义"},
        **facts,
        "meaning": meaning_of(code=code, definition=f"what {code} counts", **facts),
    }


TYPED = "typed-bimonth"


def typed_template(session: Session, *lines: dict[str, Any], now: datetime, **said: Any) -> Template:
    """A template of figures that people type, set by the city."""
    from renda_tiers.documents import issuing
    from renda_tiers.documents.issuing import Statement

    body = {
        "code": TYPED,
        "titles": {"en": "Typed", "zh_Hans": "手工填报"},
        "module": "",
        "period": "bimonth",
        "tiers": ["city", "county", "township"],
        "due_days": 5,
        "lock_days": 15,
        "lines": list(lines),
        **said,
    }
    statement = Statement("definition", CITY, f"definition:{body['code']}", body, frozenset({"*"}))
    issuing.issue(session, [statement], now=now)
    return template(session, body["code"])


def above(session: Session, organisation: str, period: Period = SPRING) -> list[str]:
    """The organisation and those above it."""
    return standings.ancestors_on(session, organisation, period.end)
