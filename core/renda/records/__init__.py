"""The record engine: one declaration gives list, form, detail page, workflow, participation and export."""

from importlib import import_module

from pyramid.config import Configurator

from renda.records.checks import check


def includeme(config: Configurator) -> None:
    """Check every declared record type, then mount the pages that serve all of them."""
    check(config.registry.declared.record_types, config.registry.declared.roles)
    import_module("renda.records.tasks")
    for part in (
        "views",
        "attachment_pages",
        "lists",
        "entries",
        "printing",
        "arranging",
        "bulk_pages",
        "drafting",
        "sound",
    ):
        config.include(f"renda.records.{part}")
