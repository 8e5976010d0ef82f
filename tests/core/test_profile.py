"""A profile is a file that really decides; a wrong one stops the start and says where."""

from datetime import date
from pathlib import Path

import pytest

from renda.errors import Misconfigured
from renda.profile import Deadline, Roles, load, read

COUNTY = """
tier = "county"
label = "县级"
parents = ["city"]
children = ["township"]

[kinds.county]
label = "县"
congress = true
may_hold_sessions = true
organs.congress = { name = "人民代表大会", decides = true, plenary = true }

[modules]
allowed = ["tiers", "training"]
default = ["tiers"]
required = ["tiers"]

[roles.labels]
admin = "系统管理员"
clerk = "录入员"

[calendar.bimonth]
due_days = 5
lock_days = 15

[rules]
motion_cosigners = 10
interpellation_cosigners = 10
reply_months = 3
reply_months_difficult = 6
quorum = "2/3"
majority = "1/2"
majority_of = "all"

[terms]
years = 5
"""
TOWNSHIP = (
    COUNTY.replace('"county"', '"township"')
    .replace('children = ["township"]', "children = []")
    .replace('parents = ["city"]', 'parents = ["county"]')
    .replace("[kinds.county]", "[kinds.town]")
)


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "county.toml") -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


def refusal(call, source):
    with pytest.raises(Misconfigured) as refused:
        call(source)
    return refused.value.detail, refused.value.message.interpolate()


class TestReading:
    def test_gives_what_the_file_says(self, write):
        profile = read(write(COUNTY))
        assert (profile.tier, profile.label, profile.parents) == ("county", "县级", ("city",))
        assert profile.calendar == {"bimonth": Deadline(5, 15)}
        assert profile.settings == {}

    def test_takes_a_file_from_notepad(self, write):
        assert read(write("\ufeff" + COUNTY.replace("\n", "\r\n"))).label == "县级"

    def test_names_settings_by_the_whole_dotted_word(self, write):
        profile = read(write(COUNTY + "[settings]\nidle_minutes = 15\ntraining.hours.most = 8\n"))
        assert profile.settings == {"idle_minutes": 15, "training.hours.most": 8}
        with pytest.raises(TypeError):
            profile.settings["idle_minutes"] = 60

    @pytest.mark.parametrize(
        ("old", "new", "key", "names"),
        [
            ('label = "县级"', 'label = "县级"\nlable = "县级"', "lable", ""),
            ("due_days = 5", "due_day = 5", "calendar.bimonth.due_day", ""),
            ("due_days = 5", 'due_days = "5"', "calendar.bimonth.due_days", ""),
            ("due_days = 5", "due_days = 16", "calendar", "bimonth"),
            ("[calendar.bimonth]", "[calendar.bimonht]", "calendar", "bimonht"),
            ('parents = ["city"]', 'parents = ["town"]', "parents", ""),
            ('parents = ["city"]', 'parents = ["township"]', "parents", "township"),
            ('parents = ["city"]', 'parents = ["county"]', "parents", "county"),
            ('children = ["township"]', 'children = ["city"]', "children", "city"),
            ("[kinds.county]", "[kinds.placeholder]", "kinds", "placeholder"),
            ("[kinds.county]", "[kinds.village]", "kinds", "village"),
            ("congress = true", "congress = false", "kinds", "county"),
            ("may_hold_sessions = true", "may_hold_sessions = false", "kinds", "county"),
            ("may_hold_sessions = true", 'may_hold_sessions = true\nwhy_not = "x"', "kinds", "county"),
            ("decides = true", "decide = true", "kinds.county.organs.congress.decide", ""),
            ('default = ["tiers"]', 'default = ["tiers", "poverty"]', "modules.default", "poverty"),
            ('required = ["tiers"]', 'required = ["training"]', "modules.required", "training"),
            ('required = ["tiers"]', 'required = ["poverty"]', "modules.required", "poverty"),
            (
                "[roles.labels]",
                '[roles]\nexclusive = [["admin", "auditor"]]\n[roles.labels]',
                "roles.exclusive",
                "auditor",
            ),
            ('quorum = "2/3"', "quorum = 0.66", "rules.quorum", ""),
            ('majority_of = "all"', 'majority_of = "most"', "rules.majority_of", "present"),
            ("[terms]\nyears = 5", "", "terms", ""),
        ],
    )
    def test_refuses_what_cannot_be(self, write, old, new, key, names):
        assert old in COUNTY
        file = write(COUNTY.replace(old, new))
        detail, message = refusal(read, file)
        assert detail == {"file": str(file), "key": key}
        assert key in message
        assert names in message

    @pytest.mark.parametrize(
        "source",
        ["/nowhere/county.toml", "no_such_package:county.toml", "renda.clock:county.toml", ":county.toml"],
    )
    def test_refuses_a_file_that_is_not_there(self, source):
        detail, message = refusal(read, source)
        assert detail["file"] == source
        assert message.startswith(source)

    @pytest.mark.parametrize("content", [b"tier = ", b"\xff\xfe"])
    def test_refuses_what_is_not_toml(self, tmp_path, content):
        file = tmp_path / "county.toml"
        file.write_bytes(content)
        assert refusal(read, file)[0]["file"] == str(file)


