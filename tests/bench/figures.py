"""A figure, the limit beside it, and what their ratio must be; and how both are timed.

Other processes share the processors, so our runs and the limit's alternate and medians are compared. Only
ratios count: absolute figures are those of one machine on one day.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes:
        ours, limit: medians in `unit`; a limit of None makes the figure information only.
        at_least: the lowest ratio ours / limit that passes, for rates.
        at_most: the highest ratio ours / limit that passes, for durations.
    """

    name: str
    unit: str
    ours: float
    limit: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    beside: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours / limit."""
        return self.ours / self.limit if self.limit else None

    @property
    def holds(self) -> bool:
        """Whether the ratio is what it must be."""
        if self.ratio is None:
            return True
        return (self.at_least is None or self.ratio >= self.at_least) and (
            self.at_most is None or self.ratio <= self.at_most
        )

    def __str__(self) -> str:
        shown = f"{self.name}\n    {number(self.ours)} {self.unit}"
        if self.ratio is None or self.limit is None:
            return f"{shown} (for information)"
        shown += f", beside {number(self.limit)} of {self.beside}: ratio {self.ratio:.2f}"
        if self.at_least is None and self.at_most is None:
            return f"{shown} (for information)"
        required = f"≥ {self.at_least}" if self.at_least is not None else f"≤ {self.at_most}"
        return f"{shown}, required {required}: {'holds' if self.holds else 'FAILS'}"


def number(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def alternate(rounds: Iterable[tuple[Callable[[], object], ...]]) -> tuple[float, ...]:
    """Median seconds of each competitor, when all run in every round, one after the other, in turns."""
    times: list[tuple[float, ...]] = []
    for turn, competitors in enumerate(rounds):
        order = list(enumerate(competitors))
        if turn % 2:
            order.reverse()
        taken = {position: seconds(work) for position, work in order}
        times.append(tuple(taken[position] for position in range(len(competitors))))
    return tuple(median(column) for column in zip(*times, strict=True))
