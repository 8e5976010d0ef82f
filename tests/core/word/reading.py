"""What a Word file says."""

from io import BytesIO

import docx


def opened(content):
    return docx.Document(BytesIO(content))


def texts(document):
    """The paragraphs outside of tables."""
    return [one.text for one in document.paragraphs]


def cells(document):
    """By table and row, the texts of the cells."""
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def everything(document):
    return "\n".join(
        [*texts(document), *(text for table in cells(document) for row in table for text in row)]
    )
