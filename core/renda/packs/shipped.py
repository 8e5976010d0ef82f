"""The practice packs that come with renda: files beside this module, as anybody could have written them."""

from functools import cache
from importlib import resources

from renda.packs.declared import Pack
from renda.packs.reading import read

SUFFIX = ".toml"


@cache
def packs() -> dict[str, Pack]:
    """The packs by id."""
    folder = resources.files("renda.packs") / "data"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(SUFFIX)), key=lambda one: one.name)
    found = (read(one.read_bytes(), one.name) for one in files)
    return {one.name: one for one in found}
