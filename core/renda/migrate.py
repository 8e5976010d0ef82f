"""Databases are built by migrations only, one history and one version table per component.

A component that is taken away leaves its tables and its version behind; when it returns, it continues
where it was, whatever happened to the others meanwhile.
"""

import re
import textwrap
from collections.abc import Iterable
from importlib import import_module, resources
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, NamedTuple

import click
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations.ops import UpgradeOps
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from renda import row_security
from renda.database import Base, make_engine, scoped_tables

UPGRADE_LOCK = 7_236_120_011
"""PostgreSQL advisory lock that keeps two processes from upgrading one database at once."""


def _script(package: str) -> ScriptDirectory:
    return ScriptDirectory(str(Path(str(resources.files(package))) / "migrations"))


def _context_options(component: str) -> dict[str, object]:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or bool(name and name.startswith(f"{component}_"))

    def our_object(thing: Any, name: str | None, kind: str, _reflected: object, _other: object) -> bool:
        return ours(name, kind, None) and not _by_migration(thing, name)

    return {
        "version_table": f"{component}_alembic_version",
        "target_metadata": Base.metadata,
        "include_name": ours,
        "include_object": our_object,
        "render_as_batch": True,
        "transaction_per_migration": True,
    }


def _by_migration(thing: Any, name: str | None) -> bool:
    """Whether a column or index is one that only some databases have, so that no model can declare it."""
    table = Base.metadata.tables.get(getattr(getattr(thing, "table", None), "name", ""))
    return table is not None and name in table.info.get("by_migration", ())


def upgrade(engine: Engine, components: Iterable[tuple[str, str]]) -> None:
    """Bring each (component, package), in this order, to the newest state of its history."""
    with engine.connect().execution_options(renda_scope=row_security.EVERYTHING) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": UPGRADE_LOCK})
            connection.commit()
        for component, package in components:
            _run(connection, component, package)
        row_security.protect(connection, scoped_tables())
        connection.commit()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": UPGRADE_LOCK})
            connection.commit()


def _run(connection: Connection, component: str, package: str) -> None:
    script = _script(package)

    def steps(revision: object, _context: object) -> object:
        return script._upgrade_revs("head", revision)  # type: ignore[arg-type] # noqa: SLF001

    with EnvironmentContext(Config(), script, fn=steps, destination_rev="head") as environment:
        environment.configure(connection=connection, **_context_options(component))  # type: ignore[arg-type]
        with environment.begin_transaction():
            environment.run_migrations()
    connection.commit()


def pending(connection: Connection, component: str, package: str) -> bool:
    """Whether a component's tables are not at the newest state of its history."""
    context = MigrationContext.configure(connection, opts=_context_options(component))
    return context.get_current_revision() != _script(package).get_current_head()


class History(NamedTuple):
    """The numbers of a component's migrations; more than one of `heads` means that two follow on one."""

    revisions: tuple[str, ...]
    heads: tuple[str, ...]


def history(package: str) -> History:
    """What the files of a package's migrations say."""
    script = _script(package)
    return History(tuple(one.revision for one in script.walk_revisions()), tuple(script.get_heads()))


def revision(connection: Connection, component: str) -> str | None:
    """At which state of its history a component's tables are; None where it has none."""
    return MigrationContext.configure(connection, opts=_context_options(component)).get_current_revision()


def differences(connection: Connection, component: str) -> UpgradeOps:
    """What the models of a component declare and its tables do not have yet."""
    context = MigrationContext.configure(connection, opts=_context_options(component))
    operations = produce_migrations(context, Base.metadata).upgrade_ops
    if operations is None:
        msg = "alembic produced no operations"
        raise RuntimeError(msg)
    return operations


def write_revision(connection: Connection, component: str, package: str, message: str) -> Path | None:
    """Write the next revision file of a component from its models; None where nothing differs."""
    operations = differences(connection, component)
    if operations.is_empty():
        return None
    script = _script(package)
    head = script.get_current_head()
    number = f"{component}{len(list(script.walk_revisions())) + 1:03d}"
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")
    path = Path(script.dir) / "versions" / f"{number}_{slug}.py"
    body = render_python_code(operations, render_as_batch=True, user_module_prefix="renda.database.")
    path.write_text(
        f'"""{message}."""\n\n'
        "import sqlalchemy as sa\n"
        "from alembic import op\n\n"
        "import renda.database\n\n"
        f'revision = "{number}"\n'
        f"down_revision = {head!r}\n\n\n"
        "def upgrade() -> None:\n"
        f"{_indent(body)}\n",
        encoding="utf-8",
    )
    return path


def _indent(code: str) -> str:
    lines = [line for line in code.splitlines() if not line.strip().startswith("#")]
    return textwrap.indent(textwrap.dedent("\n".join(lines)).strip("\n"), "    ")


def _import_all(package: str) -> None:
    """Import a package with all its modules, some of which hold its tables."""
    found = import_module(package)
    for module in walk_packages(found.__path__, f"{package}."):
        if not module.name.endswith(".__main__") and ".testing" not in module.name:
            import_module(module.name)


@click.command()
@click.argument("component")
@click.argument("package")
@click.argument("message")
def main(component: str, package: str, message: str) -> None:
    """Write the next revision of a component's history from its models: PACKAGE is where they live."""
    _import_all("renda")
    _import_all(package)
    engine = make_engine("sqlite://")
    upgrade(engine, dict.fromkeys((("core", "renda"), (component, package))))
    with engine.connect() as connection:
        path = write_revision(connection, component, package, message)
    click.echo(path or "nothing differs")


if __name__ == "__main__":
    main()
