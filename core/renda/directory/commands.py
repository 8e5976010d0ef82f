"""`renda person …`: deputies and their seats from the command line."""

from datetime import datetime
from pathlib import Path

import click

from renda.app import open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_day
from renda.directory import persons, roll, terms
from renda.directory.strokes import official
from renda.i18n import _


@click.group(help=_("Deputies and their seats."))
def person() -> None:
    """Commands about persons."""


@person.command("import", help=_("Give the persons of a CSV file (name, identity, …) a seat in a congress."))
@config_argument
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--org", "organisation", required=True, help=_("Code of the congress."))
@click.option("--term", required=True, type=click.IntRange(min=1), help=_("Number of the term, such as 19."))
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help=_("First day of those whose line names none; by default that of the term, or else 1 January."),
)
@json_option
def import_persons(  # noqa: PLR0917 - click passes every option by name
    config: str,
    file: str,
    organisation: str,
    term: int,
    since: datetime | None,
    as_json: bool,  # noqa: FBT001 - click
) -> None:
    """Add persons and mandates; safe to repeat."""
    with open_node(config) as node:
        entered = terms.find(node.session, organisation, term)
        first = local_day(node.now).replace(month=1, day=1) if entered is None else entered.starts_on
        if since:
            first = since.date()
        seated = roll.read_csv(Path(file), first)
        added = persons.add_mandates(node.session, organisation, term, seated, now=node.now)
    counts = {"new": added.new, "unchanged": added.unchanged}
    told = _("${new} new, ${unchanged} unchanged.", mapping=counts)
    emit({"organisation": organisation, "term": term, **counts}, as_json=as_json, lines=[translator()(told)])


@person.command("list", help=_("Deputies who hold a seat in a congress today."))
@config_argument
@click.option("--org", "organisation", required=True, help=_("Code of the congress."))
@click.option("--strokes", is_flag=True, help=_("In stroke order of surnames, as official lists are."))
@json_option
def list_persons(config: str, organisation: str, *, strokes: bool, as_json: bool) -> None:
    """Print the deputies in office, by seat or by name."""
    with open_node(config) as node:
        found = [
            {
                "term": mandate.term,
                "seat": mandate.seat,
                "name": one.name,
                "constituency": mandate.constituency,
                "starts_on": mandate.starts_on.isoformat(),
            }
            for mandate, one in persons.seats(node.session, organisation, local_day(node.now))
        ]
    if strokes:
        found.sort(key=lambda one: official(str(one["name"])))
    lines = ["\t".join(str(value) for value in one.values()) for one in found]
    emit({"persons": found}, as_json=as_json, lines=lines)
