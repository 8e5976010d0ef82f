"""`renda person …`: deputies and their seats from the command line."""

from datetime import datetime
from pathlib import Path

import click

from renda.app import open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_day
from renda.directory import persons, roll
from renda.i18n import _


@click.group(help="Deputies and their seats.")
def person() -> None:
    """Commands about persons."""


@person.command("import", help="Give the persons of a CSV file (name, identity, …) a seat in a congress.")
@config_argument
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--org", "organisation", required=True, help="Code of the congress.")
@click.option("--term", required=True, type=click.IntRange(min=1), help="Number of the term, such as 19.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of those whose line names none; by default 1 January.",
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
        first = since.date() if since else local_day(node.now).replace(month=1, day=1)
        seated = roll.read_csv(Path(file), first)
        added = persons.add_mandates(node.session, organisation, term, seated, now=node.now)
    counts = {"new": added.new, "unchanged": added.unchanged}
    told = _("${new} new, ${unchanged} unchanged.", mapping=counts)
    emit({"organisation": organisation, "term": term, **counts}, as_json=as_json, lines=[translator()(told)])


@person.command("list", help="Deputies who hold a seat in a congress today.")
@config_argument
@click.option("--org", "organisation", required=True, help="Code of the congress.")
@json_option
def list_persons(config: str, organisation: str, as_json: bool) -> None:  # noqa: FBT001 - click
    """Print the deputies in office."""
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
    lines = ["\t".join(str(value) for value in one.values()) for one in found]
    emit({"persons": found}, as_json=as_json, lines=lines)
