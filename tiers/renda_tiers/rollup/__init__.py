"""Roll-up: folding the tree, coverage, and what a figure was made from."""
