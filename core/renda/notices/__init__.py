"""Working days, time limits, the inbox of each account, and how notices reach people outside the pages."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyramid.config import Configurator


def includeme(config: "Configurator") -> None:
    """Mount the pages, declare the background work, and send nothing of what a restored node had waiting."""
    # What this room declares is imported before an application can be.
    from renda.backup import Restored
    from renda.notices import sending

    def restored(event: Restored) -> None:
        sending.drop(event.session, event.session.info["registry"].clock())

    config.add_subscriber(restored, Restored)
    import_module("renda.notices.tasks")
    for part in ("inbox", "choices_page", "days_page", "calendar_page", "feeds"):
        config.include(f"renda.notices.{part}")
