"""A file is what its ending and its bytes say together, or it is refused with a sentence that names it."""

import time

import pytest

from renda.errors import Invalid, TooLarge
from renda.files.kinds import KINDS, judge
from tests.core.files.samples import HTML, JPEG, OLD, PDF, PNG, archive, docx, relation

ALL = tuple(KINDS)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("通知.pdf", PDF, "pdf"),
        ("现场.PNG", PNG, "png"),
        ("现场.jpeg", JPEG, "jpeg"),
        ("现场.jpg", JPEG, "jpeg"),
        ("方案.docx", docx(), "docx"),
        ("名单.xlsx", archive(xl__workbook_dot_xml=b"<w/>"), "xlsx"),
        ("课件.pptx", archive(ppt__presentation_dot_xml=b"<p/>"), "pptx"),
        ("公文.ofd", archive(OFD_dot_xml=b"<o/>", Doc_0__Document_dot_xml=b"<d/>"), "ofd"),
    ],
)
def test_what_bodies_attach_is_taken(name, content, kind):
    assert judge(name, content, ALL).name == kind


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("现场.png", HTML, "not what the ending"),
        ("现场.png", JPEG, "not what the ending"),
        ("现场.png", PNG[:8] + HTML, "not what the ending"),
        ("通知.pdf", archive(a=b" " * 100), "not what the ending"),
        ("通知.pdf", b"\n" + PDF, "not what the ending"),
        ("方案.docx", archive(xl__workbook_dot_xml=b"<w/>"), "not what the ending"),
        ("方案.docx", PDF, "not what the ending"),
        ("方案.docx", b"PK\x03\x04 and no more", "damaged"),
        ("方案.docx", OLD, "old office program"),
        ("通知.pdf", b"", "empty"),
        ("方案.doc", OLD, "not taken"),
        ("方案.docm", docx(), "not taken"),
        ("资料.zip", archive(a=b"x"), "not taken"),
        ("网页.html", HTML, "not taken"),
        ("图.svg", b"<svg/>", "not taken"),
        ("通知.pdf.exe", PDF, "not taken"),
        ("pdf", PDF, "not taken"),
        ("方案.docx", docx(word__vbaProject_dot_bin=b"x"), "macros"),
        ("方案.docx", docx(word__activeX__activeX1_dot_bin=b"x"), "embedded"),
        ("方案.docx", docx(word__embeddings__a_dot_xlsx=b"x"), "embedded"),
        ("方案.docx", docx(word__media__a_dot_zip=b"x"), "embedded"),
        ("方案.docx", docx(word__a_dot_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "declarations"),
    ],
)
def test_what_is_not_what_it_says_is_refused_by_name(name, content, word):
    with pytest.raises(Invalid) as refusal:
        judge(name, content, ALL)
    said = refusal.value.message
    assert said.mapping["name"] == name
    assert word in said.mapping["problem"]


def test_only_kinds_that_are_allowed_are_taken_and_the_sentence_lists_them():
    with pytest.raises(Invalid) as refusal:
        judge("方案.docx", docx(), ("pdf", "jpeg"))
    assert refusal.value.message.mapping["problem"].mapping["endings"] == ".pdf .jpg .jpeg"


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = docx(word__media_dot_xml=b" " * 100_000_000)
    begun = time.perf_counter()
    with pytest.raises(TooLarge) as refusal:
        judge("方案.docx", bomb, ALL)
    assert time.perf_counter() - begun < 0.1
    assert refusal.value.message.mapping["name"] == "方案.docx"


@pytest.mark.parametrize(
    ("what", "target"),
    [
        ("image", "http://example.org/1.png"),
        ("oleObject", "mhtml:http://example.org/x!x-usc:http://example.org/x"),
        ("attachedTemplate", "http://example.org/a.dotm"),
        ("attachedTemplate", r"\\203.0.113.1\share\a.dotm"),
        ("attachedTemplate", "file://203.0.113.1/a.dotm"),
        ("attachedTemplate", "h&#116;tp://example.org/a.dotm"),
    ],
)
@pytest.mark.parametrize("quote", ['"', "'"])
def test_what_opening_would_fetch_from_elsewhere_is_refused(what, target, quote):
    content = docx(word___rels__document_dot_xml_dot_rels=relation(what, target, quote))
    with pytest.raises(Invalid) as refusal:
        judge("方案.docx", content, ALL)
    assert "other files" in refusal.value.message.mapping["problem"]


@pytest.mark.parametrize(
    ("what", "target"),
    [
        ("hyperlink", "https://example.org/"),
        ("attachedTemplate", r"file:///C:\Users\a\Normal.dotm"),
        ("attachedTemplate", "Normal.dotm"),
    ],
)
def test_links_that_people_follow_and_templates_of_the_writers_machine_are_left(what, target):
    content = docx(word___rels__document_dot_xml_dot_rels=relation(what, target))
    assert judge("方案.docx", content, ALL).name == "docx"
