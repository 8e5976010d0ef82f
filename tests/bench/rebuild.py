"""Making every projection anew from the ledger's bytes."""

from functools import partial
from pathlib import Path

from renda.app import unit_of_work
from renda_tiers.documents import ledger
from renda_tiers.documents.store import BATCH
from tests.bench import city, script
from tests.bench.city import PERIODS, City
from tests.bench.databases import fresh
from tests.bench.figures import Figure, alternate
from tests.bench.receive import check, script_takes, take, tree


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """5,000 reports, ours and the script's in turns; neither writes the bytes again."""
    periods = PERIODS[: 6 if quick else 30]
    with fresh(folder, "postgresql") as url:
        node, connection = city.found(folder, url), script.connect(url)
        script.install(connection)
        parents = tree(node)
        for period in periods:
            signed = city.period_of_reports(node, period)
            take(node, signed)
            script_takes(connection, parents, signed)
        city.analyse(node.registry)
        theirs = partial(script.rebuild, connection, parents, BATCH)
        times = alternate([(partial(rebuild, node), theirs)] * 3)
        check(node, connection, period, signed)
        reports = len(periods) * len(node.townships)
    return [
        Figure(
            f"{reports:,} reports rebuilt from the ledger",
            "reports/s",
            reports / times[0],
            reports / times[1],
            at_least=0.3,
            beside="the script",
        )
    ]


def rebuild(node: City) -> None:
    """Rebuild and commit."""
    with unit_of_work(node.registry) as session:
        ledger.rebuild(session)
