"""How often strangers may give opinions and ask for their progress: there is no sign-in and no puzzle.

Behind one address there may be a whole village or office, so that a burst is let through and a flood is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from renda.i18n import _
from renda.security import attempts
from renda.security.calls import Buckets, TooOften
from renda.types import Request

OFTEN = _(
    "Too much came from here in a short time. What you typed is still there: try again in some minutes."
)


@dataclass
class Limits:
    """Buckets by what is counted: opinions by address and by station, questions for progress by address."""

    given_from: Buckets = field(default_factory=lambda: Buckets(rate=1 / 60, size=20))
    given_at: Buckets = field(default_factory=lambda: Buckets(rate=1 / 30, size=120))
    asked_from: Buckets = field(default_factory=lambda: Buckets(rate=1 / 5, size=60))


def of(request: Request) -> Limits:
    """Those of the application, for as long as it runs."""
    found: Limits = request.registry.__dict__.setdefault("liaison_limits", Limits())
    return found


def give(request: Request, station: str) -> None:
    """Count an opinion that is given at a station.

    Raises:
        TooOften: too many came from this address or for this station.
    """
    _take({_caller(request): of(request).given_from, station: of(request).given_at})


def ask(request: Request) -> None:
    """Count a question for the progress of an opinion.

    Raises:
        TooOften: too many came from this address.
    """
    _take({_caller(request): of(request).asked_from})


def _caller(request: Request) -> str:
    return attempts.network(request.remote_addr or "")


def _take(wanted: Mapping[str, Buckets]) -> None:
    try:
        for caller, buckets in wanted.items():
            buckets.take(caller)
    except TooOften:
        raise TooOften(OFTEN) from None
