"""Spreadsheets as a client: a template for every register, and files that people filled taken back in.

A file is judged row by row before anything is written, and every value goes through the one validator of
its field (`renda.records.kinds`); what is written goes through `renda.records.engine`.
"""

from importlib import import_module

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    """Mount the pages, and let workers know the background work."""
    import_module("renda.excel.tasks")
    config.include("renda.excel.views")
