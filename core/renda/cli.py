"""The command `renda`: done, refused and misused are exit codes 0, 1 and 2; a script never sees a prompt."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click
from sqlalchemy.exc import DBAPIError, OperationalError

from renda import __version__, collector, heap, installed, terminal
from renda.errors import Invalid, Misconfigured, RendaError
from renda.i18n import DEFAULT_LOCALE, Translate, Translator, _

_UNDEFINED = frozenset({"42P01", "42703"})
"""PostgreSQL's codes for a table and a column that do not exist."""


LABELS: Mapping[str, str] = {
    "login": _("Login"),
    "name": _("Name"),
    "plugin": _("Plugin"),
    "reason": _("Reason"),
}
"""What an error is about, by its field, where the sentence alone does not say it."""


def language() -> str:
    """The terminal's: Chinese, or what RENDA_LOCALE names."""
    return os.environ.get("RENDA_LOCALE", DEFAULT_LOCALE)


def translator() -> Translator:
    """Words of the terminal, over all installed components that work."""
    return Translator([one.package for one in installed.look().components], language())


def emit(data: Mapping[str, Any], *, as_json: bool, lines: list[str]) -> None:
    """Print a command's result: one JSON object for scripts, or lines for people."""
    click.echo(json.dumps(data, ensure_ascii=False, sort_keys=True) if as_json else "\n".join(lines))


config_argument = click.argument("config")
json_option = click.option("--json", "as_json", is_flag=True, help=_("One JSON object instead of text."))


def main() -> None:
    """Run a command and turn what went wrong into words and an exit code."""
    collector.relax()
    heap.share()
    terminal.speak(language())
    say = translator()
    try:
        terminal.spoken(root(say), say)(prog_name="renda")
    except RendaError as error:
        for line in _told(error, say):
            click.echo(line, err=True)
        sys.exit(2 if isinstance(error, Misconfigured) else 1)
    except DBAPIError as error:
        trouble = _trouble(error)
        if trouble is None:
            raise
        click.echo(say(trouble), err=True)
        sys.exit(1)


def root(say: Translate) -> click.Group:
    """The command `renda`; what is installed and wrong is left out, with a warning."""
    found = installed.look()
    for lack in found.left_out:
        click.echo(say(_("Left out: ${reason}", mapping={"reason": lack.message})), err=True)
    group = click.Group(
        "renda", help=_("One node of a network of people's congresses."), commands=dict(found.commands)
    )
    return click.version_option(__version__)(group)


def _told(error: RendaError, say: Translate) -> Iterator[str]:
    """Sentences about an error, each once; that nothing was saved goes without saying for a command."""
    errors = error.errors if isinstance(error, Invalid) else {}
    if not errors or error.message not in {Invalid.message, *errors.values()}:
        yield say(error.message)
    for field, message in errors.items():
        about = LABELS.get(field)
        named = _("${label}: ${sentence}", mapping={"label": about, "sentence": message})
        yield say(named if about else message)


def _trouble(error: DBAPIError) -> str | None:
    """What the person at the terminal can do about what the database says; None where it is our fault."""
    lacks_table = getattr(error.orig, "sqlstate", "") in _UNDEFINED or "no such " in str(error.orig)
    if lacks_table:
        return _("The tables of the database are not those of this version. Run: renda upgrade CONFIG")
    if isinstance(error, OperationalError):
        return _(
            "The database does not answer, or refuses this. See that it runs, that renda.database_url "
            "leads to it, and that no other program holds it."
        )
    return None
