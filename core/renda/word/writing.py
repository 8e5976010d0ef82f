"""A paper as a Word file."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt

from renda.i18n import Translator, _
from renda.word.layout import (
    CHARACTER,
    FANGSONG,
    HEITI,
    NUMBER_SIZE,
    TABLE_SIZE,
    WIDTH,
    begin,
    indented,
    letters,
    ruled,
)
from renda.word.paper import Facts, Heading, Paper, Steps, Table, Text, clean, in_words

if TYPE_CHECKING:
    from docx.document import Document as Written
    from docx.table import Table as Made
    from docx.table import _Cell as Cell
    from docx.table import _Row as Row
    from docx.text.paragraph import Paragraph

try:
    import segno
except ModuleNotFoundError:  # The address as text is enough.
    segno = None  # type: ignore[assignment]

_FIRST_PAGE = 280
"""Characters of recipients, ten lines of them: with more no text would stand on the first page (7.3.2)."""
_ORDINALS = "一二三四五六七八九十"
_QR = Mm(20)
_NOTE_SIZE, _NOTE_PITCH = Pt(8), Pt(10)
_PLAIN = "Normal Table"
_LONGEST_ADDRESS = 1000
"""In bytes; a code of more is too fine to be read from paper, and from 2,331 on there is none."""
_NARROWEST, _WIDEST = 8, 32
"""Widths of table columns, beside one another, in half characters."""
_PADDING = 3
_LABEL = 0.28
"""How much of a form's width its labels take."""


def write(paper: Paper, translate: Translator, now: datetime) -> bytes:
    """The bytes of the file (.docx).

    Args:
        paper: what it says.
        translate: into the language of the paper.
        now: when it is made, which the file's properties say.
    """
    document = Document()
    begin(document)
    _properties(document, paper, translate, now)
    _head(document, paper)
    sections = 0
    for block in paper.content:
        match block:
            case Heading():
                sections += 1
                _heading(document, block, sections)
            case Text():
                for line in block.text.splitlines():
                    if line.strip():
                        _line(document, line.strip())
            case Steps():
                for number, text in enumerate(block.texts, 1):
                    _line(document, f"{number}. {text}")
            case Table():
                _table(document, block)
            case Facts():
                _facts(document, block)
    _attachments(document, paper, translate)
    _end(document, paper, translate)
    _imprint(document, paper, translate)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _properties(document: "Written", paper: Paper, translate: Translator, now: datetime) -> None:
    # The library's template comes with a picture of itself.
    shown = document.part.package.rels
    for name in [name for name, one in shown.items() if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del shown[name]
    known = document.core_properties
    known.title, known.author, known.last_modified_by = (
        clean(paper.title)[:255],
        clean(paper.signer)[:255],
        "",
    )
    known.comments, known.keywords, known.language = "", "", translate.locale.replace("_", "-")
    known.created = known.modified = now.replace(tzinfo=None)


def _many(paper: Paper) -> bool:
    """Whether the recipients leave no room for text on the first page, and stand at the end (7.3.2)."""
    return sum(len(one) + 1 for one in paper.addressees) > _FIRST_PAGE


def _head(document: "Written", paper: Paper) -> None:
    document.add_paragraph(clean(paper.title), style="Title")
    if paper.subtitle:
        below = document.add_paragraph(clean(paper.subtitle))
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph()
    if paper.addressees and not _many(paper):
        document.add_paragraph(clean("、".join(paper.addressees)) + "：")


def _heading(document: "Written", block: Heading, number: int) -> None:
    numbered = f"{_ORDINALS[number - 1]}、" if number <= len(_ORDINALS) else ""
    indented(document.add_paragraph(numbered + clean(block.text), style="Heading 1"), 2)


def _line(document: "Written", text: str) -> "Paragraph":
    paragraph = indented(document.add_paragraph(clean(text)), 2)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    return paragraph


def _table(document: "Written", block: Table) -> None:
    made = _grid(document, _widths(block))
    for number, texts in enumerate((block.headers, *block.rows)):
        row = _row(made, repeated=number == 0)
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            _cell(cell, text, heading=number == 0, right=number > 0 and place in block.numbers)
    _keep_end(made)


def _facts(document: "Written", block: Facts) -> None:
    label = Length(int(WIDTH * _LABEL))
    made = _grid(document, [label, Length(WIDTH - label)])
    for name, value in block.rows:
        row = _row(made)
        _cell(row.cells[0], name, heading=True)
        _cell(row.cells[1], value)
    _keep_end(made)


def _grid(document: "Written", widths: Sequence[Length], style: str = "Table Grid") -> "Made":
    """A table without rows whose columns are so wide, whatever they will hold."""
    # Two tables without anything between them are one to a word processor.
    if document.element.body.xpath("*[not(self::w:sectPr)][last()][self::w:tbl]"):
        document.add_paragraph()
    made: Made = document.add_table(rows=0, cols=len(widths), style=style)
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    return made


def _row(made: "Made", *, repeated: bool = False) -> "Row":
    """A new row, which is not broken between two pages; one that is repeated stands on each."""
    row: Row = made.add_row()  # type: ignore[no-untyped-call]
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - the library has no other way
    for name in ("w:cantSplit", *(["w:tblHeader"] if repeated else [])):
        properties.append(OxmlElement(name))
    return row


def _keep_end(made: "Made") -> None:
    """Let what follows a table not stand alone on the next page: the last row goes with it."""
    for cell in made.rows[-1].cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _cell(cell: "Cell", text: str, *, heading: bool = False, right: bool = False) -> None:
    paragraph = _apart(cell.paragraphs[0], Pt(18))
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    letters(paragraph.add_run(clean(text)), HEITI if heading else FANGSONG, TABLE_SIZE)


def _apart(paragraph: "Paragraph", pitch: Length) -> "Paragraph":
    """Set a paragraph off the grid of lines, with a pitch of its own."""
    paragraph.paragraph_format.line_spacing = pitch
    off = OxmlElement("w:snapToGrid")
    off.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(off, "w:spacing", "w:ind", "w:jc")  # noqa: SLF001
    return paragraph


def _widths(block: Table) -> list[Length]:
    """Of the columns, by their longest text within reason; together as wide as the type area."""
    columns = zip(*(block.headers, *block.rows), strict=True)
    wanted = [
        min(max(_NARROWEST, *(_halves(text) + _PADDING for text in column)), _WIDEST) for column in columns
    ]
    return [Length(int(WIDTH * one / sum(wanted))) for one in wanted]


def _halves(text: str) -> int:
    """How wide a text is, in half characters."""
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)


