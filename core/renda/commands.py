"""Subcommands of `renda` that need nothing but the core; each takes the node's CONFIG first."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from renda import app
from renda import backup as backups
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_day
from renda.declarations.modules import CORE
from renda.deputies.data import data
from renda.developing.commands import check, new, show_trace
from renda.directory import divisions, modules, service
from renda.directory.commands import person
from renda.directory.consequences import foresee
from renda.directory.models import Organisation
from renda.errors import Conflict, NotFound
from renda.examining.command import doctor
from renda.excel.commands import record
from renda.i18n import Translator, _
from renda.packs.commands import pack
from renda.profile import profile_at
from renda.search.commands import search
from renda.security.audit_commands import audit
from renda.security.commands import user
from renda.security.token_commands import token
from renda.serve import serve as run_server
from renda.serve import work as run_worker


@click.command(help=_("Serve the node's pages; without a broker, background work runs in the same process."))
@config_argument
@click.option("--listen", help=_("Address and port instead of those of CONFIG, such as 127.0.0.1:6544."))
@click.option("--trusted-proxy", help=_("Address of the reverse proxy instead of that of CONFIG."))
def serve(config: str, **given: str | None) -> None:
    """Run the web server until it is told to stop; several may serve one node, each at a place of its own."""
    run_server(config, **{name: value for name, value in given.items() if value is not None})


@click.command(
    help=_("Do background work: a Celery worker where a broker is set, else a loop of this process.")
)
@config_argument
@click.option(
    "--concurrency", type=click.IntRange(1), help=_("Processes; by default one for each processor.")
)
def worker(config: str, concurrency: int | None) -> None:
    """Run a worker until it is told to stop."""
    run_worker(config, concurrency)


@click.command(help=_("Bring the database to the newest state."))
@config_argument
@json_option
def upgrade(config: str, *, as_json: bool) -> None:
    """Run migrations."""
    registry = app.load_node(config)
    app.upgrade(registry)
    names = [one.name for one in registry.declared.components]
    line = translator()(_("The tables are up to date: ${names}.", mapping={"names": ", ".join(names)}))
    emit({"components": names}, as_json=as_json, lines=[line])


@click.command(help=_("Write all data of the node into a file; the files of secrets are not in it."))
@config_argument
@click.argument("path", type=click.Path(dir_okay=False))
@json_option
def backup(config: str, path: str, *, as_json: bool) -> None:
    """Write one consistent snapshot, while the node works."""
    registry = app.load_node(config)
    try:
        counts = backups.backup(registry, Path(path), registry.clock())
    finally:
        registry.engine.dispose()
    line = _("${count} rows are in ${path}.", mapping={"count": sum(counts.values()), "path": path})
    emit({"rows": sum(counts.values()), "path": path}, as_json=as_json, lines=[translator()(line)])


@click.command(help=_("Put a backup in the place of all data of the node; stop the node first."))
@config_argument
@click.argument("path", type=click.Path(exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help=_("Also where there are data already."))
@json_option
def restore(config: str, path: str, *, replace: bool, as_json: bool) -> None:
    """Restore in one transaction; nothing is signed until the node is level with its peers again."""
    registry = app.load_node(config)
    try:
        app.upgrade(registry)
        counts = backups.restore(registry, Path(path), replace=replace)
    finally:
        registry.engine.dispose()
    line = _("${count} rows are restored.", mapping={"count": sum(counts.values())})
    emit({"rows": sum(counts.values())}, as_json=as_json, lines=[translator()(line)])


@click.group(help=_("Organisations."))
def org() -> None:
    """Commands about the tree."""


@org.command("list", help=_("Organisations that this node knows."))
@config_argument
@json_option
def list_organisations(config: str, *, as_json: bool) -> None:
    """Print the organisations."""
    with app.open_node(config) as node:
        rows = node.session.scalars(select(Organisation).order_by(Organisation.code)).all()
        kinds = {one.tier: profile_at(node.registry.profiles, one.tier).kinds for one in rows}
    emit(
        {"organisations": [{"code": one.code, "name": one.name, "kind": one.kind} for one in rows]},
        as_json=as_json,
        lines=[
            f"{one.code}\t{one.name}\t{kind.label if (kind := kinds[one.tier].get(one.kind)) else one.kind}"
            for one in rows
        ],
    )


@org.command(
    "import", help=_("Add organisations: all shipped divisions, those below a code, or a CSV file's.")
)
@config_argument
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--under", help=_("Only this division and those below it."))
@json_option
def import_organisations(config: str, file: str | None, under: str | None, *, as_json: bool) -> None:
    """Place divisions in the tree."""
    read = divisions.read_csv(Path(file)) if file else list(divisions.shipped())
    bodies = divisions.bodies(read, under)
    with app.open_node(config) as node:
        since = local_day(node.now).replace(month=1, day=1)
        added = service.place(node.session, bodies, since)
        service.use_defaults(node.session, node.registry.profiles, added, since)
    result: dict[str, Any] = {"read": len(read), "bodies": len(bodies), "added": len(added)}
    line = _("${read} divisions read, ${bodies} bodies among them, ${added} added.", mapping=result)
    emit(result, as_json=as_json, lines=[translator()(line)])


@click.group(help=_("Modules."))
def plugin() -> None:
    """Commands about modules."""


@plugin.command("list", help=_("Modules of this node, and what they are to an organisation."))
@config_argument
@click.option("--org", "organisation", help=_("Code of the organisation."))
@json_option
def list_plugins(config: str, organisation: str | None, *, as_json: bool) -> None:
    """Print the modules; of an organisation also those that are asked of it and not installed."""
    say = translator()
    with app.open_node(config) as node:
        installed = node.registry.declared.modules
        titles = {name: say(module.title) for name, module in installed.items()}
        if organisation:
            found = modules.read(node.session, organisation, local_day(node.now))
            shown = {CORE: {"title": titles[CORE], "enabled": True}} | {
                name: _described(found, name, state, titles.get(name, name))
                for name, state in modules.overview(found)
            }
        else:
            shown = {name: {"title": title, "enabled": False} for name, title in titles.items()}
    lines = [_line(name, one, say) for name, one in shown.items()]
    emit({"modules": shown}, as_json=as_json, lines=lines)


def _described(found: modules.OwnModules, name: str, state: str, title: str) -> dict[str, Any]:
    rule = found.rules.get(name)
    said: dict[str, Any] = {"rule": rule.rule, "by": rule.by, "reason": rule.reason} if rule else {}
    if state == modules.BROKEN:
        said["lacking"] = found.lacking(name)
    return {"title": title, "enabled": name in found.in_use, "state": state, **said}


def _line(name: str, one: dict[str, Any], say: Translator) -> str:
    said = [one[key] for key in ("title", "state", "by", "reason") if key in one]
    if "lacking" in one:
        said.append(say(_(modules.LACKING, mapping={"names": ", ".join(one["lacking"])})))
    return "\t".join([f"{'*' if one['enabled'] else '-'} {name}", *said])


def _switch(name: str, explanation: str, change: Any, told: str) -> None:
    @plugin.command(name, help=explanation)
    @config_argument
    @click.argument("module")
    @click.option("--org", "organisation", required=True, help=_("Code of the organisation."))
    @click.option("--dry-run", is_flag=True, help=_("Only say what that would change."))
    @json_option
    def switch(config: str, module: str, organisation: str, *, dry_run: bool, as_json: bool) -> None:
        say = translator()
        with app.open_node(config) as node:
            if dry_run:
                _ensure_possible(node, organisation, module, enabling=name == "enable")
            foreseen = foresee(node.session, organisation, module, enabling=name == "enable", say=say)
            if not dry_run:
                change(node.session, organisation, module, local_day(node.now))
            title = node.registry.declared.modules[module].title
        done = {"module": module, "organisation": organisation, "done": None if dry_run else name}
        line = say(_(told, mapping={"title": title, "code": organisation}))
        nothing = say(_("Nothing that is kept here is shown or hidden by it."))
        lines = (foreseen or [nothing]) if dry_run else [line]
        emit({**done, "consequences": foreseen}, as_json=as_json, lines=lines)


def _ensure_possible(node: app.Node, organisation: str, module: str, *, enabling: bool) -> None:
    """Check that a module could be switched.

    Raises:
        NotFound: this node has no such module, or there is no such organisation.
        Conflict: something stands against it.
    """
    found = modules.read(node.session, organisation, local_day(node.now))
    if module not in found.modules:
        raise NotFound(_(service.NO_MODULE, mapping={"module": module}))
    hindered = service.obstacle_to_enabling if enabling else service.obstacle_to_disabling
    if obstacle := hindered(node.session, found, module):
        raise Conflict(obstacle)


_switch(
    "enable",
    _("Let an organisation use a module from today on."),
    service.enable,
    _("${code} uses ${title} from today on."),
)
_switch(
    "disable",
    _("End an organisation's use of a module today; its data stay."),
    service.disable,
    _("${code} does not use ${title} any more; its data stay."),
)

for _command in (new, check, show_trace):
    plugin.add_command(_command)

ALL: list[click.Command] = [
    serve,
    worker,
    upgrade,
    doctor,
    backup,
    restore,
    user,
    token,
    audit,
    org,
    person,
    data,
    plugin,
    pack,
    record,
    search,
]
"""What `renda.builtin` registers."""
