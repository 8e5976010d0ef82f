"""Report templates: from what the modules of this node declare to the `definition` that a body issues."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from renda.clock import local_day
from renda.declarations import Indicator
from renda.directory.models import Organisation
from renda.errors import Conflict, NotFound
from renda.i18n import LOCALES, Translator, _
from renda.indicators.periods import MONTHS, Period
from renda.types import Registry
from renda_tiers.documents import issuing
from renda_tiers.documents.envelope import WHOLE_CHAIN
from renda_tiers.documents.issuing import Statement
from renda_tiers.reports import definitions, standings
from renda_tiers.reports.template import Template


def body(registry: Registry, code: str, tier: str = "") -> dict[str, Any]:
    """The body of the `definition` of a declared template.

    Titles and texts are said in every language of the node, so that a node without the module shows them.

    Args:
        registry: of the node whose modules declare it.
        code: the template's.
        tier: of the body that sets it; its calendar says when reports are due and locked. "" is the node's.

    Raises:
        NotFound: no module here declares it.
    """
    declared = registry.declared
    template = declared.templates.get(code)
    if template is None:
        raise NotFound(_("There is no report template ${code}.", mapping={"code": code}))
    say = {locale: Translator([one.package for one in declared.components], locale) for locale in LOCALES}
    deadline = registry.profiles[tier or registry.values["profile"]].calendar.get(template.period)
    return {
        "code": code,
        "titles": _said(template.title, say),
        "module": template.module,
        "period": str(template.period),
        "tiers": list(template.tiers),
        "due_days": deadline.due_days if deadline else None,
        "lock_days": deadline.lock_days if deadline else None,
        "lines": [_line(declared.indicators[one], say) for one in template.lines],
    }


def _line(indicator: Indicator, say: Mapping[str, Translator]) -> dict[str, Any]:
    units = {locale: say[locale](str(indicator.unit)) for locale in say}
    return {
        **({"units": units} if indicator.unit else {}),
        "indicator": indicator.code,
        "titles": _said(indicator.title, say),
        "texts": _said(indicator.definition, say),
        "kind": str(indicator.kind) if indicator.kind else None,
        "basis": str(indicator.basis),
        "unit": str(indicator.unit),
        "scale": indicator.scale,
        "numerator": indicator.numerator,
        "denominator": indicator.denominator,
        "meaning": indicator.meaning,
    }


def _said(message: str, say: Mapping[str, Translator]) -> dict[str, str]:
    # The English text is part of a figure's meaning, so no catalogue may reword it.
    return {locale: str(message) if locale == "en" else say[locale](message) for locale in say}


def publish(session: Session, origin: str, code: str, *, now: datetime, since: date | None = None) -> bytes:
    """Set a declared template for the origin and everybody below it; the hash of its document.

    Where what was said last says the same already, nothing is issued. A revision applies to the periods that
    begin on `since` or later; without it, to those after the one that runs now, so that nothing that is
    being filled in changes under the clerk's hands.

    What a body below has set stands for what it reports now; the origin's follows. One beside sets its own.

    Raises:
        NotFound: no module here declares it, or there is no such organisation.
        Conflict: a body above has set a template of this code, or this one has another kind of period.
    """
    tier = _tier(session, origin)
    if tier is None:
        raise NotFound(_("There is no organisation ${code}.", mapping={"code": origin}))
    said = body(session.info["registry"], code, tier)
    held = _held(session, origin, code)
    if held is not None and not _bears(session, held, origin, local_day(now)):
        held = None
    if held is not None:
        if held.origin in standings.ancestors_on(session, origin, local_day(now))[1:]:
            raise Conflict(
                _(
                    "The report template ${code} was set by ${origin}.",
                    mapping={"code": code, "origin": held.origin},
                )
            )
        before = dict(definitions.said(session, held.document))
        before.pop(definitions.SINCE, None)
        if before == said and held.origin == origin:
            return held.document
        if held.period != said["period"]:
            raise Conflict(_("A report template keeps its kind of period. Give the new one another code."))
        since = since or _next(held, local_day(now))
    if since is not None:
        said[definitions.SINCE] = since.isoformat()
    statement = Statement(
        definitions.KIND, origin, f"{definitions.KIND}:{code}", said, frozenset(WHOLE_CHAIN)
    )
    return issuing.issue(session, [statement], now=now)[0]


def _next(held: Template, today: date) -> date | None:
    """The first day after the period that runs now; of terms and spans, tomorrow."""
    if held.period not in MONTHS:
        return today + timedelta(days=1)
    following = Period.of(held.period, today).next()
    return following.start if following else None


def _bears(session: Session, held: Template, origin: str, today: date) -> bool:
    """Whether a template was set by the origin itself, or one above or below it."""
    lines = standings.ancestry(session, [origin, held.origin])
    return held.origin in lines(origin, today) or origin in lines(held.origin, today)


def _held(session: Session, origin: str, code: str) -> Template | None:
    try:
        return definitions.current(session, code, origin)
    except NotFound:
        return None


def _tier(session: Session, organisation: str) -> str | None:
    return session.scalar(select(Organisation.tier).where(Organisation.code == organisation))
