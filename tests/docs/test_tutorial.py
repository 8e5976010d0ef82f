"""`docs/tutorial.md` is typed as it stands, in an empty folder, without a network."""

import os
import re
import signal
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
BLOCK = r"```\w+\n(?P<{}>.*?)^```"
STEPS = re.compile(
    rf"""
      ^```sh\n(?P<typed>.*?)^```
    | ^```text\n(?P<said>.*?)^```
    | Write\ `(?P<new>[^`]+)`:\n{BLOCK.format("whole")}
    | Append\ to\ `(?P<longer>[^`]+)`:\n{BLOCK.format("end")}
    | In\ `(?P<wider>[^`]+)`,\ after\ `(?P<line>[^`]+)`,\ add:\n{BLOCK.format("more")}
    | In\ `(?P<other>[^`]+)`,\ replace\ `(?P<old>[^`]+)`\ by\ `(?P<by>[^`]+)`
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
END = "@@ typed @@"


class Shell:
    """One bash, in which variables and jobs stay; it ends at the first command that fails."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "-eu", "-o", "pipefail"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )

    def type(self, commands: str) -> str:
        """What commands print."""
        assert self._bash.stdin
        assert self._bash.stdout
        self._bash.stdin.write(f"{commands}\necho '{END}'\n")
        self._bash.stdin.flush()
        lines = []
        for line in self._bash.stdout:
            if line.strip() == END:
                return "".join(lines)
            lines.append(line)
        pytest.fail(f"{commands}\n{''.join(lines)}")

    def close(self) -> None:
        """End it with all that it started."""
        os.killpg(self._bash.pid, signal.SIGTERM)
        self._bash.communicate(timeout=30)


@pytest.fixture
def shell(tmp_path):
    """A shell in an empty folder, in an active environment of its own that has what this one has."""
    made = tmp_path / "venv"
    venv.create(made, with_pip=False)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(made), "platbase": str(made)}))
    plugins = sorted(path.parent for path in ROOT.glob("plugins/*/setup.cfg"))
    shared = [sysconfig.get_path("purelib"), ROOT / "core", ROOT / "tiers", *plugins]
    (own / "shared.pth").write_text("".join(f"{path}\n" for path in shared), encoding="utf-8")
    command = made / "bin/renda"
    command.write_text(f"#!{made / 'bin/python'}\nfrom renda.cli import main\n\nmain()\n", encoding="utf-8")
    command.chmod(0o755)
    empty = tmp_path / "empty"
    empty.mkdir()
    # Whoever types this has no variables of tests, and nowhere to fetch anything from.
    environment = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    environment |= {"PATH": f"{made / 'bin'}:{os.environ['PATH']}", "VIRTUAL_ENV": str(made)}
    environment |= {"PYTHONIOENCODING": "utf-8", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0"}
    found = Shell(empty, environment)
    yield found, empty
    found.close()


def change(folder: Path, step: dict[str, str | None]) -> None:
    """Write, append to, or change a file as a step says."""
    path = folder / str(step["new"] or step["longer"] or step["wider"] or step["other"])
    if step["new"]:
        path.write_text(str(step["whole"]), encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    if step["longer"]:
        path.write_text(text + str(step["end"]), encoding="utf-8")
        return
    old = f"{step['line']}\n" if step["wider"] else str(step["old"])
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, old + str(step["more"]) if step["wider"] else str(step["by"])), "utf-8")


def test_the_tutorial_does_what_it_says(shell):
    bash, folder = shell
    printed = ""
    for found in STEPS.finditer(TEXT):
        step = found.groupdict()
        if step["typed"]:
            printed = bash.type(step["typed"])
        elif step["said"]:
            assert [line for line in step["said"].splitlines() if line not in printed] == [], printed
        else:
            change(folder, step)


def test_every_block_of_it_is_used():
    used = sum(1 for found in STEPS.finditer(TEXT) if not found["other"])
    assert used == len(re.findall(r"^```\w+$", TEXT, re.MULTILINE))
