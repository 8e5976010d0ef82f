"""A new plugin: every file of it, complete, so that it passes its own tests before a line of it is changed.

The files lie in `files/` as templates (`string.Template`), below paths in which NAME stands for the plugin's
name.
"""

import re
from collections.abc import Iterator
from importlib import resources
from importlib.metadata import entry_points
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from renda.database import FULL_TEXT
from renda.declarations.modules import CORE
from renda.errors import Conflict, Invalid
from renda.i18n import _
from renda.plugins import GROUP
from renda.records.kinds import Rejected, Text

NAME = re.compile(r"[a-z][a-z0-9]{1,23}")
"""A name begins tables, permissions, addresses and a package; what stands behind `_` is no part of it."""
TAKEN = frozenset({CORE, "renda", FULL_TEXT.strip("_")})
"""Words with which other tables and packages begin."""
TITLE = Text(_("Title"), max_length=40)
_SUFFIX = ".tmpl"


def new(name: str, folder: Path, title: str = "") -> Path:
    """Write a plugin into a new folder of its name; where it is.

    Args:
        name: of the plugin.
        folder: in which its own folder is made.
        title: what its users call it, in Chinese; by default its name.

    Raises:
        Invalid: no plugin can be called so, or the title is not one line of text.
        Conflict: a plugin of this name is installed, or there is such a file or folder.
    """
    values = {**_names(name), "title": _title(title or name)}
    if entry_points(group=GROUP, name=name):
        raise Conflict(_("A module ${name} is installed already.", mapping={"name": name}))
    target = folder / name
    try:
        target.mkdir(parents=True)
        for path, template in _files(resources.files(__package__) / "files"):
            file = target / path.replace("NAME", name).removesuffix(_SUFFIX)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(Template(template).substitute(values), encoding="utf-8")
    except FileExistsError:
        raise Conflict(_("There is a ${path} already.", mapping={"path": str(target)})) from None
    except OSError as error:
        raise Conflict(
            _("${path} cannot be written: ${error}", mapping={"path": str(target), "error": str(error)})
        ) from error
    return target


def _names(name: str) -> dict[str, str]:
    if not NAME.fullmatch(name):
        message = _("Call it by 2 to 24 small letters and digits, a letter first, such as visits.")
        raise Invalid({"plugin": message}, message)
    if name in TAKEN:
        message = _("The name ${name} belongs to renda itself.", mapping={"name": name})
        raise Invalid({"plugin": message}, message)
    return {"name": name, "Name": name.capitalize(), "CODE": name.upper()}


def _title(title: str) -> str:
    """The title as a catalogue of messages quotes it."""
    try:
        plain: str = TITLE.clean(title)
    except Rejected as error:
        raise Invalid({"title": error.message}, error.message) from None
    return plain.replace("\\", "\\\\").replace('"', '\\"')


def _files(folder: Traversable, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of every template."""
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            yield from _files(one, f"{path}{one.name}/")
        elif one.name.endswith(_SUFFIX):
            yield path + one.name, one.read_text(encoding="utf-8")
