"""Organisations, people, mandates and groups."""
