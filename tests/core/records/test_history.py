"""What became of a record stands in one line of time, and who has it now beside it."""

import json

import pytest
from sqlalchemy import select

from renda.database import scope_to
from renda.errors import Conflict, Invalid
from renda.records import changes, comments, engine, workflow
from renda.records.changes import Change
from renda.records.comments import Comment
from renda.records.holders import holders
from renda.records.timeline import timeline
from renda.security.models import AuditEntry
from tests.core.records.conftest import ALL_VERBS, COUNTY, NEIGHBOUR, NOW, VALUES
from tests.core.records.probe import VISITS, Visit
from tests.core.records.test_pages import BASE, form_of


def as_is(message) -> str:
    return str(message)


@pytest.fixture
def change(db, people):
    def go(row, **values):
        changed = engine.update(db, VISITS, row, values, lock=row.lock, now=NOW, actor=people.clerk)
        db.flush()
        return changed

    return go


def told(db, row):
    """Titles of what happened, the latest first, with the changes of each."""
    return [
        (one["title"], [tuple(pair.values()) for pair in one.get("changes", ())])
        for one in timeline(db, VISITS, row, as_is)
    ]


class TestChanges:
    def test_a_change_says_from_what_to_what(self, db, people, visit, change):
        row = change(visit(), title="新", budget="1200", kind="school", guide=str(people.county))
        ((found, who),) = changes.of(db, VISITS, row)
        assert (found.lock, found.at, found.actor, who) == (2, NOW, people.clerk, "账户clerk")
        assert told(db, row)[0] == (
            "Change",
            [
                ("Title", "走访孙老家镇", "新"),
                ("Kind", "Village", "School"),
                ("Budget", "—", "1,200"),
                ("Guide", "—", "李梅"),
            ],
        )

    def test_personal_text_is_never_kept_in_full(self, db, visit, change):
        row = change(visit(phone="13812341234"), phone="13956785678")
        ((kept,),) = db.execute(select(Change.fields))
        assert json.loads(kept) == {"phone": ["138****1234", "139****5678"]}
        assert told(db, row)[0] == ("Change", [("Phone", "138****1234", "139****5678")])

    def test_what_is_refused_or_changes_nothing_leaves_none(self, db, visit, change):
        row = change(visit(), **VALUES)
        with pytest.raises(Invalid):
            change(row, title="", kind="school")
        with pytest.raises(Conflict):
            engine.update(db, VISITS, row, {"title": "新"}, lock=7, now=NOW, actor=None)
        assert changes.of(db, VISITS, row) == []

    def test_fields_and_choices_that_are_gone_stay_readable(self, db, visit, change):
        row = change(visit(), kind="school")
        found = db.scalars(select(Change)).one()
        found.fields = json.dumps({"kind": ["inn", "school"], "gone": ["a", None]})
        assert told(db, row)[0][1] == [("Kind", "inn", "School"), ("gone", "a", "—")]

    def test_another_organisation_s_session_sees_none(self, db, visit, change):
        row = change(visit(), title="新")
        scope_to(db, {NEIGHBOUR})
        assert changes.of(db, VISITS, row) == []


class TestTimeline:
    def test_steps_changes_and_comments_stand_in_the_order_in_which_they_came(
        self, db, people, visit, change
    ):
        row = change(visit(), title="新")
        comments.say(db, VISITS, row, "请核对", now=NOW, author=people.leader)
        who = {"now": NOW, "actor": people.clerk, "permissions": ALL_VERBS}
        workflow.move(db, VISITS, row, "hold", **who)
        change(row, title="更新")
        titles = [title for title, _changes in told(db, row)]
        assert titles == ["Change", "Mark as held", "Comment", "Change", "Entered"]


class TestHolders:
    def told(self, db, registry, state):
        found = holders(db, registry.declared, VISITS, state=state, organisation=COUNTY, now=NOW)
        return [(one["title"], one["names"], one["more"]) for one in found]

    def test_those_who_may_take_the_next_step_have_it(self, db, registry, people):
        assert self.told(db, registry, "planned") == [("Clerk", ["账户clerk"], 0)]

    @pytest.mark.parametrize("state", ["held", "cancelled", "lost"])
    def test_what_is_done_is_with_nobody(self, db, registry, people, state):
        assert self.told(db, registry, state) == []


class TestCommentPage:
    @pytest.fixture
    def address(self, stored_visit):
        return f"{BASE}/{stored_visit}"

    def say(self, app, address, text, status=303):
        form = form_of(app.get(address), f"{address}/comments")
        form["comment"] = text
        return form.submit(status=status)

    def test_whoever_may_read_may_comment(self, sign_in, work, people, address):
        page = self.say(sign_in("auditor"), address, "已核对\r\n无误").follow()
        assert "已核对" in page.html.select(".timeline li")[0].text
        assert "账户auditor" in page.html.select(".timeline li")[0].text
        with work() as session:
            comment = session.scalars(select(Comment)).one()
            assert (comment.author, comment.text, comment.organisation) == (
                people.auditor,
                "已核对\n无误",
                COUNTY,
            )
            entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.comment")).one()
            assert "已核对" not in entry.detail
            assert session.scalars(select(Visit)).one().lock == 1

    @pytest.mark.parametrize("text", ["", " ", "a\0b", "字" * 2001])
    def test_what_is_no_comment_is_told_and_stays_in_the_field(self, sign_in, work, address, text):
        page = self.say(sign_in("auditor"), address, text, status=422)
        assert page.html.select_one("#f-comment-error")
        with work() as session:
            assert session.scalars(select(Comment)).all() == []

    def test_who_has_no_role_there_cannot_comment(self, app, sign_in, address, registry):
        token = form_of(sign_in("auditor").get(address), f"{address}/comments")["csrf_token"].value
        elsewhere = address.replace(COUNTY, NEIGHBOUR)
        app.post(f"{elsewhere}/comments", {"comment": "你好", "csrf_token": token}, status=404)

    def test_the_page_says_who_has_it(self, sign_in, address):
        assert sign_in("auditor").get(address).html.select_one("#holders li").text == "Clerk: 账户clerk"
