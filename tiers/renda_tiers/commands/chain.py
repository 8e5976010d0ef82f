"""`renda chain …`: proving the ledger, and what follows from it."""

import click

from renda.app import open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.errors import Conflict
from renda.i18n import _
from renda_tiers.documents import ledger


@click.group(help="The ledger of signed documents.")
def chain() -> None:
    """Commands about the ledger."""


@chain.command(help="Hash and verify every stored document, signature and part; names each bad row.")
@config_argument
@json_option
def verify(config: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Exit 1 where anything is not as its origin signed it."""
    with open_node(config) as node:
        faults = ledger.verify(node.session)
    say = translator()
    sound = say(_("Every stored document is as it was signed."))
    emit({"faults": faults}, as_json=as_json, lines=faults or [sound])
    if faults:
        raise Conflict(_("${count} rows are not as they were signed.", mapping={"count": len(faults)}))


@chain.command(help="Make every verdict and every table that follows from the ledger anew.")
@config_argument
@json_option
def rebuild(config: str, as_json: bool) -> None:  # noqa: FBT001 - click
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
