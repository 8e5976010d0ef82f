"""What the help says of reports, tasks and matters, by role; see `renda.guide`."""

from collections.abc import Mapping

from renda.declarations import Message
from renda.i18n import _

_MATTERS = _(
    "“${matters}” that were handed to you: “${accept}” or “${back}”, then “${answer}” before the last day.",
    mapping={
        "matters": _("Matters"),
        "accept": _("Accept"),
        "back": _("Give back"),
        "answer": _("Answer the matter"),
    },
)
_TOTALS = _(
    "“${totals}” adds up what was reported, and says of how many bodies. A click on a figure leads to the "
    "body, its report and the record; “${compare}” shows how it moved. “${publish}” makes a numbered "
    "vintage that never changes.",
    mapping={"totals": _("Totals"), "compare": _("Compare periods"), "publish": _("Publish")},
)
_SET = _(
    "“${tasks}”: “${set}” asks those below for something by a day; it is signed by “${check}” and then "
    "“${issue}”. What they report as done, “${verify}” or “${return}” with a reason; “${close}” ends the "
    "task.",
    mapping={
        "tasks": _("Tasks"),
        "set": _("Set a task"),
        "check": _("Check and issue…"),
        "issue": _("Issue"),
        "verify": _("Verify"),
        "return": _("Return"),
        "close": _("Close out"),
    },
)

GUIDE: Mapping[str, tuple[Message, ...]] = {
    "clerk": (
        _(
            "“${reports}” lists what is owed. The figures are computed from your records; look at what "
            "differs from the last period, say why, and type only what no record holds. “${save}” keeps "
            "it; “${check}” and then “${send}” signs it.",
            mapping={
                "reports": _("Reports to send"),
                "save": _("Save draft"),
                "check": _("Check and send…"),
                "send": _("Send the report"),
            },
        ),
        _(
            "A report that came back says why, cell by cell: correct the records or the cells, and send it "
            "again. What is found later goes out by “${correct}”; all levels then see both.",
            mapping={"correct": _("Check and correct…")},
        ),
        _(
            "In a spreadsheet: “${download}”, fill it in, “${take}”.",
            mapping={"download": _("Download the workbook"), "take": _("Take the workbook")},
        ),
        _(
            "“${tasks}” from above: “${ack}” first, “${pass}” to those below if they shall do it, "
            "“${progress}” on the way, “${done}” at the end.",
            mapping={
                "tasks": _("Tasks"),
                "ack": _("Acknowledge"),
                "pass": _("Pass the task on…"),
                "progress": _("Report progress"),
                "done": _("Report that all is done"),
            },
        ),
        _MATTERS,
    ),
    "handler": (_MATTERS,),
    "reviewer": (
        _(
            "“${matrix}” shows who has sent a report and who has not. Open a report: “${endorse}”, or "
            "“${return}” with a reason, for single cells too. For several, tick them: “${all}”, or "
            "“${remind}”, each body once a day.",
            mapping={
                "matrix": _("Who has reported"),
                "endorse": _("Endorse"),
                "return": _("Return"),
                "all": _("Endorse the selected"),
                "remind": _("Remind the selected"),
            },
        ),
        _TOTALS,
        _SET,
    ),
    "leader": (_TOTALS, _SET),
    "admin": (
        _(
            "A practice pack that came stands in your to-do list: “${enable}” or “${decline}”. “${share}” "
            "sends those of your own up, and publishes them to all below.",
            mapping={
                "enable": _("Enable it…"),
                "decline": _("Do not use it"),
                "share": _("Share practice packs"),
            },
        ),
        _(
            "“${policies}” requires or forbids modules, after a look at what that changes.",
            mapping={"policies": _("Modules of those below")},
        ),
        _(
            "“${node}” shows whether the links to other nodes work. Who is silent there may well have "
            "reported: it arrives once the link works again.",
            mapping={"node": _("Node and links")},
        ),
    ),
}
