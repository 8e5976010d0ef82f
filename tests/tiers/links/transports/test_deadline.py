"""A call is over when its time is over, whoever is at the other end and however slowly it answers."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpcore
import pytest

from renda.tasks.queue import FIRST_WAIT
from renda_tiers.links import calling
from renda_tiers.links.models import Link
from renda_tiers.links.transports import http
from renda_tiers.links.transports.deadline import Deadline
from renda_tiers.links.transports.http import Limits, Unreachable
from tests.tiers.simulation.world import N1, NORTH

SHORT = Limits(connect=5, piece=5, whole=0.3)
ENOUGH = Limits(connect=30, piece=30, whole=60)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.renda.exchange\r\n"


@contextmanager
def server(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """The address of a server on this machine that does what it likes with a connection until the end."""
    over = threading.Event()

    def accept() -> None:
        with suppress(OSError):
            connection, _address = listening.accept()
            with connection, suppress(OSError):
                serve(connection, over)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(30)


def dripping(start: bytes) -> Callable[[socket.socket, threading.Event], None]:
    """Answers with a start, and then with one letter after the other for ever."""

    def serve(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(start)
        while not over.wait(0.02):
            connection.sendall(b"x")

    return serve


def silent(connection: socket.socket, over: threading.Event) -> None:
    """Takes in nothing and says nothing."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    over.wait()


def sipping(connection: socket.socket, over: threading.Event) -> None:
    """Takes in a few bytes now and then."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    while not over.wait(0.02):
        connection.recv(512)


@pytest.mark.parametrize(
    "serve",
    [
        dripping(b""),
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: "),
        dripping(HEAD + b"Content-Length: 1000000\r\n\r\n"),
        silent,
        sipping,
    ],
    ids=["status", "header", "body", "silent", "sipping"],
)
def test_a_call_ends_when_its_time_is_over_however_the_answer_trickles(serve):
    large = bytes(range(256)) * 4096
    noise = b"".join(gzip.compress(large[place : place + 999]) for place in range(0, len(large), 999))
    with server(serve) as address, pytest.raises(Unreachable):
        http.post(address, http.EXCHANGE, noise * 20, SHORT)


def test_a_handshake_that_trickles_ends_as_well():
    with server(dripping(b"\x16\x03\x03\xff\xff")) as address, pytest.raises(Unreachable):
        http.post(address.replace("http:", "https:"), http.EXCHANGE, b"", SHORT)


def test_within_its_time_a_slow_answer_is_taken():
    body = gzip.compress(b"at last")
    answer = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    def serve(connection: socket.socket, _over: threading.Event) -> None:
        connection.recv(65536)
        for place in range(len(answer)):
            connection.sendall(answer[place : place + 1])
        # Closed with something unread in it, a connection would be reset, and the answer lost.
        while connection.recv(65536):
            pass

    with server(serve) as address:
        assert http.post(address, http.EXCHANGE, b"", ENOUGH) == b"at last"


def test_every_wait_is_for_what_is_left_of_the_whole():
    now = [100.0]
    deadline = Deadline(60, lambda: now[0])
    assert deadline.left(None) == 60
    assert deadline.left(10) == 10
    now[0] += 55
    assert deadline.left(10) == 5
    now[0] += 5
    with pytest.raises(httpcore.TimeoutException):
        deadline.left(10)
    with pytest.raises(httpcore.TimeoutException):
        deadline.connect_tcp("127.0.0.1", 9)


def test_a_parent_that_drips_is_called_again_later(three):
    def send(address: str, call: bytes) -> bytes:
        del address
        return http.post(dripper, http.EXCHANGE, call, SHORT)

    with server(dripping(HEAD)) as dripper:
        assert calling.dial(three.town.registry, NORTH, send)
    link = three.town.link(NORTH)
    assert link.tries == 1
    assert link.next_call is not None
    assert three.clock() <= link.next_call <= three.clock() + FIRST_WAIT


def test_a_child_that_does_not_answer_a_knock_is_left_alone_for_a_while(three, monkeypatch):
    knocks = []

    def post(address: str, path: str, data: bytes, limits: Limits) -> bytes:
        knocks.append((path, data, limits))
        return original(address, path, data, SHORT)

    original = http.post
    monkeypatch.setattr(http, "post", post)
    for _time in range(2):
        with server(dripping(HEAD)) as address:
            with three.county.work() as session:
                session.get(Link, N1).address = address
            for _commit in range(3):
                calling.poke(three.county.registry, N1)
        three.clock.forward(seconds=calling.SLOWEST.total_seconds())
    assert knocks == [(http.POKE, b"", http.KNOCK)] * 2
    assert http.KNOCK.whole <= 5


def test_a_child_that_answers_is_knocked_at_each_time(three, monkeypatch):
    knocks = []
    monkeypatch.setattr(http, "post", lambda *given: knocks.append(given))
    for _commit in range(3):
        calling.poke(three.county.registry, N1)
    assert len(knocks) == 3


def test_a_child_that_did_not_answer_is_knocked_at_again_once_it_has_called(three, monkeypatch):
    knocks = []

    def post(*given):
        knocks.append(given)
        raise http.Unreachable

    monkeypatch.setattr(http, "post", post)
    for _commit in range(2):
        calling.poke(three.county.registry, N1)
    assert len(knocks) == 1
    three.network.dial(N1)
    calling.poke(three.county.registry, N1)
    assert len(knocks) == 2
