"""`renda directive …`: what a body's pages do with directives, for scripts. `--org` says in whose name."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import select

from renda.app import Node, open_node
from renda.cli import config_argument, emit, json_option
from renda.clock import local_day
from renda.errors import NotFound
from renda.i18n import _
from renda_tiers.commands import told
from renda_tiers.commands.reports import org_option, reason_option
from renda_tiers.directives import answers, boards, bodies, decisions, endings, held, lists, orders
from renda_tiers.directives.answers import Answering
from renda_tiers.directives.files import File
from renda_tiers.directives.models import TargetProgress
from renda_tiers.directives.orders import Order
from renda_tiers.directives.requirements import Figure, Requirement
from renda_tiers.directives.selections import Selection

_F = TypeVar("_F", bound=Callable[..., Any])

directive_argument = click.argument("directive")
files_option = click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help=_("A file to attach."),
)
of_option = click.option("--of", "targets", multiple=True, required=True, help=_("Code of a target."))
due_option = click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help=_("The last day."))
text_option = click.option("--text", default="", help=_("What is to be done."))
step_option = click.option("--step", "steps", multiple=True, help=_("A step that every target must do."))


def selecting(command: _F) -> _F:
    """The options that say whom a directive is for."""
    for option in (
        click.option("--module", default="", help=_("Only those that use this module.")),
        click.option("--list", "saved", default="", help=_("Name of a saved list.")),
        click.option("--to", "codes", multiple=True, help=_("Code of a target; else all children.")),
        click.option("--tier", default="", help=_("All of a tier below.")),
    ):
        command = option(command)
    return command


def _selection(codes: Sequence[str], tier: str, saved: str, module: str) -> Selection:
    if codes or saved:
        return Selection(bodies.LIST, name=saved, codes=tuple(codes))
    return Selection(bodies.TIER if tier else bodies.CHILDREN, tier=tier, module=module)


def _files(paths: Sequence[str]) -> list[File]:
    return [File(Path(one).name, Path(one).read_bytes()) for one in paths]


@click.group(help=_("Tasks from above."))
def directive() -> None:
    """Commands about directives."""


@directive.command(help=_("Set organisations below a task: all children, unless others are named."))
@config_argument
@org_option
@click.option("--title", required=True, help=_("What it is about."))
@text_option
@due_option
@click.option("--days", type=int, help=_("The last day, in working days from today."))
@step_option
@selecting
@click.option("--report", "template", default="", help=_("Code of a report template that it asks for."))
@click.option("--period", default="", help=_("The period that the report is about."))
@click.option(
    "--figure", "figures", multiple=True, metavar="TITLE[|UNIT[|KIND]]", help=_("A figure that it asks for.")
)
@files_option
@json_option
def issue(*, config: str, organisation: str, due: datetime | None, as_json: bool, **said: Any) -> None:
    """Issue a directive."""
    chosen = _selection(said["codes"], said["tier"], said["saved"], said["module"])
    report = None
    if said["template"] or said["figures"]:
        figures = tuple(Figure(*one.split("|")) for one in said["figures"])
        report = Requirement(said["period"], said["template"], figures)
    order = Order(
        said["title"],
        said["text"],
        due.date() if due else None,
        said["days"],
        said["steps"],
        report,
        chosen,
    )
    with open_node(config) as node:
        found = orders.issue(
            node.session, organisation, order, _files(said["files"]), actor=None, now=node.now
        )
    told.directive(found, as_json=as_json)


@directive.command(
    help=_("Break a directive down to organisations below: its words and steps, and what is added.")
)
@config_argument
@directive_argument
@org_option
@text_option
@due_option
@step_option
@selecting
@click.option("--no-report", is_flag=True, help=_("Do not ask them for the report, too."))
@files_option
@json_option
def assign(
    *, config: str, directive: str, organisation: str, due: datetime | None, as_json: bool, **said: Any
) -> None:
    """Assign a directive."""
    chosen = _selection(said["codes"], said["tier"], said["saved"], said["module"])
    with open_node(config) as node:
        outer = held.find(node.session, directive, organisation)
        order = orders.inherited(outer, chosen, due=due.date() if due else None, text=said["text"])
        order = replace(order, steps=(*order.steps, *said["steps"]))
        if said["no_report"]:
            order = replace(order, report=None)
        found = orders.issue(
            node.session,
            organisation,
            order,
            _files(said["files"]),
            parent=directive,
            actor=None,
            now=node.now,
        )
    told.directive(found, as_json=as_json)


@directive.command(
    help=_("Print a directive's board, or without one all that an organisation issued and got.")
)
@config_argument
@click.argument("directive", required=False)
@org_option
@json_option
def show(*, config: str, directive: str | None, organisation: str, as_json: bool) -> None:
    """Show a directive."""
    with open_node(config) as node:
        today = local_day(node.now)
        if directive is None:
            sides = {"issued": lists.issued, "received": lists.received}
            told.lists(
                {name: side(node.session, organisation, today)[0] for name, side in sides.items()},
                as_json=as_json,
            )
            return
        found = held.find(node.session, directive, organisation)
        board = boards.board(node.session, organisation, directive, today)
    told.board(found, board, as_json=as_json)


@directive.command(help=_("Answer a directive: acknowledge it, say how far it is, or that all is done."))
@config_argument
@directive_argument
@org_option
@click.option("--state", type=click.Choice(bodies.ANSWERS[1:]), required=True, help=_("How far it is."))
@click.option("--note", default="", help=_("What was done."))
@click.option("--step", "steps", type=int, multiple=True, help=_("Number of a step that is done, from 1."))
@files_option
@json_option
def respond(
    *,
    config: str,
    directive: str,
    organisation: str,
    state: str,
    note: str,
    steps: tuple[int, ...],
    files: tuple[str, ...],
    as_json: bool,
) -> None:
    """Respond to a directive."""
    said = Answering(state, note, tuple(one - 1 for one in steps), _files(files))
    with open_node(config) as node:
        document = answers.respond(node.session, organisation, directive, said, actor=None, now=node.now)
    emit({"response": document.hex(), "state": state}, as_json=as_json, lines=[document.hex()])


@directive.command(help=_("Verify that targets have done what was asked."))
@config_argument
@directive_argument
@org_option
@of_option
@json_option
def verify(
    *, config: str, directive: str, organisation: str, targets: tuple[str, ...], as_json: bool
) -> None:
    """Verify responses."""
    _decide(config, directive, organisation, targets, decision=bodies.VERIFY, as_json=as_json)


@directive.command("return", help=_("Return responses that are not enough, with a reason."))
@config_argument
@directive_argument
@org_option
@of_option
@reason_option
@json_option
def send_back(
    *,
    config: str,
    directive: str,
    organisation: str,
    targets: tuple[str, ...],
    reason: str,
    as_json: bool,
) -> None:
    """Return responses."""
    _decide(config, directive, organisation, targets, decision=bodies.RETURN, reason=reason, as_json=as_json)


def _decide(
    config: str,
    directive: str,
    organisation: str,
    targets: Sequence[str],
    *,
    decision: str,
    reason: str = "",
    as_json: bool,
) -> None:
    with open_node(config) as node:
        documents = decisions.decide(
            node.session,
            organisation,
            directive,
            _last(node, directive, targets),
            decision,
            reason=reason,
            actor=None,
            now=node.now,
        )
    found = {code: document.hex() for code, document in zip(targets, documents, strict=True)}
    emit(
        {"decision": decision, "verifications": found},
        as_json=as_json,
        lines=[f"{code}\t{decision}\t{document}" for code, document in found.items()],
    )


def _last(node: Node, directive: str, targets: Sequence[str]) -> list[bytes]:
    """The last words of targets, in order."""
    rows = node.session.execute(
        select(TargetProgress.organisation, TargetProgress.response).where(
            TargetProgress.subject == directive, TargetProgress.organisation.in_(targets)
        )
    )
    found = {row.organisation: row.response for row in rows if row.response is not None}
    if set(targets) - found.keys():
        raise NotFound(_("There is no such response."))
    return [found[code] for code in targets]


@directive.command(help=_("Close a directive once all is verified, or with a reason; or cancel it."))
@config_argument
@directive_argument
@org_option
@reason_option
@click.option("--cancel", "cancelled", is_flag=True, help=_("Take it back instead."))
@files_option
@json_option
def close(
    *,
    config: str,
    directive: str,
    organisation: str,
    reason: str,
    cancelled: bool,
    files: tuple[str, ...],
    as_json: bool,
) -> None:
    """Close a directive."""
    with open_node(config) as node:
        when: dict[str, Any] = {"reason": reason, "actor": None, "now": node.now}
        if cancelled:
            found = endings.cancel(node.session, organisation, directive, **when)
        else:
            found = endings.close(node.session, organisation, directive, files=_files(files), **when)
    told.directive(found, as_json=as_json)
