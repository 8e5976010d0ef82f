"""One call: what it says, how it is signed, and where it may go.

Standard Webhooks 1.0 (standardwebhooks.com): the headers `webhook-id`, `webhook-timestamp` and
`webhook-signature`, of which the last is `v1,` and the base64 of the HMAC-SHA256 over
`<id>.<timestamp>.<body>`. The id stays the same when a call is repeated, so that a receiver takes it once.
"""

import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from renda.errors import RendaError
from renda.i18n import _
from renda.security.models import AuditEntry

SECONDS = 10.0
"""For a connection, for the request, and for the answer's first line."""


class NotTaken(RendaError):
    """The receiver did not take the call."""

    status = 502
    message = _("The receiver cannot be reached.")


@dataclass(frozen=True)
class Call:
    """What is sent to one address."""

    address: str
    body: bytes
    headers: Mapping[str, str]


def call(address: str, entry: AuditEntry, secret: bytes, now: datetime) -> Call:
    """What is told of an audit row: what was done, to what, where and when; not by whom, and no content."""
    said = {
        "type": entry.action,
        "timestamp": entry.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "data": {"organisation": entry.organisation, "target": entry.target},
    }
    body = json.dumps(said, ensure_ascii=False).encode()
    return Call(address, body, signed(str(entry.id), now, body, secret))


def signed(identifier: str, now: datetime, body: bytes, secret: bytes) -> dict[str, str]:
    """The headers of a call."""
    seconds = str(int(now.timestamp()))
    content = b".".join((identifier.encode(), seconds.encode(), body))
    signature = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": identifier,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{signature}",
    }


def _trust() -> ssl.SSLContext:
    """Whom this machine trusts: receivers in a government's own network have certificates of its own."""
    return ssl.create_default_context()


def send(one: Call) -> None:
    """Post a call; redirects are not followed, proxies of the environment not used, the answer not read.

    Raises:
        NotTaken: no connection, no answer in time, or an answer other than 2xx.
    """
    import httpx

    try:
        with (
            httpx.Client(verify=_trust(), timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", one.address, content=one.body, headers=one.headers) as answer,
        ):
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NotTaken(error=type(error).__name__) from error
    if not httpx.codes.is_success(status):
        raise NotTaken(_("The receiver answered with status ${status}.", mapping={"status": status}))
