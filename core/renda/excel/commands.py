"""`renda record …`: a register's records from a spreadsheet and into one."""

import shutil
from contextlib import ExitStack
from pathlib import Path

import click

from renda.app import Node, open_node, unit_of_work
from renda.cli import config_argument, emit, json_option, translator
from renda.clock import local_day
from renda.declarations import Message, RecordType
from renda.directory import modules
from renda.directory.models import Organisation
from renda.errors import Conflict, Invalid, NotFound
from renda.excel import asking, marking, template, uploads
from renda.excel.preview import EQUALS, doubled
from renda.excel.template import Place
from renda.excel.verdicts import ASKED, FAULTY, Question, counts, reasons
from renda.excel.writing import write
from renda.i18n import Translate, _
from renda.records import passing
from renda.records.organs import at
from renda.records.persons import offered

_NO_TYPE = _("There is no register ${name}. There are: ${names}.")
_NO_PLACE = _("This node knows no organisation ${code}.")
_NO_MODULE = _("${code} does not use the module ${name}.")
_MOST_TOLD = 20
_UNSAID: str = _(
    "${count} rows look like existing records, or equal another row. Say with --alike what they are. "
    "Nothing was saved."
)
_LIKE: str = _("It looks like the record ${id}.")
_OWN = {"change": False, "new": True}
"""Words of --alike, and whether each row is a record of its own then."""


class Faulty(Invalid):
    """A file of which some rows would be refused, so that none was written."""


@click.group(help=_("Records of a register."))
def record() -> None:
    """Commands about records."""


def _register(node: Node, name: str, organisation: str) -> tuple[RecordType, Organisation]:
    """The record type as an organisation keeps it, and the organisation.

    Raises:
        NotFound: there is no such type or organisation.
        Conflict: the organisation does not use its module.
    """
    types = node.registry.declared.record_types
    if name not in types:
        raise NotFound(_NO_TYPE % {"name": name, "names": ", ".join(sorted(types))})
    place = node.session.get(Organisation, organisation)
    if place is None:
        raise NotFound(_NO_PLACE % {"code": organisation})
    own = modules.read(node.session, organisation, local_day(node.now))
    if types[name].module not in {"core", *own.in_use}:
        raise Conflict(_NO_MODULE % {"code": organisation, "name": types[name].module})
    return at(node.session, types[name], organisation), place


@record.command("import", help=_("Enter the rows of an XLSX, XLS or CSV file into a register; all or none."))
@config_argument
@click.argument("name", metavar="TYPE")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--org", "organisation", required=True, help=_("Code of the organisation."))
@click.option(
    "--marked",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Where to write the file with its faulty cells marked."),
)
@click.option(
    "--alike",
    type=click.Choice(list(_OWN)),
    help=_(
        "What rows are that look like existing records: changes of them, or new like those that stand twice."
    ),
)
@json_option
def import_records(  # noqa: PLR0917 - click passes every option by name
    config: str,
    name: str,
    file: Path,
    organisation: str,
    marked: Path | None,
    alike: str | None,
    as_json: bool,  # noqa: FBT001 - click
) -> None:
    """Make and change records; safe to repeat."""
    say = translator()
    content = file.read_bytes()
    with ExitStack() as stack:
        node = stack.enter_context(open_node(config, reading=True))
        kind, _place = _register(node, name, organisation)
        read = uploads.opened(node.registry, kind, organisation, content, name=file.name)
        session = stack.enter_context(unit_of_work(node.registry))
        found = uploads.assess(session, node.registry, kind, organisation, read, now=node.now)
        if alike is not None:
            answers = _answers(found, own=_OWN[alike])
            found = uploads.assess(
                session, node.registry, kind, organisation, read, now=node.now, answers=answers
            )
        if found.faulty or (found.asked and alike is None):
            if marked is not None and found.faulty:
                marked.write_bytes(marking.mark(content, kind, found.layout, found.verdicts, say))
            remark = marking.note(content) if marked is not None else ""
            _print(kind, organisation, found, say, as_json=as_json, remark=remark)
            raise Faulty({"file": _refusal(found)}, _refusal(found))
        written = write(session, kind, organisation, found.verdicts, now=node.now, actor=None)
        passing.imported(session, kind, organisation, written, now=node.now, actor=None)
    _print(kind, organisation, found, say, as_json=as_json)


def _answers(found: uploads.Judged, *, own: bool) -> dict[int, str]:
    """One answer for all; rows that equal another are left out unless all are records of their own."""
    twins = asking.of_all(found.verdicts, twins=True, own=own) if own else {}
    return asking.of_all(found.verdicts, twins=False, own=own) | twins


def _refusal(found: uploads.Judged) -> str:
    if not found.faulty:
        return _(_UNSAID, mapping={"count": found.asked})
    return _("${count} rows need correction. Nothing was saved.", mapping={"count": found.faulty})


def _print(
    kind: RecordType,
    organisation: str,
    found: uploads.Judged,
    say: Translate,
    *,
    as_json: bool,
    remark: Message = "",
) -> None:
    numbers = counts(found.verdicts)
    wrong = [
        {"row": one.line, "errors": {field: say(told) for field, told in one.errors.items()}}
        for one in found.verdicts
        if one.what == FAULTY
    ]
    questions = [(one.line, one.question) for one in found.verdicts if one.what == ASKED and one.question]
    lines = [
        say(_("${new} new, ${changed} changed, ${unchanged} unchanged, ${faulty} faulty.", mapping=numbers))
    ]
    lines += [
        say(_("Row ${line}: ${sentence}", mapping={"line": one.line, "sentence": reasons(kind, one, say)}))
        for one in [one for one in found.verdicts if one.what == FAULTY][:_MOST_TOLD]
    ]
    lines += [
        say(_("Row ${line}: ${sentence}", mapping={"line": line, "sentence": say(_asked(one))}))
        for line, one in questions[:_MOST_TOLD]
    ]
    lines += [say(one) for one in (*doubled(kind, found.layout, say), remark) if one]
    told = {"type": kind.name, "organisation": organisation, **numbers, "errors": wrong}
    told["questions"] = [
        {"row": line, "record": str(one.row.id) if one.row else None, "twin": one.twin or None}
        for line, one in questions
    ]
    emit(told, as_json=as_json, lines=lines)


def _asked(one: Question) -> Message:
    """Why a row is asked about."""
    if one.row is None:
        return _(EQUALS, mapping={"line": one.twin})
    return _(_LIKE, mapping={"id": str(one.row.id)})


@record.command("export", help=_("Write all records of an organisation into a workbook that comes back."))
@config_argument
@click.argument("name", metavar="TYPE")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--org", "organisation", required=True, help=_("Code of the organisation."))
@json_option
def export_records(config: str, name: str, file: Path, organisation: str, *, as_json: bool) -> None:
    """Write the records with their ids; personal text is masked."""
    say = translator()
    with open_node(config) as node:
        kind, place = _register(node, name, organisation)
        who = Place(place.code, place.name, offered(node.session, organisation, local_day(node.now)))
        made = template.write(node.session, kind, who, say, filled=True)
        with made.file as source, file.open("wb") as target:
            shutil.copyfileobj(source, target)
        passing.exported(node.session, kind, organisation, made.rows, now=node.now, actor=None)
    line = say(_("${count} records are in ${path}.", mapping={"count": made.rows, "path": str(file)}))
    told = {"type": kind.name, "organisation": organisation, "rows": made.rows, "path": str(file)}
    emit(told, as_json=as_json, lines=[line])
