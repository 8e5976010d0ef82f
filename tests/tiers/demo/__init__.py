"""The demonstration as its user runs it."""
