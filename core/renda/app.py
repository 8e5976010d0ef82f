"""Assembly: one function makes the application, one opens a node for commands and workers.

The order is settings, profiles, plugins, includes; whatever is wrong stops the start with a sentence.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import transaction
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationExecutionError
from pyramid.router import Router
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session
from transaction._transaction import Status
from zope.sqlalchemy.datamanager import STATUS_CHANGED, join_transaction

from renda import ini, migrate, plugins, profile, settings
from renda.clock import Clock, local_day, system_clock
from renda.database import everything, make_engine
from renda.errors import Misconfigured
from renda.packs import standing
from renda.types import Registry, Request

INCLUDES = (
    "renda.security",
    "renda.web",
    "renda.excel",
    "renda.records",
    "renda.packs",
    "renda.search",
    "renda.notices",
    "renda.api",
    "renda.webhooks",
    "renda.deputies",
    "renda.tasks",
)


def main(_global_config: Mapping[str, str], **text: str) -> Router:
    """The WSGI application of a node, for `renda serve` and any PasteDeploy server."""
    return configure(text).make_wsgi_app()


def configure(
    text: Mapping[str, Any],
    *,
    environment: Mapping[str, str] | None = None,
    clock: Clock = system_clock,
) -> Configurator:
    """A committed Configurator from the text of a node's ini file.

    Raises:
        Misconfigured: a setting, profile, plugin, hook or page is wrong.
    """
    registry = _registry(text, os.environ if environment is None else environment, clock)
    config = Configurator(registry=registry)
    config.setup_registry(
        settings={"tm.manager_hook": "pyramid_tm.explicit_manager", "retry.attempts": 3},
        request_factory=Request,
    )
    config.include("pyramid_tm")
    config.include("pyramid_retry")
    config.add_request_method(_session, "db", reify=True)
    config.add_request_method(lambda request: request.registry.clock(), "now", reify=True)
    config.add_request_method(lambda request: local_day(request.now), "today", reify=True)
    for package in INCLUDES:
        config.include(package)
    for component in registry.declared.components[1:]:
        if hasattr(import_module(component.package), "includeme"):
            config.include(component.package)
    try:
        config.commit()
    except ConfigurationExecutionError as error:
        if isinstance(error.evalue, Misconfigured):
            raise error.evalue from error
        raise
    return config


def _registry(text: Mapping[str, Any], environment: Mapping[str, str], clock: Clock) -> Registry:
    """Settings, profiles, declarations and the engine: what is known before anything is mounted."""
    tier = settings.early(text, environment, "profile")
    profiles = profile.load(settings.early(text, environment, "profiles"))
    if tier not in profiles:
        raise Misconfigured(settings.unknown_tier(tier, profiles))
    names = settings.early(text, environment, "modules") or profiles[tier].modules.allowed
    declared = plugins.collect(plugins.load(names))
    values = settings.resolve(declared.settings, text, environment, profiles[tier].settings, tier)

    registry = Registry("renda")
    registry.declared = registry.plugins = declared
    registry.profiles = dict(profiles)
    registry.values = values
    registry.clock = clock
    registry.engine = make_engine(values["database_url"])
    registry.traced_pages, registry.reading_first = set(), set()
    return registry


class ManagedSession(Session):
    """A session that a transaction manager commits or aborts, and nobody else."""

    def __init__(self, engine: Engine, manager: transaction.TransactionManager) -> None:
        super().__init__(engine, autoflush=False, expire_on_commit=False)
        self.manager = manager


@event.listens_for(ManagedSession, "after_begin")
def _join(session: ManagedSession, _transaction: object, connection: Connection) -> None:
    if not session.in_nested_transaction():
        standing.follow(session.info["registry"], connection)
    # The listeners of `zope.sqlalchemy.register` belong to one session each; making them takes longer than
    # most statements.
    join_transaction(session, STATUS_CHANGED, session.manager)


@event.listens_for(ManagedSession, "before_commit")
def _only_managed(session: ManagedSession) -> None:
    if not session.in_nested_transaction() and session.manager.get().status != Status.COMMITTING:
        msg = "a session is committed by its transaction manager"
        raise AssertionError(msg)


def open_session(
    registry: Registry, manager: transaction.TransactionManager, *, reading: bool = False
) -> Session:
    """A session that the transaction manager commits or aborts; it sees nothing until it is scoped.

    One that is only `reading` does not wait for SQLite's writer.
    """
    engine = registry.engine.execution_options(renda_read=True) if reading else registry.engine
    session = ManagedSession(engine, manager)
    session.info["registry"] = registry
    return session


def _session(request: Request) -> Session:
    route = getattr(request, "matched_route", None)
    page = (route.name, request.matchdict.get("page", "")) if route else ("", "")
    looking = request.method in {"GET", "HEAD"} and page not in request.registry.traced_pages
    reading = looking or page in request.registry.reading_first
    session = open_session(request.registry, request.tm, reading=reading)
    session.info["request_id"] = request.request_id
    return session


def go_on_writing(request: Request) -> None:
    """End the transaction in which a page has only read, and begin the one in which it writes.

    What was read may have changed meanwhile, and rows are to be read again. The session sees what it saw.
    """
    request.tm.abort()
    request.tm.begin()
    request.db.bind = request.registry.engine


@contextmanager
def unit_of_work(registry: Registry, *, reading: bool = False) -> Iterator[Session]:
    """A session of the system itself, outside any request; commits at the end, aborts on an error."""
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    session = open_session(registry, manager, reading=reading)
    try:
        with everything(session):
            yield session
        manager.commit()
    except BaseException:
        manager.abort()
        raise


@dataclass(frozen=True)
class Node:
    """An opened node, as commands and workers use it."""

    registry: Registry
    session: Session
    now: datetime


def load_node(path: str | Path) -> Registry:
    """The registry of the node that an ini file describes, without a web server.

    Raises:
        Misconfigured: the file is missing or says something wrong.
    """
    return cast("Registry", configure(ini.read(path)).registry)


@contextmanager
def open_node(path: str | Path, *, reading: bool = False) -> Iterator[Node]:
    """A node and one unit of work on it: commits at the end, changes nothing after an error.

    One that is only `reading` does not wait for SQLite's writer.
    """
    registry = load_node(path)
    try:
        with unit_of_work(registry, reading=reading) as session:
            session.connection()  # From here on, what is declared is what is installed now.
            yield Node(registry, session, registry.clock())
    finally:
        registry.engine.dispose()


@dataclass(frozen=True)
class Upgraded:
    """Said through the registry when all tables are at their newest state, and modules may have joined."""

    registry: Registry


def upgrade(registry: Registry) -> None:
    """Run the migrations of every component that this node loads, the core first."""
    migrate.upgrade(registry.engine, [(one.name, one.package) for one in registry.declared.components])
    registry.notify(Upgraded(registry))
