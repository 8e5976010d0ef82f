"""A task is asked for in a transaction, and exists if that transaction is committed."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.app import unit_of_work
from renda.tasks import enqueue, task
from renda.tasks.bell import bell
from renda.tasks.declare import LONGEST_WAIT, load
from renda.tasks.models import TaskRow
from renda.types import Registry
from tests.core.tasks import support


class RegretError(Exception):
    pass


def test_a_commit_leaves_one_row_and_wakes_the_relay(node: Registry) -> None:
    key = uuid.uuid4()
    with unit_of_work(node) as session:
        enqueue(session, "core.test_effect", key, 7, "371700", now=node.clock())
        assert not bell(node.engine).is_set()
    assert bell(node.engine).is_set()
    with unit_of_work(node) as session:
        assert session.scalars(select(TaskRow.args)).one() == f'["{key}", 7, "371700"]'


def test_an_aborted_transaction_asks_for_nothing_and_wakes_nobody(node: Registry) -> None:
    def change_ones_mind() -> None:
        with unit_of_work(node) as session:
            enqueue(session, "core.test_effect", "a", now=node.clock())
            session.flush()
            raise RegretError

    with pytest.raises(RegretError):
        change_ones_mind()
    assert not bell(node.engine).is_set()
    assert support.waiting(node.engine) == 0


def test_a_savepoint_wakes_nobody_before_the_whole_is_committed(node: Registry) -> None:
    with unit_of_work(node) as session:
        with session.begin_nested():
            enqueue(session, "core.test_effect", "a", now=node.clock())
        assert not bell(node.engine).is_set()
    assert bell(node.engine).is_set()


def test_a_task_that_nobody_declares_is_refused_at_once(node: Registry) -> None:
    with pytest.raises(LookupError, match=r"core\.misspelt"), unit_of_work(node) as session:
        enqueue(session, "core.misspelt", now=node.clock())


@pytest.mark.parametrize("content", [{"name": "Li"}, ["a"], 1.5, None])
def test_a_task_takes_ids_and_no_content(node: Registry, content: object) -> None:
    with pytest.raises(TypeError), unit_of_work(node) as session:
        enqueue(session, "core.test_effect", content, now=node.clock())  # type: ignore[arg-type]


def test_a_name_belongs_to_one_function_and_to_a_component() -> None:
    def other(_registry: Registry, _session: Session, _now: datetime) -> None: ...

    with pytest.raises(ValueError, match="two tasks"):
        task("core.test_effect")(other)
    with pytest.raises(ValueError, match="<component>"):
        task("effect")(other)


def test_a_node_has_the_tasks_of_the_components_that_it_loads(node: Registry) -> None:
    known = load(node.declared.components)
    assert "core.test_effect" in known
    assert "elsewhere.test_effect" not in known


def test_a_task_is_not_asked_for_later_than_it_may_be_due(node: Registry) -> None:
    now = node.clock()
    with unit_of_work(node) as session:
        due = now + LONGEST_WAIT
        enqueue(session, "core.test_unlocked", "a", now=now, due=due)
        with pytest.raises(ValueError, match="never due"):
            enqueue(session, "core.test_unlocked", "a", now=now, due=due + timedelta(seconds=1))
