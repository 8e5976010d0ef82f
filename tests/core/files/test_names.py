"""A name is kept as people read it, and holds nothing that a path, a shell or a reader could take wrongly."""

import pytest

from renda.files.names import LONGEST, cleaned


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("关于开展培训的通知.pdf", "关于开展培训的通知.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        (r"C:\Users\王\通知.pdf", "通知.pdf"),
        ("..", ""),
        ("/", ""),
        ("", ""),
        (".htaccess", "htaccess"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie_ b.pdf"),
        ("a\x00.pdf", "a.pdf"),
        ("通知\u202efdp.exe", "通知fdp.exe"),
        ("\u200b通知\ufeff.pdf", "通知.pdf"),
        ('a"b<c>|?*.pdf', "a_b_c____.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1", "_LPT1"),
        ("console.pdf", "console.pdf"),
        ("通知.pdf. ", "通知.pdf"),
        ("多  余\t空 格.pdf", "多 余空 格.pdf"),
    ],
)
def test_what_is_kept(sent, kept):
    assert cleaned(sent) == kept


def test_a_long_name_keeps_its_ending():
    found = cleaned("通" * 300 + ".docx")
    assert (len(found), found[-6:]) == (LONGEST, "通.docx")
    assert len(cleaned("通" * 300)) == LONGEST
    assert len(cleaned("a." + "x" * 300)) == LONGEST
