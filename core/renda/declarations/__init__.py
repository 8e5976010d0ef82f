"""What a plugin says about itself: frozen values that the core reads once, at start.

A declaration is data. Nothing here reads a database or a request; what must run later (a measure, a guard,
a sample) is a plain function inside the declaration.
"""

from renda.declarations.documents import DocumentKind
from renda.declarations.figures import Contributions, Indicator, Measure, ReportTemplate, Span, meaning_of
from renda.declarations.modules import (
    Card,
    Channel,
    MenuEntry,
    Message,
    Module,
    Role,
    Sample,
    SampleScope,
    Setting,
)
from renda.declarations.registers import (
    Attachments,
    Fact,
    Limit,
    Link,
    Participation,
    RecordType,
    State,
    Transition,
    Workflow,
)

__all__ = [
    "Attachments",
    "Card",
    "Channel",
    "Contributions",
    "DocumentKind",
    "Fact",
    "Indicator",
    "Limit",
    "Link",
    "Measure",
    "MenuEntry",
    "Message",
    "Module",
    "Participation",
    "RecordType",
    "ReportTemplate",
    "Role",
    "Sample",
    "SampleScope",
    "Setting",
    "Span",
    "State",
    "Transition",
    "Workflow",
    "meaning_of",
]
