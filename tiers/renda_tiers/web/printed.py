"""A report and a publication as Word files: what their pages show, with the receipt of what was printed."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyramid.config import Configurator
from pyramid.response import Response

from renda import word
from renda.clock import local_day, local_minute
from renda.directory.kinds import formal_names
from renda.i18n import Translator, _
from renda.types import Request
from renda.web.contexts import Organisation
from renda.word.paper import Block, Facts, Heading, Paper, Table, Text, facts, plain
from renda_tiers.publications.vintage import Vintage
from renda_tiers.reports.shown import ShownReport
from renda_tiers.web import links, publications, report, words

_COLUMNS = (_("Figure"), _("Unit"), _("This period"), _("Last period"), _("Explanation"))
_TOTALS = (_("Figure"), _("Unit"), _("Total"), _("Reports counted, of those owed"))
_NUMBERS = frozenset({2, 3})
_COMPARE = _("Scan the code or open the address to see whether this revision still stands.")
"""Beside the address on every paper that was made from a signed document."""


def send(context: Organisation, request: Request) -> Response:
    """A report that was sent, for whoever may open its page."""
    found, translate = report.found(context, request), request.translate
    shown = report.page(context, request, found, {}, {})
    content: list[Block] = [
        Facts([(translate(_("Organisation")), found.name), *_state(shown, translate)]),
        Heading(translate(_("Figures of the report"))),
        Table([translate(one) for one in _COLUMNS], _rows(shown["rows"], translate), _NUMBERS),
    ]
    if shown["changes"]:
        content.append(Heading(translate(_("What this correction changed"))))
        content.append(_changes(shown["changes"], translate))
    return _sent(request, found, shown, content, page="report", subtitle=f"（{shown['period']}）")


def send_vintage(context: Organisation, request: Request) -> Response:
    """A publication, for whoever may open its page."""
    found, translate = publications.found(context, request), request.translate
    shown = publications.page(context, request, found)
    content: list[Block] = [
        facts(shown["facts"], translate),
        Heading(translate(_("Figures of the report"))),
        Table(
            [translate(one) for one in _TOTALS], [_total(one, translate) for one in shown["rows"]], _NUMBERS
        ),
    ]
    if shown["corrections"]:
        content.append(Heading(translate(_("What changed since the vintage before, and why"))))
        content += [_correction(one, translate) for one in shown["corrections"]]
    subtitle = f"（{shown['period']} {shown['number']}）"
    return _sent(request, found, shown, content, page="publication", subtitle=subtitle)


def _sent(
    request: Request,
    found: ShownReport | Vintage,
    shown: Mapping[str, Any],
    content: Sequence[Block],
    *,
    page: str,
    subtitle: str,
) -> Response:
    made = Paper(
        title=shown["title"],
        subtitle=subtitle,
        content=content,
        signer=formal_names(request.db, [found.organisation])[found.organisation],
        day=local_day(found.issued),
        source=word.source(request, links.to(request, page, document=found.document)),
        notes=receipt(request, found.document),
    )
    named = (found.period.code, shown["title"], shown["name"])
    return word.send(request, made, *named, plain=f"{found.template.code}-{found.period.code}")


def receipt(request: Request, document: bytes) -> Sequence[str]:
    """What a paper says of the document that it was made from, beside its address."""
    translate = request.translate
    return [
        f"{translate(_('Receipt number'))}：{words.receipt_number(document)}",
        translate(_("Printed ${when}", mapping={"when": local_minute(request.now)})),
        translate(_COMPARE),
    ]


def _state(shown: Mapping[str, Any], translate: Translator) -> Sequence[tuple[str, str]]:
    """The facts of the page, and what the level above decided."""
    rows = [
        *facts(shown["facts"], translate).rows,
        (translate(_("State")), translate(shown["state"]["text"])),
    ]
    if decision := shown["decision"]:
        said = f"{translate(decision['text'])} {decision['when']}"
        rows.append((translate(_("Review")), "，".join(filter(None, (said, decision["reason"])))))
    return rows


def _title(row: Mapping[str, Any]) -> str:
    return f"{row['title']}（{row['derived']}）" if row["derived"] else str(row["title"])


def _rows(rows: Sequence[Mapping[str, Any]], translate: Translator) -> list[list[str]]:
    return [
        [
            _title(row),
            row["unit"] or "—",
            plain(row["current"], translate),
            plain(row["previous"], translate),
            row["explanation"] or "—",
        ]
        for row in rows
    ]


def _changes(changes: Sequence[Mapping[str, Any]], translate: Translator) -> Text:
    def said(one: Mapping[str, Any]) -> str:
        note = f"（{one['note']}）" if one.get("note") else ""
        return f"{one['title']}：{plain(one['before'], translate)} → {plain(one['after'], translate)}{note}"

    return Text("\n".join(map(said, changes)))


def _total(row: Mapping[str, Any], translate: Translator) -> list[str]:
    """A figure of a publication, with how many of the reports that were owed it counts."""
    cover = row["value"]["coverage"]
    return [
        _title(row),
        row["unit"] or "—",
        plain(row["value"], translate),
        f"{cover['counted']:,}/{cover['expected']:,}",
    ]


def _correction(one: Mapping[str, Any], translate: Translator) -> Text:
    """Whose report was corrected, why, and what that changed."""
    why = "；".join(one["reasons"])
    head = f"{one['who']}：{translate(one['what'])}{f'（{why}）' if why else ''}"
    return Text("\n".join(filter(None, (head, _changes(one["changes"], translate).text))))


def includeme(config: Configurator) -> None:
    """Mount the files, where they can be written."""
    if word.available():
        config.add_page("report.paper", "report/{document}/report.docx", send, "read")
        config.add_page("publication.paper", "publication/{document}/publication.docx", send_vintage, "read")
