"""The chain's pages: reports and their form, review, who has reported, totals down to records."""

from pyramid.config import Configurator

from renda.excel import shown as sheets
from renda_tiers.web import (
    comparison,
    directives,
    evidence,
    form,
    matrix,
    matter,
    matters,
    packs,
    policies,
    publications,
    publishing,
    report,
    reports,
    rollup,
    saving,
    sending,
    vintages,
)
from renda_tiers.web.workbook import views as workbook

_TEMPLATES = "renda_tiers:templates/tiers"
_FORM = "reports/{template}/{period}"
_SHEETS = (
    ("matrix", "matrix/reported.xlsx", matrix.table, "read"),
    ("compare", "rollup/compared.xlsx", comparison.table, "read"),
    ("publications", "publications/publications.xlsx", publications.table, "read"),
    ("matters", "matters/matters.xlsx", matters.table, "follow"),
    ("directives", "directives/tasks.xlsx", directives.lists.table, "read"),
    ("directive", f"{directives.ONE}/board.xlsx", directives.board.table, "read"),
)
"""Workbooks of what a page's table shows: the page, the address, the table, and the page's permission."""


def includeme(config: Configurator) -> None:
    """Mount the pages below `/o/{org}/m/tiers/`."""

    def shown(name: str) -> str:
        return f"{_TEMPLATES}/{name}.jinja2"

    def posted(template: str | None = None) -> dict[str, str | None]:
        return {"request_method": "POST", "renderer": shown(template) if template else None}

    for part in ("node", "printed", "resources", "summed"):
        config.include(f"renda_tiers.web.{part}")
    add = config.add_page
    for page, pattern, table, verb in _SHEETS:
        add(f"{page}.sheet", pattern, sheets.view(table), verb)
    add("reports", "reports", reports.show, "read", renderer=shown("reports"))
    add("start", "reports/start", reports.start, "read")
    add("form", _FORM, form.show, "read", renderer=shown("form"))
    add("form", _FORM, saving.save, "fill", **posted("form"))
    add("sheet", f"{_FORM}/sheet.xlsx", workbook.send, "fill")
    add("filled", f"{_FORM}/filled", workbook.take, "fill", files=True, **posted("form"))
    config.registry.reading_first.add(("tiers.filled", ""))
    add("confirm", f"{_FORM}/confirm", sending.confirm, "submit", renderer=shown("confirm"))
    add("confirm", f"{_FORM}/confirm", sending.submit, "submit", **posted("confirm"))
    add("report", "report/{document}", report.show, "read", renderer=shown("report"))
    add("report", "report/{document}", report.review, "review", **posted("report"))
    add("evidence", "report/{document}/cell", evidence.show, "read", renderer=shown("evidence"))
    add("matrix", "matrix", matrix.show, "read", renderer=shown("matrix"))
    add("nudge", "matrix/nudge", matrix.nudge, "nudge", **posted())
    add("endorse", "matrix/endorse", matrix.endorse, "review", **posted("matrix"))
    add("policies", "policies", policies.show, "govern", renderer=shown("policies"))
    add("policies.release", "policies/release", policies.release, "govern", renderer=shown("policy_release"))
    add("policies.confirm", "policies/confirm", policies.confirm, "govern", renderer=shown("policy_confirm"))
    add("policies.confirm", "policies/confirm", policies.say, "govern", **posted("policies"))
    add("packs", "packs", packs.show, "govern", renderer=shown("packs"))
    add("pack", "packs/{pack}", packs.look, "govern", renderer=shown("pack"))
    add("pack", "packs/{pack}", packs.hand_on, "govern", **posted())
    add("matters", "matters", matters.show, "follow", renderer=shown("matters"))
    new_matter = "renda:web/templates/register/form.jinja2"
    add("matters.new", "matters/new", matters.new, "hand", renderer=new_matter)
    add("matters.new", "matters/new", matters.hand_over, "hand", renderer=new_matter, request_method="POST")
    add("matter", "matters/{case}", matter.show, "follow", renderer=shown("matter"))
    add("matter.answer", "matters/{case}/answer", matter.answer, "answer", **posted("matter"))
    add("matter.pass", "matters/{case}/pass", matter.pass_on, "hand", **posted("matter"))
    add("matter.rate", "matters/{case}/rate", matter.rate, "hand", **posted("matter"))
    add("matter.identity", "matters/{case}/identity", matter.identify, "identify", **posted("matter"))
    add("matter.erase", "matters/{case}/erase", matter.erase, "erase", **posted("matter"))
    add("matter.file", "matters/{case}/{document}/{name}", matter.download, "follow")
    add("rollup", "rollup", rollup.show, "read", renderer=shown("rollup"))
    add("figure", "rollup/figure", rollup.figure, "read", renderer=shown("figure"))
    directives.mount(config)
    add("compare", "rollup/compare", comparison.show, "read", renderer=shown("compare"))
    add("trend", "rollup/trend", comparison.trend, "read", renderer=shown("trend"))
    add("publish", "rollup/publish", publishing.confirm, "publish", renderer=shown("publish"))
    add("publish", "rollup/publish", publishing.publish, "publish", **posted("publish"))
    add("publications", "publications", publications.show, "read", renderer=shown("publications"))
    vintage = "publication/{document}"
    add("publication", vintage, publications.vintage, "read", renderer=shown("publication"))
    add("vintages", f"{vintage}/compare", vintages.show, "read", renderer=shown("vintages"))
