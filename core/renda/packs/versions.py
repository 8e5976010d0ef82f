"""What a later version of a pack may change: it adds to what was there, and leaves every record readable."""

from renda.errors import Conflict
from renda.i18n import _
from renda.packs.declared import Pack


def require_follows(earlier: Pack, later: Pack) -> None:
    """Refuse a later version under which records of the earlier one would not be what they were.

    Registers stay, and so do who takes part and what a register is part of. A field may go (it is still
    shown where it was filled in), but not come to mean another kind, nor be asked for where records lack it.

    Raises:
        Conflict: with the register and the field.
    """
    registers = {one.name: one for one in later.shape.registers}
    for before in earlier.shape.registers:
        after = registers.get(before.name)
        if after is None:
            raise _lost(
                _("The register ${register} of version ${version} is missing."), before.title, earlier
            )
        if before.part_of != after.part_of or _taking(before) - _taking(after):
            raise _lost(
                _("The register ${register} was tied to others in version ${version} as it is no more."),
                before.title,
                earlier,
            )
        held = {field.name: field for field in before.fields}
        for field in after.fields:
            old = held.get(field.name)
            if old is not None and old.kind != field.kind:
                raise _lost(
                    _("The field ${register} was of another kind in version ${version}."),
                    field.label,
                    earlier,
                )
            if not field.optional and field.kind != "flag" and (old is None or old.optional):
                raise _lost(
                    _("The field ${register} must be optional: records of version ${version} lack it."),
                    field.label,
                    earlier,
                )


def _taking(register: object) -> set[str]:
    said = getattr(register, "participation", None)
    return set() if said is None else {said.name}


def _lost(message: str, what: str, earlier: Pack) -> Conflict:
    return Conflict(message % {"register": what, "version": earlier.version})
