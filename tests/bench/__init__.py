"""Figures beside the limit that the same machine reached in the same run: `python -m tests.bench`."""
