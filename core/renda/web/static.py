"""Files for browsers, kept for a year under addresses that change with their content."""

import hashlib
from importlib import resources
from pathlib import Path

from pyramid.config import Configurator

from renda.declarations.modules import CORE
from renda.types import Request

YEAR = 31_536_000
_FOLDER = {CORE: "web/static"}


def static_address(request: Request, path: str) -> str:
    """Address of a file in the core's `web/static`, or, as `component:path`, in a component's `static`."""
    component, colon, rest = path.partition(":")
    name = f"{component}/{rest}" if colon else f"{CORE}/{path}"
    stamp = request.registry.static_stamps.get(name, "")
    return f"{request.script_name}/static/{name}?{stamp}"


def includeme(config: Configurator) -> None:
    """Serve the static folder of every component that has one."""
    stamps: dict[str, str] = {}
    for component in config.registry.declared.components:
        folder = Path(str(resources.files(component.package))) / _FOLDER.get(component.name, "static")
        if folder.is_dir():
            stamps |= _stamps(folder, component.name)
            config.add_static_view(f"static/{component.name}", str(folder), cache_max_age=YEAR)
    config.registry.static_stamps = stamps


def _stamps(folder: Path, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            found |= _stamps(entry, f"{name}/{entry.name}")
        else:
            found[f"{name}/{entry.name}"] = hashlib.sha256(entry.read_bytes()).hexdigest()[:12]
    return found
