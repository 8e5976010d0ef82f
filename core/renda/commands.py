"""Subcommands of `renda` that need nothing but the core; each takes the node's CONFIG first."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from renda import app
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_day
from renda.directory import divisions, service
from renda.directory.commands import person
from renda.directory.models import Organisation
from renda.security.commands import user
from renda.serve import serve as run_server
from renda.serve import work as run_worker


@click.command(help="Serve the node's pages; without a broker, background work runs in the same process.")
@config_argument
def serve(config: str) -> None:
    """Run the web server until it is told to stop."""
    run_server(config)


@click.command(help="Do background work: a Celery worker where a broker is set, else a loop of this process.")
@config_argument
def worker(config: str) -> None:
    """Run a worker until it is told to stop."""
    run_worker(config)


@click.command(help="Bring the database to the newest state.")
@config_argument
@json_option
def upgrade(config: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Run migrations."""
    registry = app.load_node(config)
    app.upgrade(registry)
    names = [one.name for one in registry.declared.components]
    emit({"components": names}, as_json=as_json, lines=names)


@click.group(help="Organisations.")
def org() -> None:
    """Commands about the tree."""


@org.command("list", help="Organisations that this node knows.")
@config_argument
@json_option
def list_organisations(config: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Print the organisations."""
    with app.open_node(config) as node:
        rows = node.session.execute(
            select(Organisation.code, Organisation.name, Organisation.kind).order_by(Organisation.code)
        )
        found = [dict(row._mapping) for row in rows]  # noqa: SLF001 - how SQLAlchemy names a row's columns
    emit(
        {"organisations": found},
        as_json=as_json,
        lines=[f"{one['code']}\t{one['name']}\t{one['kind']}" for one in found],
    )


@org.command("import", help="Add organisations: all shipped divisions, those below a code, or a CSV file's.")
@config_argument
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--under", help="Only this division and those below it.")
@json_option
def import_organisations(config: str, file: str | None, under: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Place divisions in the tree."""
    read = divisions.read_csv(Path(file)) if file else list(divisions.shipped())
    bodies = divisions.bodies(read, under)
    with app.open_node(config) as node:
        since = local_day(node.now).replace(month=1, day=1)
        added = service.place(node.session, bodies, since)
        service.use_defaults(node.session, node.registry.profiles, added, since)
    result: dict[str, Any] = {"read": len(read), "bodies": len(bodies), "added": len(added)}
    emit(result, as_json=as_json, lines=[f"{name}\t{count}" for name, count in result.items()])


@click.group(help="Modules.")
def plugin() -> None:
    """Commands about modules."""


@plugin.command("list", help="Modules of this node, and which of them an organisation uses.")
@config_argument
@click.option("--org", "organisation", help="Code of the organisation.")
@json_option
def list_plugins(config: str, organisation: str | None, as_json: bool) -> None:  # noqa: FBT001 - click
    """Print the modules."""
    say = translator()
    with app.open_node(config) as node:
        used = (
            service.modules_in_use(node.session, organisation, local_day(node.now)) if organisation else set()
        )
        modules = {
            name: {"title": say(module.title), "enabled": name in used}
            for name, module in node.registry.declared.modules.items()
        }
    emit(
        {"modules": modules},
        as_json=as_json,
        lines=[f"{'*' if one['enabled'] else '-'} {name}\t{one['title']}" for name, one in modules.items()],
    )


def _switch(name: str, explanation: str, change: Any) -> click.Command:
    @plugin.command(name, help=explanation)
    @config_argument
    @click.argument("module")
    @click.option("--org", "organisation", required=True, help="Code of the organisation.")
    @json_option
    def switch(config: str, module: str, organisation: str, as_json: bool) -> None:  # noqa: FBT001 - click
        with app.open_node(config) as node:
            change(node.session, organisation, module, local_day(node.now))
        done = {"module": module, "organisation": organisation, "done": name}
        emit(done, as_json=as_json, lines=[" ".join(done.values())])

    return switch


_switch("enable", "Let an organisation use a module from today on.", service.enable)
_switch("disable", "End an organisation's use of a module today; its data stay.", service.disable)

ALL: list[click.Command] = [serve, worker, upgrade, user, org, person, plugin]
"""What `renda.builtin` registers."""
