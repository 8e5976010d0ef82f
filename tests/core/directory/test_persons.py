"""A congress's deputies come from a list: all of it or nothing, and the same list twice changes nothing."""

import json
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import event, func, select

from renda.directory import persons, readings
from renda.directory.commands import person
from renda.directory.models import Mandate, Organisation, Person
from renda.directory.terms import TERMS
from renda.errors import Conflict, Invalid, NotFound
from renda.records import engine
from renda.security.models import AuditEntry
from renda.testing.plugin import node_settings
from tests.core.security import town

COUNTY, STREET = town.COUNTY, "371721001"
LIST = (
    "name,identity,seat,constituency,starts_on\n"
    "王小明,37172119700101001x,7,第一选区,2022/1/5\n"
    "李梅,371721197505050026,,,\n"
)


@pytest.fixture
def tree(work):
    with work() as session:
        town.build(session, [])
        session.add(
            Organisation(code=STREET, name="曹城街道", kind="street", tier="township", congress=False)
        )


@pytest.fixture
def renda(node_folder, database_url, tree, tmp_path):
    """`renda person …` against this test's node; gives the JSON that it prints."""
    ini = node_folder / "persons.ini"
    lines = [
        f"{key} = {str(value).replace('%', '%%')}"
        for key, value in node_settings(node_folder, database_url).items()
    ]
    ini.write_text("[app:main]\nuse = egg:renda\n" + "\n".join(lines), encoding="utf-8")

    def run(command, *arguments):
        result = CliRunner().invoke(person, [command, str(ini), *arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return run


@pytest.fixture
def import_list(renda, tmp_path):
    def run(text, *, organisation=COUNTY, term=19, encoding="utf-8"):
        file = tmp_path / "deputies.csv"
        file.write_bytes(text.encode(encoding))
        return renda("import", str(file), "--org", organisation, "--term", str(term), "--since", "2022-02-01")

    return run


def counted(work, *models):
    with work() as session:
        return [session.scalar(select(func.count()).select_from(model)) for model in models]


def told(run, *arguments, **options):
    with pytest.raises(Invalid) as refused:
        run(*arguments, **options)
    return {place: message.interpolate() for place, message in refused.value.errors.items()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_gives_seats(renda, import_list, encoding):
    done = import_list(LIST, encoding=encoding)
    assert done == {"organisation": COUNTY, "term": 19, "new": 2, "unchanged": 0}
    assert renda("list", "--org", COUNTY)["persons"] == [
        {"term": 19, "seat": 1, "name": "李梅", "constituency": "", "starts_on": "2022-02-01"},
        {"term": 19, "seat": 7, "name": "王小明", "constituency": "第一选区", "starts_on": "2022-01-05"},
    ]


def test_who_is_on_a_list_is_found_by_pinyin(import_list, work):
    import_list(LIST)
    with work() as session:
        found = session.scalars(select(Person.name).where(readings.called("wxm"))).all()
    assert found == ["王小明"]


def test_official_lists_are_in_the_order_of_strokes(renda, import_list):
    import_list(LIST + "丁一,a third,9,,\n王力,a fourth,10,,\n")
    listed = renda("list", "--org", COUNTY, "--strokes")["persons"]
    assert [one["name"] for one in listed] == ["丁一", "王力", "王小明", "李梅"]


def test_seats_begin_with_their_term_where_it_is_entered(renda, work, tmp_path):
    with work() as session:
        values = {"number": 19, "starts_on": "2022-01-04"}
        engine.create(session, TERMS, COUNTY, values, now=datetime(2026, 5, 6, tzinfo=UTC), author=None)
    file = tmp_path / "deputies.csv"
    file.write_text(LIST, encoding="utf-8")
    renda("import", str(file), "--org", COUNTY, "--term", "19")
    found = {one["name"]: one["starts_on"] for one in renda("list", "--org", COUNTY)["persons"]}
    assert found == {"王小明": "2022-01-05", "李梅": "2022-01-04"}


def test_a_line_whose_seat_does_not_begin_within_its_term_is_told(db, tree):
    now = datetime(2026, 5, 6, tzinfo=UTC)
    values = {"number": 19, "starts_on": "2022-01-08"}
    engine.create(db, TERMS, COUNTY, values, now=now, author=None)
    days = (date(2022, 1, 7), date(2022, 1, 8), date(2099, 1, 1))
    seated = [persons.Seated(line, f"代表{line}", f"{line}", day) for line, day in enumerate(days, 2)]
    with pytest.raises(Invalid) as refused:
        persons.add_mandates(db, COUNTY, 19, seated, now=now)
    assert list(refused.value.errors) == ["line 2", "line 4"]


def test_a_second_run_changes_nothing(import_list, work):
    import_list(LIST)
    assert import_list(LIST)["unchanged"] == 2
    assert import_list(LIST + "赵前,another text,8,,\n") | {"term": 0} == {
        "organisation": COUNTY,
        "term": 0,
        "new": 1,
        "unchanged": 2,
    }
    assert counted(work, Mandate, Person) == [3, 3]


def test_one_person_may_sit_in_two_congresses_and_terms(import_list, work):
    for organisation, term in ((COUNTY, 18), (COUNTY, 19), (town.CITY, 19)):
        assert import_list(LIST, organisation=organisation, term=term)["new"] == 2
    assert counted(work, Mandate, Person) == [6, 2]


def test_identities_are_never_stored(import_list, database_url, work):
    import_list(LIST)
    with work() as session:
        stored = session.execute(select(Person.name, Person.key)).all()
        trail = session.execute(select(AuditEntry.action, AuditEntry.organisation, AuditEntry.detail)).all()
    assert all(isinstance(row.key, int) for row in stored)
    assert trail == [("mandate.add", COUNTY, '{"new": 2, "term": 19, "unchanged": 0}')]


def test_every_wrong_line_is_named_and_nothing_is_changed(import_list, work):
    wrong = told(
        import_list,
        LIST + "赵前,3.71721E+17,,,\n钱,5,0,,\n,6,,,\n孙,,,,\n周,8,9,,2022-02-30\n",
    )
    assert list(wrong) == ["line 4", "line 5", "line 6", "line 7", "line 8"]
    assert "rounded" in wrong["line 4"]
    assert counted(work, Mandate, Person, AuditEntry) == [0, 0, 0]


def test_a_list_that_contradicts_itself_or_what_is_known_is_refused(import_list, work):
    import_list(LIST)
    wrong = told(
        import_list,
        LIST + "王小明,37172119700101001X,,,\n赵前,371721197505050026,,,\n钱,5,7,,\n孙,6,20,,\n周,8,20,,\n",
    )
    assert list(wrong) == ["line 4", "line 5", "line 6", "line 8"]
    other = told(import_list, "name,identity\n赵前,371721197505050026\n", organisation=town.OTHER)
    assert list(other) == ["line 2"]
    assert counted(work, Mandate, Person) == [2, 2]


def test_a_list_without_its_columns_is_refused(import_list):
    assert "identity" in told(import_list, "name\n王小明\n")["line 1"]


def test_a_body_without_a_congress_has_no_seats(import_list):
    with pytest.raises(Conflict, match="no congress"):
        import_list(LIST, organisation=STREET)
    with pytest.raises(NotFound):
        import_list(LIST, organisation="999999")


def test_it_takes_as_many_statements_for_many_as_for_few(db, tree, registry):
    statements = []
    event.listen(registry.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    def add(term, number):
        before = len(statements)
        seated = [
            persons.Seated(line, f"代表{line}", f"{term}:{line}", date(2022, 1, 1)) for line in range(number)
        ]
        persons.add_mandates(db, COUNTY, term, seated, now=db.info["registry"].clock())
        return len(statements) - before

    add(1, 1)
    assert add(2, 2) == add(3, 300)
