"""A report that the tests of the ledger send, and what became of what was sent."""

from renda.i18n import thaw
from renda_tiers.documents.envelope import Outcome
from renda_tiers.documents.ledger import Receipt
from tests.tiers.simulation.world import PERIODS

SPRING = PERIODS[1]
CELLS = [["SUM", "", "reported", 3, "="]]


def outcomes(receipts: list[Receipt]) -> list[Outcome | None]:
    return [receipt.outcome for receipt in receipts]


def reason(receipt: Receipt) -> str:
    return thaw(receipt.reason).interpolate()
