"""Signed reports of 200 cells that a county's node sends to its city's over HTTP, until the totals are right.

Both nodes are processes of their own on PostgreSQL. What waits at the county was committed by this process,
which no relay notices; the clock starts with the knock at which the county's node begins to call. The limit
is the script of `receive` on the same documents, which it is handed without any wire. Where Kinto is
installed (see `kinto`), it takes them too.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from renda_tiers.documents.envelope import Signed
from renda_tiers.rollup.models import RollupCell
from tests.bench import city, kinto, nodes, script
from tests.bench.city import CELLS, PERIODS, City
from tests.bench.figures import Figure, alternate
from tests.bench.nodes import COUNTY, Chain
from tests.bench.receive import check, script_takes, tree

Take = Callable[[Sequence[Signed]], object]


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """The reports of some periods in every round; ours, the script's and Kinto's in turns."""
    size, rounds = (5, 4) if quick else (15, 4)
    with nodes.chain(folder, COUNTY) as chain, ExitStack() as stack:
        connection = script.connect(chain.nodes[0].url)
        script.install(connection)
        takers: list[Take] = [partial(script_takes, connection, tree(chain.city))]
        if command := kinto.command():
            takers.append(stack.enter_context(kinto.served(folder, command)))
        county = city.hosted(chain.nodes[1].registry, chain.city.definition)
        periods = PERIODS[: size * rounds]
        turns = _turns(chain, county, periods, size, takers)
        for warm in next(turns):
            warm()
        for node in chain.nodes:
            city.analyse(node.registry)
        ours, theirs, *rest = (size * len(county.townships) / seconds for seconds in alternate(turns))
        check(chain.city, connection, periods[-1], city.period_of_reports(county, periods[-1]))
        connection.close()
    return [
        Figure(
            "Signed reports sent over HTTP, city's totals right (PostgreSQL)",
            "cells/s",
            CELLS * ours,
            CELLS * theirs,
            at_least=0.25,
            beside="a hand-written psycopg script",
        ),
        kinto.beside(ours, *rest),
    ]


def _turns(
    chain: Chain, county: City, periods: Sequence[str], size: int, takers: Sequence[Take]
) -> Iterator[tuple[Callable[[], object], ...]]:
    for start in range(0, len(periods), size):
        some = periods[start : start + size]
        signed = [one for period in some for one in city.period_of_reports(county, period)]
        nodes.keep(chain.nodes[1], signed)
        yield partial(_send, chain, some, signed), *(partial(take, signed) for take in takers)


def _send(chain: Chain, periods: Sequence[str], signed: Sequence[Signed]) -> None:
    """From the knock at the county's node until the city's totals are those of the reports."""
    last = signed[-len(signed) // len(periods) :]
    of_last, of_all = _sum(last), _sum(signed)
    above, below = chain.nodes
    below.poke()
    look = partial(nodes.total, above)
    of = RollupCell.template == city.TEMPLATE
    # Whoever looks takes time from those who work: reports travel by period, so the last one tells first.
    nodes.wait(lambda: look(periods[-1:], of) == of_last and look(periods, of) == of_all, 0.05)


def _sum(signed: Sequence[Signed]) -> int:
    return sum(cell[3] for one in signed for cell in city.cells(one))
