"""What is kept in memory is read again exactly when its stamp is another."""

import pytest

from renda import stamps
from renda.app import unit_of_work
from renda.stamps import Memory

NAME = stamps.VIEWS


@pytest.fixture
def asked(registry):
    """`asked()` answers from a memory in a transaction of its own; it counts how often it had to read."""
    memory = Memory(NAME, size=2)
    reads = []

    def ask(question="q", *, touching=False, failing=False):
        with unit_of_work(registry) as session:
            if touching:
                stamps.touch(session.connection(), NAME)
            memory.recall(session.connection(), question, lambda: reads.append(question) or len(reads))
            if failing:
                raise RuntimeError
        return len(reads)

    return ask


def test_an_answer_is_read_once(asked):
    assert [asked(), asked(), asked()] == [1, 1, 1]


def test_each_question_has_its_answer_and_no_more_are_kept_than_were_said(asked):
    assert [asked("a"), asked("b"), asked("a"), asked("c"), asked("a")] == [1, 2, 2, 3, 4]


def test_it_is_read_again_once_the_stamp_is_another(asked):
    assert [asked(), asked(touching=True), asked()] == [1, 2, 2]


def test_what_a_transaction_read_that_failed_is_forgotten(asked):
    assert asked() == 1
    with pytest.raises(RuntimeError):
        asked(touching=True, failing=True)
    assert [asked(), asked()] == [3, 3]


def test_other_stamps_do_not_matter(asked, work):
    assert asked() == 1
    with work() as session:
        stamps.touch(session.connection(), stamps.PACKS)
    assert asked() == 1


def test_of_another_database_nothing_is_known(asked, registry):
    assert asked() == 1
    registry.engine.dispose()
    assert asked() == 2
