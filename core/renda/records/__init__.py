"""The record engine: one declaration gives list, form, detail page, workflow, participation and export."""

from pyramid.config import Configurator

from renda.records.checks import check


def includeme(config: Configurator) -> None:
    """Check every declared record type, then mount the routes that serve all of them."""
    check(config.registry.declared.record_types)
    config.include("renda.records.views")
    config.include("renda.records.entries")
