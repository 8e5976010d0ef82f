import json
import uuid

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from renda.clock import system_clock
from renda.errors import Conflict, Invalid, NotFound
from renda.i18n import Translator, thaw
from renda.notices.models import Notice
from renda.security import grants
from renda.security.accounts import find_account
from renda.security.commands import user
from renda.security.models import Account, AuditEntry
from renda.testing.plugin import node_settings
from tests.core.security.factors import enrol
from tests.core.security.town import COUNTY, OTHER, PASSWORD, sign_in


@pytest.fixture
def renda(node_folder, database_url, people, clock):
    """`renda user …` against this test's node; gives the JSON that it prints."""
    ini = node_folder / "commands.ini"
    lines = [
        f"{key} = {str(value).replace('%', '%%')}"
        for key, value in node_settings(node_folder, database_url).items()
    ]
    ini.write_text("[app:main]\nuse = egg:renda\n" + "\n".join(lines), encoding="utf-8")

    def run(command, *arguments, text=None):
        result = CliRunner().invoke(
            user, [command, str(ini), *arguments, "--json"], input=text, catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        clock.now = system_clock()
        return json.loads(result.output)

    return run


def test_an_account_with_a_password_from_standard_input(renda, app):
    renda("add", "Sun", "--name", "孙六", "--password-stdin", text=f"{PASSWORD}\n")
    renda("grant", "sun", "--org", COUNTY, "--role", "clerk")
    sign_in(app, "sun")
    app.get(f"/o/{COUNTY}", status=200)


def test_an_account_with_a_one_time_code(renda, app):
    added = renda("add", "sun", "--name", "孙六")
    again = renda("code", "sun")
    assert added["code"] != again["code"]
    form = app.get("/first-sign-in").form
    form["login"], form["code"], form["password"] = "sun", again["code"], PASSWORD
    form.submit(status=303)


def test_roles_and_accounts_end(renda, app):
    renda("revoke", "li", "--org", COUNTY, "--role", "clerk")
    sign_in(app, "li")
    app.get(f"/o/{COUNTY}", status=404)
    assert renda("close", "li")["active"] is False
    sign_in(app, "li", status=422)
    assert renda("open", "li")["active"] is True
    sign_in(app, "li")


@pytest.fixture
def subjects(work, people):
    """Ids of a deputy and of a handling unit of the county; of a unit that was given up there is only a name."""
    with work() as session:
        return people.subjects(session)


@pytest.mark.parametrize(("role", "name"), [("deputy", "王小明"), ("handler", "教育局")])
def test_a_role_is_played_for_a_deputy_or_for_a_handling_unit(renda, work, subjects, role, name):
    given = ("qian", "--org", COUNTY, "--role", role)
    account = uuid.UUID(renda("grant", *given, "--for", name)["account"])
    now = system_clock()
    with work() as session:
        assert grants.subject_of(session, account, COUNTY, role, now) == subjects[name]
        assert grants.accounts_for(session, subjects[name], COUNTY, role, now) == {account}
        assert grants.accounts_for(session, subjects[name], OTHER, role, now) == frozenset()
    with pytest.raises(Conflict):
        renda("grant", *given)
    renda("grant", *given, "--for", name)
    renda("revoke", *given)
    with work() as session:
        assert grants.subject_of(session, account, COUNTY, role, system_clock()) is None
        assert grants.accounts_for(session, subjects[name], COUNTY, role, system_clock()) == frozenset()


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("deputy", "李四"),
        ("deputy", "教育局"),
        ("handler", "王小明"),
        ("handler", "民政局"),
        ("clerk", "王小明"),
    ],
)
def test_a_role_is_played_for_nobody_else(renda, work, subjects, role, name):
    with pytest.raises(Invalid):
        renda("grant", "qian", "--org", COUNTY, "--role", role, "--for", name)
    with work() as session:
        qian = session.scalars(select(Account.id).where(Account.login == "qian")).one()
        assert grants.roles_at(session, qian, COUNTY, system_clock()) == frozenset()


def test_what_is_refused_changes_nothing(renda, work):
    with pytest.raises(Conflict):
        renda("add", "li", "--name", "李四")
    with pytest.raises(NotFound):
        renda("grant", "nobody", "--org", COUNTY, "--role", "clerk")


def test_commands_are_audited_without_an_actor(renda, work):
    renda("grant", "qian", "--org", COUNTY, "--role", "leader")
    with work() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.at.desc())).first()
        assert (entry.action, entry.organisation, entry.actor) == ("grant.add", COUNTY, None)
        assert json.loads(entry.detail) == {"role": "leader"}


def test_without_json_a_person_reads_a_sentence(node_folder, renda):
    result = CliRunner().invoke(
        user, ["code", str(node_folder / "commands.ini"), "li"], catch_exceptions=False
    )
    assert "/first-sign-in" in result.output


def test_who_has_lost_the_phone_is_let_in_again(renda, app, work, clock):
    with work() as session:
        enrol(session, find_account(session, "li"), clock())
    assert sign_in(app, "li").location.endswith("/sign-in/code")
    assert renda("reset-second-factor", "li")["login"] == "li"
    assert not sign_in(app, "li").location.endswith("/sign-in/code")
    with pytest.raises(NotFound):
        renda("reset-second-factor", "li")


@pytest.fixture
def told(work):
    """`told(login)` is what an account has been told, in English, the latest last."""

    def read(login):
        with work() as session:
            account = find_account(session, login).id
            rows = session.scalars(
                select(Notice).where(Notice.account == account).order_by(Notice.at, Notice.id)
            )
            return [Translator(["renda"], "en")(thaw(one.title)) for one in rows]

    return read


def test_an_owner_is_told_of_what_the_command_line_does_as_of_what_a_page_does(renda, told, work):
    with work() as session:
        enrol(session, find_account(session, "li"), system_clock())
    role = ("li", "--org", COUNTY, "--role", "reviewer")
    for command, *more in (("grant", *role), ("grant", *role), ("revoke", *role), ("code", "li")):
        renda(command, *more)
    renda("reset-second-factor", "li")
    assert told("li") == [
        "An administrator gave you the role 审核员.",
        "An administrator took the role 审核员 from you.",
        "An administrator issued a new sign-in code for your account.",
        "An administrator turned your two-step verification off.",
    ]


def test_who_has_no_role_anywhere_has_no_inbox_to_be_told_in(renda, told):
    renda("code", "qian")
    assert told("qian") == []