def _attachments(document: "Written", paper: Paper, translate: Translator) -> None:
    """One line below the text, two characters in; a long name goes on below its beginning (7.3.4)."""
    if not paper.attachments:
        return
    document.add_paragraph().paragraph_format.keep_with_next = True
    word, several = f"{translate(_('Attachments'))}：", len(paper.attachments) > 1
    for number, name in enumerate(paper.attachments, 1):
        numbered = f"{number}. " if several else ""
        line = document.add_paragraph(clean(f"{word if number == 1 else ''}{numbered}{name}"))
        before = f"{word}{numbered}" if number == 1 else numbered
        _hanging(line, 2 + (_halves(word) + _halves(numbered)) / 2, _halves(before) / 2)
        line.paragraph_format.keep_with_next = True


def _hanging(line: "Paragraph", characters: float, out: float, size: Length = CHARACTER) -> None:
    """Indent all lines by so many characters, and the first by so many less."""
    line.paragraph_format.left_indent = Length(int(size * characters))
    line.paragraph_format.first_line_indent = Length(int(-size * out))


def _end(document: "Written", paper: Paper, translate: Translator) -> None:
    """One line below the text: who signs, to the right; beside it the code that leads to what stands now."""
    document.add_paragraph().paragraph_format.keep_with_next = True
    left = Length(WIDTH * 2 // 5) if paper.signer else WIDTH
    cells = _row(_grid(document, [left, Length(WIDTH - left)] if paper.signer else [left], _PLAIN)).cells
    _origin(cells[0], paper)
    if paper.signer:
        _signature(cells[1], paper, translate)


def _signature(cell: "Cell", paper: Paper, translate: Translator) -> None:
    """Who signs, and below it the day in Arabic numerals, as papers without a seal have them (7.3.5).

    The signer ends two characters from the right, and the day begins two characters right of where the signer
    begins; a day that would then reach farther ends two from the right, and the signer moves.
    """
    name, day = clean(paper.signer), in_words(paper.day, translate) if paper.day else ""
    shorter = (_halves(name) - _halves(day)) / 2
    away = (2.0, shorter) if shorter >= 2 or not day else (4 - shorter, 2.0)  # noqa: PLR2004 - two characters
    for number, (text, right) in enumerate(zip((name, day), away, strict=True)):
        line = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        line.add_run(text)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Length(int(CHARACTER * right))


def _origin(cell: "Cell", paper: Paper) -> None:
    """Where what is printed can be compared with what stands now."""
    code = _code(paper.source)
    first = cell.paragraphs[0]
    if code:
        first.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        drawn = first.add_run().add_picture(code, width=_QR)
        # What a picture shows is said for who does not see it (WCAG 2.2, 1.1.1).
        drawn._inline.docPr.set("descr", paper.source)  # noqa: SLF001 - the library has no other way
    for number, text in enumerate([*paper.notes, paper.source]):
        line = _apart(first if number == 0 and not code else cell.add_paragraph(), _NOTE_PITCH)
        letters(line.add_run(clean(text)), FANGSONG, _NOTE_SIZE)


def _imprint(document: "Written", paper: Paper, translate: Translator) -> None:
    """Recipients that found no room above, between two lines at the end (7.4)."""
    if not _many(paper):
        return
    word = f"{translate(_('Main recipients'))}："
    line = document.add_paragraph()
    letters(line.add_run(clean(f"{word}{'、'.join(paper.addressees)}。")), FANGSONG, NUMBER_SIZE)
    _hanging(line, 1 + _halves(word) / 2, _halves(word) / 2, NUMBER_SIZE)
    line.paragraph_format.right_indent = NUMBER_SIZE
    ruled(line)


def _code(address: str) -> BytesIO | None:
    """A QR code as a picture; None where the library is not installed, or no code holds the address."""
    if segno is None:
        return None
    if len(address.encode()) > _LONGEST_ADDRESS:
        return None
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=8, border=2)
    picture.seek(0)
    return picture
