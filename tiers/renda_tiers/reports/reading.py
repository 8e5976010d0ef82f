"""What people type for a figure, read as they mean it: 3.5万, 约35000, ≥90, 1,200, full-width digits."""

import re
import unicodedata
from fractions import Fraction

from renda.errors import Invalid
from renda.i18n import _
from renda.indicators.kinds import Qualifier, WrongUnit

_FIGURE = re.compile(
    r"(?P<before>约为?|大约|大概|近|将近|[~≈]|>=|≥|不少于|不低于|至少|超过?|>)?"
    r"(?P<number>[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,9})?)"
    r"(?P<some>[余多])?(?P<scale>[百千万亿]{0,4})(?P<more>[余多])?"
    r"(?P<after>以上|及以上|左右|上下|\+)?"
    r"(?P<unit>.*)"
)
_AT_LEAST = frozenset(
    {">=", "≥", "不少于", "不低于", "至少", "超", "超过", ">", "以上", "及以上", "+", "余", "多"}
)
_SCALES = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_MOST_DIGITS = 18
"""Digits of a number before its scale; longer ones are no counts, and cost time to read."""

TOO_LARGE = _("This number is too large.")
_NO_FIGURE = _("Write a whole number such as 1200, 3.5万, 约35000 or ≥90.")
_NO_FRACTION = _("Only whole numbers are reported; leave out the decimal places.")
_NO_UNIT = _("Write the number alone, in the figure's own unit.")


def read_figure(text: str) -> tuple[int, Qualifier]:
    """A number, and how exactly it is known.

    Words that say "more than" make it at least that much; words that say "about" or "nearly" make it about.

    Raises:
        WrongUnit: a unit or anything else follows the number.
        Invalid: it is no number, not a whole one, or one of more digits than anything has that is counted.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    found = _FIGURE.fullmatch(plain)
    if found is None or re.search(r"[0-9]", found["unit"]):
        # 1e5, 12-13 or 1,2: digits go on after what could be read, so that it is no unit that follows.
        raise Invalid({"value": _NO_FIGURE}, _NO_FIGURE)
    if len(re.sub(r"\..*|[^0-9]", "", found["number"])) > _MOST_DIGITS:
        raise Invalid({"value": TOO_LARGE}, TOO_LARGE)
    if found["unit"]:
        raise WrongUnit({"value": _NO_UNIT}, _NO_UNIT, unit=found["unit"][:40])
    value = Fraction(found["number"].replace(",", ""))
    for sign in found["scale"]:
        value *= _SCALES[sign]
    if value.denominator != 1:
        raise Invalid({"value": _NO_FRACTION}, _NO_FRACTION)
    signs = {found[name] for name in ("before", "some", "more", "after")} - {None}
    if signs - _AT_LEAST:
        return int(value), Qualifier.ABOUT
    return int(value), Qualifier.AT_LEAST if signs else Qualifier.EXACT
