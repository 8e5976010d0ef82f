"""The list of a congress's deputies as a table: who holds which seat since when."""

import re
from datetime import date
from pathlib import Path

from renda.directory import sheets
from renda.directory.persons import Seated
from renda.errors import Invalid
from renda.i18n import _
from renda.records.kinds import Rejected
from renda.records.quantities import Day

NEEDED = ("name", "identity")
"""Columns that a list must have."""

OTHERS = ("seat", "constituency", "starts_on")
"""Columns that a list may have."""

_DAY = Day("")
_SEAT = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_ROUNDED = re.compile(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", re.ASCII | re.IGNORECASE)
"""What a spreadsheet makes of eighteen digits that it takes for a number."""


def read_csv(source: Path | bytes | str, since: date) -> list[Seated]:
    """The persons of a list, in its order; those without a first day begin on `since`.

    Args:
        source: see `sheets.rows`.
        since: first day of the mandates whose line names none.

    Raises:
        Invalid: with one sentence per wrong line, by its number in the file (at most `MOST_ERRORS`).
        OSError: the path cannot be read.
    """
    errors: dict[str, str] = {}
    found: list[Seated] = []
    for line, row in sheets.rows(source, NEEDED, OTHERS):
        try:
            found.append(_seated(line, row, since))
        except Rejected as error:
            errors[f"line {line}"] = error.message
    if errors:
        raise Invalid(
            dict(list(errors.items())[: sheets.MOST_ERRORS]),
            _("The list of persons needs correction. Nothing was imported."),
        )
    return found


def _seated(line: int, row: dict[str, str], since: date) -> Seated:
    if not row["name"]:
        raise Rejected(_("The name is missing."))
    if not row["identity"]:
        raise Rejected(_("The identity is missing."))
    if _ROUNDED.fullmatch(row["identity"]):
        raise Rejected(_("The spreadsheet has rounded the identity; format the column as text."))
    if row["seat"] and not _SEAT.fullmatch(row["seat"]):
        raise Rejected(_("The seat must be a whole number from 1 on."))
    return Seated(
        line,
        row["name"],
        row["identity"],
        starts_on=_DAY.read(row["starts_on"]) if row["starts_on"] else since,
        seat=int(row["seat"]) if row["seat"] else None,
        constituency=row["constituency"],
    )
