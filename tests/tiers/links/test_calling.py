"""Several processes of a node may want to call its parent at once: one does, and nothing is taken for a copy."""

import threading
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import delete, select

from renda.tasks.models import TaskRow
from renda.tasks.relay import IDLE, Relay
from renda.tasks.running import run
from renda_tiers.documents.models import ThisNode
from renda_tiers.links import answering, calling, messages, waking
from renda_tiers.links.transports import http
from tests.tiers import chain
from tests.tiers.chain import CAO, CITY, TOWN
from tests.tiers.links.test_exchange import totals


def report(node, title, **more):
    with node.work() as session:
        chain.training(session, TOWN, now=node.clock(), title=title)
        return chain.submit(session, TOWN, now=node.clock(), **more)


def is_open(node):
    with node.work() as session:
        return not session.get(ThisNode, node.code).recovering


def dials(node):
    with node.work() as session:
        return [row.due for row in session.scalars(select(TaskRow).where(TaskRow.name == waking.DIAL))]


class Slow:
    """A way to the parent whose first call waits on the road until the test lets it go on."""

    def __init__(self, send: Callable[[str, bytes], bytes]) -> None:
        self._send = send
        self.under_way, self.go_on = threading.Event(), threading.Event()

    def __call__(self, address: str, call: bytes) -> bytes:
        if not self.under_way.is_set():
            self.under_way.set()
            assert self.go_on.wait(30)
        return self._send(address, call)


@contextmanager
def one_call_on_the_road(network, county):
    """A thread is calling; what it says has not arrived yet."""
    slow = Slow(network.send)
    thread = threading.Thread(target=calling.dial, args=(county.registry, CITY, slow))
    thread.start()
    assert slow.under_way.wait(30)
    yield slow
    slow.go_on.set()
    thread.join(30)


def test_while_one_process_calls_another_leaves_it_to_it_and_looks_again_soon(network, county, city):
    with one_call_on_the_road(network, county):
        before = network.calls
        sent = report(county, "一")
        assert not calling.dial(county.registry, CITY, network.send)
        assert network.calls == before
        assert dials(county) == [county.clock()]
    assert sent in city.documents("report")
    network.settle()
    assert is_open(county)
    assert city.link(CAO).alarm == ""


def test_what_was_committed_while_a_call_was_under_way_is_asked_for_once_and_leaves_soon(network, county):
    with one_call_on_the_road(network, county) as slow:
        for _time in range(3):
            calling.dial(county.registry, CITY, network.send)
        (due,) = dials(county)
        assert due <= county.clock() + calling.BUSY
        slow.go_on.set()
    assert dials(county) == [due]


def test_an_answer_that_another_call_has_overtaken_is_not_heard(network, county, city, monkeypatch):
    @contextmanager
    def nobody_else(_engine, _name):
        yield True

    # A database that was away has let go of the lock in the middle of a call.
    monkeypatch.setattr(calling, "alone", nobody_else)
    closed = []
    monkeypatch.setattr(calling.gate, "close", closed.append)
    with one_call_on_the_road(network, county):
        report(county, "一")
        calling.dial(county.registry, CITY, network.send)
        calling.dial(county.registry, CITY, network.send)
    network.settle()
    assert closed == []
    assert county.link(CITY).level
    assert totals(city, CITY)["T01"] == 1


def test_neither_end_looks_more_often_than_twice_a_minute_whatever_pace_is_asked_for(
    network, county, city, monkeypatch
):
    monkeypatch.setattr(answering, "PACE", 1)
    for node in (county, city):
        with node.work() as session:
            session.execute(delete(TaskRow))
    calling.dial(county.registry, CITY, network.send)
    assert dials(county) == [county.clock() + calling.FASTEST]
    for node in (county, city):
        assert Relay(node.registry, run).turn() == IDLE == timedelta(seconds=30)


def test_two_threads_that_call_all_the_time_agree_with_their_parent(network, county, city):
    failed = []

    def call():
        try:
            for _time in range(15):
                calling.dial(county.registry, CITY, network.send)
        except Exception as error:  # noqa: BLE001 - of a thread, to be seen by the test
            failed.append(error)

    threads = [threading.Thread(target=call) for _number in range(2)]
    for thread in threads:
        thread.start()
    sent = {report(county, f"第{number}期", reason="补报" if number else "") for number in range(5)}
    for thread in threads:
        thread.join(120)
    network.settle()
    assert failed == []
    assert sent <= city.documents("report")
    assert is_open(county)
    assert city.link(CAO).alarm == ""
    assert county.link(CITY).level


def test_two_calls_of_one_child_at_once_are_answered_one_after_the_other(network, county, city):
    """Its proxy may have sent one call twice, or it called again because the first answer took too long."""
    with county.work() as session:
        link = session.get(calling.Link, CITY)
        message = calling.exchange.compose(session, link, now=county.clock(), token=link.token)
        call = calling.messages.encode(message, calling.signing_key(session))
    answers = []
    address = county.link(CITY).address
    threads = [
        threading.Thread(target=lambda: answers.append(network.answer(address, call))) for _number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    tokens = {calling.messages.decode(one).message.token for one in answers}
    assert len(answers) == 4
    assert tokens == {city.link(CAO).token}
    assert city.link(CAO).alarm == ""


def test_after_calls_that_fail_the_next_carries_half_as_much(network, county, city, monkeypatch):
    for number in range(8):
        report(county, f"第{number}期代表培训班", **({"reason": "漏报一期"} if number else {}))
    carried = []

    def send(address, call):
        documents = messages.decode(call).message.documents
        carried.append(sum(len(one.signed.payload) for one in documents))
        if len(carried) <= 3:
            raise http.Unreachable
        return network.send(address, call)

    def dial():
        calling.dial(county.registry, CITY, send)

    dial()
    monkeypatch.setattr(calling, "LARGEST", carried[0])
    monkeypatch.setattr(calling, "SMALLEST", 1)
    for _time in range(3):
        dial()
    assert [size <= carried[0] >> failed for failed, size in enumerate(carried[:3])] == [True] * 3
    # Each of these documents is larger than what is left to it, and one always fits.
    assert 0 < max(carried[3:]) <= carried[0] / 4
    assert totals(city, CAO) == totals(county, CAO) != {}
