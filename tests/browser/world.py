"""A small chain in which everything that a page can show has happened once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from uuid import UUID

from renda.app import unit_of_work
from renda.indicators.periods import Period
from renda.security import accounts, grants
from renda.types import Registry
from renda_tiers.reports import reviewing, standings
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, SHAN, STREET, TOWN, VILLAGE

NOW = datetime(2026, 5, 6, 1, tzinfo=UTC)
"""A day after the reports of March and April were due, ten days before they are locked."""

WINTER = Period.parse("2026-b1")
SENT = datetime(2026, 3, 3, 2, tzinfo=UTC)
PASSWORD = "only-for-browser-tests-7"
NOTE = "与签到表不符，请核对参训人次。"

PEOPLE = (
    ("city", "市人大审核员", (CITY,), ("clerk", "reviewer", "leader")),
    ("cao", "曹县人大审核员", (CAO,), ("reviewer",)),
    ("town", "镇人大录入员", (TOWN,), ("clerk",)),
    ("village", "单县乡镇录入员", (VILLAGE,), ("clerk",)),
    ("counties", "两县督查员", (CAO, SHAN), ("leader",)),
)
"""(login, name, organisations, roles)."""


@dataclass(frozen=True)
class World:
    """What a test needs to know of the chain.

    Attributes:
        reports: hash of the latest report by organisation, as addresses have it.
        classes: id of a training class by organisation.
    """

    reports: dict[str, str]
    classes: dict[str, UUID]


def build(registry: Registry) -> World:
    """Found the chain, train deputies in two periods, report; return one report, endorse some, leave one out."""
    with unit_of_work(registry) as session:
        chain.found(session)
        _open_accounts(session)
        held = _train(session)
    with unit_of_work(registry) as session:
        early = {code: chain.submit(session, code, now=SENT, period=WINTER) for code in chain.TREE}
        for code, report in early.items():
            if parent := chain.TREE[code]:
                reviewing.endorse_many(session, parent, [report], actor=None, now=SENT)
    with unit_of_work(registry) as session:
        for code in (CITY, CAO, STREET, TOWN):
            chain.submit(session, code, now=datetime(2026, 5, 4, 2, tzinfo=UTC))
        _decide(session, TOWN, standings.RETURN, reason="", notes=[("T02", "", NOTE)])
    with unit_of_work(registry) as session:
        latest = {code: chain.standing(session, code) for code in chain.TREE}
    return World({code: found.hex() for code, found in latest.items() if found}, held)


def _decide(session: Any, organisation: str, decision: str, **said: Any) -> None:
    report = chain.standing(session, organisation)
    assert report is not None
    reviewing.decide(session, chain.TREE[organisation], report, decision, actor=None, now=NOW, **said)


def _open_accounts(session: Any) -> None:
    for login, name, organisations, roles in PEOPLE:
        account = accounts.create_account(session, login=login, name=name, now=NOW, password=PASSWORD)
        for organisation, role in product(organisations, roles):
            grants.grant(session, account=account, organisation=organisation, role=role, now=NOW)


def _train(session: Any) -> dict[str, UUID]:
    """One class everywhere in winter, one or two in spring; 共 attends in three places."""
    found = {}
    for code in chain.TREE:
        names = chain.SEATS.get(code, ())
        chain.training(
            session, code, names[:1], now=SENT, day=date(2026, 1, 15), title="预算审查监督实务培训班"
        )
        row = chain.training(session, code, names, now=NOW, title="代表法和代表履职培训班")
        found[code] = row.id
    for code in (CAO, TOWN, VILLAGE):
        chain.training(session, code, ("共",), now=NOW, day=date(2026, 4, 8), title="怎样写好代表建议培训班")
    session.flush()
    return found
