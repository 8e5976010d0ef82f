"""Two people changed one record: what differs, field by field, and whose word each field takes.

A form that is out of date is not thrown away. Its writer sees what they typed beside what somebody else has
saved since, chooses for each field, and saves again.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from renda.clock import local_minute
from renda.declarations import RecordType
from renda.i18n import Translate, _
from renda.records import changes, engine, forms, persons, tables
from renda.records.changes import Change
from renda.records.fields import Person
from renda.records.forms import masked
from renda.records.models import Record

TAKE = "take."
"""How the names of the choices begin; the name of the field follows."""
MINE, THEIRS = "mine", "theirs"


class Since(NamedTuple):
    """What happened to a field since a form was opened: its value then, as kept, and the latest change."""

    base: Any
    change: Change
    who: str | None


def chosen(form: Mapping[str, str]) -> dict[str, str]:
    """Whose word each field is to take, by field, as the page of a conflict sends it."""
    return {
        name.removeprefix(TAKE): value
        for name, value in form.items()
        if name.startswith(TAKE) and value in {MINE, THEIRS}
    }


def typed_in(kind: RecordType, form: Mapping[str, str], row: Record | None) -> dict[str, str]:
    """All that was typed, without the choices."""
    return forms.sent(kind, {name: value for name, value in form.items() if not name.startswith(TAKE)}, row)


def differences(
    session: Session,
    kind: RecordType,
    row: Record,
    typed: Mapping[str, str],
    *,
    lock: int,
    picks: Mapping[str, str],
    translate: Translate,
) -> list[dict[str, Any]]:
    """Fields in which a form differs from the record, as the page of a conflict shows them.

    `typed` holds values that the fields take; `lock` is the count of changes that the form has seen; `picks`
    are choices made before. Chosen beforehand is the word of whoever alone changed a field; where both did,
    the writer has to choose.
    """
    mine = engine.cleaned(kind, typed, [name for name in kind.fields if name in typed])
    since = _since(session, kind, row, lock)
    named = {
        value
        for name, value in mine.items()
        if isinstance(kind.fields[name], Person)
        for value in (value, kind.value(row, name))
    }
    names = persons.names(session, named - {None})
    found = []
    for name, value in mine.items():
        what, now = kind.fields[name], kind.value(row, name)
        if value == now:
            continue
        other = since.get(name)
        untouched = other is not None and not masked(what) and changes.kept(what, value) == other.base
        found.append(
            {
                "name": name,
                "label": what.label,
                "unit": what.unit,
                "paragraph": what.widget == "paragraph",
                "mine": typed[name] if masked(what) else tables.shown(kind, name, value, names, translate),
                "theirs": tables.shown(kind, name, now, names, translate),
                "who": other.who if other else None,
                "when": local_minute(other.change.at) if other else "",
                "pick": picks.get(name) or (MINE if other is None else THEIRS if untouched else ""),
            }
        )
    return found


def _since(session: Session, kind: RecordType, row: Record, lock: int) -> dict[str, Since]:
    found: dict[str, Since] = {}
    for change, who in reversed(changes.of(session, kind, row, lock)):
        for name, (before, _after) in change.pairs.items():
            base = found[name].base if name in found else before
            found[name] = Since(base, change, who)
    return found


def page(
    session: Session,
    kind: RecordType,
    row: Record,
    form: Mapping[str, str],
    translate: Translate,
) -> dict[str, Any]:
    """What the page of a conflict says about a form that is out of date; nothing typed in it is left out."""
    typed = typed_in(kind, form, row)
    lock = forms.count(form.get("lock", ""))
    return {
        "title": _("Changed meanwhile: ${register}", mapping={"register": translate(kind.title)}),
        "state": tables.state_sign(kind, row.state),
        "differences": differences(
            session, kind, row, typed, lock=lock, picks=chosen(form), translate=translate
        ),
        "fields": [*(forms.hidden(*pair) for pair in typed.items()), forms.hidden("lock", row.lock)],
        "take": TAKE,
    }
