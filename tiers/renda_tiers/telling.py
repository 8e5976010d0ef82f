"""What the chain tells people: what has come, what was decided on, and that somebody waits.

A document is told of once it is applied, wherever it came from. What was signed long ago is history: a node
that joins, is restored or rebuilds its projections does not tell of it.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.i18n import DEFAULT_LOCALE, _
from renda.indicators.periods import Period
from renda.notices import kinds, telling
from renda.notices.sending import Sending
from renda.notices.telling import News, roles_that_may
from renda.packs import reading
from renda.plugins import Declared
from renda.slices import slices
from renda_tiers.directives import bodies
from renda_tiers.directives.models import Directive, DirectiveStanding, Response, Target, Verification
from renda_tiers.documents.judging import Judged
from renda_tiers.documents.models import ThisNode
from renda_tiers.matters.models import Matter
from renda_tiers.packs import arrival as packs
from renda_tiers.reports import definitions, standings
from renda_tiers.reports.models import Report, Review
from renda_tiers.reports.nudging import Reminded
from renda_tiers.reports.template import Template, in_words

RECENT = timedelta(days=14)
"""How long ago a document may have been signed to be news."""
_PACK = _("Practice pack: ${title}")


def hold(event: Sending) -> None:
    """A node whose gate is closed sends nothing."""
    event.held = event.held or bool(event.session.scalar(select(ThisNode.recovering)))


def follow(event: Judged) -> None:
    """Tell of the documents that were judged and are applied."""
    session = event.session
    now: datetime = session.info["registry"].clock()
    for some in slices(sorted(event.documents)):
        news = [
            *_tasks(session, some, now - RECENT),
            *_matters(session, some, now - RECENT),
            *_reviews(session, some, now - RECENT),
            *_verifications(session, some, now - RECENT),
            *_packs(session, some, now - RECENT),
        ]
        if news:
            telling.tell(session, news, now)


def _may(session: Session, verb: str) -> Collection[str]:
    declared: Declared = session.info["registry"].declared
    return roles_that_may(declared, f"tiers:{verb}")


def _tasks(session: Session, documents: Collection[bytes], since: datetime) -> Iterator[News]:
    rows = session.execute(
        select(Target.organisation, Directive.document, Directive.subject, Directive.title)
        .join(Directive, Directive.document == Target.directive)
        .where(Directive.document.in_(documents), Directive.state == bodies.OPEN, Directive.issued >= since)
    )
    roles = _may(session, "respond")
    for row in rows:
        path = _directive_path(row.subject)
        yield News(row.organisation, roles, kinds.TASK, row.title, path, f"document/{row.document.hex()}")


def _directive_path(subject: str) -> str:
    _kind, issuer, name = subject.split(":")
    return f"m/tiers/directives/{issuer}/{name}"


def _matters(session: Session, documents: Collection[bytes], since: datetime) -> Iterator[News]:
    rows = session.execute(
        select(Matter.document, Matter.case, Matter.receiver, Matter.title).where(
            Matter.document.in_(documents), Matter.issued >= since
        )
    )
    roles = _may(session, "answer")
    for row in rows:
        path = f"m/tiers/matters/{row.case.hex()}"
        yield News(row.receiver, roles, kinds.TASK, row.title, path, f"document/{row.document.hex()}")


def _reviews(session: Session, documents: Collection[bytes], since: datetime) -> Iterator[News]:
    statement: Select[*tuple[bytes, str, str, str, str, bytes]] = (
        select(
            Review.document,
            Review.decision,
            Report.organisation,
            Report.template,
            Report.period,
            Report.definition,
        )
        .join(Report, Report.document == Review.report)
        .where(Review.document.in_(documents), Review.issued >= since)
    )
    rows = session.execute(statement).all()
    templates = definitions.held(session, {row.definition for row in rows})
    roles = _may(session, "submit")
    for row in rows:
        yield News(
            organisation=row.organisation,
            roles=roles,
            kind=kinds.RETURNED if row.decision == standings.RETURN else kinds.DONE,
            title=report_title(templates[row.definition], Period.parse(row.period)),
            path=report_path(row.template, row.period),
            key=f"document/{row.document.hex()}",
        )


def report_title(template: Template, period: Period) -> str:
    """What a report is called in a notice: a message."""
    named = {"report": in_words(template.titles, DEFAULT_LOCALE), "period": period.title()}
    return _("${report} ${period}", mapping=named)


def report_path(template: str, period: str) -> str:
    """Address of the form of a report below an organisation."""
    return f"m/tiers/reports/{template}/{period}"


def _verifications(session: Session, documents: Collection[bytes], since: datetime) -> Iterator[News]:
    rows = session.execute(
        select(
            Verification.document,
            Verification.decision,
            Response.organisation,
            Response.subject,
            Directive.title,
        )
        .join(Response, Response.document == Verification.response)
        .join(Directive, Directive.document == Response.directive)
        .where(Verification.document.in_(documents), Verification.issued >= since)
    )
    roles = _may(session, "respond")
    for row in rows:
        yield News(
            organisation=row.organisation,
            roles=roles,
            kind=kinds.RETURNED if row.decision == bodies.RETURN else kinds.DONE,
            title=row.title,
            path=_directive_path(row.subject),
            key=f"document/{row.document.hex()}",
        )


def _packs(session: Session, documents: Collection[bytes], since: datetime) -> Iterator[News]:
    roles = _may(session, "govern")
    for row in packs.brought(session, documents, since):
        title = reading.read(row.text.encode(), row.name).module.title
        path, key = f"m/tiers/packs/{row.name}", f"document/{row.hash.hex()}"
        yield News(row.organisation, roles, kinds.TASK, _(_PACK, mapping={"title": title}), path, key)


def reminded(event: Reminded) -> None:
    """Tell organisations that they were reminded of a report or a directive."""
    session, (code, name) = event.session, event.topic
    if code == bodies.DIRECTIVE:
        verb, path, title = "respond", _directive_path(name), _directive_title(session, name)
    else:
        period = Period.parse(name)
        template = definitions.current(session, code, event.issuer, period)
        verb, path, title = "submit", report_path(code, name), report_title(template, period)
    roles, day = _may(session, verb), local_day(event.now)
    news = [
        News(place, roles, kinds.NUDGE, title, path, f"nudge/{place}/{path}/{day}")
        for place in event.organisations
    ]
    telling.tell(session, news, event.now)


def _directive_title(session: Session, subject: str) -> str:
    return session.scalars(
        select(Directive.title)
        .join(DirectiveStanding, DirectiveStanding.document == Directive.document)
        .where(DirectiveStanding.subject == subject)
    ).one()
