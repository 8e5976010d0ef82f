"""`renda chain …`: proving the ledger, and what follows from it."""

from pathlib import Path

import click

from renda.app import load_node, open_node, unit_of_work
from renda.cli import config_argument, emit, json_option, translator
from renda.errors import Conflict
from renda.i18n import _
from renda_tiers.documents import ledger
from renda_tiers.links import entering, state
from renda_tiers.links.transports import file


@click.group(help=_("The ledger of signed documents."))
def chain() -> None:
    """Commands about the ledger."""


@chain.command(help=_("Hash and verify every stored document, signature and part; names each bad row."))
@config_argument
@json_option
def verify(config: str, *, as_json: bool) -> None:
    """Exit 1 where anything is not as its origin signed it."""
    with open_node(config) as node:
        faults = ledger.verify(node.session)
    say = translator()
    sound = say(_("Every stored document is as it was signed."))
    emit({"faults": faults}, as_json=as_json, lines=faults or [sound])
    if faults:
        raise Conflict(_("${count} rows are not as they were signed.", mapping={"count": len(faults)}))


@chain.command(help=_("Make every verdict and every table that follows from the ledger anew."))
@config_argument
@json_option
def rebuild(config: str, *, as_json: bool) -> None:
    """Tell which tables were not as the ledger says; they are now."""
    with open_node(config) as node:
        before = ledger.projections(node.session)
        count = ledger.rebuild(node.session)
        after = ledger.projections(node.session)
    changed = [name for name in after if before[name] != after[name]]
    say = translator()
    line = say(
        _(
            "${count} documents judged anew; tables that changed: ${tables}.",
            mapping={"count": count, "tables": ", ".join(changed) or "-"},
        )
    )
    emit({"documents": count, "changed": changed}, as_json=as_json, lines=[line])


@chain.command(help=_("Call the node above now, until neither end has anything more to say."))
@config_argument
@json_option
def sync(config: str, *, as_json: bool) -> None:
    """Exit 1 where a link is not level afterwards."""
    registry, say = load_node(config), translator()
    try:
        entering.catch_up(registry)
        with unit_of_work(registry) as session:
            found = state.of(session, registry.clock())
    finally:
        registry.engine.dispose()
    apart = [link.peer for link in found.links if link.role == "parent" and link.state != state.LEVEL]
    line = say(_("Level with the node above."))
    emit({"level": not apart}, as_json=as_json, lines=[] if apart else [line])
    if apart:
        raise Conflict(_("Not level with ${codes}.", mapping={"codes": ", ".join(apart)}))


@chain.command("export", help=_("Write what a peer is to get into a file, for where there is no connection."))
@config_argument
@click.argument("path", type=click.Path(dir_okay=False))
@click.option("--peer", required=True, help=_("Code of the organisation at the top of the other node."))
@json_option
def export_(config: str, path: str, peer: str, *, as_json: bool) -> None:
    """Write one message."""
    with open_node(config) as node:
        data = file.write(node.session, peer, now=node.now)
        left = {link.peer: link.waiting for link in state.of(node.session, node.now).links}[peer]
    Path(path).write_bytes(data)
    values = {"size": len(data), "left": left, "peer": peer}
    line = _(
        "${size} bytes written; ${left} documents wait until ${peer} has confirmed them.", mapping=values
    )
    emit(values, as_json=as_json, lines=[translator()(line)])


@chain.command("import", help=_("Take in a file that a peer has written."))
@config_argument
@click.argument("path", type=click.Path(exists=True, dir_okay=False))
@json_option
def import_(config: str, path: str, *, as_json: bool) -> None:
    """Take in one message; safe to repeat."""
    data = Path(path).read_bytes()
    with open_node(config) as node:
        peer, count, _got = file.read(node.session, data, now=node.now)
    line = _("${count} documents of ${peer} taken in.", mapping={"count": count, "peer": peer})
    emit({"peer": peer, "documents": count}, as_json=as_json, lines=[translator()(line)])
