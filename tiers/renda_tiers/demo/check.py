"""Reconciling: the demonstration's totals against the published ones, and the invariants on live data.

Nothing here reads a fold to check a fold: the expected figures are computed from the signed bytes with the
algebra of `renda.indicators`, in Python, and compared with what the tables say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from renda.i18n import _
from renda.indicators.kinds import Kind, Status
from renda_tiers.demo import between, decade, plan
from renda_tiers.demo.books import Books, fold, read_books
from renda_tiers.demo.chain import Chain
from renda_tiers.demo.directives import Course
from renda_tiers.demo.plan import Calendar
from renda_tiers.documents import forks, issuing, ledger, store, verifying
from renda_tiers.documents.envelope import Outcome
from renda_tiers.reports.models import ENDORSED, LATEST
from renda_tiers.rollup import explain, opening, parts
from renda_tiers.rollup.explain import Total


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; `wrong` says what did not reconcile, and is empty where all did."""

    name: str
    wrong: str


def findings(chain: Chain, calendar: Calendar, course: Course) -> Iterator[Finding]:
    """Everything that is checked, in the order in which it is printed."""
    with chain.work(plan.CITY) as session:
        yield Finding(_("the city's ten-year totals are the published ones"), _published(session))
        yield Finding(
            _("the standings differ where a county was left unreviewed"), _standings(session, calendar)
        )
        yield Finding(_("coverage adds up"), _coverage(session, calendar))
    yield Finding(_("all nodes show the same totals"), between.nodes_differ(chain, calendar))
    yield Finding(
        _("the correction after publication is vintage 2, and all that differs from vintage 1"),
        between.vintages(chain, calendar),
    )
    yield Finding(
        _("the directive is closed everywhere, and its figure is the sum of all answers"),
        between.directive(chain, course),
    )
    found: dict[str, list[str]] = {}
    for code in chain.nodes:
        with chain.work(code) as session:
            for name, wrong in _of_a_node(session, code, calendar):
                found.setdefault(name, []).extend([f"{code}: {wrong}"] if wrong else [])
    for name, wrongs in found.items():
        yield Finding(name, "; ".join(wrongs))


def _scopes(calendar: Calendar) -> list[tuple[str, str]]:
    periods = (calendar.before.code, calendar.period.code)
    return [(plan.DECADE, plan.DECADE_PERIOD.code), *((plan.BIMONTH, period) for period in periods)]


def _of_a_node(session: Session, top: str, calendar: Calendar) -> Iterator[tuple[str, str]]:
    """What must hold on every node, of the organisation at its top and all below it."""
    books = read_books(session, top)
    checks: list[tuple[str, Callable[[str, str, str], str]]] = [
        (
            _("invariant 1: every roll-up is the fold of the signed reports"),
            lambda *scope: _same(session, books, *scope),
        ),
        (
            _("invariant 4: every parent is the sum of its parts"),
            lambda *scope: _adds_up(session, books, *scope),
        ),
        (
            _("invariant 5: a rate lies between its parts' extremes"),
            lambda *scope: _between(session, books, *scope),
        ),
    ]
    for name, check in checks:
        wrong = [check(*scope, standing) for scope in _scopes(calendar) for standing in (LATEST, ENDORSED)]
        yield name, "; ".join(text for text in wrong if text)
    yield _("invariant 6: nil is not missing"), _nil(books)
    yield (
        _("invariants 9 and 19: every figure opens contributions that fold to it"),
        _opens(session, books, calendar),
    )
    yield (
        _("invariant 10: every stored document and part is authentic"),
        "; ".join(verifying.verify(session)),
    )
    yield _("invariant 15: a rebuild changes nothing"), _rebuilds(session)
    waiting = store.count(session, Outcome.PARKED) + store.count(session, Outcome.ASIDE)
    yield _("no document waits or was set aside"), f"{waiting}" if waiting else ""
    yield _("nobody has said two things at once"), ", ".join(one.subject for one in forks.find(session))


def _totals(session: Session, organisation: str, template: str, period: str, standing: str) -> list[Total]:
    return explain.totals(session, organisation, template, period, standing)


def _published(session: Session) -> str:
    held = {
        total.line.indicator: total.figure
        for total in _totals(session, plan.CITY, plan.DECADE, plan.DECADE_PERIOD.code, LATEST)
    }
    wrong = [
        one.indicator
        for one in decade.published()
        if (held[one.indicator].value, held[one.indicator].qualifier) != (one.value, one.qualifier)
    ]
    return ", ".join(wrong)


def _standings(session: Session, calendar: Calendar) -> str:
    latest, endorsed = (
        {
            total.line.indicator: total
            for total in _totals(session, plan.CITY, plan.BIMONTH, calendar.period.code, standing)
        }["T01"]
        for standing in (LATEST, ENDORSED)
    )
    if latest.figure.value == endorsed.figure.value or not latest.coverage.not_endorsed:
        return "the standings are equal"
    return ""


