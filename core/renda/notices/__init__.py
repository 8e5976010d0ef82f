"""Deadlines in working days."""
