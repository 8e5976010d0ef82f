"""Training of deputies: classes, who attended, and their figures (代表法, art. 47).

The model for every later module: what it declares is all there is. Its pages, export, evidence and
reports follow from the declarations below.
"""

from renda import hookimpl
from renda.declarations import Indicator, MenuEntry, Module, RecordType, ReportTemplate, Sample
from renda.i18n import _
from renda_training.figures import INDICATORS, TEMPLATES
from renda_training.guide import GUIDE
from renda_training.records import CLASSES
from renda_training.samples import make


@hookimpl
def register_module() -> Module:
    """Clerks keep the classes; everybody else in the house may read them."""
    return Module(
        title=_("Training"),
        summary=_("Training classes of deputies, attendance, and how many deputies were reached."),
        grants={
            "clerk": ("read", "write", "decide", "export"),
            "reviewer": ("read", "export"),
            "leader": ("read",),
            "auditor": ("read",),
            "admin": ("read",),
        },
        guide=GUIDE,
    )


@hookimpl
def register_record_types() -> list[RecordType]:
    """Classes, and from their participation a register of attendance."""
    return [CLASSES]


@hookimpl
def register_indicators() -> list[Indicator]:
    """T01 to T04."""
    return INDICATORS


@hookimpl
def register_report_templates() -> list[ReportTemplate]:
    """The bimonthly report of each tier."""
    return TEMPLATES


@hookimpl
def register_slots() -> list[MenuEntry]:
    """One entry in the menu of deputies' work."""
    return [MenuEntry("deputies", _("Training classes"), "r/training_class", "training:read")]


@hookimpl
def register_samples() -> list[Sample]:
    """Invented classes with invented attendance."""
    return [Sample("training", make)]