def _inner(books: Books) -> list[str]:
    return [code for code in sorted(set(books.parents.values())) if books.is_within(code)]


def _same(session: Session, books: Books, template: str, period: str, standing: str) -> str:
    wrong = []
    for organisation in _inner(books):
        expected = fold(
            session, books, organisation=organisation, template=template, period=period, standing=standing
        )
        for total in _totals(session, organisation, template, period, standing):
            if total.line.kind is None:
                continue
            right = expected[total.line.indicator]
            same = (total.figure.value, total.figure.qualifier, total.figure.reported, total.figure.nil) == (
                right.value,
                right.qualifier,
                right.reported,
                right.nil,
            )
            if not same:
                wrong.append(f"{organisation} {total.line.indicator}")
    return ", ".join(wrong)


def _adds_up(session: Session, books: Books, template: str, period: str, standing: str) -> str:
    wrong = []
    for organisation in _inner(books):
        for total in _totals(session, organisation, template, period, standing):
            if total.line.kind not in {Kind.SUM, Kind.STOCK}:
                continue
            figure = (total.line.indicator, total.dimension, total.meaning)
            shown = parts.parts(session, organisation, template, period, standing, *figure)
            if sum(part.figure.value or 0 for part in shown) != (total.figure.value or 0):
                wrong.append(f"{organisation} {total.line.indicator}")
    return ", ".join(wrong)


def _between(session: Session, books: Books, template: str, period: str, standing: str) -> str:
    """A quotient of two sums lies between its parts' quotients (those of a union need not)."""
    wrong = []
    for organisation in _inner(books):
        whole = {
            total.line.indicator: total
            for total in _totals(session, organisation, template, period, standing)
        }
        for total in whole.values():
            sides = [whole.get(code) for code in (total.line.numerator, total.line.denominator)]
            if total.ratio is None or any(side is None or side.line.kind is not Kind.SUM for side in sides):
                continue
            above, below = (
                parts.parts(
                    session,
                    organisation,
                    template,
                    period,
                    standing,
                    side.line.indicator,
                    side.dimension,
                    side.meaning,
                )
                for side in sides
                if side is not None
            )
            rates = [
                Fraction(up.figure.value or 0, down.figure.value)
                for up, down in zip(above, below, strict=True)
                if down.figure.value
            ]
            if not min(rates) <= Fraction(total.ratio.numerator, total.ratio.denominator) <= max(rates):
                wrong.append(f"{organisation} {total.line.indicator}")
    return ", ".join(wrong)


def _coverage(session: Session, calendar: Calendar) -> str:
    wrong = [
        f"{template} {period} {total.line.indicator}: {gap}"
        for template, period in _scopes(calendar)
        for standing in (LATEST, ENDORSED)
        for total in _totals(session, plan.CITY, template, period, standing)
        if total.line.kind is not None and (gap := _gap(total))
    ]
    return ", ".join(wrong)


def _gap(total: Total) -> str:
    """What does not add up in a total's coverage, or ""."""
    coverage = total.coverage
    said = coverage.counted + coverage.missing
    if not said <= coverage.expected <= said + coverage.not_endorsed:
        return f"{coverage.counted} + {coverage.missing} + {coverage.not_endorsed} / {coverage.expected}"
    return ""


def _nil(books: Books) -> str:
    wrong = [
        f"{document.origin} {cell[0]}"
        for revisions in books.reports.values()
        for document in revisions
        for cell in document.body["cells"]
        if (cell[2] == Status.NIL) != (cell[2] != Status.NOT_APPLICABLE and cell[3] == 0)
    ]
    return ", ".join(wrong)


def _opens(session: Session, books: Books, calendar: Calendar) -> str:
    """Where the records are kept: others see as much of them as those allow."""
    wrong, here = [], issuing.hosted(session)
    for (organisation, template, period), revisions in books.reports.items():
        if template != plan.BIMONTH or period != calendar.period.code or organisation not in here:
            continue
        document = revisions[0]
        for cell in document.body["cells"]:
            rows = opening.evidence(session, organisation, document.hash, cell[0], cell[1]).rows
            value = len({row.key for row in rows}) if len(cell) > 5 else sum(row.value for row in rows)  # noqa: PLR2004
            if value != (cell[3] or 0):
                wrong.append(f"{organisation} {cell[0]}")
    return ", ".join(wrong)


def _rebuilds(session: Session) -> str:
    before = ledger.projections(session)
    ledger.rebuild(session)
    after = ledger.projections(session)
    return ", ".join(name for name in before if before[name] != after[name])
