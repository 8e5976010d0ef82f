"""The chain's pages: reports and their form, review, who has reported, totals down to records."""

from pyramid.config import Configurator

from renda_tiers.web import evidence, form, matrix, report, reports, rollup, saving, sending

_TEMPLATES = "renda_tiers:templates/tiers"
_FORM = "reports/{template}/{period}"


def includeme(config: Configurator) -> None:
    """Mount the pages below `/o/{org}/m/tiers/`."""

    def shown(name: str) -> str:
        return f"{_TEMPLATES}/{name}.jinja2"

    def posted(template: str | None = None) -> dict[str, str | None]:
        return {"request_method": "POST", "renderer": shown(template) if template else None}

    add = config.add_page
    add("reports", "reports", reports.show, "read", renderer=shown("reports"))
    add("start", "reports/start", reports.start, "read")
    add("form", _FORM, form.show, "read", renderer=shown("form"))
    add("form", _FORM, saving.save, "fill", **posted("form"))
    add("confirm", f"{_FORM}/confirm", sending.confirm, "submit", renderer=shown("confirm"))
    add("confirm", f"{_FORM}/confirm", sending.submit, "submit", **posted("confirm"))
    add("report", "report/{document}", report.show, "read", renderer=shown("report"))
    add("report", "report/{document}", report.review, "review", **posted("report"))
    add("evidence", "report/{document}/cell", evidence.show, "read", renderer=shown("evidence"))
    add("matrix", "matrix", matrix.show, "read", renderer=shown("matrix"))
    add("nudge", "matrix/nudge", matrix.nudge, "nudge", **posted())
    add("endorse", "matrix/endorse", matrix.endorse, "review", **posted())
    add("rollup", "rollup", rollup.show, "read", renderer=shown("rollup"))
    add("figure", "rollup/figure", rollup.figure, "read", renderer=shown("figure"))
