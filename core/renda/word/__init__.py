"""What pages show as Word files, set as official papers are.

The standard is GB/T 9704-2012, 党政机关公文格式. A paper is made of the same facts and tables that a page
gets for its template, so that what is printed is what was seen. The library that writes the files is
optional: where it is not installed, no page offers them.
"""

from importlib.util import find_spec

from pyramid.response import Response

from renda.types import Request
from renda.web.downloads import download, file_name
from renda.word.paper import Paper

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def available() -> bool:
    """Whether Word files can be written here: whether python-docx is installed."""
    return find_spec("docx") is not None


def source(request: Request, path: str) -> str:
    """The address of a page as a paper names it: below the node's own address, where its file says one."""
    base = str(request.registry.values["pages_url"]).rstrip("/")
    return f"{base}{path.removeprefix(request.script_name)}" if base else f"{request.host_url}{path}"


def send(request: Request, paper: Paper, *named: str, plain: str) -> Response:
    """The answer that hands out a paper.

    Args:
        request: in whose language it is written.
        paper: what it says.
        named: the words of the file's name.
        plain: its name where only ASCII is understood, without its ending.
    """
    from renda.word import writing

    content = writing.write(paper, request.translate, request.now)
    return download(content, file_name(*named, ending="docx"), plain=f"{plain}.docx", media_type=_MEDIA_TYPE)
