"""One heap for all threads of a process."""

import ctypes
from contextlib import suppress

_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's <malloc.h>."""


def share() -> None:
    """Let all threads that begin after this take memory from one heap, where the C library is glibc's.

    Each would have a heap of its own, and each heap would keep what the largest call that its thread ever
    answered has taken. Sharing costs little: of a process's threads only one runs Python at a time.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
