"""The collector of garbage, and what it need not look at."""

import gc

OFTEN = 20_000
"""Objects that are made before the youngest are looked through; Python's 700 is meant for small programs."""


def relax() -> None:
    """Have it look more seldom, as where very much is imported that stays."""
    gc.set_threshold(OFTEN, 20, 20)


def spare() -> None:
    """Have it leave alone what exists now: what was made at the start lives as long as the process.

    Else it walks through all modules, mappers and views again and again, a fifth of a second each time.
    """
    gc.collect()
    gc.freeze()
    relax()
