"""Catalogues of messages: what a component says, and the `.po` files that translators fill in.

`python -m renda.messages PACKAGE` brings the package's catalogues up to date: new messages are added empty,
those that are no longer said are dropped, translations stay.
"""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from renda.i18n import DOMAIN

METHODS = [("**.py", "python"), ("**.jinja2", "jinja2")]
KEYWORDS: Mapping[str, Any] = {"_": None}
TRANSLATED = ("zh_Hans",)
"""English is what the code says."""


def said(package: str, keywords: Mapping[str, Any] = KEYWORDS) -> Catalog:
    """Every message in the Python modules and templates of a package, marked by one of `keywords`."""
    root = Path(str(resources.files(package)))
    catalog = Catalog(domain=DOMAIN, fuzzy=False)
    found = extract_from_dir(str(root), METHODS, keywords=dict(keywords), strip_comment_tags=True)
    for name, _line, message, _comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalog.add(message, locations=[(name, 0)], context=context)
    return catalog


def path(package: str, locale: str) -> Path:
    """Where a package keeps its catalogue of a locale."""
    return Path(str(resources.files(package))) / "locale" / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def translated(package: str, locale: str) -> Catalog:
    """The catalogue of a package in a locale; empty where it has none."""
    file = path(package, locale)
    if not file.exists():
        return Catalog(locale=locale, domain=DOMAIN, fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=locale)


def refresh(package: str, locale: str) -> list[str]:
    """Bring a catalogue up to date; the messages that are not translated."""
    wanted, held = said(package), translated(package, locale)
    fresh = Catalog(locale=locale, domain=DOMAIN, fuzzy=False)
    for message in wanted:
        if message.id:
            known = held.get(message.id)
            added = fresh.add(message.id, known.string if known else "", locations=message.locations)
            # Babel takes ${name} for Python's braces, and would refuse a translation without them.
            added.flags.clear()
    file = path(package, locale)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, fresh, sort_output=True, omit_header=True, include_lineno=False, width=100)
    return [str(message.id) for message in fresh if message.id and not message.string]


@click.command()
@click.argument("packages", nargs=-1, required=True)
def main(packages: tuple[str, ...]) -> None:
    """Bring the catalogues of PACKAGES up to date and print what is not translated."""
    for package in packages:
        for locale in TRANSLATED:
            for message in refresh(package, locale):
                click.echo(f"{package} {locale}: {message}")


if __name__ == "__main__":
    main()
