"""What must hold between the nodes: figures, vintages and directives are everywhere the same.

Each answer says what does not hold, and is empty where all does.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from renda_tiers.demo import plan
from renda_tiers.demo.chain import Chain
from renda_tiers.demo.directives import Course, value_of
from renda_tiers.demo.plan import Calendar
from renda_tiers.directives import bodies, held
from renda_tiers.publications import reading
from renda_tiers.publications.vintage import Vintage, stated
from renda_tiers.reports.models import ENDORSED, LATEST
from renda_tiers.rollup import explain


def nodes_differ(chain: Chain, calendar: Calendar) -> str:
    """Every node shows the figures of its top as all nodes above it do."""
    scopes = (
        (plan.DECADE, plan.DECADE_PERIOD.code),
        (plan.BIMONTH, calendar.before.code),
        (plan.BIMONTH, calendar.period.code),
    )
    wrong = []
    for code in chain.nodes:
        for scope in scopes:
            shown = {node: _shown(chain, node, code, *scope) for node in _above(chain, code)}
            if len(set(map(str, shown.values()))) > 1:
                wrong.append(f"{code} {' '.join(scope)}")
    return ", ".join(wrong)


def _above(chain: Chain, code: str) -> Iterator[str]:
    """The node itself, and those above it."""
    yield code
    parent = chain.parents[code]
    if parent is not None:
        yield from _above(chain, chain.host(parent))


def _shown(chain: Chain, node: str, organisation: str, template: str, period: str) -> list[Any]:
    with chain.work(node) as session:
        return [
            (standing, total.line.indicator, total.figure, total.coverage)
            for standing in (LATEST, ENDORSED)
            for total in explain.totals(session, organisation, template, period, standing)
        ]


def vintages(chain: Chain, calendar: Calendar) -> str:
    """The second vintage of a period lists the one report that was corrected, and the difference is exact."""
    wrong = []
    for node in chain.nodes:
        with chain.work(node) as session:
            first, second = (_vintage(session, calendar, number) for number in (1, 2))
            corrected = [one.organisation for one in second.corrections or ()]
            if corrected not in ([], [plan.MOVED]) or (node == plan.CITY and not corrected):
                wrong.append(f"{node}: {corrected}")
            if node == plan.CITY and _difference(first, second) != _corrected(second):
                wrong.append(f"{node}: {_difference(first, second)}")
    return ", ".join(wrong)


def _vintage(session: Session, calendar: Calendar, number: int) -> Vintage:
    (found,) = reading.numbered(session, plan.CITY, plan.BIMONTH, calendar.before.code, number)
    return found


def _additive(one: Vintage) -> dict[str, int]:
    return {
        total.line.indicator: stated(total.figure)[1] or 0 for total in one.cells if total.line.kind == "sum"
    }


def _difference(first: Vintage, second: Vintage) -> dict[str, int]:
    before, after = _additive(first), _additive(second)
    return {code: after[code] - before[code] for code in after if after[code] != before[code]}


def _corrected(second: Vintage) -> dict[str, int]:
    changes = [change for one in second.corrections or () for change in one.changes]
    return {one.line.indicator: one.difference for one in changes if one.line.kind == "sum"}


def directive(chain: Chain, course: Course) -> str:
    """Whoever holds the directive sees it closed; its figure is what its targets answered, and no more."""
    wrong = []
    issuers = {plan.CITY: course.subject, **course.broken_down}
    for issuer, subject in issuers.items():
        for node in {chain.host(issuer), *(chain.host(one.code) for one in _targets(chain, issuer))}:
            with chain.work(node) as session:
                if _state(session, subject, issuer) != bodies.CLOSED:
                    wrong.append(f"{node}: {subject}")
    asked = [one.code for issuer in issuers for one in _targets(chain, issuer)]
    with chain.work(plan.CITY) as session:
        report = held.find(session, course.subject, plan.CITY).body["report"]
        totals = explain.totals(session, plan.CITY, report["template"], report["period"], LATEST)
    if totals[0].figure.value != sum(map(value_of, asked)):
        wrong.append(f"{totals[0].figure.value} / {sum(map(value_of, asked))}")
    return ", ".join(wrong)


def _targets(chain: Chain, issuer: str) -> list[Any]:
    return [one for one in chain.bodies if one.parent == issuer]


def _state(session: Session, subject: str, issuer: str) -> str:
    return str(held.find(session, subject, issuer).body["state"])
