"""The ten-year report: published city totals, split among the bodies in an invented but exact way."""

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from sqlalchemy.orm import Session

from renda.declarations import meaning_of
from renda.directory.divisions import Body
from renda.indicators.kinds import Qualifier, Status
from renda.types import Registry
from renda_tiers.demo import plan
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import WHOLE_CHAIN
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import definitions, filling, submission
from renda_tiers.reports.filling import Entered

SHARES = {"city": 20, "county": 6, "development_zone": 3, "street": 1, "town": 1, "township": 1}
"""How much of a total a body of a kind is given, more or less."""


@dataclass(frozen=True)
class Published:
    """A published figure; `indicator` is a declared one where its words are empty."""

    indicator: str
    title: str
    english: str
    unit: str
    value: int
    qualifier: Qualifier


def published() -> Iterator[Published]:
    """The figures that 菏泽市人大 published about ten years of work."""
    symbols = {qualifier.symbol: qualifier for qualifier in Qualifier}
    source = resources.files(__package__) / "published.csv"
    with source.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield Published(
                row["indicator"],
                row["title"],
                row["en"],
                row["unit"],
                int(row["value"]),
                symbols[row["qualifier"]],
            )


def publish(session: Session, registry: Registry, now: datetime) -> None:
    """Issue the ten-year template; it is owed by every body, whatever its modules."""
    from renda_tiers.reports import templates

    declared = {line["indicator"]: line for line in templates.body(registry, plan.BIMONTH)["lines"]}
    body = {
        "code": plan.DECADE,
        "titles": {"zh_Hans": "十年工作成果（公开数据）", "en": "Ten years of work (published figures)"},
        "module": "",
        "period": "span",
        "tiers": ["city", "county", "township"],
        "due_days": None,
        "lock_days": None,
        "lines": [declared.get(one.indicator) or _line(one) for one in published()],
    }
    issuing.issue(
        session,
        [
            Statement(
                definitions.KIND, plan.CITY, f"{definitions.KIND}:{plan.DECADE}", body, frozenset(WHOLE_CHAIN)
            )
        ],
        now=now,
    )


def _line(one: Published) -> dict[str, Any]:
    said = {
        "kind": "sum",
        "basis": "increment",
        "unit": one.unit,
        "scale": 1,
        "numerator": "",
        "denominator": "",
    }
    texts = {"zh_Hans": f"{one.title}，十年合计。", "en": f"{one.english}, total of ten years."}
    meaning = meaning_of(code=one.indicator, definition=texts["en"], **said)
    return {
        "indicator": one.indicator,
        "titles": {"zh_Hans": one.title, "en": one.english},
        "texts": texts,
        **said,
        "meaning": meaning,
    }


def split(total: int, bodies: Sequence[Body], chance: random.Random) -> list[int]:
    """A total in as many parts as there are bodies, in proportion to invented shares, exact to the last one."""
    shares = [SHARES[body.kind] * chance.randint(60, 140) for body in bodies]
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    for place in range(total - sum(parts)):
        parts[place % len(parts)] += 1
    return parts


def report(session: Session, bodies: Sequence[Body], chance: random.Random, now: datetime) -> None:
    """Let every body type its part of every figure and submit; what is nothing is said to be nothing."""
    template = definitions.current(session, plan.DECADE)
    parts = {one.indicator: split(one.value, bodies, chance) for one in published()}
    for place, body in enumerate(bodies):
        entries = {
            (one.indicator, ""): Entered(
                status=Status.REPORTED if parts[one.indicator][place] else Status.NIL,
                value=parts[one.indicator][place],
                qualifier=one.qualifier if parts[one.indicator][place] else Qualifier.EXACT,
            )
            for one in published()
        }
        filling.enter(session, body.code, template, plan.DECADE_PERIOD, entries, author=None, now=now)
        submission.submit(session, body.code, plan.DECADE, plan.DECADE_PERIOD, actor=None, now=now)
