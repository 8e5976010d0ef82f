"""Two people changed the particulars of one person: what differs, and whose word each field takes.

A form carries along what it has seen of each field that is not sealed. Where somebody has saved something
else since, its writer sees both and chooses, as with records (`renda.records.conflicts`).
"""

from collections.abc import Mapping
from typing import Any

from renda.deputies.controls import present_person
from renda.deputies.fields import PERSON, PLAIN
from renda.directory.models import Person
from renda.i18n import Translate, _
from renda.records.conflicts import MINE, TAKE, THEIRS, chosen
from renda.records.forms import Control, hidden

WAS = "was."
"""How the names of the fields begin that say what a form has seen; the name of the field follows."""


def seen(person: Person) -> list[Control]:
    """Hidden fields of what a form shows of a person."""
    present = present_person(person)
    return [hidden(WAS + name, present[name]) for name in PLAIN]


def changed(person: Person, form: Mapping[str, Any]) -> set[str]:
    """Fields that have changed since the form was given out."""
    present = present_person(person)
    return {name for name in PLAIN if form.get(WAS + name, present[name]) != present[name]}


def page(
    person: Person,
    form: Mapping[str, Any],
    typed: Mapping[str, str],
    values: Mapping[str, Any],
    translate: Translate,
) -> dict[str, Any]:
    """What the page of a conflict says; `values` are those of the fields that were `typed` and are kept."""
    stale, picks = changed(person, form), chosen(form)
    differences = []
    for name in PLAIN:
        what, now = PERSON[name], getattr(person, name)
        if name not in values or values[name] == now:
            continue
        untouched = what.typed(values[name]) == form.get(WAS + name)
        usual = MINE if name not in stale else THEIRS if untouched else ""
        differences.append(
            {
                "name": name,
                "label": what.label,
                "unit": what.unit,
                "paragraph": what.widget == "paragraph",
                "mine": what.show(values[name], translate),
                "theirs": what.show(now, translate),
                "who": None,
                "when": "",
                "pick": picks.get(name) or usual,
            }
        )
    return {
        "title": _("Changed meanwhile: ${register}", mapping={"register": person.name}),
        "state": None,
        "differences": differences,
        "fields": [*(hidden(*pair) for pair in typed.items()), *seen(person)],
        "take": TAKE,
        "timeline": [],
    }
