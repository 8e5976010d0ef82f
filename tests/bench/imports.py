"""An .xlsx of 20,000 rows entered into a register, beside reading the file alone with the same library.

Entering is what `renda record import` does: the file is checked and read, its rows are judged, and records,
their entries in the search and their audit rows are written. It happens in a process of its own, of which the
highest memory is asked at the end.
"""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from renda import collector
from renda.app import configure, unit_of_work
from renda.excel import uploads
from renda.excel.writing import write
from renda.testing.plugin import node_settings
from tests.bench import city
from tests.bench.city import CITY, NOW
from tests.bench.databases import fresh
from tests.bench.figures import Figure, seconds

_REGISTER = "training_class"
_MEGABYTES = 300


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """One database after the other; the file is read alone before and after each."""
    rows = 2_000 if quick else 20_000
    file = folder / "classes.xlsx"
    found = []
    for backend in ("postgresql", "sqlite"):
        with fresh(folder, backend) as url:
            registry = city.found(folder, url).registry
            kind = registry.declared.record_types[_REGISTER]
            say = uploads.chinese(registry)
            _fill(file, [say(what.label) for what in kind.fields.values()], rows)
            registry.engine.dispose()
            before = seconds(lambda: _read(file))
            ours = _entered(folder, url, file)
            alone = (before + seconds(lambda: _read(file))) / 2
        assert ours["rows"] == rows, ours
        found += [
            Figure(
                f"{rows:,} rows of an .xlsx entered ({backend})",
                "rows/s",
                rows / ours["seconds"],
                rows / alone,
                at_least=0.3,
                beside="reading the file with openpyxl",
            ),
            Figure(
                "… and the highest memory of its process",
                "MB",
                ours["memory"],
                _MEGABYTES,
                at_most=1,
                beside="what it may be",
            ),
        ]
    return found


def _fill(path: Path, header: list[str], rows: int) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, header)
    for number in range(1, rows + 1):
        day = date(2020, 1, 1) + timedelta(days=number % 2000)
        title = f"第{number}期代表履职培训班"
        values = [title, "topic", day, day, "市委党校", number, "学习人民代表大会制度"]
        for column, value in enumerate(values):
            sheet.write(number, column, value)
    book.close()


def _read(path: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    for sheet in book.worksheets:
        for _row in sheet.iter_rows():
            pass
    book.close()


def _entered(folder: Path, url: str, file: Path) -> dict[str, Any]:
    """What the process says at its end."""
    command = [sys.executable, "-W", "ignore", "-m", __name__, str(folder), url, str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _enter(folder: Path, url: str, file: Path) -> None:
    collector.relax()  # As every command does.
    registry = configure(node_settings(folder, url), environment={}).registry
    begun = datetime.now(UTC)
    kind = registry.declared.record_types[_REGISTER]
    read = uploads.opened(registry, kind, CITY, file.read_bytes())
    with unit_of_work(registry) as session:
        found = uploads.assess(session, registry, kind, CITY, read, now=NOW)
        written = write(session, kind, CITY, found.verdicts, now=NOW, actor=None)
    taken = (datetime.now(UTC) - begun).total_seconds()
    print(json.dumps({"rows": written, "seconds": taken, "memory": _highest()}))


def _highest() -> float:
    """Most resident megabytes of this process; `getrusage` tells those of the one that started it if it had more."""
    lines = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    _enter(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
