"""What a declaration of a record type must hold to, checked once, at start."""

from collections.abc import Collection, Iterator, Mapping

from renda.declarations import Attachments, Limit, RecordType
from renda.errors import Misconfigured
from renda.files.kinds import KINDS
from renda.i18n import _
from renda.records.quantities import Day

RESERVED = frozenset(
    {"q", "sort", "page", "columns", "view", "cursor", "limit", "csrf_token", "do", "transition", "reason"}
    | {"id", "organisation", "state", "author", "created_at", "changed_at", "lock", "whole"}
)
"""Words that pages and records use themselves; no field may be called so."""

MOST_MEGABYTES = 19
"""Of one file: a form of 20 MB has to hold what is around it, too (`renda.web.limits`)."""


def check(types: Mapping[str, RecordType], roles: Collection[str]) -> None:
    """Refuse declarations that contradict themselves, or name roles that are none of `roles`.

    Raises:
        Misconfigured: with the type and what is wrong in it.
    """
    for kind in types.values():
        for problem in problems(kind, types, roles):
            raise Misconfigured(
                _("The record type ${name}: ${problem}", mapping={"name": kind.name, "problem": problem})
            )


def problems(kind: RecordType, types: Mapping[str, RecordType], roles: Collection[str]) -> Iterator[str]:
    """What is wrong in one declaration; `types` and `roles` are all that there are."""
    known = kind.fields.keys()
    if not kind.columns:
        yield "it has no columns"
    if clash := known & RESERVED:
        yield f"{sorted(clash)} are words of the engine and no names of fields"
    for part in ("columns", "search", "evidence"):
        if unknown := {*getattr(kind, part)} - known - ({"state"} if part != "search" else set()):
            yield f"{part} names {sorted(unknown)}, which are no fields"
    if told := [name for name in kind.evidence if name in known and kind.fields[name].personal]:
        yield f"evidence names {told}, which are personal data"
    if kind.part_of and (kind.part_of not in types or not hasattr(kind.model, "whole")):
        yield f"it is part of {kind.part_of}, which is no record type, or its class has no column `whole`"
    if kind.attachments is not None:
        yield from _wrong_attachments(kind.attachments)
    yield from _wrong_steps(kind)
    for state in kind.workflow.states:
        if state.limit is not None:
            yield from _wrong_limit(kind, state.name, state.limit, roles)


def _wrong_limit(kind: RecordType, state: str, limit: Limit, roles: Collection[str]) -> Iterator[str]:
    if unknown := {*limit.escalate} - {*roles}:
        yield f"the limit of the state {state}: escalate names {sorted(unknown)}, which are no roles"
    if limit.field and not isinstance(kind.fields.get(limit.field), Day):
        yield f"the limit of the state {state} names {limit.field}, which is no day of the record"


def _wrong_attachments(rules: Attachments) -> Iterator[str]:
    if unknown := {*rules.kinds} - KINDS.keys():
        yield f"attachments names {sorted(unknown)}, which are no kinds of file"
    if not rules.kinds or rules.most < 1 or not 1 <= rules.limit <= MOST_MEGABYTES:
        yield f"attachments takes no files, or files of more than {MOST_MEGABYTES} MB"


def _wrong_steps(kind: RecordType) -> Iterator[str]:
    states = {state.name for state in kind.workflow.states}
    for step in kind.workflow.transitions:
        if unknown := {*step.sources, step.target} - states:
            yield f"the step {step.name} names {sorted(unknown)}, which are no states"
