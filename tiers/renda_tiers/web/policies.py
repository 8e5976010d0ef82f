"""What a body says of the modules of those below: what stands, a form, and a last look before saying it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from renda.declarations.modules import CORE
from renda.directory.divisions import TIERS
from renda.directory.modules import FORBID, REQUIRE, RULES
from renda.errors import Invalid
from renda.i18n import _
from renda.types import Request
from renda.web.contexts import Organisation
from renda.web.errors import refuse
from renda_tiers.policies import consequences, deciding
from renda_tiers.policies.consequences import Consequences
from renda_tiers.policies.deciding import Said
from renda_tiers.policies.rules import RELEASE, Word
from renda_tiers.web import given, links

WORDS: Mapping[str, str] = {REQUIRE: _("Require"), FORBID: _("Forbid"), RELEASE: _("Take back")}
STANDS: Mapping[str, tuple[str, str]] = {REQUIRE: ("ok", _("Required")), FORBID: ("bad", _("Forbidden"))}
COLUMNS = [
    {"title": _("Module")},
    {"title": _("Rule")},
    {"title": _("For")},
    {"title": _("Holds from"), "kind": "day"},
    {"title": _("Reason"), "kind": "paragraph"},
    {"title": _("Change")},
]
MOST_NAMES = 20
"""Names in one line of the consequences; of more only their number is told."""

_FIELDS = ("module", "rule", "tier", "since", "reason")


def show(context: Organisation, request: Request) -> Mapping[str, Any]:
    """What stands, and the form."""
    return _page(context, request, {"since": request.today.isoformat()}, {})


def _page(
    context: Organisation, request: Request, typed: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    words = deciding.latest(request.db, context.organisation.code)
    said = request.GET.get("said") in WORDS
    return {
        "columns": COLUMNS,
        "rows": [_row(request, words[name]) for name in sorted(words) if words[name].rule.rule in RULES],
        "fields": _fields(context, request, typed, errors),
        "errors": errors,
        "has_children": deciding.has_children(request.db, context.organisation.code, request.today),
        "confirm": links.to(request, "policies.confirm"),
        "flashes": [{"light": "ok", "text": request.translate(_("It was said to all below."))}]
        if said
        else [],
    }


def _row(request: Request, word: Word) -> dict[str, Any]:
    light, text = STANDS[word.rule.rule]
    query = {"module": word.rule.module, "rule": RELEASE}
    return {
        "cells": [
            _title(request, word.rule.module),
            {"light": light, "text": text},
            _tiers(request, word.tiers),
            word.since,
            word.rule.reason,
            {"text": request.translate(WORDS[RELEASE]), "href": links.to(request, "policies.release", query)},
        ]
    }


def _title(request: Request, name: str) -> str:
    installed = request.registry.declared.modules
    return request.translate(installed[name].title) if name in installed else name


def _tiers(request: Request, tiers: frozenset[str]) -> str:
    if not tiers:
        return request.translate(_("all below"))
    profiles = request.registry.profiles
    return "、".join(profiles[tier].label if tier in profiles else tier for tier in TIERS if tier in tiers)


def _fields(
    context: Organisation, request: Request, typed: Mapping[str, str], errors: Mapping[str, str]
) -> list[dict[str, Any]]:
    installed = [name for name in context.own_modules.modules if name != CORE]
    below = TIERS[TIERS.index(context.organisation.tier) + 1 :]
    profiles = request.registry.profiles
    fields: list[dict[str, Any]] = [
        {
            "name": "module",
            "label": _("Module"),
            "widget": "choice",
            "choices": [(name, _title(request, name)) for name in installed],
        },
        {
            "name": "rule",
            "label": _("Rule"),
            "widget": "choice",
            "choices": [(rule, WORDS[rule]) for rule in (REQUIRE, FORBID)],
        },
        {
            "name": "tier",
            "label": _("For"),
            "widget": "choice",
            "empty": _("all below"),
            "choices": [(tier, profiles[tier].label) for tier in below if tier in profiles],
        },
        {"name": "since", "label": _("Holds from"), "widget": "day"},
        _reason(),
    ]
    return [
        {
            "required": one["name"] != "tier",
            **one,
            "value": typed.get(one["name"], ""),
            "error": errors.get(one["name"]),
        }
        for one in fields
    ]


def _reason() -> dict[str, Any]:
    return {
        "name": "reason",
        "label": _("Reason"),
        "help": _("Everybody below reads it."),
        "widget": "paragraph",
        "max_length": deciding.MOST_WORDS,
        "required": True,
    }


def release(_context: Organisation, request: Request) -> Mapping[str, Any]:
    """Why something is taken back: asked before the last look."""
    typed = {**_typed(request.GET), "since": request.today.isoformat(), "rule": RELEASE}
    hidden = [
        {"name": name, "widget": "hidden", "value": typed[name]} for name in ("module", "rule", "since")
    ]
    return {
        "title": request.translate(
            _("Take back what was said of: ${module}", mapping={"module": _title(request, typed["module"])})
        ),
        "fields": [*hidden, {**_reason(), "value": typed["reason"], "error": None}],
        "confirm": links.to(request, "policies.confirm"),
        "back": links.to(request, "policies"),
    }


def _typed(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: given.text(fields, name) for name in _FIELDS}


def _said(typed: Mapping[str, str]) -> Said:
    try:
        since = date.fromisoformat(typed["since"])
    except ValueError:
        raise Invalid({"since": _("Enter a day.")}) from None
    tiers = frozenset({typed["tier"]} if typed["tier"] else ())
    return Said(typed["module"], typed["rule"], since, typed["reason"], tiers)


def confirm(context: Organisation, request: Request) -> Mapping[str, Any]:
    """Who begins and who ends to use the module, before it is said."""
    typed = _typed(request.GET)
    try:
        said = deciding.checked(request.db, context.organisation.code, _said(typed), today=request.today)
    except Invalid as error:
        return _refused(context, request, typed, error)
    found = consequences.of(request.db, context.organisation.code, said)
    return {
        "title": request.translate(
            _(
                "${rule}: ${module}",
                mapping={
                    "rule": request.translate(WORDS[said.rule]),
                    "module": _title(request, said.module),
                },
            )
        ),
        "facts": [
            {"label": _("For"), "value": _tiers(request, said.tiers)},
            {"label": _("Holds from"), "value": said.since},
            {"label": _("Reason"), "value": said.reason, "kind": "paragraph"},
        ],
        "consequences": _consequences(request, found),
        "hidden": [{"name": name, "widget": "hidden", "value": typed[name]} for name in _FIELDS],
        "label": WORDS[said.rule],
        "back": links.to(request, "policies"),
    }


def _refused(
    context: Organisation, request: Request, typed: Mapping[str, str], error: Invalid
) -> dict[str, Any]:
    refuse(request, error.status)
    request.override_renderer = "renda_tiers:templates/tiers/policies.jinja2"
    return _page(context, request, typed, error.errors)


def _consequences(request: Request, found: Consequences) -> list[dict[str, str]]:
    lines = (
        ("ok", _("Begin to use it: ${names}"), found.begin),
        ("bad", _("Use it no more (their data stay): ${names}"), found.end),
        ("warn", _("Cannot use it, since this node or their profile lacks it: ${names}"), found.cannot),
        ("warn", _("A higher body says otherwise, which stands for: ${names}"), found.outranked),
        ("off", _("Have nodes of their own, and are told: ${names}"), found.remote),
    )
    shown = [
        {"light": light, "text": request.translate(_(text, mapping={"names": _names(request, names)}))}
        for light, text, names in lines
        if names
    ]
    return shown or [{"light": "off", "text": request.translate(_("Nothing changes for anybody now."))}]


def _names(request: Request, names: tuple[str, ...]) -> str:
    if len(names) > MOST_NAMES:
        return request.translate(_("${n} organisations", mapping={"n": len(names)}))
    return "、".join(names)


def say(context: Organisation, request: Request) -> Any:
    """Say it to everybody below."""
    typed = _typed(request.POST)
    try:
        deciding.say(
            request.db,
            context.organisation.code,
            _said(typed),
            actor=context.reader.account,
            now=request.now,
        )
    except Invalid as error:
        return _refused(context, request, typed, error)
    return HTTPSeeOther(links.to(request, "policies", {"said": typed["rule"]}))
