"""A correction of all 200 cells of a township's report, folded into its county and its city."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from renda_tiers.documents.envelope import Signed
from renda_tiers.documents.payload import digest
from tests.bench import city, script
from tests.bench.city import CITY, PERIODS, TEMPLATE, City
from tests.bench.databases import fresh
from tests.bench.figures import Figure, alternate
from tests.bench.receive import take, tree

_CELLS = """
INSERT INTO tiers_cell (report, indicator, dimension, status, value, qualifier)
SELECT %(report)s, indicator, '', 'reported', value, 0
FROM unnest(%(indicators)s::text[], %(values)s::bigint[]) AS cell (indicator, value)
"""
_STANDING = """
UPDATE tiers_standing SET report = %(report)s
WHERE organisation = %(township)s AND template = %(template)s AND period = %(period)s AND standing = 'latest'
"""
_CLEAR = """
DELETE FROM tiers_rollup WHERE organisation = %(parent)s AND template = %(template)s AND period = %(period)s
"""
_COUNTY = """
INSERT INTO tiers_rollup
SELECT %(parent)s, %(template)s, %(period)s, 'latest', c.indicator, c.dimension, l.meaning, l.kind,
       sum(c.value), NULL, max(c.qualifier), count(*) FILTER (WHERE c.status = 'reported'),
       count(*) FILTER (WHERE c.status = 'nil'), count(*) FILTER (WHERE c.status = 'not_applicable'), 0, count(*)
FROM core_edge e
JOIN tiers_standing s ON s.organisation = e.child AND s.template = %(template)s AND s.period = %(period)s
JOIN tiers_cell c ON c.report = s.report
JOIN tiers_definition_line l ON l.definition = %(definition)s AND l.indicator = c.indicator
WHERE e.parent = %(parent)s AND s.standing = 'latest'
GROUP BY c.indicator, c.dimension, l.meaning, l.kind
"""
_CITY = """
INSERT INTO tiers_rollup
SELECT %(parent)s, %(template)s, %(period)s, 'latest', r.indicator, r.dimension, r.meaning, r.kind,
       sum(r.value), NULL, max(r.qualifier), sum(r.reported), sum(r.nil), sum(r.not_applicable), sum(r.late),
       sum(r.unendorsed)
FROM core_edge e
JOIN tiers_rollup r ON r.organisation = e.child AND r.template = %(template)s AND r.period = %(period)s
WHERE e.parent = %(parent)s AND r.standing = 'latest'
GROUP BY r.indicator, r.dimension, r.meaning, r.kind
"""


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """A full year of reports; then townships correct one period's, and raw SQL another's, in turns."""
    with fresh(folder, "postgresql") as url:
        node, connection = city.found(folder, url), script.connect(url)
        for period in PERIODS[:6]:
            take(node, city.period_of_reports(node, period))
        city.analyse(node.registry)
        corrections = _corrections(node, PERIODS[0], 20 if quick else 60)
        parents = tree(node)
        ours, theirs = alternate(
            (partial(take, node, [signed]), partial(raw, connection, node, parents[township], township))
            for township, signed in corrections
        )
    return [
        Figure(
            "A 200-cell correction folded into both tiers above",
            "ms",
            ours * 1000,
            theirs * 1000,
            at_most=3,
            beside="raw SQL for those keys",
        )
    ]


def _corrections(node: City, period: str, count: int) -> Iterator[tuple[str, Signed]]:
    originals = city.period_of_reports(node, period)
    chosen = list(enumerate(zip(node.townships, originals, strict=True)))[:count]
    for seed, (township, original) in chosen:
        yield (
            township,
            city.report(node, township, period, 1000 + seed, revision=2, previous=digest(original.payload)),
        )


def raw(connection: psycopg.Connection[Any], node: City, county: str, township: str) -> None:
    """What is the least that has to be written: cells, the standing, and both folds; committed."""
    common = {"template": TEMPLATE, "period": PERIODS[1], "definition": node.definition}
    report = os.urandom(32)
    indicators = [f"B{number:03}" for number in range(city.CELLS)]
    cells = {"indicators": indicators, "values": list(range(city.CELLS))}
    connection.execute(_CELLS, {"report": report, **cells})
    connection.execute(_STANDING, {"report": report, "township": township, **common})
    for parent, fold in ((county, _COUNTY), (CITY, _CITY)):
        connection.execute(_CLEAR, {"parent": parent, **common})
        connection.execute(fold, {"parent": parent, **common})
    connection.commit()
