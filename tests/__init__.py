"""The tests of every component; folders mirror the code."""
