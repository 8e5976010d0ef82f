"""What must hold of the ledger."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from renda.app import Node
from renda.errors import RendaError
from renda.i18n import _
from renda_tiers.documents import ledger
from renda_tiers.documents.envelope import decode
from renda_tiers.documents.models import LedgerConcern, LedgerDocument
from renda_tiers.documents.store import BATCH

SKEW = timedelta(hours=1)


def are_authentic(node: Node) -> Iterator[str]:
    """Whether every stored byte is as its origin signed it."""
    for fault in ledger.verify(node.session):
        yield _("Changed: ${row}", mapping={"row": fault})


def concern_whom_they_say(node: Node) -> Iterator[str]:
    """Whether the rows by which documents are routed are those that their bytes ask for."""
    last = b""
    while rows := node.session.execute(
        select(LedgerDocument.hash, LedgerDocument.payload)
        .where(LedgerDocument.hash > last)
        .order_by(LedgerDocument.hash)
        .limit(BATCH)
    ).all():
        last = rows[-1].hash
        kept: dict[bytes, set[str]] = {row.hash: set() for row in rows}
        of_rows = LedgerConcern.document.in_(list(kept))
        for one in node.session.execute(
            select(LedgerConcern.document, LedgerConcern.organisation).where(of_rows)
        ):
            kept[one.document].add(one.organisation)
        for row in rows:
            try:
                document = decode(row.payload)
            except RendaError:
                continue
            if kept[row.hash] != {document.origin, *document.audience}:
                yield _("Changed: ${row}", mapping={"row": f"tiers_concern {row.hash.hex()}"})


def follow_from_the_ledger(node: Node) -> Iterator[str]:
    """Whether a rebuild makes the same of every projection and verdict; it is thrown away."""
    before = ledger.projections(node.session)
    ledger.rebuild(node.session)
    after = ledger.projections(node.session)
    for name in before:
        if before[name] != after[name]:
            yield _("A rebuild makes something else of ${table}.", mapping={"table": name})


def nothing_is_of_the_future(node: Node) -> Iterator[str]:
    """Whether no document was issued later than now; its correction would have to be later still."""
    ahead = (
        select(LedgerDocument.origin, func.count().label("count"))
        .where(LedgerDocument.issued > node.now + SKEW)
        .group_by(LedgerDocument.origin)
        .order_by(LedgerDocument.origin)
    )
    for row in node.session.execute(ahead):
        values = {"code": row.origin, "count": row.count}
        yield _("${code} has issued ${count} documents that are dated ahead.", mapping=values)
