"""Runs `python -m …` as a fork of a process that has imported renda, which spares each call two seconds.

What runs has its own arguments, environment, folder, path and streams, and may be killed. It differs from a
program of its own in what it finds imported: tests of how renda starts run a program.
"""

import importlib
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

_STREAMS = ("stdout", "stderr")


def run(
    module: str,
    *arguments: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 300,
) -> "subprocess.CompletedProcess[str]":
    """`subprocess.run([python, "-m", module, …], capture_output=True)` of a module that speaks UTF-8.

    Raises subprocess.TimeoutExpired after so many seconds.
    """
    with tempfile.TemporaryDirectory() as streams:
        own = dict(os.environ if env is None else env)
        process = _server().Process(target=_begin, args=(module, arguments, cwd or Path.cwd(), own, streams))
        process.start()
        try:
            process.join(timeout)
            if process.exitcode is None:
                raise subprocess.TimeoutExpired([module, *arguments], timeout)
        finally:
            process.kill()
            process.join()
        out, err = (Path(streams, name).read_text(encoding="utf-8") for name in _STREAMS)
    return subprocess.CompletedProcess([module, *arguments], process.exitcode or 0, out, err)


@cache
def _server() -> ForkServerContext:
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.imported"])
    return found


def _begin(module: str, arguments: tuple[str, ...], cwd: Path, env: dict[str, str], streams: str) -> None:
    """What the fork does; ends as `python -m` would."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:0] = filter(None, [str(cwd), *env.get("PYTHONPATH", "").split(os.pathsep)])
    for number, name in enumerate(_STREAMS, start=1):
        stream = Path(streams, name).open("w", encoding="utf-8")  # noqa: SIM115 - open as long as it runs
        os.dup2(stream.fileno(), number)
        setattr(sys, name, stream)
    # It has read the environment of the process that was forked.
    importlib.reload(importlib.import_module("renda.failpoints"))
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)
