"""Tests of what helps to write plugins."""
