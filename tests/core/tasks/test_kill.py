"""Whatever dies, and wherever: nothing committed is lost and nothing happens twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from renda.types import Registry
from tests.core.tasks.support import effects, until, waiting

ROOT = Path(__file__).parents[3]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def begin(url: str) -> Iterator[Start]:
    """Starts `program` with an action; ends what still runs after the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(action: str, *args: str, fail_at: str = "") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.core.tasks.program", action, url, *args],
            cwd=ROOT,
            env=os.environ | {"RENDA_FAIL_AT": fail_at},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        with process:
            process.kill()


def done(node: Registry, keys: set[str]) -> Callable[[], bool]:
    return lambda: keys <= effects(node.engine).keys()


def test_death_between_commit_and_wake_up_loses_nothing(node: Registry, begin: Start) -> None:
    """Invariant 18 for background work."""
    asking = begin("ask", "a", "b", fail_at="tasks.committed")
    assert asking.wait(30) == -signal.SIGKILL
    assert waiting(node.engine) == 2
    begin("relay")
    assert until(done(node, {"a", "b"}))
    happened = effects(node.engine)
    assert {key: happened[key] for key in "ab"} == {"a": 1, "b": 1}


@pytest.mark.parametrize("place", ["tasks.claimed", "tasks.before_delete", "tasks.before_commit"])
def test_death_of_the_relay_loses_nothing_and_repeats_nothing(
    node: Registry, begin: Start, place: str
) -> None:
    """Invariant 3 for background work."""
    assert begin("ask", "a", "b", "c").wait(30) == 0
    assert begin("relay", fail_at=place).wait(30) == -signal.SIGKILL
    assert effects(node.engine) == Counter()
    relay = begin("relay")
    assert until(done(node, {"a", "b", "c"}))
    relay.terminate()
    assert relay.wait(30) == 0
    assert {key: effects(node.engine)[key] for key in "abc"} == {"a": 1, "b": 1, "c": 1}


def test_kills_at_random_under_load_lose_nothing_and_repeat_nothing(node: Registry, begin: Start) -> None:
    """Invariants 3 and 18 for background work."""
    chance = random.Random(7)
    committed: set[str] = set()
    for life in range(5):
        process = begin("load", str(life))
        assert process.stdout
        committed.add(process.stdout.readline().strip())
        time.sleep(chance.uniform(0.1, 0.5))
        process.kill()
        committed.update(process.communicate()[0].split())
    assert len(committed) > 5
    begin("relay")
    assert until(done(node, committed))
    assert until(lambda: waiting(node.engine) == 1)
    assert set(effects(node.engine).values()) == {1}
