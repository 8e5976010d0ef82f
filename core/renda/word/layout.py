"""The page of an official paper and its kinds of line, as GB/T 9704-2012 fixes them.

Chapter 5 fixes the sheet, the type area and that it holds 22 lines of 28 characters; 7.3 where title,
recipients, text, list of attachments and signature stand; 7.5 the page numbers. A grid of lines, lines of
exactly its pitch and characters set a little closer give these numbers.
"""

from typing import TYPE_CHECKING

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

FANGSONG, HEITI, SONGTI = "仿宋", "黑体", "宋体"
XIAOBIAOSONG = "方正小标宋简体"
"""For titles. It is sold, so that it is only named; where it is missing a program takes another one."""

SHEET = Mm(210), Mm(297)
TOP, LEFT, BOTTOM, RIGHT = Mm(37), Mm(28), Mm(35), Mm(26)
"""Margins, so that the type area is 156 mm wide and 225 mm high (5.2.1)."""
WIDTH = Length(SHEET[0] - LEFT - RIGHT)
CHARACTER, TITLE_SIZE, NUMBER_SIZE, TABLE_SIZE = Pt(16), Pt(22), Pt(14), Pt(12)
"""Sizes 3 for text (5.2.2), 2 for the title (7.3.1), 4 for page numbers (7.5), and small 4 for tables."""
LINE = Pt(28.95)
_PITCH = "579"
"""Of the grid of lines, in twentieths of a point."""
_CLOSER = "-5"
"""Between two characters, in twentieths of a point."""
_NUMBER_BELOW = Mm(23)
"""From the lower edge of the sheet to the page number, whose line lies 7 mm below the type area (7.5)."""


def begin(document: "Document") -> None:
    """Set up sheet, styles and page numbers of an empty document."""
    section = document.sections[0]
    _sheet(section)
    document.settings.odd_and_even_pages_header_footer = True
    styles = {one.name: one for one in document.styles}
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    text: ParagraphStyle = styles["Normal"]
    _letters(text, FANGSONG, CHARACTER)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), _CLOSER)
    text.element.get_or_add_rPr().append(spacing)
    _lines(text)
    for name, font, size in (("Title", XIAOBIAOSONG, TITLE_SIZE), ("Heading 1", HEITI, CHARACTER)):
        style: ParagraphStyle = styles[name]
        # What the library's own template draws around them is no part of an official paper.
        for extra in style.element.xpath("w:pPr/w:pBdr | w:pPr/w:contextualSpacing"):
            extra.getparent().remove(extra)
        _letters(style, font, size)
        _lines(style)
    styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    # A line of size 2 needs more than the grid's pitch; its own height is the usual one.
    styles["Title"].paragraph_format.line_spacing = Pt(35)
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        _number(footer.paragraphs[0], side)


def _sheet(section: "Section") -> None:
    section.page_width, section.page_height = SHEET
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.left_margin, section.right_margin = LEFT, RIGHT
    section.footer_distance = _NUMBER_BELOW
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 - the library has no other way to the grid
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)  # noqa: SLF001
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), _PITCH)


def _letters(style: "ParagraphStyle", font: str, size: Length) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = font, size, False, False
    style.font.color.rgb = None
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), font)
    for one in properties.findall(qn("w:color")):
        properties.remove(one)


def _lines(style: "ParagraphStyle") -> None:
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE


def letters(run: "Run", font: str, size: Length) -> "Run":
    """Set a run in a font of its own."""
    run.font.name, run.font.size = font, size
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001
    return run


def indented(paragraph: "Paragraph", characters: int) -> "Paragraph":
    """Indent the first line by so many characters."""
    paragraph.paragraph_format.first_line_indent = Length(CHARACTER * characters)
    return paragraph


def ruled(paragraph: "Paragraph") -> None:
    """Draw a line above a paragraph and one below it, as an imprint has them (7.4)."""
    borders = OxmlElement("w:pBdr")
    for side in ("w:top", "w:bottom"):
        line = OxmlElement(side)
        for name, value in (("w:val", "single"), ("w:sz", "6"), ("w:space", "1"), ("w:color", "auto")):
            line.set(qn(name), value)
        borders.append(line)
    form = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the library has no other way
    form.insert_element_before(borders, "w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc")


def _number(paragraph: "Paragraph", side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, one character from the outer edge (7.5)."""
    paragraph.alignment = side
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = NUMBER_SIZE
    letters(paragraph.add_run("— "), SONGTI, NUMBER_SIZE)
    field = letters(paragraph.add_run(), SONGTI, NUMBER_SIZE)._element  # noqa: SLF001
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = "PAGE"
        field.append(mark)
    letters(paragraph.add_run(" —"), SONGTI, NUMBER_SIZE)
