"""`renda plugin new|check|trace`: for whoever writes a plugin."""

import sys
from pathlib import Path
from typing import Any

import click

from renda import app
from renda.cli import config_argument, emit, json_option, translator
from renda.developing import scaffold, trace
from renda.developing.checks import look
from renda.developing.subjects import installed
from renda.errors import NotFound
from renda.i18n import _


@click.command(help=_("Write a new plugin, complete, into a folder of its name."))
@click.argument("name")
@click.option("--title", default="", help=_("What its users call it, in Chinese; by default its name."))
@click.option(
    "--dir",
    "folder",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help=_("Where its folder is made; by default here."),
)
@json_option
def new(name: str, title: str, folder: Path, *, as_json: bool) -> None:
    """Write a plugin."""
    made = scaffold.new(name, folder, title)
    line = _("The plugin is in ${path}; its README.md says what comes next.", mapping={"path": str(made)})
    emit({"name": name, "path": str(made)}, as_json=as_json, lines=[translator()(line)])


@click.command(help=_("Say what is wrong with the declarations and files of installed plugins."))
@click.argument("name", required=False)
@json_option
def check(name: str | None, *, as_json: bool) -> None:
    """Exit 1 where anything is wrong."""
    if name is not None and name not in installed():
        raise NotFound(_("No plugin ${name} is installed.", mapping={"name": name}))
    say, lines = translator(), []
    found: dict[str, Any] = {}
    for one in [name] if name else installed():
        subject, problems = look(one)
        said = subject.said if subject else {}
        found[one] = {
            "hooks": {hook: list(trace.names(answer)) for hook, answer in said.items()},
            "problems": [{"where": where, "what": say(what)} for where, what in problems],
        }
        lines += [f"{one}\t{where}\t{say(what)}" for where, what in problems]
        if not problems:
            lines.append(say(_("${name}: nothing is wrong.", mapping={"name": one})))
    sound = not any(one["problems"] for one in found.values())
    emit({"sound": sound, "plugins": found}, as_json=as_json, lines=lines)
    sys.exit(0 if sound else 1)


@click.command("trace", help=_("Every hook that a start of the node calls, who answers what, and how fast."))
@config_argument
@json_option
def show_trace(config: str, *, as_json: bool) -> None:
    """Print the calls in their order."""
    registry = app.load_node(config)
    try:
        calls = trace.trace(registry.declared.components)
    finally:
        registry.engine.dispose()
    emit(
        {"calls": [vars(one) for one in calls]},
        as_json=as_json,
        lines=[
            f"{one.hook}\t{one.component}\t{one.milliseconds:.3f} ms\t{len(one.names)}: {' '.join(one.names)}"
            for one in calls
        ],
    )
