"""The pages of packs: a file, a look at what it adds, one decision, and the file back."""

import pytest

from renda.packs import shipped
from tests.core.packs import files
from tests.core.packs.files import NAME, TYPE
from tests.core.security.town import COUNTY, post

PACKS = f"/o/{COUNTY}/m/core/packs"


@pytest.fixture
def upload(browse):
    """An administrator gives a file; what the browser shows then."""
    app = browse("admin", "clerk")

    def give(text, status=200):
        form = next(one for one in app.get(PACKS).forms.values() if "file" in one.fields)
        form["file"] = ("走访日.toml", text.encode())
        return form.submit(status=status)

    return give


def test_only_administrators_see_them(browse):
    app = browse("clerk")
    assert PACKS not in app.get(f"/o/{COUNTY}").text
    app.get(PACKS, status=403)


def test_a_file_is_looked_at_installed_and_enabled_with_one_decision(upload, app):
    page = upload(files.FILE)
    shown = " ".join(page.html.find("main").get_text(" ").split())
    for word in ("走访日", "走访记录", "带队代表", "走访次数", "期内已进行的走访", "走访日情况"):
        assert word in shown
    app.get(f"/o/{COUNTY}/r/{TYPE}", status=404)
    form = next(one for one in page.forms.values() if "text" in one.fields)
    page = form.submit(status=303).follow()
    assert "走访记录" in page.html.find("main").text
    page = next(one for one in page.forms.values() if "do" in one.fields).submit("do", status=303).follow()
    assert "Disable" in page.text
    app.get(f"/o/{COUNTY}/r/{TYPE}", status=200)
    assert "Installed here" in app.get(PACKS).html.find("table").text


def test_a_pack_whose_id_names_another_body_is_said_to_be_that_body_s_before_it_is_installed(upload):
    own = upload(files.FILE).html.find("main")
    assert "made it" not in own.get_text()
    page = upload(files.other((NAME, "371722-visits")))
    note = page.html.find(class_="flashes").get_text()
    assert "Its id says that 单县人大 made it: only that body and those above it can hand it on." in note
    assert f'write id = "{NAME}" into its file' in note
    assert any("text" in one.fields for one in page.forms.values()), "it can be installed all the same"


@pytest.mark.parametrize("name", sorted(shipped.packs()))
def test_a_shipped_pack_is_everybody_s(browse, name):
    assert "made it" not in browse("admin").get(f"{PACKS}/shipped/{name}").text


def test_a_faulty_file_is_told_of_and_nothing_is_installed(upload, app):
    page = upload(files.other(('sum = "amount"', 'sum = "title"')), status=422)
    assert "indicators[2].sum names title" in page.html.find("main").text
    assert "no practice pack yet" in page.text


def test_a_form_without_a_file_asks_for_one(browse):
    page = post(browse("admin"), PACKS, status=422)
    assert "Choose a file." in page.html.find("main").text


def test_the_file_comes_back_as_it_was(install, browse):
    install()
    answer = browse("admin").get(f"{PACKS}/{NAME}/file")
    assert answer.body.decode() == files.pack().text
    assert f"{NAME}-1.toml" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", sorted(shipped.packs()))
def test_each_shipped_pack_can_be_looked_at_and_installed(browse, name):
    app = browse("admin")
    page = app.get(PACKS).click(href=f"/shipped/{name}$")
    form = next(one for one in page.forms.values() if "text" in one.fields)
    page = form.submit(status=303).follow()
    assert shipped.packs()[name].module.title in page.html.find("h1").text


def test_what_is_not_there_is_not_found(browse):
    app = browse("admin")
    app.get(f"{PACKS}/shipped/nothing", status=404)
    app.get(f"{PACKS}/{NAME}/file", status=404)
