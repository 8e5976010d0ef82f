"""A paper is set as GB/T 9704-2012 wants it, and says everything that it was given."""

import zipfile
from datetime import UTC, date, datetime
from io import BytesIO

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from hypothesis import given
from hypothesis import strategies as st

from renda.i18n import Translator
from renda.word import writing
from renda.word.paper import Facts, Heading, Paper, Steps, Table, Text, clean
from tests.core.word.reading import everything, texts

NOW = datetime(2026, 5, 6, 8, tzinfo=UTC)
CHINESE = Translator(["renda"], "zh_Hans")
NOTICE = Paper(
    title="关于开展代表培训的通知",
    addressees=["曹县人大常委会", "单县人大常委会"],
    content=[
        Text("第一段。\n\n第二段。"),
        Heading("要求"),
        Steps(["制定方案", "报送名单"]),
        Heading("数据"),
        Table(["指标", "本期"], [["人数", "1,200"], ["班次", "3"]], frozenset({1})),
        Facts([("填报单位", "曹县")]),
    ],
    attachments=["名单.xlsx", "方案.docx"],
    signer="菏泽市人大常委会",
    day=date(2026, 5, 6),
    source="https://heze.example/o/371700/m/tiers/directives/371700/a",
    notes=["回执号：ABCDEF012345"],
)


def written(paper=NOTICE, translate=CHINESE):
    return docx.Document(BytesIO(writing.write(paper, translate, NOW)))


def test_the_sheet_has_the_margins_and_the_grid_of_the_standard():
    section = written().sections[0]
    assert [section.page_width, section.page_height] == pytest.approx([Mm(210), Mm(297)], abs=Mm(0.1))
    margins = [section.top_margin, section.left_margin, section.bottom_margin, section.right_margin]
    assert margins == pytest.approx([Mm(37), Mm(28), Mm(35), Mm(26)], abs=Mm(0.1))
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")


def test_twenty_two_lines_of_twenty_eight_characters_fit():
    style = written().styles["Normal"]
    section = written().sections[0]
    high = section.page_height - section.top_margin - section.bottom_margin
    wide = section.page_width - section.left_margin - section.right_margin
    closer = int(style.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert high / style.paragraph_format.line_spacing == pytest.approx(22, abs=0.1)
    assert int(wide / Pt(style.font.size.pt + closer)) == 28


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [("Normal", "仿宋", 16), ("Title", "方正小标宋简体", 22), ("Heading 1", "黑体", 16)],
)
def test_each_kind_of_line_has_its_font_for_chinese_and_for_digits(style, font, size):
    found = written().styles[style]
    fonts = found.element.rPr.rFonts
    assert {fonts.get(qn(f"w:{name}")) for name in ("ascii", "hAnsi", "eastAsia")} == {font}
    assert not [name for name in fonts.attrib if "Theme" in name]
    assert (found.font.size, found.font.bold) == (Pt(size), False)


def test_a_notice_from_its_title_to_its_signature():
    document = written()
    assert texts(document) == [
        "关于开展代表培训的通知",
        "",
        "曹县人大常委会、单县人大常委会：",
        "第一段。",
        "第二段。",
        "一、要求",
        "1. 制定方案",
        "2. 报送名单",
        "二、数据",
        "",
        "",
        "附件：1. 名单.xlsx",
        "2. 方案.docx",
        "",
    ]
    figures, facts, end = document.tables
    assert [[cell.text for cell in row.cells] for row in figures.rows] == [
        ["指标", "本期"],
        ["人数", "1,200"],
        ["班次", "3"],
    ]
    assert [cell.text for cell in facts.rows[0].cells] == ["填报单位", "曹县"]
    origin, signature = end.rows[0].cells
    assert origin.text.split() == [*NOTICE.notes, NOTICE.source]
    assert signature.text.splitlines() == ["菏泽市人大常委会", "2026年5月6日"]


