"""What tests start as a process of its own, to kill it: `python -m … ACTION URL FOLDER FILE`."""

import pickle
import sys
from datetime import UTC, datetime
from pathlib import Path

from renda.app import configure, unit_of_work
from renda.failpoints import reach
from renda.testing.plugin import node_settings
from renda_tiers.documents import ledger


def main(action: str, url: str, folder: str, file: str) -> None:
    """Receive what the file holds, or rebuild; tell each outcome once it is committed."""
    registry = configure(node_settings(Path(folder), url), environment={}).registry
    batch = pickle.loads(Path(file).read_bytes())
    with unit_of_work(registry) as session:
        if action == "rebuild":
            ledger.rebuild(session)
            receipts = []
        else:
            receipts = ledger.receive(session, batch, now=datetime(2026, 5, 6, 1, tzinfo=UTC))
    for receipt in receipts:
        print(receipt.hash.hex() if receipt.hash else "-", receipt.outcome, flush=True)
    reach("test.acknowledged")


if __name__ == "__main__":
    main(*sys.argv[1:])
