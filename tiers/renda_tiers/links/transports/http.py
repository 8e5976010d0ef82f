"""Calling a node over HTTP: one POST, bounded in time and size, without redirects."""

import gzip
import ssl
import zlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from renda.errors import RendaError
from renda.i18n import _
from renda_tiers.links.sealing import MAX_MESSAGE

if TYPE_CHECKING:
    import httpx

EXCHANGE = "chain/exchange"
JOIN = "chain/join"
POKE = "chain/poke"
CONTENT_TYPE = "application/vnd.renda.exchange"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many seconds a call waits at most.

    Attributes:
        connect: for the connection.
        piece: for each piece of what is sent and of the answer.
        whole: for all of it.
    """

    connect: float
    piece: float
    whole: float


CALL = Limits(connect=10, piece=60, whole=480)
"""Of a call that carries a message: the largest passes at 300 kbit/s, and a worker's task lives longer."""
KNOCK = Limits(connect=3, piece=5, whole=5)
"""Of a call that carries nothing: whoever makes it has other things to do, and may do without."""

_OK, _NOTHING, _REFUSALS = 200, 204, range(400, 500)


class Unreachable(RendaError):
    """The other node does not answer, or not as a node: it is tried again."""

    status = 503
    message = _("The other node cannot be reached.")


class Rejected(RendaError):
    """The other node is there and does not take the call; `detail` has its words."""

    status = 502
    message = _("The other node refused the call.")


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates are trusted; read once, since that takes longer than a call."""
    import httpx

    return httpx.create_ssl_context(trust_env=False)


def post(address: str, path: str, data: bytes, limits: Limits = CALL) -> bytes:
    """The answer of the node at an address to some bytes.

    Raises:
        Unreachable: no connection, no answer in time, an answer that is too long, or one of a proxy.
        Rejected: the node refused (a status from 400 to 499).
    """
    import httpx

    headers = {"Content-Type": CONTENT_TYPE, "Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
    timeout = httpx.Timeout(limits.piece, connect=limits.connect)
    try:
        with (
            httpx.Client(
                transport=_transport(limits.whole), timeout=timeout, follow_redirects=False, trust_env=False
            ) as client,
            client.stream(
                "POST", f"{address.rstrip('/')}/{path}", content=gzip.compress(data, 1), headers=headers
            ) as answer,
        ):
            return _read(answer)
    except (httpx.HTTPError, httpx.InvalidURL, zlib.error, OSError) as error:
        raise Unreachable(error=f"{type(error).__name__}: {error}"[:200]) from error


def _transport(seconds: float) -> "httpx.HTTPTransport":
    """What calls over connections that end after so many seconds."""
    import httpcore
    import httpx

    from renda_tiers.links.transports.deadline import Deadline

    found = httpx.HTTPTransport(verify=_trust(), trust_env=False)
    # httpx lets nobody choose the connections themselves.
    found._pool = httpcore.ConnectionPool(  # noqa: SLF001
        ssl_context=_trust(), network_backend=Deadline(seconds)
    )
    return found


def _read(answer: "httpx.Response") -> bytes:
    found = bytearray()
    for piece in answer.iter_bytes():
        found += piece
        if len(found) > MAX_MESSAGE:
            raise Unreachable(_("The answer of the other node is too long."))
    if answer.status_code in _REFUSALS:
        raise Rejected(status=answer.status_code, said=bytes(found[:500]).decode(errors="replace"))
    if answer.status_code == _NOTHING:
        return b""
    if answer.status_code != _OK or answer.headers.get("Content-Type", "") != CONTENT_TYPE:
        raise Unreachable(_("Something that is no node answers at this address."), status=answer.status_code)
    return bytes(found)


def unpack(data: bytes, encoding: str) -> bytes:
    """A request's body as it was before it was compressed.

    Raises:
        Unreachable: it is not what its headers say, or unpacks to more than `MAX_MESSAGE`.
    """
    if encoding != "gzip":
        return data
    unzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        found = unzip.decompress(data, MAX_MESSAGE + 1)
    except zlib.error as error:
        raise Rejected(_("The message is not compressed as it says.")) from error
    if len(found) > MAX_MESSAGE or not unzip.eof:
        raise Rejected(_("The message is larger than what is accepted here."))
    return found
