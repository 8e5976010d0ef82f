"""`renda plugin require`, `forbid` and `release`: a body's word on a module for those below it."""

from datetime import datetime
from typing import Any

import click

from renda.app import open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_day
from renda.commands import plugin
from renda.directory.modules import FORBID, REQUIRE
from renda.i18n import _
from renda_tiers.policies import consequences, deciding
from renda_tiers.policies.deciding import Said
from renda_tiers.policies.rules import RELEASE


def _command(rule: str, explanation: str) -> click.Command:
    @plugin.command(rule, help=explanation)
    @config_argument
    @click.argument("module")
    @click.option("--org", "organisation", required=True, help=_("Code of the body that says it."))
    @click.option("--tier", "tiers", multiple=True, help=_("Only for bodies of this tier; may be repeated."))
    @click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help=_("First day; by default today."))
    @click.option("--reason", required=True, help=_("Why."))
    @json_option
    def say(  # noqa: PLR0917 - click passes every option by name
        config: str,
        module: str,
        organisation: str,
        tiers: tuple[str, ...],
        since: datetime | None,
        reason: str,
        as_json: bool,  # noqa: FBT001 - click
    ) -> None:
        with open_node(config) as node:
            first = since.date() if since else local_day(node.now)
            said = Said(module, rule, first, reason, frozenset(tiers))
            checked = deciding.checked(node.session, organisation, said, today=local_day(node.now))
            changed = consequences.of(node.session, organisation, checked)
            document = deciding.say(node.session, organisation, said, actor=None, now=node.now)
        counts = {name: len(getattr(changed, name)) for name in consequences.Consequences.__slots__}
        told: dict[str, Any] = {"document": document.hex(), "module": module, "rule": rule, **counts}
        line = _("${begin} begin to use it, ${end} no longer do, ${cannot} cannot.", mapping=counts)
        emit(told, as_json=as_json, lines=[translator()(line)])

    return say


require = _command(REQUIRE, _("Require a module of the bodies below."))
forbid = _command(FORBID, _("Forbid a module to the bodies below; their data stay."))
release = _command(
    RELEASE, _("Take back what was said of a module; what the bodies chose themselves stands again.")
)
