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
from renda.i18n import _
from renda.indicators.derived import apportioned
from renda.indicators.kinds import Qualifier, Status
from renda.types import Registry
from renda_tiers.demo import plan
from renda_tiers.demo.chain import Chain
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import WHOLE_CHAIN
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import definitions, entering, submission, templates
from renda_tiers.reports.entering import Entered

SEED = "ten years of 371700"
"""The split hangs on the published figures alone, not on the day or on what else is invented."""

SHARES = {"city": 20, "county": 6, "development_zone": 3, "street": 1, "town": 1, "township": 1}
"""How much of a total a body of a kind is given, more or less."""

UNITS = (_("item"), _("time"), _("case"), _("household"), _("10k_yuan"))
"""Units of published figures that no module declares, so that translators find them."""


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
    declared = {line["indicator"]: line for line in templates.body(registry, plan.BIMONTH)["lines"]}
    body = {
        "code": plan.DECADE,
        "titles": {"zh_Hans": "十年工作成果（公开数据）", "en": "Ten years of work (published figures)"},
        "module": "",
        "period": "span",
        "tiers": ["city", "county", "township"],
        "due_days": None,
        "lock_days": None,
        "lines": [
            *({**(declared.get(one.indicator) or _line(one)), "typed": True} for one in published()),
            _per_class(),
        ],
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
    texts = {"zh_Hans": f"{one.title}，十年合计。", "en": f"{one.english}, total of ten years."}
    return _described(
        one.indicator, {"zh_Hans": one.title, "en": one.english}, texts, {"kind": "sum", "unit": one.unit}
    )


def _per_class() -> dict[str, Any]:
    return _described(
        "P99",
        {"zh_Hans": "平均每期培训人次", "en": "Person-times per class"},
        {"zh_Hans": "培训人次（T02）除以期数（T01）。", "en": "Person-times (T02) divided by classes (T01)."},
        {"kind": None, "unit": "person_time", "scale": 10, "numerator": "T02", "denominator": "T01"},
    )


def _described(
    code: str, titles: dict[str, str], texts: dict[str, str], facts: dict[str, Any]
) -> dict[str, Any]:
    said = {"basis": "increment", "scale": 1, "numerator": "", "denominator": "", **facts}
    return {
        "indicator": code,
        "titles": titles,
        "texts": texts,
        **said,
        "meaning": meaning_of(code=code, definition=texts["en"], **said),
    }


def shared(bodies: Sequence[Body]) -> dict[str, list[int]]:
    """Every published total split among the bodies; person-times only where there was a class."""
    chance = random.Random(SEED)  # noqa: S311 - invented data, the same at every run
    parts: dict[str, list[int]] = {}
    for one in published():
        shares = [SHARES[body.kind] * chance.randint(60, 140) for body in bodies]
        parts[one.indicator] = apportioned(one.value, parts["T01"] if one.indicator == "T02" else shares)
    return parts


def report(chain: Chain, now: datetime) -> None:
    """Let every body type its part of every figure and submit; what is nothing is said to be nothing."""
    parts = shared(chain.bodies)
    shares = {
        body.code: [(one, parts[one.indicator][place]) for one in published()]
        for place, body in enumerate(chain.bodies)
    }
    for host, bodies in chain.hosted():
        with chain.work(host) as session:
            template = definitions.current(session, plan.DECADE, plan.CITY)
            for body in bodies:
                entries = {(one.indicator, ""): _entered(one, value) for one, value in shares[body.code]}
                entering.enter(
                    session, body.code, template, plan.DECADE_PERIOD, entries, author=None, now=now
                )
                submission.submit(session, body.code, plan.DECADE, plan.DECADE_PERIOD, actor=None, now=now)


def _entered(one: Published, value: int) -> Entered:
    if not value:
        return Entered(status=Status.NIL, value=0, qualifier=Qualifier.EXACT)
    return Entered(status=Status.REPORTED, value=value, qualifier=one.qualifier)
