"""Figures that are divided only when shown: ratios, means, rates and the shares of a column.

Rates do not add up (60 of 100 and 1 of 1 is 60.4 %, not 80 %), so what travels and folds is the numerator and
the denominator, each by its own kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from renda.errors import Invalid
from renda.i18n import _
from renda.indicators.folds import Folded
from renda.indicators.kinds import Qualifier

PERCENT = 10_000
"""Scale that shows a ratio as a percentage with two decimals: 1/3 is 3333, "33.33 %"."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A quotient for display, with what it was made from.

    Attributes:
        numerator: in its indicator's smallest unit.
        denominator: likewise; never 0.
        scale: what the quotient is multiplied by before it is rounded.
        qualifier: how exactly the quotient is known.
    """

    numerator: int
    denominator: int
    scale: int
    qualifier: Qualifier

    @property
    def value(self) -> int:
        """The scaled quotient as a whole number, a half rounded away from zero (四舍五入)."""
        whole, rest = divmod(abs(self.numerator) * self.scale, abs(self.denominator))
        rounded = whole + (2 * rest >= abs(self.denominator))
        return rounded if (self.numerator < 0) == (self.denominator < 0) else -rounded


def ratio(numerator: Folded, denominator: Folded, scale: int = PERCENT) -> Ratio | None:
    """The quotient of two folds; None where one of them has no value or the denominator is 0.

    It is as weak as its weakest part, and "about" where the denominator is "at least": a larger denominator
    makes a smaller quotient, so nothing is bounded from below.
    """
    if numerator.value is None or not denominator.value:
        return None
    bounded = denominator.qualifier is Qualifier.EXACT
    qualifier = numerator.qualifier if bounded else Qualifier.ABOUT
    return Ratio(numerator.value, denominator.value, scale, qualifier)


def percentages(parts: Sequence[int], whole: int = PERCENT) -> list[int] | None:
    """The share of each part in their total, in hundredths of a percent, by the largest remainder.

    The shares always add up to `whole`, 100.00 %; of equal remainders the earlier part is rounded up. None
    where the total is 0.

    Raises:
        Invalid: a part is negative.
    """
    if any(part < 0 for part in parts):
        raise Invalid({"parts": _("A share of a negative part cannot be shown.")})
    return apportioned(whole, parts) if sum(parts) else None


def apportioned(whole: int, parts: Sequence[int]) -> list[int]:
    """A whole divided in proportion to the parts, exact to the last one, by the largest remainder."""
    total = sum(parts)
    shares = [whole * part // total for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: -(whole * parts[i] % total))
    for i in by_remainder[: whole - sum(shares)]:
        shares[i] += 1
    return shares
