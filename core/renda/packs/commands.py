"""`renda pack …`: practice packs, checked, installed, switched, and written to a file."""

from pathlib import Path
from typing import Any

import click

from renda.app import open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_day
from renda.directory import modules, service
from renda.errors import NotFound
from renda.i18n import _
from renda.packs import keeping, shipped
from renda.packs.declared import Pack
from renda.packs.reading import read

org_option = click.option("--org", "organisation", required=True, help=_("Code of the organisation."))


@click.group(help=_("Practice packs: local practice as data."))
def pack() -> None:
    """Commands about packs."""


def _found(file: str) -> Pack:
    """The pack of a file, or the shipped one of this name."""
    path = Path(file)
    if not path.exists() and file in shipped.packs():
        return shipped.packs()[file]
    if not path.is_file():
        names = ", ".join(shipped.packs())
        raise NotFound(
            _("There is no file ${file}. Shipped are: ${names}.", mapping={"file": file, "names": names})
        )
    return read(path.read_bytes(), path.name)


def _told(one: Pack) -> dict[str, Any]:
    return {
        "id": one.name,
        "version": one.version,
        "title": one.module.title,
        "registers": [kind.title for kind in one.record_types],
        "indicators": [it.code for it in one.indicators],
        "reports": [it.title for it in one.templates],
    }


def _line(one: Pack) -> str:
    return translator()(
        _(
            "${title} (${name}, version ${version}): ${registers} registers, ${indicators} figures.",
            mapping={
                "title": one.module.title,
                "name": one.name,
                "version": one.version,
                "registers": len(one.record_types),
                "indicators": len(one.indicators),
            },
        )
    )


@pack.command(help=_("Look through the file of a pack, and say what is wrong where."))
@click.argument("file")
@json_option
def check(file: str, *, as_json: bool) -> None:
    """Read a file; changes nothing."""
    one = _found(file)
    emit(_told(one), as_json=as_json, lines=[_line(one)])


@pack.command("list", help=_("Packs of an organisation, and those that are shipped."))
@config_argument
@org_option
@json_option
def list_packs(config: str, organisation: str, *, as_json: bool) -> None:
    """Print the packs that an organisation has, and those it could install."""
    with open_node(config) as node:
        rows = keeping.held(node.session, organisation)
        used = modules.read(node.session, organisation, local_day(node.now)).in_use
        known = node.registry.declared.packs
    told = {
        row.name: {
            "title": known[row.name].module.title,
            "version": known[row.name].version,
            "enabled": row.name in used,
            "from": row.given_by,
        }
        for row in rows
    }
    rest = [name for name in shipped.packs() if name not in told]
    lines = [
        f"{'*' if one['enabled'] else '-'} {name}\t{one['title']}\t{one['version']}\t{one['from']}"
        for name, one in told.items()
    ]
    lines += [f"  {name}\t{shipped.packs()[name].module.title}" for name in rest]
    emit({"packs": told, "shipped": rest}, as_json=as_json, lines=lines)


@pack.command(help=_("Give an organisation the pack of a file, or a shipped one by its name."))
@config_argument
@click.argument("file")
@org_option
@json_option
def install(config: str, file: str, organisation: str, *, as_json: bool) -> None:
    """Install a pack; nothing uses it before it is enabled."""
    one = _found(file)
    with open_node(config) as node:
        keeping.install(node.session, organisation, one, actor=None, now=node.now)
        note = translator()(keeping.of_another(node.session, organisation, one))
    lines = [_line(one), *([note] if note else [])]
    emit({**_told(one), "note": note}, as_json=as_json, lines=lines)


@pack.command(help=_("Write the pack of an organisation into a file."))
@config_argument
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@org_option
@json_option
def export(config: str, name: str, file: Path, organisation: str, *, as_json: bool) -> None:
    """Write exactly the text that was installed."""
    with open_node(config) as node:
        one = keeping.exported(node.session, organisation, name)
    file.write_bytes(one.text.encode())
    emit({**_told(one), "path": str(file)}, as_json=as_json, lines=[_line(one)])


def _switch(name: str, explanation: str, change: Any, told: str) -> None:
    @pack.command(name, help=explanation)
    @config_argument
    @click.argument("pack_name", metavar="NAME")
    @org_option
    @json_option
    def switch(config: str, pack_name: str, organisation: str, *, as_json: bool) -> None:
        with open_node(config) as node:
            one = keeping.exported(node.session, organisation, pack_name)
            change(node.session, organisation, one.name, local_day(node.now))
        done = {"pack": one.name, "organisation": organisation, "done": name}
        line = _(told, mapping={"title": one.module.title, "code": organisation})
        emit(done, as_json=as_json, lines=[translator()(line)])


_switch(
    "enable",
    _("Let an organisation use a pack from today on."),
    service.enable,
    _("${code} uses ${title} from today on."),
)
_switch(
    "disable",
    _("End an organisation's use of a pack today; its records stay."),
    service.disable,
    _("${code} does not use ${title} any more; its data stay."),
)
