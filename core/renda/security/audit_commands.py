"""`renda audit …`: the audit trail from the command line."""

import sys

import click

from renda.app import load_node, unit_of_work
from renda.cli import config_argument, emit, json_option, translator
from renda.i18n import _
from renda.security import trail


@click.group(help=_("The audit trail."))
def audit() -> None:
    """Commands about the audit trail."""


@audit.command(help=_("Walk the whole audit trail, and name the first entry that is not as it was written."))
@config_argument
@json_option
def verify(config: str, *, as_json: bool) -> None:
    """Exit 1 where anything is wrong. The digest may be printed and kept: it vouches for all before it."""
    registry, say = load_node(config), translator()
    try:
        with unit_of_work(registry, reading=True) as session:
            found = trail.verify(session)
    finally:
        registry.engine.dispose()
    since = found.since.isoformat() if found.since else "-"
    values = {"count": found.count, "since": since, "digest": found.digest.hex()}
    line = say(
        _("${count} entries since ${since} are as they were written; digest ${digest}.", mapping=values)
    )
    wrong = say(found.wrong) if found.wrong else ""
    result = {"whole": not wrong, "wrong": wrong, **values}
    emit(result, as_json=as_json, lines=[*filter(None, [line, wrong])])
    sys.exit(1 if wrong else 0)
