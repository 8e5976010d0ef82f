"""A later version adds: records of an earlier one stay what they were."""

import pytest

from renda.errors import Conflict
from renda.packs.versions import require_follows
from renda.records import engine
from tests.core.packs import files
from tests.core.packs.files import TYPE, values
from tests.core.security.town import COUNTY

V2 = ("version = 1\n", "version = 2\n")
FIELD = '\n[[registers.fields]]\nname = "place"\nkind = "text"\nlabel = "地点"\n'
ANCHOR = "\n[registers.participation]"


def added(optional):
    return (ANCHOR, f"{FIELD}optional = {optional}\n{ANCHOR}")


def test_optional_fields_and_registers_may_be_added():
    require_follows(files.pack(), files.pack(V2, added("true")))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (added("false"), "must be optional"),
        (('kind = "money"\nlabel = "金额"\nunit = "元"', 'kind = "text"\nlabel = "金额"'), "another kind"),
        (('unit = "元"\noptional = true', 'unit = "元"'), "must be optional"),
        (('name = "attendance"', 'name = "presence"'), "tied to others"),
    ],
)
def test_what_would_change_records_is_refused(change, said):
    changes = [V2, change]
    if "kind" in change[0]:
        changes += [('sum = "amount"', 'where = { state = "held" }')]
    with pytest.raises(Conflict) as refused:
        require_follows(files.pack(), files.pack(*changes))
    assert said in refused.value.message


def test_a_field_that_a_version_leaves_out_is_still_read(install, browse, kind, work, clock):
    with work() as session:
        row = engine.create(session, kind(), COUNTY, values(amount="77"), now=clock(), author=None)
    gone = '[[registers.fields]]\nname = "amount"\nkind = "money"\nlabel = "金额"\nunit = "元"\noptional = true\n'
    figure = files.FILE[files.FILE.index('[[indicators]]\ncode = "amount"') :]
    figure = figure[: figure.index("[[indicators]]", 5)]
    install(files.pack(V2, (gone, ""), (figure, ""), ('"held_on", "amount", ', '"held_on", ')))
    assert "amount" not in kind().fields
    page = browse("clerk").get(f"/o/{COUNTY}/r/{TYPE}/{row.id}")
    assert "金额 (no longer asked for)" in page.text
    assert "77" in page.text
