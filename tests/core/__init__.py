"""What the core promises."""
