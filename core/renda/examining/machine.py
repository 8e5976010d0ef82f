"""What must hold on the machine: the database's word, the clock, files of secrets, room, and the broker."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from renda import row_security
from renda.app import Node
from renda.database import scoped_tables
from renda.errors import RendaError
from renda.i18n import _
from renda.security.secret import read_secret

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
"""Settings of PostgreSQL without which it confirms what a power cut then takes back."""
SKEW = timedelta(seconds=5)
LEAST_FREE = 1024**3
"""Bytes."""
OTHERS, EVERYBODY = 0o077, 0o007
"""Every right of anybody but the owner, and but the owner and their group."""


def keeps_its_word(node: Node) -> Iterator[str]:
    """Whether the database answers, and what it confirms stays."""
    connection = node.session.connection()
    if connection.dialect.name != "postgresql":
        connection.execute(text("SELECT 1"))
        return
    for name in DURABLE:
        if connection.scalar(text(f"SHOW {name}")) == "off":
            yield _("PostgreSQL runs with ${name} off.", mapping={"name": name})


def organisations_are_apart(node: Node) -> Iterator[str]:
    """Whether PostgreSQL itself keeps the rows of organisations apart."""
    connection = node.session.connection()
    if row_security.bypassed(connection):
        yield _("The database's role is a superuser, or has BYPASSRLS: it is shown every row.")
    for name in row_security.unprotected(connection, scoped_tables()):
        yield _("The table ${name} has no row security.", mapping={"name": name})


def clocks_agree(node: Node) -> Iterator[str]:
    """Whether this machine and that of the database tell the same time."""
    if node.session.connection().dialect.name != "postgresql":
        return
    theirs: datetime = node.session.execute(select(func.clock_timestamp())).scalar_one()
    apart = abs(node.registry.clock() - theirs)
    if apart > SKEW:
        yield _("The clocks differ by ${seconds} seconds.", mapping={"seconds": int(apart.total_seconds())})


def files_are_private(config: Path, node: Node) -> Iterator[str]:
    """Whether the files of secrets can be used, and by their owner alone."""
    values, contents = node.registry.values, []
    for path in (values["secret_file"], values["key_file"]):
        try:
            contents.append(read_secret(path))
        except RendaError as error:
            yield error.message
            continue
        if Path(path).stat().st_mode & OTHERS:
            yield _("Others than its owner can use ${path}.", mapping={"path": path})
    if len(contents) > len(set(contents)):
        yield _("Both files of secrets hold the same secret.")
    if config.stat().st_mode & EVERYBODY and any(
        one in config.read_text("utf-8") for one in _passwords(node)
    ):
        yield _("${path} holds a password, and everybody can read it.", mapping={"path": str(config)})


def _passwords(node: Node) -> Iterator[str]:
    for name in ("database_url", "broker_url"):
        try:
            password = make_url(node.registry.values[name]).password
        except ArgumentError:
            continue
        if password:
            yield str(password)


def there_is_room(config: Path, node: Node) -> Iterator[str]:
    """Whether the disks that renda writes on have room left."""
    url = node.registry.engine.url
    folders = {str(config.resolve().parent), tempfile.gettempdir()}
    if url.get_backend_name() == "sqlite":
        folders.add(str(Path(url.database or "").resolve().parent))
    for folder in sorted(folders):
        free = shutil.disk_usage(folder).free
        if free < LEAST_FREE:
            yield _("Only ${free} MB are free at ${path}.", mapping={"free": free // 1024**2, "path": folder})


def broker_answers(node: Node) -> Iterator[str]:
    """Whether RabbitMQ or Redis takes a connection."""
    if not node.registry.values["broker_url"]:
        return
    from renda.tasks import broker

    with broker.make_celery(node.registry).connection_for_write() as connection:
        try:
            connection.ensure_connection(max_retries=1, timeout=5)
        except Exception as error:  # noqa: BLE001 - whatever a client library raises
            yield _("It does not: ${error}", mapping={"error": f"{type(error).__name__}: {error}"})
