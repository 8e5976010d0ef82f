"""`renda report …`: what a body's pages do with reports, for scripts. `--org` says in whose name."""

from collections.abc import Iterable
from typing import Any

import click
from sqlalchemy import select

from renda.app import Node, open_node
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_day
from renda.directory.models import Organisation
from renda.errors import NotFound
from renda.i18n import _
from renda.indicators.kinds import Basis
from renda.indicators.periods import Period
from renda_tiers.commands import printed
from renda_tiers.reports import (
    calendar,
    catalogue,
    definitions,
    entering,
    filling,
    owing,
    progress,
    reviewing,
    shown,
    standings,
    submission,
)
from renda_tiers.reports.models import Report
from renda_tiers.reports.template import Template

org_option = click.option("--org", "organisation", required=True, help=_("Code of the organisation."))
template_argument = click.argument("template")
period_argument = click.argument("period")
reason_option = click.option("--reason", default="", help=_("Why."))


@click.group(help=_("Reports."))
def report() -> None:
    """Commands about reports."""


@report.command(
    "list", help=_("Reports that an organisation may fill in now, and those that it has submitted.")
)
@config_argument
@org_option
@json_option
def list_reports(config: str, organisation: str, *, as_json: bool) -> None:
    """Print the reports."""
    with open_node(config) as node:
        ensure_known(node, organisation)
        held, owed = catalogue.read(node.session, organisation), owing.of(node.session, organisation)
        today = local_day(node.now)
        rows = [
            _row(node, organisation, held.of(template.code, period) or template, period)
            for template in owing.templates(owed, held, today)
            for period in sorted(
                {*owed.open(held, template, today), *_sent(node, organisation, template)}, reverse=True
            )
        ]
    say = translator()
    emit(
        {"reports": rows},
        as_json=as_json,
        lines=[
            "\t".join((row["template"], row["period"], printed.state(row["state"], say), row["due"] or ""))
            for row in rows
        ],
    )


def _sent(node: Node, organisation: str, template: Template) -> list[Period]:
    sent = node.session.scalars(
        select(Report.period).where(Report.organisation == organisation, Report.template == template.code)
    )
    return [Period.parse(code) for code in sent]


def _row(node: Node, organisation: str, template: Template, period: Period) -> dict[str, Any]:
    today = local_day(node.now)
    stands = progress.of(node.session, organisation, template.code, period.code)
    due = calendar.due_on(template, period)
    return {
        "template": template.code,
        "period": period.code,
        "state": progress.state(stands, template, period, today),
        "due": due.isoformat() if due else None,
        "locked": calendar.is_locked(template, period, today) and not stands.returned,
        "late": stands.late,
        "revision": stands.revision,
        "report": stands.report.hex() if stands.report else None,
    }


@report.command(help=_("Type figures and explanations, and print what the report would say now."))
@config_argument
@template_argument
@period_argument
@org_option
@click.option(
    "--set",
    "figures",
    multiple=True,
    metavar="CODE=…",
    help=_("A figure, 无 or /; empty takes it out."),
)
@click.option(
    "--explain", "explanations", multiple=True, metavar="CODE=…", help=_("Why a figure is as it is.")
)
@click.option("--unit", default="", help=_("Unit of the figures; refused where theirs is another."))
@click.option("--basis", type=click.Choice([str(one) for one in Basis]), help=_("What the figures cover."))
@json_option
def fill(
    *,
    config: str,
    template: str,
    period: str,
    organisation: str,
    figures: tuple[str, ...],
    explanations: tuple[str, ...],
    unit: str,
    basis: str | None,
    as_json: bool,
) -> None:
    """Fill in a report."""
    with open_node(config) as node:
        when = Period.parse(period)
        form = _template(node, organisation, template, when)
        scope = (node.session, organisation, form, when)
        entries = entering.amended(
            *scope,
            texts=_pairs(figures),
            explanations=_pairs(explanations),
            unit=unit,
            basis=Basis(basis) if basis else None,
        )
        if entries:
            entering.enter(*scope, entries, author=None, now=node.now)
        draft = filling.fill(*scope, today=local_day(node.now))
    printed.say(printed.draft(draft), as_json=as_json)


