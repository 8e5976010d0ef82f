"""Last days as pages show them to the reader of a request."""

from datetime import date

from renda.notices import limits, workdays
from renda.types import Request


def left(request: Request, due: date | None) -> str | None:
    """How many working days there are until a last day, or since; None where there is none."""
    if due is None:
        return None
    return request.translate(limits.left(due, request.today, workdays.of(request.db)))


def urgency(request: Request, due: date | None) -> str:
    """The light of a last day: `bad` once it is over, `warn` where it is near, else ""."""
    return "" if due is None else limits.urgency(due, request.today, workdays.of(request.db))
