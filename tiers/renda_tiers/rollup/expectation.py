"""Who owes a report: the organisations of a subtree whose tier and modules a template names."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, case, delete, exists, func, insert, literal, select, tuple_
from sqlalchemy.orm import Session, aliased

from renda.directory.models import Edge, ModuleUse, Organisation
from renda.directory.validity import valid_at
from renda.indicators.periods import Period
from renda_tiers.documents.store import slices
from renda_tiers.reports import definitions
from renda_tiers.reports.standings import Scope, valid_on
from renda_tiers.reports.template import Template
from renda_tiers.rollup.models import Expectation


def subtree(roots: Sequence[str], day: date) -> Any:
    """(root, code) of every organisation below each root on a day, itself included: a recursive CTE."""
    base = select(Organisation.code.label("root"), Organisation.code.label("code")).where(
        Organisation.code.in_(roots)
    )
    tree = base.cte("subtree", recursive=True)
    below = aliased(Edge)
    return tree.union(
        select(tree.c.root, below.child).join(tree, below.parent == tree.c.code).where(*valid_on(below, day))
    )


def owing(template: Template, roots: Sequence[str], day: date) -> Select[Any]:
    """A SELECT of (root, code) of the organisations that owe a template's report for a period."""
    tree = subtree(roots, day)
    statement = (
        select(tree.c.root, tree.c.code)
        .join(Organisation, Organisation.code == tree.c.code)
        .where(Organisation.tier.in_(template.tiers))
    )
    if template.module:
        uses = exists(
            select(literal(1)).where(
                ModuleUse.organisation == tree.c.code,
                ModuleUse.module == template.module,
                valid_at(ModuleUse.since, ModuleUse.until, day),
            )
        )
        statement = statement.where(uses)
    return statement


def counted(session: Session, template: Template, roots: Sequence[str], day: date) -> dict[str, int]:
    """How many organisations owe the report in the subtree of each root."""
    return {root: many for root, (_own, many) in own_and_all(session, template, roots, day).items()}


def own_and_all(
    session: Session, template: Template, roots: Sequence[str], day: date
) -> dict[str, tuple[int, int]]:
    """For each root whether it owes the report itself (1 or 0), and how many of its subtree do."""
    owed = owing(template, roots, day).subquery()
    own = func.sum(case((owed.c.root == owed.c.code, 1), else_=0))
    rows = session.execute(
        select(owed.c.root, own.label("own"), func.count().label("all")).group_by(owed.c.root)
    )
    return dict.fromkeys(roots, (0, 0)) | {row.root: (int(row.own), row.all) for row in rows}


def ensure(session: Session, scopes: Sequence[Scope], day: date) -> None:
    """Count what is owed for the scopes that have no count yet."""
    key = tuple_(Expectation.organisation, Expectation.template, Expectation.period)
    held = {tuple(row) for row in session.execute(select(*key.clauses).where(key.in_(scopes)))}
    missing: dict[tuple[bytes, str], tuple[Template, list[str]]] = {}
    for organisation, code, period in scopes:
        if (organisation, code, period) not in held:
            definition = definitions.current(session, code, organisation)
            missing.setdefault((definition.document, period), (definition, []))[1].append(organisation)
    for (_document, period), (definition, organisations) in missing.items():
        counts = counted(session, definition, organisations, day)
        session.execute(
            insert(Expectation),
            [
                {"organisation": code, "template": definition.code, "period": period, "expected": expected}
                for code, expected in counts.items()
            ],
        )


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
    for period in sorted({scope[2] for scope in held}):
        some = [scope for scope in held if scope[2] == period]
        for part in slices(some):
            ensure(session, part, Period.parse(period).end)


def forget(session: Session) -> None:
    """Empty the counts."""
    session.execute(delete(Expectation))