@pytest.mark.parametrize("signer", ["菏泽市人大常委会", "菏泽市人民代表大会常务委员会", "曹县人大", "某某"])
def test_the_day_begins_two_characters_right_of_the_signer_and_neither_reaches_too_far(signer):
    paper = Paper("通知", [Text("正文")], "https://a.example/", [], signer=signer, day=date(2026, 12, 31))
    lines = written(paper).tables[-1].rows[0].cells[1].paragraphs
    starts, ends = [], []
    for line, text in zip(lines, (signer, "2026年12月31日"), strict=True):
        away = line.paragraph_format.right_indent.pt / 16
        wide = sum(1 if one > "z" else 0.5 for one in text)
        starts.append(-away - wide)
        ends.append(-away)
    assert starts[1] - starts[0] == pytest.approx(2, abs=0.01)
    assert max(ends) == pytest.approx(-2, abs=0.01)


def test_a_long_name_of_an_attachment_goes_on_below_its_beginning():
    lines = [one for one in written().paragraphs if "名单.xlsx" in one.text or "方案.docx" in one.text]
    starts = [one.paragraph_format.left_indent.pt / 16 for one in lines]
    firsts = [one.paragraph_format.first_line_indent.pt / 16 for one in lines]
    assert starts == pytest.approx([6.5, 6.5], abs=0.01)
    assert firsts == pytest.approx([-4.5, -1.5], abs=0.01)


def test_numbers_stand_to_the_right_and_headers_come_again_on_the_next_page():
    figures = written().tables[0]
    assert figures.rows[1].cells[1].paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT
    repeated = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in figures.rows]
    assert repeated == [True, False, False]


def test_pages_are_numbered_on_their_outer_side():
    document = written()
    assert document.settings.odd_and_even_pages_header_footer
    odd, even = document.sections[0].footer.paragraphs[0], document.sections[0].even_page_footer.paragraphs[0]
    assert [one.alignment for one in (odd, even)] == [WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT]
    assert [one.text.split() for one in (odd, even)] == [["—", "—"]] * 2
    assert all("PAGE" in "".join(one._p.itertext()) for one in (odd, even))


def test_many_recipients_stand_at_the_end_so_that_the_text_begins_on_the_first_page():
    many = [f"第{number}乡镇人大主席团" for number in range(178)]
    paper = Paper("通知", [Text("正文")], "https://a.example/", [], addressees=many)
    found = texts(written(paper))
    assert found.index("正文") < found.index(f"主送：{'、'.join(many)}。")
    assert len([one for one in found if many[0] in one]) == 1
    last = written(paper).paragraphs[-1]
    sides = [one.tag for one in last._p.pPr.find(qn("w:pBdr"))]
    assert sides == [qn("w:top"), qn("w:bottom")]


def test_the_code_leads_to_the_page_and_says_so_to_who_does_not_see_it(monkeypatch):
    pictures = list(written().element.body.iter(qn("wp:docPr")))
    assert [one.get("descr") for one in pictures] == [NOTICE.source]
    monkeypatch.setattr(writing, "segno", None)
    without = written()
    assert not list(without.element.body.iter(qn("wp:docPr")))
    assert NOTICE.source in everything(without)


def test_what_nobody_signs_has_no_signature_and_english_papers_have_english_days():
    unsigned = Paper("记录", [Text("正文")], "https://a.example/", [])
    assert "2026" not in everything(written(unsigned))
    assert "May 6, 2026" in everything(written(translate=Translator(["renda"], "en")))


def test_the_file_says_what_it_is_and_whose():
    known = written().core_properties
    assert (known.title, known.author, known.comments) == (NOTICE.title, NOTICE.signer, "")
    assert known.created.replace(tzinfo=UTC) == NOW
    names = zipfile.ZipFile(BytesIO(writing.write(NOTICE, CHINESE, NOW))).namelist()
    assert not [name for name in names if "thumbnail" in name]


@given(text=st.text(st.characters(codec="utf-8"), min_size=1), long=st.booleans())
def test_any_text_gives_a_sound_file_that_says_it(text, long):
    text = text * 100 if long else text
    paper = Paper(
        text, [Heading(text), Steps([text]), Table([text, text], [[text, text]]), Facts([(text, text)])],
        "https://a.example/", [text], subtitle=text, addressees=[text], attachments=[text], signer=text,
    )  # fmt: skip
    content = writing.write(paper, CHINESE, NOW)
    assert zipfile.ZipFile(BytesIO(content)).testzip() is None
    shown = docx.Document(BytesIO(content)).tables[0].rows[1].cells[0].text
    kept = clean(text).replace("\r\n", "\n").replace("\r", "\n")
    assert shown == kept
