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
        "",
        "附件：1. 名单.xlsx",
        "2. 方案.docx",
        "",
        "",
        "菏泽市人大常委会",
        "2026年5月6日",
        "",
    ]
    figures, facts, foot = document.tables
    assert [[cell.text for cell in row.cells] for row in figures.rows] == [
        ["指标", "本期"],
        ["人数", "1,200"],
        ["班次", "3"],
    ]
    assert [cell.text for cell in facts.rows[0].cells] == ["填报单位", "曹县"]
    assert foot.rows[0].cells[1].text.splitlines() == [*NOTICE.notes, NOTICE.source]


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
    assert "May 6, 2026" in texts(written(translate=Translator(["renda"], "en")))


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