def _pairs(options: Iterable[str]) -> dict[str, str]:
    found = {}
    for option in options:
        code, equals, text = option.partition("=")
        if not equals:
            raise click.UsageError(translator()(_("Write CODE=… and not ${text}.", mapping={"text": option})))
        found[code] = text
    return found


@report.command(help=_("Print a submitted report: the current revision, as a body sees it."))
@config_argument
@template_argument
@period_argument
@org_option
@click.option("--as", "viewer", help=_("Code of the body that looks; by default the report's own."))
@json_option
def show(
    *,
    config: str,
    template: str,
    period: str,
    organisation: str,
    viewer: str | None,
    as_json: bool,
) -> None:
    """Show a report."""
    with open_node(config) as node:
        document = _current(node, organisation, template, period)
        found = shown.report(node.session, viewer or organisation, document)
    printed.say(printed.report(found), as_json=as_json)


@report.command(help=_("Sign and send a report; once more, with a reason, to correct it."))
@config_argument
@template_argument
@period_argument
@org_option
@reason_option
@json_option
def submit(
    *,
    config: str,
    template: str,
    period: str,
    organisation: str,
    reason: str,
    as_json: bool,
) -> None:
    """Submit a report."""
    with open_node(config) as node:
        _template(node, organisation, template, Period.parse(period))
        document = submission.submit(
            node.session,
            organisation,
            template,
            Period.parse(period),
            reason=reason,
            actor=None,
            now=node.now,
        )
    result = {"report": document.hex(), "organisation": organisation, "template": template, "period": period}
    emit(result, as_json=as_json, lines=[document.hex()])


@report.command(help=_("Endorse a child's current report, or return it."))
@config_argument
@template_argument
@period_argument
@org_option
@click.option("--of", "child", required=True, help=_("Code of the organisation whose report it is."))
@click.option("--return", "returned", is_flag=True, help=_("Return it instead of endorsing it."))
@click.option("--note", "notes", multiple=True, metavar="CODE=…", help=_("A remark on a figure."))
@click.option("--over", "seen", default="", help=_("Hash of the decision that this one takes the place of."))
@reason_option
@json_option
def review(
    *,
    config: str,
    template: str,
    period: str,
    organisation: str,
    child: str,
    returned: bool,
    notes: tuple[str, ...],
    seen: str,
    reason: str,
    as_json: bool,
) -> None:
    """Review a report."""
    decision = standings.RETURN if returned else standings.ENDORSE
    with open_node(config) as node:
        reviewed = _current(node, child, template, period)
        document = reviewing.decide(
            node.session,
            organisation,
            reviewed,
            decision,
            seen=seen,
            reason=reason,
            notes=[(code, "", words) for code, words in _pairs(notes).items()],
            actor=None,
            now=node.now,
        )
    result = {"review": document.hex(), "report": reviewed.hex(), "decision": decision}
    done = _("Returned: ${report}") if returned else _("Endorsed: ${report}")
    emit(result, as_json=as_json, lines=[translator()(_(done, mapping={"report": reviewed.hex()}))])


def ensure_known(node: Node, organisation: str) -> None:
    """Refuse the code of an organisation that is not here.

    Raises:
        NotFound: there is none of this code.
    """
    if node.session.get(Organisation, organisation) is None:
        raise NotFound(_("There is no organisation ${code}.", mapping={"code": organisation}))


def _template(node: Node, organisation: str, template: str, period: Period) -> Template:
    ensure_known(node, organisation)
    return definitions.current(node.session, template, organisation, period)


def _current(node: Node, organisation: str, template: str, period: str) -> bytes:
    _template(node, organisation, template, Period.parse(period))
    found = progress.of(node.session, organisation, template, Period.parse(period).code).report
    if found is None:
        raise NotFound(_("There is no such report."))
    return found
