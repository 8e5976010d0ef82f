"""10,000 reports that wait at a county's node, drained to its city's over HTTP: how long, and in how much memory.

They are those of its townships for ten years, with six corrections of each. Memory is what the system counts
for each of the two processes: at most while they drain, and how much of it came on top.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import func, select

from renda_tiers.documents.envelope import Signed
from renda_tiers.documents.models import LedgerDocument
from renda_tiers.documents.payload import digest
from renda_tiers.links import routing
from tests.bench import city, nodes
from tests.bench.city import PERIODS, City
from tests.bench.figures import Figure, seconds
from tests.bench.nodes import COUNTY
from tests.network.running import Running

MOST = 200
"""Megabytes that either process may take."""


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """All of them (quick: 1,000), after as few as fill a message, so that both processes are warm."""
    count, warm = (1000, 200) if quick else (10_000, 200)
    with nodes.chain(folder, COUNTY) as chain:
        county = city.hosted(chain.nodes[1].registry, chain.city.definition)
        reports = _reports(county)
        for some in (warm, count):
            nodes.keep(chain.nodes[1], list(islice(reports, some)))
            before = [Memory.of(node) for node in chain.nodes]
            taken = seconds(partial(_drain, *chain.nodes))
        after = [Memory.of(node) for node in chain.nodes]
        assert _held(chain.nodes[0]) == warm + count
    name = f"{count:,} waiting reports drained over HTTP"
    figures = [Figure(f"{name} in", "s", taken), Figure(f"{name}, that is", "reports/s", count / taken)]
    for who, then, now in zip(("the parent", "the child"), before, after, strict=True):
        figures += [
            Figure(f"{name}: memory of {who}", "MB", now.peak, MOST, at_most=1, beside="what is allowed"),
            Figure(f"{name}: memory of {who}, on top of what it had", "MB", now.peak - then.now),
        ]
    return figures


@dataclass(frozen=True)
class Memory:
    """Resident megabytes of a process, and the most since this was last asked."""

    now: float
    peak: float

    @staticmethod
    def of(node: Running) -> "Memory":
        """What a node's process takes; its peak begins anew."""
        assert node.process is not None
        place = Path(f"/proc/{node.process.pid}")
        lines = dict(line.split(":") for line in (place / "status").read_text().splitlines())
        now, peak = (int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
        (place / "clear_refs").write_text("5")
        return Memory(now, peak)


def _reports(county: City) -> Iterator[Signed]:
    """Every township's reports of every period, and then corrections of them, for ever."""
    previous: dict[tuple[str, str], bytes] = {}
    revision = 0
    while True:
        revision += 1
        for period in PERIODS:
            for township in county.townships:
                place = township, period
                signed = city.report(
                    county, *place, revision, revision=revision, previous=previous.get(place)
                )
                previous[place] = digest(signed.payload)
                yield signed


def _drain(above: Running, below: Running) -> None:
    below.poke()
    nodes.wait(lambda: not _waiting(below) and below.link(above.code).level, 0.1)


def _waiting(node: Running) -> int:
    with node.look() as session:
        return sum(routing.count_waiting(session).values())


def _held(node: Running) -> int:
    with node.look() as session:
        return session.scalar(select(func.count()).where(LedgerDocument.kind == "report")) or 0
