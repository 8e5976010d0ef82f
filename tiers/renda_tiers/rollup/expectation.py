"""Who owes a report: the organisations of a subtree whose tier and modules a template names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Date, Select, Text, bindparam, case, delete, func, insert, select, tuple_
from sqlalchemy.orm import Session, aliased

from renda.directory.models import Edge, Organisation
from renda.indicators.periods import Period
from renda.slices import slices
from renda_tiers.reports import catalogue, definitions
from renda_tiers.reports.models import Definition
from renda_tiers.reports.owing import conditions
from renda_tiers.reports.standings import Scope, valid_on
from renda_tiers.reports.template import Template
from renda_tiers.rollup.models import Expectation


def subtree(roots: Any, day: Any) -> Any:
    """(root, code) of every organisation below each root on a day, itself included: a recursive CTE."""
    base = select(Organisation.code.label("root"), Organisation.code.label("code")).where(
        Organisation.code.in_(roots)
    )
    tree = base.cte("subtree", recursive=True)
    below = aliased(Edge)
    return tree.union(
        select(tree.c.root, below.child).join(tree, below.parent == tree.c.code).where(*valid_on(below, day))
    )


def owing(session: Session, template: Template, roots: Sequence[str], period: Period) -> Select[Any]:
    """A SELECT of (root, code) of the organisations that owe a template's report for a period."""
    return _owing(session, template, roots, period.end, period.code)


def _owing(session: Session, template: Template, roots: Any, day: Any, period: Any) -> Select[Any]:
    tree = subtree(roots, day)
    return (
        select(tree.c.root, tree.c.code)
        .join(Organisation, Organisation.code == tree.c.code)
        .where(*conditions(session, template, tree.c.code, day, period))
    )


def counted(session: Session, template: Template, roots: Sequence[str], period: Period) -> dict[str, int]:
    """How many organisations owe the report in the subtree of each root."""
    return {root: many for root, (_own, many) in own_and_all(session, template, roots, period).items()}


def own_and_all(
    session: Session, template: Template, roots: Sequence[str], period: Period
) -> dict[str, tuple[int, int]]:
    """For each root whether it owes the report itself (1 or 0), and how many of its subtree do."""
    owed = owing(session, template, roots, period).subquery()
    own = func.sum(case((owed.c.root == owed.c.code, 1), else_=0))
    rows = session.execute(
        select(owed.c.root, own.label("own"), func.count().label("all")).group_by(owed.c.root)
    )
    return dict.fromkeys(roots, (0, 0)) | {row.root: (int(row.own), row.all) for row in rows}


def ensure(session: Session, scopes: Sequence[Scope]) -> None:
    """Count what is owed for the scopes that have no count yet."""
    key = tuple_(Expectation.organisation, Expectation.template, Expectation.period)
    held = {tuple(row) for row in session.execute(select(*key.clauses).where(key.in_(scopes)))}
    new = [scope for scope in scopes if scope not in held]
    codes = sorted({code for _organisation, code, _period in new})
    said = {
        organisation: catalogue.read(session, organisation, Definition.code.in_(codes))
        for organisation in sorted({organisation for organisation, _code, _period in new})
    }
    missing: dict[bytes, tuple[Template, dict[str, list[str]]]] = {}
    for organisation, code, period in new:
        definition = definitions.chosen(said[organisation], code, Period.parse(period))
        _definition, places = missing.setdefault(definition.document, (definition, {}))
        places.setdefault(period, []).append(organisation)
    rows = [row for definition, places in missing.values() for row in _expected(session, definition, places)]
    if rows:
        session.execute(insert(Expectation), rows)


def _expected(
    session: Session, template: Template, places: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, Any]]:
    """Counts of one template for the organisations of each period, as rows."""
    roots: Any = bindparam("roots", expanding=True)
    day, code = bindparam("day", type_=Date), bindparam("period", type_=Text)
    owed = _owing(session, template, roots, day, code).subquery()
    # Made once: to write it down takes longer than to have it counted.
    statement = select(owed.c.root, func.count().label("many")).group_by(owed.c.root)
    for period, organisations in places.items():
        asked = {"roots": organisations, "day": Period.parse(period).end, "period": period}
        counts = {row.root: row.many for row in session.execute(statement, asked)}
        for organisation in organisations:
            yield {
                "organisation": organisation,
                "template": template.code,
                "period": period,
                "expected": counts.get(organisation, 0),
            }


def outdate(session: Session) -> None:
    """Have all counts made anew at the end of this batch: the tree, a template or a module's use changed."""
    session.info["tiers.outdated"] = True


def complete(session: Session) -> None:
    """Make outdated counts anew, for the same organisations and periods."""
    if not session.info.pop("tiers.outdated", False):
        return
    key = (Expectation.organisation, Expectation.template, Expectation.period)
    held: list[Scope] = [
        (row.organisation, row.template, row.period) for row in session.execute(select(*key))
    ]
    session.execute(delete(Expectation))
    for part in slices(sorted(held, key=lambda scope: scope[2])):
        ensure(session, part)


def forget(session: Session) -> None:
    """Empty the counts."""
    session.execute(delete(Expectation))
