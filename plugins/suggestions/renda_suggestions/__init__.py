"""Suggestions and motions of deputies, from the draft to the closing (代表法, art. 15, 24, 36 and 51).

Deputies and handling units hold none of the register's verbs: they have pages of their own, which know whose
a suggestion is (`whose`).
"""

from pyramid.config import Configurator

from renda import hookimpl
from renda.declarations import Card, Indicator, MenuEntry, Module, RecordType, ReportTemplate, Sample
from renda.i18n import _
from renda_suggestions import cards, clerk
from renda_suggestions.figures import INDICATORS, TEMPLATES
from renda_suggestions.guide import GUIDE
from renda_suggestions.records import SUGGESTIONS
from renda_suggestions.samples import make


@hookimpl
def register_module() -> Module:
    """Clerks keep the register; deputies propose, units answer, and the others in the house read."""
    return Module(
        title=_("Suggestions"),
        summary=_("Suggestions and motions of deputies, their handling, replies, ratings and closing."),
        grants={
            "clerk": ("read", "write", "decide", "export"),
            "reviewer": ("read", "export"),
            "leader": ("read",),
            "auditor": ("read",),
            "deputy": ("propose",),
            "handler": ("answer",),
        },
        guide=GUIDE,
    )


@hookimpl
def register_record_types() -> list[RecordType]:
    """Suggestions with their motions, and from their participation a register of signatures."""
    return [SUGGESTIONS]


@hookimpl
def register_indicators() -> list[Indicator]:
    """S01 to S23, with the counts that the rates are divided from."""
    return INDICATORS


@hookimpl
def register_report_templates() -> list[ReportTemplate]:
    """The yearly report of each tier."""
    return TEMPLATES


@hookimpl
def register_slots() -> list[MenuEntry | Card]:
    """The register, the pages of deputies and units, and what waits for each of them."""
    return [
        MenuEntry("opinions", SUGGESTIONS.title, f"r/{SUGGESTIONS.name}", "read", weight=10),
        MenuEntry("opinions", clerk.ON_PAPER, "m/suggestions/paper", "write", 11, _has_congress),
        MenuEntry("opinions", _("My suggestions"), "m/suggestions/mine", "propose", 20, _has_congress),
        MenuEntry("opinions", _("Make a suggestion"), "m/suggestions/new", "propose", 21, _has_congress),
        MenuEntry(
            "opinions", _("Suggestions to handle"), "m/suggestions/handling", "answer", 30, _has_congress
        ),
        Card("suggestions-mine", "propose", cards.deputies, 10),
        Card("suggestions-assigned", "answer", cards.units, 20),
        Card("suggestions", "decide", cards.clerks, 30),
    ]


def _has_congress(request: object) -> bool:
    return not request.context.barred(SUGGESTIONS)  # type: ignore[attr-defined]


@hookimpl
def register_samples() -> list[Sample]:
    """Invented suggestions in every state of their course."""
    return [Sample("suggestions", make)]


def includeme(config: Configurator) -> None:
    """Mount the pages of deputies, units and clerks."""
    for part in ("deputy", "handler", "clerk"):
        config.include(f"renda_suggestions.{part}")
