"""Connections that end at an instant, whatever trickles over them until then.

A limit for each wait bounds no call: whoever sends a byte now and then keeps it for ever. Here each wait is
for what is left of the whole. Only looking up a name is bounded by the machine's resolver alone.
"""

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

PIECE = 16 * 1024
"""Bytes that are sent before it is looked at the clock again."""


class Deadline(httpcore.NetworkBackend):
    """Connects, sends and receives until so many seconds have passed since it was made.

    Every wait raises `httpcore.TimeoutException` when they have. `clock` gives seconds that never go back.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._end = clock, clock() + seconds
        self._backend = httpcore.SyncBackend()

    def left(self, timeout: float | None) -> float:
        """Seconds that a wait may take which by itself might take `timeout`.

        Raises:
            TimeoutException: none.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise httpcore.TimeoutException("the call as a whole took too long")
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection whose waits are bounded, too."""
        stream = self._backend.connect_tcp(host, port, self.left(timeout), local_address, socket_options)
        return _Stream(stream, self.left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, left: Callable[[float | None], float]) -> None:
        self._stream, self._left = stream, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            self._stream.write(buffer[start : start + PIECE], self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._left(timeout)), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
