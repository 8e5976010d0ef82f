"""What an issuer must look after: not delivered, delivered and not read, overdue, or due soon.

The three have different causes, so that nobody is called late who was never reached: a link that is silent,
a desk at which nobody looks, work that is not done.
"""

from datetime import date

from renda.notices.workdays import Workdays
from renda_tiers.directives.phases import ISSUED, PENDING, RECEIVED

NOT_DELIVERED, NOT_READ, OVERDUE, SOON = "not_delivered", "not_read", "overdue", "soon"
URGENT = (NOT_DELIVERED, NOT_READ, OVERDUE)

DELIVERED_WITHIN, READ_WITHIN, SOON_WITHIN = 1, 2, 3
"""Working days after the issue until it should have arrived and been read; and before the last day."""


def of(phase: str, *, issued: date, due: date, today: date, days: Workdays) -> str:
    """Why a target of an open directive deserves a look, or "".

    Args:
        phase: where the target is.
        issued: day of issue of what it is to answer.
        due: its last day.
        today: the day of the one who asks.
        days: how working days are counted there.
    """
    if phase not in PENDING:
        return ""
    over = today > due
    since = days.between(issued, today)
    if phase == ISSUED:
        return NOT_DELIVERED if over or since >= DELIVERED_WITHIN else ""
    if phase == RECEIVED and (over or since >= READ_WITHIN):
        return NOT_READ
    if over:
        return OVERDUE
    return SOON if days.between(today, due) <= SOON_WITHIN else ""
