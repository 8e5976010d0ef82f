"""A file that is handed out is saved under its name, in any language, and never opened by the browser."""

import io

import pytest

from renda.web.downloads import ANYTHING, XLSX, download


@pytest.mark.parametrize("content", [b"abc", io.BytesIO(b"abc")], ids=["bytes", "a file"])
def test_it_is_saved_under_its_name(content):
    answer = download(content, "走访 记录.xlsx", plain="visit.xlsx")
    assert (answer.body, answer.content_type) == (b"abc", XLSX)
    said = answer.headers["Content-Disposition"]
    assert said.startswith("attachment; filename=\"visit.xlsx\"; filename*=UTF-8''")
    assert said.endswith("%20%E8%AE%B0%E5%BD%95.xlsx")


def test_a_name_cannot_say_more_than_a_name():
    answer = download(b"", 'a"; b\r\nX: 1/..', media_type=ANYTHING)
    assert answer.content_type == "application/octet-stream"
    assert (
        answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%22%3B%20b%0D%0AX%3A%201%2F.."
    )
