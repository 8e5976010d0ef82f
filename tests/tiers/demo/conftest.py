"""The demonstration as it is after it was started at one instant."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest

from renda_tiers.demo import building, nodes, run, world
from renda_tiers.demo.chain import Chain
from renda_tiers.demo.directives import Course
from renda_tiers.demo.nodes import Servers
from renda_tiers.demo.plan import Calendar


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[datetime], tuple[Chain, Course]]]:
    """`started(instant)` gives its nodes and the directive that was closed; built once for each instant and test module."""
    built: dict[datetime, Chain] = {}
    courses: dict[datetime, Course] = {}
    with ExitStack() as open_:

        def start(now: datetime) -> Chain:
            if now not in built:
                servers = Servers(tmp_path_factory.mktemp("started"), range(1, 1 + len(nodes.ORDER)))
                chain = building.begin(servers, Calendar(now), lambda _step: None)
                open_.callback(chain.close)
                courses[now] = run.inside(chain, Calendar(now), lambda _step: None)
                world.open_accounts(chain, "abcd-efgh-ijkl", now)
                built[now] = chain
            return built[now]

        yield lambda now: (start(now), courses[now])
