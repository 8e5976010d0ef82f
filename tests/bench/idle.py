"""How often an idle parent and an idle child wake: no timer of theirs is shorter than half a minute.

Counted are the times that any thread of either process runs at all, by the context switches that the system
counts for it. Two threads of each wait with a timer, the server's loop and the relay; a call of the child,
one a minute, wakes two threads of its parent. Each may happen once more than its time goes into the period.
"""

import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from renda.tasks import relay
from renda_tiers.links import answering
from tests.bench import nodes
from tests.bench.figures import Figure
from tests.bench.nodes import COUNTY
from tests.network.running import Running

_LOOK = 0.25
"""Seconds between two looks; what a thread does within them, or in looks one after the other, is one wake-up."""


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Three minutes (quick: one) of a pair to which nothing happens."""
    period = 60 if quick else 180
    with nodes.chain(folder, COUNTY) as chain:
        woken = _wake_ups(chain.nodes, period)
    timers, calls = 4 * (period / relay.IDLE.total_seconds() + 1), 2 * (period / answering.PACE + 1)
    return [
        Figure(
            f"Wake-ups of an idle parent and its child in {period} s",
            "times",
            woken,
            timers + calls,
            at_most=1,
            beside="timers of half a minute and a call a minute",
        )
    ]


def _wake_ups(pair: list[Running], period: float) -> int:
    deadline = time.monotonic() + period
    looks = [_switches(pair)]
    while time.monotonic() < deadline:
        time.sleep(_LOOK)
        looks.append(_switches(pair))
    ran = [after - before for before, after in pairwise(looks)]
    return len(ran[0]) + sum(len(now.keys() - before.keys()) for before, now in pairwise(ran))


def _switches(pair: list[Running]) -> Counter[str]:
    """How often each thread of the processes has been given up a processor so far."""
    found: Counter[str] = Counter()
    for node in pair:
        assert node.process is not None
        for thread in Path(f"/proc/{node.process.pid}/task").iterdir():
            for line in (thread / "status").read_text().splitlines():
                if "ctxt_switches" in line:
                    found[thread.name] += int(line.split()[1])
    return found
