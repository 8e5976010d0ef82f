"""Publications: numbered, immutable vintages of a period's roll-up, and what differs between two of them."""
