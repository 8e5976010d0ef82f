"""Each account chooses through which channels it is told of what, and when not."""

import pytest

from renda.errors import Invalid
from renda.notices import choices
from renda.notices.choices import Choice, Choices
from renda.notices.models import ChannelChoice
from tests.core.notices.conftest import COUNTY, NOW

PAGE = f"/o/{COUNTY}/notices/choices"


def test_what_was_chosen_is_shown_again(post, sign_in, people, work):
    form = sign_in("clerk").get(PAGE).forms["choices"]
    form["address-mail"] = " li@example.cn "
    for box in form.fields["kinds-mail"]:
        box.checked = box._value in {"due", "overdue"}
    form["quiet_start"], form["quiet_end"] = "22", "7"
    page = form.submit().follow()
    assert "Your choice is kept." in page.text
    with work() as session:
        wanted = Choices({"mail": Choice("li@example.cn", frozenset({"due", "overdue"}))}, (22, 7))
        assert choices.of(session, people.clerk) == wanted
    assert page.html.select_one("#f-address-mail")["value"] == "li@example.cn"
    assert page.html.select_one("#f-quiet_start option[selected]")["value"] == "22"


def test_an_address_that_is_none_changes_nothing(post, sign_in, people, work):
    post.choose(kinds=["due"])
    form = sign_in("clerk").get(PAGE).forms["choices"]
    form["address-mail"] = "li at example"
    page = form.submit(status=422)
    assert page.html.select_one("#f-address-mail-error")
    with work() as session:
        assert choices.of(session, people.clerk).channels["mail"].address == "li@example.cn"


@pytest.mark.parametrize(
    "wanted",
    [
        Choices({"mail": Choice("li@example.cn\r\nBcc: x@y.cn", frozenset())}),
        Choices({"mail": Choice("13800000000", frozenset())}),
        Choices({"mail": Choice("li@example.cn", frozenset({"gossip"}))}),
        Choices({"sms": Choice("13800000000", frozenset())}),
        Choices({}, (7, 7)),
        Choices({}, (-1, 7)),
        Choices({}, (7, 24)),
    ],
)
def test_what_does_not_exist_cannot_be_chosen(post, db, wanted):
    with pytest.raises(Invalid):
        choices.choose(db, post.clerk, wanted, now=NOW)


def test_addresses_are_sealed_where_they_are_stored(post, db):
    post.choose()
    row = db.get_one(ChannelChoice, (post.clerk, "mail"))
    assert b"example" not in row.address


def test_a_node_without_channels_says_so(people, sign_in):
    assert "sends nothing outside its pages" in sign_in("clerk").get(PAGE).text
