"""What moves folds and counts beside the ledger: modules in use, and bodies in the directory."""

from datetime import date

from pyramid.config import Configurator
from sqlalchemy import func, select

from renda.directory.models import Edge
from renda.directory.service import DirectoryChanged, ModulesChanged
from renda_tiers.documents import store
from renda_tiers.rollup import expectation, fold


def modules_changed(event: ModulesChanged) -> None:
    """Who owes a module's reports is counted anew; no figure changes."""
    store.lock(event.session)
    expectation.outdate(event.session)
    expectation.complete(event.session)


def directory_changed(event: DirectoryChanged) -> None:
    """A body that got its first child is no leaf any more: its periods are folded anew."""
    store.lock(event.session)
    since: date | None = event.session.scalar(
        select(func.min(Edge.valid_from)).where(Edge.child.in_(event.organisations[:1]))
    )
    if since is not None:
        expectation.outdate(event.session)
        fold.mark(event.session, since)
        fold.complete(event.session)


def includeme(config: Configurator) -> None:
    """Listen to both."""
    config.add_subscriber(modules_changed, ModulesChanged)
    config.add_subscriber(directory_changed, DirectoryChanged)