class TestLoading:
    def test_takes_a_folder_with_the_tiers_that_are_there(self, write, tmp_path):
        write(COUNTY)
        write(TOWNSHIP, "township.toml")
        assert list(load(tmp_path)) == list(load(str(tmp_path))) == ["county", "township"]

    def test_takes_one_file_per_tier(self, write):
        profiles = load({"county": write(COUNTY, "mine.toml")})
        assert profiles["county"].label == "县级"
        with pytest.raises(TypeError):
            profiles["city"] = profiles["county"]

    @pytest.mark.parametrize(
        "folder", ["no_such_package:profiles", "renda.clock:profiles", ":profiles", "/nowhere"]
    )
    def test_refuses_a_folder_without_profiles(self, folder):
        assert refusal(load, folder)[0]["file"] == folder

    def test_refuses_a_file_of_another_tier(self, write):
        detail, message = refusal(load, {"city": write(COUNTY)})
        assert detail["key"] == "tier"
        assert "city" in message

    def test_refuses_profiles_that_disagree(self, write, tmp_path):
        write(COUNTY.replace('children = ["township"]', "children = []"))
        write(TOWNSHIP, "township.toml")
        detail, message = refusal(load, tmp_path)
        assert detail["key"] == "children"
        assert "township" in message


class TestUsing:
    def test_kinds_are_looked_up(self, write):
        profile = read(write(COUNTY))
        assert profile.kind("county").organs["congress"].name == "人民代表大会"
        detail, message = refusal(profile.kind, "street")
        assert detail == {"kind": "street"}
        assert "county" in message

    def test_deadlines_count_from_the_last_day(self, write):
        profile = read(write(COUNTY))
        assert profile.due("bimonth", date(2024, 2, 29)) == date(2024, 3, 5)
        assert profile.lock("bimonth", date(2024, 12, 31)) == date(2025, 1, 15)

    def test_what_the_calendar_does_not_list_has_no_deadline(self, write):
        profile = read(write(COUNTY))
        assert profile.due("span", date(2015, 12, 31)) is None
        assert profile.lock("span", date(2015, 12, 31)) is None

    def test_deadlines_exist_for_kinds_of_period_only(self, write):
        profile = read(write(COUNTY))
        for ask in (profile.due, profile.lock):
            with pytest.raises(ValueError, match="fortnight"):
                ask("fortnight", date(2024, 2, 29))

    def test_exclusive_roles_clash(self):
        roles = Roles({}, exclusive=(("admin", "security", "auditor"), ("clerk", "reviewer")))
        assert roles.clashes(["admin", "clerk"]) == ()
        assert roles.clashes(["auditor", "security", "clerk"]) == (("admin", "security", "auditor"),)
        assert len(roles.clashes(["auditor", "admin", "clerk", "reviewer"])) == 2
