"""Files that people attach travel whole, in one message between two nodes."""

import pytest

from renda.errors import Invalid
from renda_tiers.directives.files import File, as_parts
from renda_tiers.documents.envelope import MAX_PARTS
from tests.core.files.samples import PDF


def test_all_files_together_have_a_limit():
    half = PDF + bytes(MAX_PARTS // 2 - len(PDF))
    assert len(as_parts([File("甲.pdf", half), File("乙.pdf", half)])) == 2
    with pytest.raises(Invalid, match="together"):
        as_parts([File("甲.pdf", half), File("乙.pdf", half), File("丙.pdf", PDF)])


def test_an_empty_file_is_refused_by_its_name():
    with pytest.raises(Invalid, match=r"empty") as refused:
        as_parts([File("甲.pdf", b"")])
    assert "甲.pdf" in str(refused.value.errors["files"].mapping)
