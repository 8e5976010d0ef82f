"""`renda search …`: the index from the command line."""

import click

from renda.app import open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.directory import readings
from renda.i18n import _
from renda.search.rebuilding import rebuild


@click.group(help=_("The index of search."))
def search() -> None:
    """Commands about search."""


@search.command("rebuild", help=_("Make the index of search anew from the records."))
@config_argument
@json_option
def rebuild_index(config: str, *, as_json: bool) -> None:
    """Rebuild in one transaction; on SQLite others wait with what they write."""
    with open_node(config) as node:
        counts = rebuild(node.session, node.registry.declared)
        readings.rebuild(node.session)
    line = _("${count} records can be found.", mapping={"count": sum(counts.values())})
    emit({"records": counts}, as_json=as_json, lines=[translator()(line)])
