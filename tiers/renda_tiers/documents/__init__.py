"""The ledger of signed documents: the only thing that crosses a link between two nodes."""
