"""Pages and commands about personal data: the inventory, and whose data are due to be erased."""

from typing import Any

import click
from pyramid.config import Configurator

from renda.app import open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_day
from renda.deputies import inventory, retention
from renda.i18n import Translate, _
from renda.types import Registry, Request
from renda.web.contexts import Organisation

TEMPLATE = "renda:deputies/templates/data.jinja2"
KINDS = {"person": _("Particulars"), "contact": _("Identity number, phone and address")}


def _rows(registry: Registry, translate: Translate) -> list[dict[str, str]]:
    """The inventory in words."""
    return [
        {
            "table": one.table,
            "column": one.column,
            "label": translate(one.label),
            "purpose": translate(one.personal.purpose),
            "kept": translate(retention.words(one.personal.kept, registry.values)),
            "sensitive": translate(_("Yes") if one.personal.sensitive else _("No")),
        }
        for one in inventory.entries(registry.declared)
    ]


def show(context: Organisation, request: Request) -> dict[str, Any]:
    """Whose data are due here, and the inventory of the node."""
    place = context.organisation.code
    found = retention.due(request.db, place, request.today, request.registry.values)
    return {
        "due": [
            {
                "cells": [
                    {
                        "text": one.name,
                        "href": request.route_path("core.deputy", org=place, person=one.person),
                    },
                    request.translate(KINDS[one.kind]),
                    one.ended_on,
                    one.since,
                ]
            }
            for one in found
        ],
        "inventory": _rows(request.registry, request.translate),
    }


@click.group(help=_("Personal data: where they are, what for, and which are due to be erased."))
def data() -> None:
    """Commands about personal data."""


@data.command("inventory", help=_("Every column that holds personal data, with its purpose and its span."))
@config_argument
@json_option
def show_inventory(config: str, *, as_json: bool) -> None:
    """Print the inventory of what this node loads."""
    with open_node(config) as node:
        rows = _rows(node.registry, translator())
    emit({"inventory": rows}, as_json=as_json, lines=["\t".join(row.values()) for row in rows])


@data.command("due", help=_("Whose personal data are due to be erased; nothing is erased by itself."))
@config_argument
@click.option("--org", "organisation", required=True, help=_("Code of the organisation."))
@json_option
def show_due(config: str, organisation: str, *, as_json: bool) -> None:
    """Print persons whose span has passed, by id, so that no name leaves the page."""
    with open_node(config) as node:
        found = retention.due(node.session, organisation, local_day(node.now), node.registry.values)
    rows = [{"person": str(one.person), "kind": one.kind, "since": one.since.isoformat()} for one in found]
    emit({"due": rows}, as_json=as_json, lines=["\t".join(row.values()) for row in rows])


def includeme(config: Configurator) -> None:
    """Mount the page."""
    config.add_page("data", "data", show, "read", renderer=TEMPLATE)
