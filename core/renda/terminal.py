"""The terminal in the reader's language: what click says of itself, and the help of every command.

click marks its messages for gettext, which takes nothing but compiled catalogues that lie in folders; so its
modules are given the `.po` file beside our own, `click.po`, instead.
"""

from copy import copy

import click
from click import core, decorators, exceptions, formatting, parser, types

from renda.i18n import Translate, _, catalogue

MODULES = (core, decorators, exceptions, formatting, parser, types)
"""Those that speak to somebody who types a command; none of ours asks anything."""

_PLACEHOLDER = "…"


def speak(locale: str) -> None:
    """Let click say its own messages in a language, for as long as this process runs."""
    known = catalogue("renda", locale, "click")

    def one(message: str) -> str:
        return known.get(message, message)

    def one_or_many(message: str, many: str, number: int) -> str:
        return known.get(message) or (message if number == 1 else many)

    for module in MODULES:
        vars(module).update({"_": one, "ngettext": one_or_many})


def spoken(command: click.Command, say: Translate) -> click.Command:
    """A command, and all below it, with its help in the reader's language; the one given stays as it is."""
    told = copy(command)
    told.help = say(command.help or "")
    told.options_metavar = say(_("[OPTIONS]"))
    told.params = [_parameter(one, say) for one in command.params]
    if isinstance(told, click.Group) and isinstance(command, click.Group):
        told.subcommand_metavar = say(_("COMMAND [ARGUMENTS]…"))
        told.commands = {name: spoken(one, say) for name, one in command.commands.items()}
    return told


def _parameter(parameter: click.Parameter, say: Translate) -> click.Parameter:
    told = copy(parameter)
    if isinstance(told, click.Option):
        told.help = say(told.help or "")
        if told.metavar is None and not isinstance(told.type, click.Choice):
            told.metavar = _PLACEHOLDER
    return told
