"""Names of persons as people write them, and for comparison."""

import unicodedata

DOTS = "•‧・∙⋅．."
"""What is typed for the dot between the parts of a minority name (GB 18030 has U+00B7)."""


def tidy(name: str) -> str:
    """A name as it is kept: 张　三 is 张三, 阿不都•热合曼 has one kind of dot; John Smith stays as it is."""
    if name.isascii():
        return " ".join(name.split())
    plain = "".join(name.split())
    for dot in DOTS:
        plain = plain.replace(dot, "·")
    return plain


def plain_name(text: str) -> str:
    """A name for comparison: without spaces, and with one kind of dot."""
    return "".join(tidy(unicodedata.normalize("NFKC", text)).split()).replace(".", "·")
