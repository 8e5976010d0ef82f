"""The shell of the web application: contexts, layout, sign-in, home, errors, headers.

Public names: `contexts.Organisation`, `contexts.Register`, `contexts.Entry`, and the Configurator method
`add_page` (see `renda.web.pages`).
"""

from pyramid.config import Configurator
from pyramid.tweens import INGRESS

from renda.web.pages import add_page


def includeme(config: Configurator) -> None:
    """Put the parts together; `config.add_page` exists afterwards."""
    config.add_tween("renda.web.headers.tween_factory", under=INGRESS, over="pyramid_tm.tm_tween_factory")
    config.add_directive("add_page", add_page)
    drawn = ("rendering", "drawing", "shell", "static", "errors")
    pages = ("entrance", "lasting", "two_step", "home", "help", "modules", "accounts", "health")
    for part in (*drawn, "limits", *pages):
        config.include(f"renda.web.{part}")
