"""`renda pack send` and `publish`: handing a practice pack on along the chain."""

from typing import Any

import click

from renda.app import open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.i18n import _
from renda.packs import keeping
from renda.packs.commands import org_option, pack
from renda_tiers.packs import sharing


def _command(name: str, explanation: str, say: Any, told: str, with_report: str = "") -> click.Command:
    @pack.command(name, help=explanation)
    @config_argument
    @click.argument("pack_name", metavar="NAME")
    @org_option
    @json_option
    def hand_on(config: str, pack_name: str, organisation: str, *, as_json: bool) -> None:
        with open_node(config) as node:
            one = keeping.exported(node.session, organisation, pack_name)
            document = say(node.session, organisation, pack_name, actor=None, now=node.now)
        result = {"pack": pack_name, "organisation": organisation, "document": document.hex()}
        done = with_report if with_report and one.templates else told
        emit(result, as_json=as_json, lines=[translator()(_(done, mapping=result))])

    return hand_on


send = _command(
    "send",
    _("Send a pack that an organisation made to the body directly above it."),
    sharing.send,
    _("${pack} is sent to the body above."),
)
publish = _command(
    "publish",
    _("Let all bodies below have a pack, and set the report that it has for them."),
    sharing.publish,
    _("${pack} is published to all below."),
    _("${pack} is published to all below, with its report."),
)
