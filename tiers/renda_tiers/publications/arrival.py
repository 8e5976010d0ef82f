"""What an arriving publication does: it is listed. It never changes, and changes nothing else.

Most of those whom it concerns hold few of the reports that it folds: a township has its own alone. So it is
applied wherever its definitions are; what it says is proved where the reports are (`publications.proving`).
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from renda.i18n import _
from renda.indicators.periods import Period
from renda_tiers.documents.envelope import Document
from renda_tiers.documents.judging import aside, parked
from renda_tiers.documents.store import Verdict
from renda_tiers.publications.body import BULKY
from renda_tiers.publications.models import Publication
from renda_tiers.reports import catalogue, definitions, standings
from renda_tiers.reports.catalogue import Setters
from renda_tiers.reports.models import Definition
from renda_tiers.reports.template import Template

KIND = "publication"


def subject(organisation: str, template: str, period: str) -> str:
    """What all vintages of one roll-up are revisions of."""
    return f"publication:{organisation}:{template}:{period}"


def judge(session: Session, documents: Sequence[Document]) -> dict[bytes, Verdict]:
    """Verdicts of the publications that cannot be applied."""
    named = {bytes.fromhex(text) for one in documents for text in one.body["definitions"]}
    templates = definitions.held(session, named)
    setters = catalogue.setters(session, {one.body["template"] for one in documents})
    above = standings.ancestry(session, {one.origin for one in documents})
    verdicts = {}
    for one in documents:
        path = above(one.origin, Period.parse(one.body["period"]).end)
        verdict = _verdict(one, templates, path, setters)
        if verdict is not None:
            verdicts[one.hash] = verdict
    return verdicts


def _verdict(
    one: Document, templates: Mapping[bytes, Template], path: Sequence[str], setters: Setters
) -> Verdict | None:
    body = one.body
    if one.subject != subject(one.origin, body["template"], body["period"]):
        return aside(_("The subject of this document is another than what it says."))
    named = [bytes.fromhex(text) for text in body["definitions"]]
    missing = sorted(set(named) - templates.keys())
    if missing:
        return parked(_("A report template that this publication names is not here yet."), missing[0])
    if why := catalogue.unfit(setters, templates[named[0]], Period.parse(body["period"]), path):
        return aside(why)
    if not _agrees(one, [templates[document] for document in named]):
        return parked(_("This is not a publication."))
    return None


def _agrees(one: Document, named: Sequence[Template]) -> bool:
    """Whether its definitions are of its template, its lines of these, and its parts there."""
    body = one.body
    if any(
        template.code != body["template"] or not template.applies_to(Period.parse(body["period"]))
        for template in named
    ):
        return False
    meanings = [
        line.meaning
        for number, indicator in body["lines"]
        for line in named[number].cells
        if line.indicator == indicator
    ]
    parts = {part.name for part in one.parts}
    return len(meanings) == len(set(meanings)) == len(body["lines"]) and parts == {
        name for name in BULKY if body[name] is None
    }


def made_by_others(session: Session, templates: Sequence[Document]) -> list[bytes]:
    """Publications of the same codes as some definitions that name a definition of another origin."""
    found: list[bytes] = []
    for code, origin in sorted({(one.body["code"], one.origin) for one in templates}):
        found += session.scalars(
            select(Publication.document)
            .join(Definition, Definition.document == Publication.definition)
            .where(Publication.template == code, Definition.origin != origin)
        )
    return found


def apply(session: Session, documents: Sequence[Document]) -> None:
    """List the vintages."""
    session.execute(
        insert(Publication),
        [
            {
                "document": one.hash,
                "organisation": one.origin,
                "template": one.body["template"],
                "period": one.body["period"],
                "ends_on": Period.parse(one.body["period"]).end,
                "standing": one.body["standing"],
                "number": one.body["number"],
                "predecessor": bytes.fromhex(one.body["predecessor"]) if one.body["predecessor"] else None,
                "revision": one.revision,
                "definition": bytes.fromhex(one.body["definitions"][0]),
                "issued": one.issued,
            }
            for one in documents
        ],
    )


def forget(session: Session) -> None:
    """Empty the list."""
    session.execute(delete(Publication))
