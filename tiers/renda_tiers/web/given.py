"""What an address or a form gives, read so that nothing of another shape reaches the pages behind it."""

from collections.abc import Mapping
from typing import Any

from renda.errors import Invalid
from renda.i18n import _
from renda.indicators.periods import Period
from renda_tiers.directives.files import File

YEARS = range(1900, 2201)
"""Years that reports are about; days before and after them cannot always be counted from."""


def text(fields: Mapping[str, Any], name: str) -> str:
    """A text without blanks around it; "" where none was sent, or a file in its place."""
    value = fields.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def texts(fields: Any, name: str) -> frozenset[str]:
    """All texts that were sent by this name."""
    return frozenset(value for value in fields.getall(name) if isinstance(value, str))


def files(fields: Any, name: str) -> list[File]:
    """The files that were sent by this name, each in memory; what was left empty is none."""
    sent = [one for one in fields.getall(name) if getattr(one, "filename", "")]
    return [File(str(one.filename), one.file.read()) for one in sent]


def period(code: str) -> Period:
    """The period of a code.

    Raises:
        Invalid: there is no such period, or it lies outside of `YEARS`.
    """
    found = Period.parse(code)
    if found.start.year not in YEARS or found.end.year not in YEARS:
        years = {"first": YEARS[0], "last": YEARS[-1]}
        message = _("Reports are about the years ${first} to ${last}.", mapping=years)
        raise Invalid({"period": message}, message)
    return found
