"""Run benchmarks: all, or those that are named; `--quick` on less data.

    python -m tests.bench [NAME…] [--quick]

Those of one node: receive, total, correction, rebuild, page, records, import. Those of several, each in a process of its own:
exchange, drain, hops, directive, idle.

Exits with 1 where a ratio is not what it must be.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

NAMES = (
    "receive",
    "total",
    "correction",
    "rebuild",
    "page",
    "records",
    "import",
    "exchange",
    "drain",
    "hops",
    "directive",
    "idle",
)

MODULES = {"import": "imports"}
"""Where a benchmark lies whose name is a word of Python."""


def main() -> int:
    """Print every figure as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Figures beside their limits.")
    parser.add_argument("name", nargs="*", choices=[*NAMES, []], help="all where none is named")
    parser.add_argument("--quick", action="store_true", help="on less data")
    chosen = parser.parse_args()
    failed = 0
    for name in chosen.name or NAMES:
        with TemporaryDirectory(prefix="renda-bench-") as folder:
            for figure in import_module(f"tests.bench.{MODULES.get(name, name)}").run(
                Path(folder), quick=chosen.quick
            ):
                print(figure, flush=True)
                failed += not figure.holds
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
