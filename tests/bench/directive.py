"""A directive from the city to all 178 bodies below it: set, delivered, received by all, and on its board.

The city's node speaks for 151 of them; 26 are on 曹县's node, and a township of that county has its own. A
leader sets the task on a page of the city's node. Received is what a node signs by itself as soon as a
directive has arrived for a body that it speaks for.
"""

import time
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from renda_tiers.directives.models import TargetProgress
from renda_tiers.directives.phases import RECEIVED
from tests.bench import nodes
from tests.bench.city import CITY
from tests.bench.figures import Figure, seconds
from tests.bench.nodes import COUNTY, TOWN
from tests.network.running import Running
from tests.tiers.web.conftest import submit_form

_NEW = f"/o/{CITY}/m/tiers/directives/new"
BODIES = 178


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """One after the other; of the last, when everything is warm, the times are shown."""
    with nodes.chain(folder, COUNTY, TOWN) as chain:
        city = chain.nodes[0]
        leader = nodes.person(city, CITY, "leader")
        for number in range(1, 3 if quick else 6):
            form = next(one for one in leader.get(_NEW).forms.values() if "title" in one.fields)
            form["title"] = f"第{number}号督办"
            for box in form.fields["codes"]:
                box.checked = True
            page = form.submit("do", value="check")
            begin = time.perf_counter()
            answer = submit_form(page, "do=issue")
            issued = time.perf_counter() - begin
            assert answer.status_int == 303, answer
            nodes.wait(partial(_have_received, city, number * BODIES))
            received = time.perf_counter() - begin
            board = seconds(partial(leader.get, answer.location))
    return [
        Figure(f"A directive to {BODIES} bodies set, on the page", "ms", issued * 1000),
        Figure(f"… delivered over two hops, and received by all {BODIES}", "ms", received * 1000),
        Figure("… and the first page of its board", "ms", board * 1000),
    ]


def _have_received(node: Running, targets: int) -> bool:
    """Whether so many targets of all directives have received theirs, as a node knows."""
    statement = select(func.count()).select_from(TargetProgress).where(TargetProgress.phase == RECEIVED)
    with node.look() as session:
        return session.scalar(statement) == targets
