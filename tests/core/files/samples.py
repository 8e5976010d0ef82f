"""Small files as office programs, cameras and people of ill will make them."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
RELATIONS = "word/_rels/document.xml.rels"


def archive(**parts: bytes) -> bytes:
    """A zip; `__` in a name stands for a slash, `_dot_` for a dot."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), part)
    return kept.getvalue()


def docx(**parts: bytes) -> bytes:
    """A document of Word or WPS, with more parts."""
    return archive(**{"[Content_Types]_dot_xml": b"<Types/>", "word__document_dot_xml": b"<w/>", **parts})


def relation(what: str, target: str, quote: str = '"') -> bytes:
    """The relations of a document that refers to something outside of it."""
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{what}"
    words = {"Id": "rId9", "Type": kind, "Target": target, "TargetMode": "External"}
    said = " ".join(f"{name}={quote}{value}{quote}" for name, value in words.items())
    return f"<Relationships><Relationship {said}/></Relationships>".encode()
