"""A node that receives: a real registry on a real database, emptied between examples."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.database import Base
from renda.directory.models import Edge, ModuleRule, ModuleUse, Organisation
from renda.security.models import AuditEntry, AuditLink
from renda.types import Registry
from renda_tiers.documents import ledger
from renda_tiers.documents.envelope import Signed
from renda_tiers.documents.ledger import Receipt
from renda_tiers.documents.models import Anchor, LedgerDocument, Projected
from tests.tiers.simulation.world import CITY, NOW, Said, public_key

Dump = dict[str, list[tuple[Any, ...]]]


class Node:
    """A node that trusts the city's first key and has been told nothing yet."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.declared = registry.declared

    def work(self) -> Any:
        return unit_of_work(self.registry)

    def reset(self) -> "Node":
        """Forget everything but the anchor."""
        self.registry.declared = self.declared
        with self.work() as session:
            for table in reversed(Base.metadata.sorted_tables):
                if table.name.startswith("tiers_") or table.name in EMPTIED:
                    session.execute(delete(table))
            session.execute(insert(Anchor), {"organisation": CITY, "key": public_key(CITY)})
        return self

    def take(self, session: Session, said: Iterable[Said | Signed]) -> list[Receipt]:
        """Receive inside a transaction of the caller."""
        batch = [one.signed if isinstance(one, Said) else one for one in said]
        return ledger.receive(session, batch, now=NOW)

    def receive(self, said: Iterable[Said | Signed]) -> list[Receipt]:
        """One delivery: one batch, one transaction."""
        with self.work() as session:
            return self.take(session, said)

    def deliver(self, said: Sequence[Said], size: int = 1000) -> "Node":
        for start in range(0, len(said), size):
            self.receive(said[start : start + size])
        return self

    def rebuild(self) -> "Node":
        with self.work() as session:
            ledger.rebuild(session)
        return self

    def outcomes(self) -> dict[bytes, str]:
        with self.work() as session:
            return {
                row.hash: row.outcome
                for row in session.execute(select(LedgerDocument.hash, LedgerDocument.outcome))
            }

    def dump(self) -> Dump:
        """Every row of every projection, and every verdict; sorted."""
        with self.work() as session:
            return dump(session)

    @contextmanager
    def without(self, *kinds: str) -> Iterator[None]:
        """The node as it is where no module declares these kinds of document."""
        known = {name: kind for name, kind in self.declared.document_kinds.items() if name not in kinds}
        self.registry.declared = replace(self.declared, document_kinds=known)
        yield
        self.registry.declared = self.declared


EMPTIED = {
    model.__tablename__ for model in (AuditEntry, AuditLink, Edge, ModuleRule, ModuleUse, Organisation)
}


def dump(session: Session) -> Dump:
    tables = {
        str(mapper.local_table): select(*mapper.local_table.columns)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Projected)
    }
    tables |= {
        str(model.__table__): select(*model.__table__.columns) for model in (Organisation, Edge, ModuleRule)
    }
    verdicts = (LedgerDocument.hash, LedgerDocument.outcome, LedgerDocument.reason, LedgerDocument.waits_for)
    tables["verdicts"] = select(*verdicts)
    return {
        name: sorted((tuple(row) for row in session.execute(statement)), key=repr)
        for name, statement in sorted(tables.items())
    }
