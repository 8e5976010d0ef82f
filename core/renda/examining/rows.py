"""What must hold in the database: its tables, references, sealed secrets, work to do, and backups."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import ForeignKeyConstraint, and_, func, inspect, or_, select, text

from renda import migrate
from renda.app import Node
from renda.backup import MADE
from renda.database import Base
from renda.i18n import _
from renda.security import trail, vault
from renda.security.models import AuditEntry, Secret
from renda.tasks.models import TaskRow

OVERDUE = timedelta(minutes=15)
MANY_TRIES = 8
"""By then a task has failed for some ten minutes."""
MOST_TASKS = 20
BACKUP_AGE = timedelta(days=2)


def tables_are_new(node: Node) -> Iterator[str]:
    """Whether the tables are those of the installed version."""
    connection = node.session.connection()
    for one in node.registry.declared.components:
        if migrate.pending(connection, one.name, one.package):
            yield _("The tables of ${name} are of another version.", mapping={"name": one.name})


def pages_are_sound(node: Node) -> Iterator[str]:
    """Whether SQLite finds its file in order; PostgreSQL has `pg_amcheck` for it."""
    connection = node.session.connection()
    if connection.dialect.name == "sqlite":
        for said in connection.scalars(text("PRAGMA integrity_check")):
            if said != "ok":
                yield _("SQLite says: ${said}", mapping={"said": said})


def references_hold(node: Node) -> Iterator[str]:
    """Whether every foreign key names a row that is there, whoever wrote it and with what switched off."""
    connection = node.session.connection()
    there = set(inspect(connection).get_table_names())
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_key_constraints if table.name in there else ():
            count = connection.scalar(_astray(key))
            if count:
                values = {"count": count, "table": table.name, "to": key.referred_table.name}
                yield _("${count} rows of ${table} name a row of ${to} that is not there.", mapping=values)


def _astray(key: ForeignKeyConstraint) -> Any:
    """How many rows name nothing."""
    named = key.referred_table.alias()
    pairs = [(one.parent, named.c[one.column.name]) for one in key.elements]
    joined = key.table.outerjoin(named, and_(*(own == other for own, other in pairs)))
    return (
        select(func.count())
        .select_from(joined)
        .where(*(own.is_not(None) for own, _other in pairs), pairs[0][1].is_(None))
    )


def seals_open(node: Node) -> Iterator[str]:
    """Whether what is sealed opens with the key file that is there."""
    secret = vault.sealing_secret(node.session)
    for row in node.session.scalars(select(Secret).order_by(Secret.name)):
        try:
            vault.unseal(row.sealed, secret, row.name)
        except vault.CannotUnseal as error:
            yield error.message


def work_gets_done(node: Node) -> Iterator[str]:
    """Whether anybody does background work, and it succeeds."""
    names = [one.name for one in node.registry.declared.components]
    ours = or_(*(TaskRow.name.startswith(f"{name}.", autoescape=True) for name in names))
    late = node.session.scalar(
        select(func.count()).select_from(TaskRow).where(ours, TaskRow.due < node.now - OVERDUE)
    )
    if late:
        values = {"count": late, "minutes": int(OVERDUE.total_seconds()) // 60}
        yield _("${count} tasks have been waiting for more than ${minutes} minutes.", mapping=values)
    columns = (TaskRow.name, TaskRow.tries, TaskRow.error)
    failing = select(*columns).where(ours, TaskRow.tries >= MANY_TRIES).order_by(TaskRow.tries.desc())
    for row in node.session.execute(failing.limit(MOST_TASKS)):
        said = {"name": row.name, "count": row.tries, "error": row.error or "-"}
        yield _("${name} has been tried ${count} times: ${error}", mapping=said)


def backup_is_fresh(node: Node) -> Iterator[str]:
    """Whether the last backup that is known is not old; who backs up by other means has none known here."""
    last = node.session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.action == MADE))
    if last is not None and node.now - last > BACKUP_AGE:
        yield _("The last backup is ${days} days old.", mapping={"days": (node.now - last).days})


def trail_is_whole(node: Node) -> Iterator[str]:
    """Whether the audit trail is as it was written."""
    found = trail.verify(node.session)
    if found.wrong:
        yield found.wrong
