"""A program acts for an account at one organisation, for some permissions, until its token ends."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from renda.clock import system_clock
from renda.errors import Conflict, Invalid, NotFound
from renda.security import tokens
from renda.security.accounts import set_active
from renda.security.calls import Buckets
from renda.security.grants import revoke
from renda.security.models import Account, AuditEntry, Grant, Token
from renda.security.token_commands import token as commands
from renda.testing.plugin import node_settings
from tests.core.api.conftest import HERE, VISITS
from tests.core.records import probe
from tests.core.records.conftest import COUNTY, NEIGHBOUR, NOW

PAGE = f"/o/{COUNTY}/tokens"
HELD = frozenset({"probe:read", "probe:write"})


def account_of(session, people):
    return session.get_one(Account, people.clerk)


class TestUse:
    def test_it_allows_what_it_names_and_no_more(self, program, stored_visit):
        reader = program("clerk", "probe:read")
        reader.get(VISITS)
        reader.call("POST", VISITS, {"values": {}}, status=403)
        reader.call("PATCH", f"{VISITS}/{stored_visit}", {"values": {}}, If_Match='"1"', status=403)
        assert reader.get(HERE).json["permissions"] == ["probe:read"]

    def test_it_never_allows_more_than_its_account_may_do(self, clerk, work, people):
        with work() as session:
            who = account_of(session, people)
            revoke(session, account=who, organisation=COUNTY, role="clerk", now=NOW + timedelta(seconds=-1))
            session.add(Grant(account=who.id, organisation=COUNTY, role="auditor", since=NOW))
        clerk.get(VISITS)
        clerk.call("POST", VISITS, {"values": {}}, status=403)

    def test_it_is_good_at_one_organisation(self, clerk, work, people):
        with work() as session:
            session.add(Grant(account=people.clerk, organisation=NEIGHBOUR, role="clerk", since=NOW))
        clerk.get(VISITS.replace(COUNTY, NEIGHBOUR), 404)
        assert [one["code"] for one in clerk.get("/api/v1/organisations").json["items"]] == [COUNTY]

    def test_it_ends_with_its_last_day(self, clerk, clock):
        clock.now = NOW + tokens.LONGEST - timedelta(seconds=1)
        clerk.get(VISITS)
        clock.forward(seconds=1)
        clerk.get(VISITS, 401)

    def test_it_ends_with_its_account(self, clerk, work, people):
        for active in (False, True):
            with work() as session:
                set_active(session, account_of(session, people), active=active, now=NOW, actor=None)
            clerk.get(VISITS, 401)

    def test_it_is_kept_as_a_hash_and_its_use_is_noted(self, clerk, work, clock):
        clerk.get(VISITS)
        first = clock.now
        clock.forward(minutes=4)
        clerk.get(VISITS)
        with work() as session:
            row = session.scalars(select(Token)).one()
            assert row.used_at == first
            assert clerk.token.encode() not in row.hash
        clock.forward(minutes=1)
        clerk.get(VISITS)
        with work() as session:
            assert session.scalars(select(Token.used_at)).one() == clock.now

    def test_too_many_calls_are_refused_for_a_while(self, clerk, registry):
        registry.calls_of_tokens = Buckets(rate=0.0, size=2.0)
        try:
            clerk.get(VISITS)
            clerk.get(VISITS)
            answer = clerk.get(VISITS, 429)
        finally:
            del registry.calls_of_tokens
        assert answer.headers["Retry-After"] == "1"

    @pytest.mark.parametrize(
        "header", ["", "Bearer", "Bearer x", "Basic eDp4", "Bearer renda_" + "A" * 43, "Bearer \xff"]
    )
    def test_what_is_no_token_opens_nothing(self, app, people, sign_in, header):
        for visitor in (app, sign_in("clerk")):
            answer = visitor.get(VISITS, headers={"Authorization": header}, status=401)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.content_type == "application/problem+json"

    def test_it_opens_no_page(self, clerk):
        assert "/sign-in" in clerk.get(f"/o/{COUNTY}", 302).headers["Location"]
        clerk.call("POST", PAGE, status=302)


class TestCookies:
    def test_a_session_reads_and_never_writes(self, sign_in, stored_visit, registry):
        app = sign_in("clerk")
        app.get(VISITS)
        token = app.get(PAGE).html.find("input", attrs={"name": "csrf_token"})["value"]
        said = {"X-CSRF-Token": token, "If-Match": '"1"'}
        app.post_json(VISITS, {"values": {}}, headers=said, status=401)
        app.patch_json(f"{VISITS}/{stored_visit}", {"values": {}}, headers=said, status=401)
        app.post_json(f"{VISITS}/{stored_visit}/transitions/hold", {}, headers=said, status=401)

    def test_a_stranger_reads_nothing(self, app, people):
        for address in ("/api/v1/organisations", HERE, VISITS, "/api/v1/openapi.json", "/api/v1/"):
            assert app.get(address, status=401).content_type == "application/problem+json"
        page = app.get("/api/v1/", headers={"Accept": "text/html,*/*"}, status=302)
        assert "/sign-in" in page.headers["Location"]


class TestPage:
    def make(self, app, **fields):
        form = next(one for one in app.get(PAGE).forms.values() if "name" in one.fields)
        form["name"] = "台账程序"
        for box in form.fields["permissions"]:
            box.checked = box._value in fields.get("permissions", ("probe:read",))
        if "expires_on" in fields:
            form["expires_on"] = fields["expires_on"]
        return form.submit(expect_errors=True)

    def test_its_owner_makes_one_and_sees_it_once(self, sign_in, work, people):
        app = sign_in("clerk")
        page = self.make(app)
        text = page.html.select_one("#token").text
        assert app.get(VISITS, headers={"Authorization": f"Bearer {text}"}).status_int == 200
        assert text not in app.get(PAGE).text
        with work() as session:
            said = session.scalars(select(AuditEntry).where(AuditEntry.action == "token.add")).one()
            assert (said.actor, said.organisation) == (people.clerk, COUNTY)
            assert text not in said.detail

    def test_its_owner_closes_it(self, sign_in, work, program):
        mine, other = program("clerk"), program("leader")
        app = sign_in("clerk")
        form = next(one for one in app.get(PAGE).forms.values() if str(mine.id) in one.action)
        form.submit(status=303)
        mine.get(VISITS, 401)
        app.post(f"{PAGE}/{other.id}/close", {"csrf_token": form["csrf_token"].value}, status=404)
        other.get(VISITS)

    @pytest.mark.parametrize(
        "fields",
        [
            {"permissions": ()},
            {"expires_on": "2027-05-07"},
            {"expires_on": "2026-05-05"},
            {"expires_on": "x"},
        ],
    )
    def test_what_is_not_acceptable_is_shown_again(self, sign_in, work, fields):
        page = self.make(sign_in("clerk"), **fields)
        assert page.status_int == 422
        assert page.html.select_one(".error")
        with work() as session:
            assert session.scalars(select(Token)).all() == []

    def test_nobody_offers_what_they_do_not_hold(self, sign_in):
        app = sign_in("auditor")
        form = next(one for one in app.get(PAGE).forms.values() if "name" in one.fields)
        fields = [*form.submit_fields(), ("permissions", "probe:write"), ("name", "x")]
        app.post(PAGE, fields, status=422)


class TestService:
    def issue(self, session, people, **more):
        given = {"name": "x", "permissions": ["probe:read"], "expires_at": NOW + timedelta(days=1), **more}
        return tokens.issue(
            session, account=people.clerk, organisation=COUNTY, held=HELD, now=NOW, actor=None, **given
        )

    @pytest.mark.parametrize(
        ("more", "wrong"),
        [
            ({"name": " "}, "name"),
            ({"name": "a\nb"}, "name"),
            ({"name": "x" * 65}, "name"),
            ({"permissions": []}, "permissions"),
            ({"permissions": ["probe:read", "probe:decide"]}, "permissions"),
            ({"expires_at": NOW}, "expires_on"),
            ({"expires_at": NOW + timedelta(days=365, seconds=1)}, "expires_on"),
        ],
    )
    def test_what_is_refused(self, db, people, more, wrong):
        with pytest.raises(Invalid) as error:
            self.issue(db, people, **more)
        assert list(error.value.errors) == [wrong]

    def test_an_account_has_so_many_and_no_more(self, db, people):
        for _number in range(tokens.MOST_OPEN):
            made, _text = self.issue(db, people)
        with pytest.raises(Conflict):
            self.issue(db, people)
        tokens.close(db, str(made.id), owner=people.clerk, now=NOW, actor=people.clerk)
        self.issue(db, people)
        for wrong in (str(made.id), "x"):
            with pytest.raises(NotFound):
                tokens.close(db, wrong, owner=None, now=NOW, actor=None)


@pytest.fixture
def renda(node_folder, database_url, people, tmp_path):
    """`renda token …` against this test's node; gives the JSON that it prints, or what it refuses."""
    ini = node_folder / "tokens.ini"
    text = node_settings(node_folder, database_url, **{"renda.modules": "probe"})
    lines = "\n".join(f"{key} = {str(value).replace('%', '%%')}" for key, value in text.items())
    ini.write_text(f"[app:main]\nuse = egg:renda\n{lines}", encoding="utf-8")

    def run(*arguments, code=0):
        with probe.installed(tmp_path / str(len(list(tmp_path.iterdir())))):
            result = CliRunner().invoke(commands, [arguments[0], str(ini), *arguments[1:], "--json"])
        assert result.exit_code == code, result.output
        return json.loads(result.output) if not code else result.exception

    return run


def test_the_command_line_makes_lists_and_revokes(renda, app, clock):
    clock.now = system_clock()
    until = (clock.now + timedelta(days=30)).date().isoformat()
    asked = ("add", "clerk", "--org", COUNTY, "--name", "程序", "--until", until)
    made = renda(*asked, "--permission", "probe:read")
    app.get(VISITS, headers={"Authorization": f"Bearer {made['token']}"}, status=200)
    assert isinstance(renda(*asked, "--permission", "probe:decide", code=1), Invalid)
    other = (
        "add",
        "clerk",
        "--org",
        NEIGHBOUR,
        "--name",
        "程序",
        "--until",
        until,
        "--permission",
        "probe:read",
    )
    assert isinstance(renda(*other, code=1), Invalid)
    for names in (("clerk",), ()):
        (shown,) = renda("list", *names)["tokens"]
        assert (shown["id"], shown["name"], "token" in shown) == (made["id"], "程序", False)
    renda("revoke", made["id"])
    app.get(VISITS, headers={"Authorization": f"Bearer {made['token']}"}, status=401)
    assert renda("list")["tokens"] == []
