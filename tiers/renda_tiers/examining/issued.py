"""What must hold of what bodies have issued: publications, directives, and one content for each revision."""

from collections.abc import Iterator

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from renda.app import Node
from renda.i18n import _
from renda_tiers.directives.models import Directive, Target
from renda_tiers.documents import forks
from renda_tiers.publications import proving, vintage
from renda_tiers.publications.models import Publication


def publications_are_folds(node: Node) -> Iterator[str]:
    """Whether every vintage is the fold of the exact reports that it names, where all of them are here."""
    session = node.session
    rows = session.execute(
        select(
            Publication.document, Publication.organisation, Publication.template, Publication.period
        ).order_by(Publication.organisation, Publication.template, Publication.period, Publication.document)
    ).all()
    for row in rows:
        wrong = proving.faults(session, vintage.read(session, row.document))
        if wrong:
            values = {
                "code": row.organisation,
                "template": row.template,
                "period": row.period,
                "figure": ", ".join(wrong),
            }
            yield _("${code} ${template} ${period} ${figure}", mapping=values)


def break_downs_keep_within(node: Node) -> Iterator[str]:
    """Whether nobody breaks a directive down who was not asked, or lets it be due later."""
    outer = aliased(Directive)
    asked = exists().where(Target.directive == outer.document, Target.organisation == Directive.origin)
    rows = node.session.execute(
        select(Directive.origin, Directive.title)
        .join(outer, outer.document == Directive.parent)
        .where(or_(Directive.due > outer.due, ~asked))
        .order_by(Directive.origin, Directive.document)
    )
    for row in rows:
        yield _("${code}: ${title}", mapping={"code": row.origin, "title": row.title})


def nothing_is_said_twice(node: Node) -> Iterator[str]:
    """Whether no revision and no id has two contents; a higher revision ends such a fork."""
    for one in forks.find(node.session):
        values = {"code": one.origin, "subject": one.subject, "revision": one.revision, "id": one.id}
        if one.ended_by is None and one.id is None:
            yield _("${code} has signed revision ${revision} of ${subject} twice.", mapping=values)
        elif one.ended_by is None:
            yield _("${code} has signed two documents with the id ${id}.", mapping=values)
