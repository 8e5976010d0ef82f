"""What the ledger says, read from the signed bytes and folded in Python, without any projection."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.indicators.folds import Folded, fold_tree
from renda.indicators.kinds import Cell, Kind, Qualifier, Status
from renda_tiers.documents.envelope import Document, Outcome, decode
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.reports import definitions, standings
from renda_tiers.reports.models import LATEST


@dataclass(frozen=True)
class Books:
    """What the ledger says, read without any projection.

    Attributes:
        top: the organisation that the books are about, with all below it.
        reports: by (organisation, template, period), the standing revision first.
    """

    top: str
    reports: Mapping[tuple[str, str, str], list[Document]]
    endorsed: frozenset[bytes]
    parents: Mapping[str, str]

    def is_within(self, code: str, ancestor: str = "") -> bool:
        """Whether an organisation is another one (the top, where none is named) or stands below it."""
        return code == (ancestor or self.top) or (
            code in self.parents and self.is_within(self.parents[code], ancestor)
        )


def read_books(session: Session, top: str) -> Books:
    """What a node's ledger says of an organisation and of all below it."""
    rows = session.execute(select(LedgerDocument.payload).where(LedgerDocument.outcome == Outcome.APPLIED))
    documents = [decode(row.payload) for row in rows]
    reports: dict[tuple[str, str, str], list[Document]] = {}
    reviews: dict[str, Document] = {}
    parents = {}
    for one in documents:
        if one.kind == "report":
            reports.setdefault((one.origin, one.body["template"], one.body["period"]), []).append(one)
        elif one.kind == "review":
            held = reviews.get(one.subject)
            if held is None or _rank(one) > _rank(held):
                reviews[one.subject] = one
        elif one.kind == "organisation" and one.body["edges"]:
            parents[one.body["organisation"]] = one.body["edges"][-1][0]
    for revisions in reports.values():
        revisions.sort(key=_rank, reverse=True)
    endorsed = frozenset(
        bytes.fromhex(one.body["report"])
        for one in reviews.values()
        if one.body["decision"] == standings.ENDORSE
    )
    return Books(top, reports, endorsed, parents)


def _rank(document: Document) -> tuple[int, object, bytes]:
    return (document.revision, document.issued, document.hash)


def _standing(books: Books, organisation: str, template: str, period: str, standing: str) -> Document | None:
    for one in books.reports.get((organisation, template, period), []):
        if standing == LATEST or one.hash in books.endorsed or organisation not in books.parents:
            return one
    return None


def fold(
    session: Session, books: Books, *, organisation: str, template: str, period: str, standing: str
) -> dict[str, Folded]:
    """A subtree's figures, folded in Python from the signed bytes."""
    lines = {line.indicator: line for line in definitions.current(session, template, organisation).cells}
    cells: dict[str, list[Cell]] = {code: [] for code in lines}
    for code in {organisation, *books.parents}:
        if not books.is_within(code, organisation):
            continue
        document = _standing(books, code, template, period, standing)
        for cell in document.body["cells"] if document else []:
            line = lines[cell[0]]
            cells[cell[0]].append(
                Cell(
                    indicator=cell[0],
                    dimension=cell[1],
                    meaning=line.meaning,
                    kind=line.kind or Kind.SUM,
                    basis=line.basis,
                    status=Status(cell[2]),
                    value=cell[3],
                    qualifier={one.symbol: one for one in Qualifier}[cell[4]],
                    keys=frozenset(cell[5]) if len(cell) > 5 else frozenset(),  # noqa: PLR2004
                    holder=code,
                )
            )
    return {code: fold_tree(many) for code, many in cells.items()}
