"""What the help says of the parts that every node has, by role, with the words of pages and buttons.

A name stands between quotation marks as a value of the message, so that help and page cannot come apart.
"""

from collections.abc import Mapping

from renda.declarations import Message
from renda.i18n import _

_TODO = _(
    "“${todo}” lists what waits for you, the nearest last day first; each line leads to the place where it "
    "is done. What you finished stands under “${done}”, what you began under “${started}”.",
    mapping={"todo": _("My to-do list"), "done": _("Dealt with"), "started": _("Started by me")},
)
_NOTICES = _(
    "“${notices}” at the top tell what happened. “${sent}” there chooses what also reaches you by message, "
    "and in which hours nothing does.",
    mapping={"notices": _("Notices"), "sent": _("What is sent to you")},
)
_SEARCH = _(
    "“${search}” at the top finds records and deputies, by characters, pinyin or initials.",
    mapping={"search": _("Search")},
)
_LISTS = _(
    "Every list is narrowed by the fields above it, and leaves as a workbook by “${excel}”; a record "
    "leaves by “${word}” or “${print}”.",
    mapping={"excel": _("Export to Excel"), "word": _("Export to Word"), "print": _("Print")},
)
_CODE = _(
    "Who has forgotten the password asks the administrator for a new sign-in code, which is good once and "
    "for 24 hours. “${password}” is at the top of each page.",
    mapping={"password": _("Change your password")},
)

GUIDE: Mapping[str, tuple[Message, ...]] = {
    "clerk": (
        _TODO,
        _(
            "What happened is entered in registers, which stand in the menu. “${new}” enters one record; "
            "“${keep}” keeps what is not finished yet. On the page of a record, “${next}” shows what can "
            "be done with it, and “${history}” who did what.",
            mapping={
                "new": _("New"),
                "keep": _("Keep as unfinished"),
                "next": _("Next step"),
                "history": _("History"),
            },
        ),
        _(
            "Many records at once: “${import}”, then “${template}”, or give a table of your own. "
            "“${check}” shows what it would do before anything is saved; “${marked}” returns the faulty "
            "rows with the reasons.",
            mapping={
                "import": _("Import from Excel"),
                "template": _("Download the template"),
                "check": _("Check the file"),
                "marked": _("Download the marked file"),
            },
        ),
        _(
            "Deputies stand under “${deputies}”: “${add}” enters one, “${roster}” many. A seat is ended on "
            "its own page by “${end}”, once the congress or its standing committee said so.",
            mapping={
                "deputies": _("Deputies"),
                "add": _("Add a deputy"),
                "roster": _("Import a roster"),
                "end": _("End the seat"),
            },
        ),
        _LISTS,
        _SEARCH,
        _NOTICES,
        _CODE,
    ),
    "deputy": (_TODO, _NOTICES, _CODE),
    "handler": (_TODO, _NOTICES, _CODE),
    "reviewer": (_TODO, _LISTS, _SEARCH, _NOTICES, _CODE),
    "leader": (_TODO, _LISTS, _SEARCH, _NOTICES, _CODE),
    "admin": (
        _TODO,
        _(
            "“${accounts}” gives people their roles. “${make}” shows a code once, with which the person "
            "signs in for the first time; who forgot the password gets “${code}”. From who has left the "
            "role is taken, or “${close}”.",
            mapping={
                "accounts": _("Accounts and roles"),
                "make": _("Make the account"),
                "code": _("New sign-in code"),
                "close": _("Close the account"),
            },
        ),
        _(
            "The account of a deputy whose seat has ended stands in your to-do list until you take the "
            "role or say “${keep}”.",
            mapping={"keep": _("Keep it as it is")},
        ),
        _(
            "“${modules}” shows what each would change before “${enable}” or “${disable}”; data stay when "
            "a module is disabled. “${packs}” are local practices in one file.",
            mapping={
                "modules": _("Modules"),
                "enable": _("Enable"),
                "disable": _("Disable"),
                "packs": _("Practice packs"),
            },
        ),
        _(
            "“${data}” lists which personal data are kept, and what is due to be erased. Nothing is erased "
            "by itself: open the person, then “${erase}”.",
            mapping={"data": _("Personal data"), "erase": _("Erase")},
        ),
        _(
            "“${days}” takes days off of the region, which the time limits then leave out.",
            mapping={"days": _("Working day calendar")},
        ),
        _NOTICES,
    ),
}
