"""A wire that delays, cuts, corrupts and repeats: a TCP proxy for one HTTP request per connection."""

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

FATES = (
    "pass",
    "delay",
    "cut request",
    "cut answer",
    "corrupt request",
    "corrupt answer",
    "twice",
    "no answer",
)
"""`twice`: the request is delivered two times; `no answer`: it is delivered, and its answer is lost."""


PATIENCE = 10.0
"""Seconds for an answer; a request whose length was corrupted gets none."""


@dataclass
class Wire:
    """Listens on a port and passes on to another, most of the time.

    Attributes:
        target: port of the node behind it.
        loss: share of the requests that something happens to.
        fates: what has happened so far.
    """

    target: int
    chance: random.Random
    loss: float = 0.5
    fates: Counter[str] = field(default_factory=Counter)
    port: int = 0

    async def open(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fate = self.chance.choice(FATES[1:]) if self.chance.random() < self.loss else FATES[0]
        self.fates[fate] += 1
        with contextlib.suppress(OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError):
            request = await self._request(reader)
            if fate == "delay":
                await asyncio.sleep(self.chance.uniform(0.05, 0.5))
            answer = await self._ask(self._maimed(request, fate, "request"), whole=fate != "cut request")
            if fate == "twice":
                answer = await self._ask(request)
            if fate != "no answer":
                writer.write(self._maimed(answer, fate, "answer"))
                await writer.drain()
        writer.close()

    def _maimed(self, data: bytes, fate: str, which: str) -> bytes:
        place = self.chance.randrange(len(data)) if data else 0
        if fate == f"cut {which}":
            return data[:place]
        if data and fate == f"corrupt {which}":
            return data[:place] + bytes([data[place] ^ (1 << self.chance.randrange(8))]) + data[place + 1 :]
        return data

    async def _request(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if b"content-length:" in line]
        # One request per connection, so that its answer ends where the connection does.
        head = head.replace(b"keep-alive", b"close")
        return head + await reader.readexactly(int(lengths[0]) if lengths else 0)

    async def _ask(self, request: bytes, *, whole: bool = True) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            writer.write(request)
            await writer.drain()
            return await asyncio.wait_for(reader.read(), PATIENCE) if whole else b""
        finally:
            writer.close()


def run(wires: list[Wire]) -> Callable[[], None]:
    """Open the wires in a thread of their own; the answer stops them."""
    ready = threading.Event()
    found: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def live() -> None:
        stopped = asyncio.Event()
        found.append((asyncio.get_running_loop(), stopped))
        servers = [await wire.open() for wire in wires]
        ready.set()
        await stopped.wait()
        for server in servers:
            server.close()

    thread = threading.Thread(target=lambda: asyncio.run(live()), daemon=True)
    thread.start()
    ready.wait(10)

    def stop() -> None:
        loop, stopped = found[0]
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)

    return stop
