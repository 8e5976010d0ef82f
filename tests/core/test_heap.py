"""The threads of a process share one heap."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

LOOK = """
import ctypes, sys, threading
from renda import heap

if sys.argv[1] == "share":
    heap.share()
together = threading.Barrier(4)

def take():
    together.wait()
    kept.append([bytes(4000) for _each in range(1000)])

kept = []
threads = [threading.Thread(target=take) for _each in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


def heaps(file: Path, how: str) -> int:
    """How many heaps a process has after four of its threads took memory."""
    told = {"MALLOC_ARENA_MAX", "GLIBC_TUNABLES"}
    environment = {name: value for name, value in os.environ.items() if name not in told}
    subprocess.run([sys.executable, "-c", LOOK, how, str(file)], check=True, env=environment)
    return file.read_text(encoding="utf-8").count("<heap nr=")


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="the C library is not glibc")
def test_threads_share_one_heap(tmp_path: Path) -> None:
    assert heaps(tmp_path / "alone", "alone") > 1
    assert heaps(tmp_path / "share", "share") == 1
