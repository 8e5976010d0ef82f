"""The interface for programs, under `/api/v1/`: what pages show and do, as JSON.

Nothing is decided here: contexts, permissions, validators and workflows are those of the pages, and the
document is made from the same declarations. Public names: the Configurator method `add_resource` and
`resources.Parameter` (see `renda.api.resources`).
"""

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    """Mount what every node has; components add to it with `config.add_resource`."""
    for part in ("resources", "organisations", "records", "attachments", "pages", "tokens"):
        config.include(f"renda.api.{part}")
