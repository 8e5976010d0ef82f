"""From a township's clerk to the city's total, over two live hops: township, county and city, one process each.

A clerk corrects a report on the page of the township's node. The clock starts as the page is sent, so that
signing and committing are in it, and stops when the city's total shows the figure. A relay that would look
now and then instead of being woken would take its shortest pause, a second, at each hop.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from renda.clock import local_day, system_clock
from renda.indicators.periods import Period, PeriodKind
from renda.tasks import relay
from renda_tiers.rollup.models import RollupCell
from tests.bench import nodes
from tests.bench.figures import Figure
from tests.bench.nodes import COUNTY, TOWN, Chain
from tests.network.running import Running
from tests.tiers import chain as small
from tests.tiers.chain import TYPED
from tests.tiers.web.conftest import submit_form

_FIGURE = "X1"
_WARM = 3


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Corrections one after the other, each begun when the city has shown the one before."""
    rounds = 20 if quick else 100
    with nodes.chain(folder, COUNTY, TOWN) as chain:
        _publish(chain)
        sent, seen = zip(*list(_corrections(chain, _WARM + rounds))[_WARM:], strict=True)
    name, pause = "From a township's page to the city's total, two hops", relay.BUSY.total_seconds() * 1000
    return [
        Figure(f"{name}, p50", "ms", median(seen), pause, at_most=1, beside="the shortest pause of a relay"),
        Figure(f"{name}, p95", "ms", quantiles(seen, n=20)[-1], pause, beside="the same"),
        Figure("The township's page alone, which signs and commits", "ms", median(sent)),
    ]


def _publish(chain: Chain) -> None:
    """A template of one figure that people type and that is never locked, brought down to the township."""
    with chain.nodes[0].work() as session:
        line = small.typed_line(_FIGURE)
        small.typed_template(session, line, now=system_clock(), due_days=None, lock_days=None)
    chain.nodes[1].poke()
    nodes.wait(lambda: len(chain.nodes[2].documents("definition")) > 1)


def _corrections(chain: Chain, count: int) -> Iterator[tuple[float, float]]:
    """Milliseconds until the page was answered, and until the city's total was right."""
    city, _county, town = chain.nodes
    clerk = nodes.person(town, TOWN, "clerk")
    running = Period.of(PeriodKind.BIMONTH, local_day(system_clock()))
    period = Period.of(PeriodKind.BIMONTH, running.start - timedelta(days=1)).code
    for value in range(1, count + 1):
        page = _confirmation(clerk, period, value)
        begin = time.perf_counter()
        answer = submit_form(page, **({"reason": "更正"} if value > 1 else {}))
        answered = time.perf_counter()
        assert answer.status_int == 303, answer
        nodes.wait(partial(_shows, city, period, value), 0.005)
        yield 1000 * (answered - begin), 1000 * (time.perf_counter() - begin)


def _shows(city: Running, period: str, value: int) -> bool:
    return nodes.total(city, [period], RollupCell.template == TYPED) == value


def _confirmation(clerk: Any, period: str, value: int) -> Any:
    """The last page before the report is sent."""
    form = clerk.get(f"/o/{TOWN}/m/tiers/reports/{TYPED}/{period}")
    return submit_form(form, "do=check", **{f"value.{_FIGURE}": str(value)}).follow()
