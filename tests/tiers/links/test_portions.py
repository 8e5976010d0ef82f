"""The records of a body that moves come along in as many answers as they need, whole or not at all."""

import pytest
from sqlalchemy import select

from renda.errors import Conflict
from renda_tiers.links import entering, joining, portions
from renda_tiers.links.sealing import NotAMessage
from renda_training.records import TrainingClass
from tests.tiers.chain import TOWN
from tests.tiers.links.test_moving import kept

__all__ = ["kept"]


def fetching(town, city, code, *, meanwhile=lambda _number: None):
    """How a town asks, again and again, for what the city's answers hold; and how often it had to."""
    asked = []

    def fetch(begin):
        meanwhile(len(asked))
        asked.append(begin)
        with town.work() as session:
            request = entering.ask(session, code, TOWN, address="", now=town.clock(), start=begin)
        with city.work() as session:
            return joining.accept(session, request, now=city.clock())

    return fetch, asked


@pytest.fixture
def code(city, kept):
    city.clock.forward(hours=1)
    with city.work() as session:
        return joining.invite(session, TOWN, now=city.clock())


def test_records_that_need_many_answers_come_along_whole(start, city, code, monkeypatch):
    town = start(TOWN)
    monkeypatch.setattr(joining, "PORTION", 300)
    fetch, asked = fetching(town, city, code)
    answers = portions.gather(fetch, code, TOWN)
    assert len(answers) == len(asked) > 2
    with town.work() as session:
        entering.enter(session, code, TOWN, "", *answers, now=town.clock())
        assert session.scalars(select(TrainingClass.title)).all() == ["代表法培训班"]


def test_records_that_change_on_the_way_are_fetched_anew(start, city, code, monkeypatch):
    town = start(TOWN)
    monkeypatch.setattr(joining, "PORTION", 300)

    def rename(number):
        if number == 1:
            with city.work() as session:
                session.scalars(select(TrainingClass)).one().title = "代表法专题"

    fetch, asked = fetching(town, city, code, meanwhile=rename)
    answers = portions.gather(fetch, code, TOWN)
    assert asked.count(0) == 2
    with town.work() as session:
        entering.enter(session, code, TOWN, "", *answers, now=town.clock())
        assert session.scalars(select(TrainingClass.title)).all() == ["代表法专题"]


def test_records_that_never_stay_the_same_are_not_taken(start, city, code, monkeypatch):
    town = start(TOWN)
    monkeypatch.setattr(joining, "PORTION", 300)

    def rename(number):
        with city.work() as session:
            session.scalars(select(TrainingClass)).one().title = f"第{number}次"

    fetch, _asked = fetching(town, city, code, meanwhile=rename)
    with pytest.raises(Conflict, match="changed while"):
        portions.gather(fetch, code, TOWN)


def test_answers_that_are_not_the_whole_are_refused(start, city, code, monkeypatch):
    town = start(TOWN)
    monkeypatch.setattr(joining, "PORTION", 300)
    fetch, _asked = fetching(town, city, code)
    answers = portions.gather(fetch, code, TOWN)
    for wrong in (answers[:-1], answers[:1], [answers[0], *reversed(answers[1:])], [*answers, answers[-1]]):
        with pytest.raises(NotAMessage), town.work() as session:
            entering.enter(session, code, TOWN, "", *wrong, now=town.clock())


@pytest.mark.parametrize("start_at", [float("inf"), float("nan"), "", None, []])
def test_a_request_that_begins_nowhere_is_no_request(start, city, code, start_at):
    town = start(TOWN)
    with town.work() as session:
        request = entering.ask(session, code, TOWN, address="", now=town.clock(), start=start_at)
    with pytest.raises(NotAMessage), city.work() as session:
        joining.accept(session, request, now=city.clock())
