"""What the chain promises."""
