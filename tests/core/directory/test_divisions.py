"""The code table becomes bodies: what each division is, whom it hangs on, and what a wrong table is told."""

import gzip
import hashlib
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renda.directory.divisions import (
    CONGRESS,
    PLACEHOLDER,
    TIERS,
    Body,
    Division,
    bodies,
    body_name,
    holds_congress,
    kind_of,
    read_csv,
    shipped,
)
from renda.directory.sheets import MOST_ERRORS
from renda.errors import Invalid

ALL = tuple(shipped())
KNOWN = {division.code: division for division in ALL}
PROVINCES = {
    province: tuple(division for division in ALL if division.code.startswith(province))
    for province in {division.code[:2] for division in ALL}
}
DONGCHENG = tuple(division for division in ALL if division.code.startswith("110101"))
DANZHOU = tuple(division for division in ALL if division.code.startswith("4604"))
BODIES = bodies(ALL)
BY_CODE = {body.code: body for body in BODIES}
HEADER = "code,name,tier,parent\n"
CITY = HEADER + "371700,菏泽市,city,\n"


def told(text: str | bytes | Path) -> dict[str, str]:
    """The sentences that a wrong table gets, by line."""
    with pytest.raises(Invalid) as refused:
        read_csv(text)
    return {place: message.interpolate() for place, message in refused.value.errors.items()}


class TestTheShippedTable:
    def test_has_every_division_of_china_down_to_the_township(self):
        assert len(ALL) == len(KNOWN) == 44_700
        assert Counter(division.tier for division in ALL) == {
            "province": 31,
            "city": 342,
            "county": 2_975,
            "township": 41_352,
        }

    def test_lists_parents_before_children(self):
        seen = {None}
        for division in ALL:
            assert division.parent in seen
            seen.add(division.code)

    def test_is_the_published_one_packed_without_name_or_time(self):
        folder = resources.files("renda") / "data"
        packed = (folder / "divisions.csv.gz").read_bytes()
        digest = hashlib.sha256(gzip.decompress(packed)).hexdigest()
        assert packed[3:8] == bytes(5)
        assert len(packed) < 400_000
        assert digest in (folder / "SOURCE.md").read_text(encoding="utf-8")

    def test_passes_the_checks_of_a_users_own_table(self):
        text = gzip.decompress((resources.files("renda") / "data" / "divisions.csv.gz").read_bytes())
        assert tuple(read_csv(text)) == ALL


class TestKinds:
    def test_every_division_has_one(self):
        assert Counter((division.tier, kind_of(division)) for division in ALL) == {
            ("province", "province"): 31,
            ("city", "city"): 323,
            ("city", "prefecture"): 10,
            ("city", PLACEHOLDER): 9,
            ("county", "county"): 2_850,
            ("county", "development_zone"): 124,
            ("county", PLACEHOLDER): 1,
            ("township", "street"): 9_066,
            ("township", "town"): 21_366,
            ("township", "township"): 8_198,
            ("township", "development_zone"): 2_710,
            ("township", PLACEHOLDER): 12,
        }

    def test_township_names_agree_with_their_codes(self):
        """Town, township and street are read from the code alone; the names say the same."""
        endings = {"town": ("镇",), "township": ("乡", "苏木"), "street": ("街道", "地区", "街")}
        for division in ALL:
            if division.tier == "township" and (ending := endings.get(kind_of(division))):
                assert division.name.endswith(ending), division

    @pytest.mark.parametrize(
        ("code", "name", "tier", "kind"),
        [
            ("370000", "山东省", "province", "province"),
            ("371700", "菏泽市", "city", "city"),
            ("653100", "喀什地区", "city", "prefecture"),
            ("232700", "大兴安岭地区", "city", "prefecture"),
            ("152200", "兴安盟", "city", "prefecture"),
            ("222400", "延边朝鲜族自治州", "city", "city"),
            ("371721", "曹县", "county", "county"),
            ("371770", "七十", "county", "development_zone"),
            ("371771", "菏泽经济技术开发区", "county", "development_zone"),
            ("371779", "七十九", "county", "development_zone"),
            ("371780", "八十", "county", "county"),
            ("371721001", "曹城街道", "township", "street"),
            ("371721099", "街", "township", "street"),
            ("371721100", "庄寨镇", "township", "town"),
            ("371721199", "镇", "township", "town"),
            ("371721200", "朱洪庙乡", "township", "township"),
            ("371721399", "乡", "township", "township"),
            ("371721400", "园区", "township", "development_zone"),
            ("371721599", "农场", "township", "development_zone"),
            ("110100", "市辖区", "city", PLACEHOLDER),
            ("500200", "县", "city", PLACEHOLDER),
            ("419000", "省直辖县级行政区划", "city", PLACEHOLDER),
            ("659000", "自治区直辖县级行政区划", "city", PLACEHOLDER),
            ("620201", "嘉峪关市", "county", PLACEHOLDER),
            ("469001198", "县直辖村级区划", "township", PLACEHOLDER),
            ("350527000", "金门县", "township", PLACEHOLDER),
        ],
    )
    def test_follow_the_national_standards(self, code, name, tier, kind):
        assert kind_of(Division(code, name, tier, None)) == kind

    @pytest.mark.parametrize(
        ("code", "tier"),
        [
            ("371721600", "township"),
            ("371721999", "township"),
            ("371721", "township"),
            ("371721001", "county"),
            ("3717", "city"),
            ("371700000000", "city"),
            ("３７１７００", "city"),
            ("371700", "village"),
            ("", "city"),
        ],
    )
    def test_do_not_exist_for_codes_of_another_form(self, code, tier):
        with pytest.raises(Invalid) as refused:
            kind_of(Division(code, "某地", tier, None))
        assert tier in refused.value.errors["code"].interpolate()

    def test_say_who_has_a_congress(self):
        assert [kind for kind in CONGRESS if holds_congress(kind)] == [
            "province",
            "city",
            "county",
            "town",
            "township",
        ]
        with pytest.raises(Invalid):
            holds_congress("village")


class TestNames:
    @pytest.mark.parametrize(
        ("name", "kind", "expected"),
        [
            ("曹县", "county", "曹县人大"),
            ("菏泽市", "city", "菏泽市人大"),
            ("喀什地区", "prefecture", "喀什地区人大工委"),
            ("锡林郭勒盟", "prefecture", "锡林郭勒盟人大工委"),
            ("庄寨镇", "town", "庄寨镇人大"),
            ("曹城街道", "street", "曹城街道人大工委"),
            ("曹城街道办事处", "street", "曹城街道人大工委"),
            ("菏泽经济技术开发区", "development_zone", "菏泽经济技术开发区人大工委"),
            ("乌拉盖管理区管委会", "development_zone", "乌拉盖管理区人大工委"),
            ("某开发区管理委员会", "development_zone", "某开发区人大工委"),
        ],
    )
    def test_of_bodies_say_congress_or_work_committee(self, name, kind, expected):
        assert body_name(name, kind) == expected

    def test_of_bodies_keep_the_plain_name_beside_the_full_one(self):
        county = BY_CODE["371721"]
        assert (county.name, county.full_name) == ("曹县", "曹县人大")

    def test_of_unknown_kinds_are_refused(self):
        with pytest.raises(Invalid):
            body_name("曹县", "village")


class TestBodies:
    def test_of_heze(self):
        heze = bodies(ALL, "371700")
        counties = [body for body in heze if body.tier == "county"]
        assert len(heze) == 179
        assert heze[0] == Body("371700", "菏泽市", "city", "city", None, congress=True)
        assert {body.parent for body in counties} == {"371700"}
        assert Counter(body.kind for body in counties) == {"county": 9, "development_zone": 2}
        assert Counter(body.kind for body in heze if body.tier == "township") == {
            "town": 127,
            "street": 34,
            "township": 6,
        }
        assert [body.code for body in counties if not body.congress] == ["371771", "371772"]

    def test_hang_on_the_division_above_a_placeholder(self):
        assert BY_CODE["110101"].name == "东城区"
        assert BY_CODE["110101"].parent == "110000"
        assert BY_CODE["500240"].parent == "500000"
        assert BY_CODE["419001"].parent == "410000"
        assert BY_CODE["659001"].parent == "650000"
        assert BY_CODE["620201100"].parent == "620200"
        assert not any(body.kind == PLACEHOLDER for body in BODIES)

    @pytest.mark.parametrize(
        ("code", "name"), [("441900", "东莞市"), ("442000", "中山市"), ("460400", "儋州市")]
    )
    def test_of_a_city_without_counties_are_its_townships(self, code, name):
        city, *townships = bodies(ALL, code)
        assert city.name == name
        assert len(townships) > 15
        assert {(body.tier, body.parent) for body in townships} == {("township", code)}

    def test_come_parents_first_and_from_a_higher_tier(self):
        seen = {}
        for body in BODIES:
            if body.parent is not None:
                assert TIERS.index(seen[body.parent].tier) < TIERS.index(body.tier)
            seen[body.code] = body
        assert len(seen) == 44_700 - 9 - 1 - 12

    @settings(deadline=None)
    @given(st.sampled_from([body.code for body in BODIES if body.tier in {"city", "county"}]))
    def test_of_a_subtree_are_all_below_its_root(self, root):
        found = bodies(PROVINCES[root[:2]], root)
        codes = {body.code for body in found}
        assert found[0].code == root
        assert found[0].parent is None
        assert all(body.parent in codes for body in found[1:])
        assert codes == {root} | {body.code for body in BODIES if body.parent in codes}
        assert [body.code for body in found] == [body.code for body in BODIES if body.code in codes]

    @settings(deadline=None)
    @given(st.permutations([KNOWN["110000"], KNOWN["110100"], KNOWN["460000"], *DONGCHENG, *DANZHOU]))
    def test_do_not_depend_on_the_order_of_rows(self, rows):
        codes = {row.code for row in rows}
        expected = {body.code: body for body in BODIES if body.code in codes}
        assert {body.code: body for body in bodies(rows)} == expected

    def test_become_roots_under_a_placeholder_without_parent(self):
        rows = [
            Division("110100", "市辖区", "city", None),
            Division("110101", "东城区", "county", "110100"),
        ]
        assert [(body.code, body.parent) for body in bodies(rows)] == [("110101", None)]

    @pytest.mark.parametrize("root", ["999999", "110100", ""])
    def test_need_a_root_where_somebody_works(self, root):
        with pytest.raises(Invalid) as refused:
            bodies(ALL, root)
        assert "root" in refused.value.errors

    @pytest.mark.parametrize(
        "rows",
        [
            [Division("371721", "曹县", "county", "371700")],
            [Division("371721", "曹县", "county", "371721")],
            [Division("371721", "曹县", "county", None), Division("371722", "单县", "county", "371721")],
            [
                Division("371721001", "街", "township", None),
                Division("371722", "单县", "county", "371721001"),
            ],
        ],
        ids=["missing", "itself", "same tier", "lower tier"],
    )
    def test_need_parents_of_a_higher_tier(self, rows):
        with pytest.raises(Invalid) as refused:
            bodies(rows)
        assert rows[-1].parent in refused.value.errors["parent"].interpolate()

    def test_need_codes_that_fit(self):
        with pytest.raises(Invalid):
            bodies([Division("1", "某地", "village", None)])


class TestAUsersOwnTable:
    def test_is_read_from_text_bytes_or_a_file(self, tmp_path):
        expected = [Division("371700", "菏泽市", "city", None)]
        file = tmp_path / "divisions.csv"
        file.write_text(CITY, encoding="utf-8")
        assert read_csv(CITY) == read_csv(CITY.encode()) == read_csv(file) == expected

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
    def test_may_come_from_any_program(self, encoding):
        assert read_csv(CITY.replace("\n", "\r\n").encode(encoding))[0].name == "菏泽市"

    def test_may_be_pasted_with_its_byte_order_mark(self):
        assert read_csv("\ufeff" + CITY) == read_csv(CITY)

    def test_may_have_blank_lines_spaces_other_columns_and_any_order(self):
        text = "name,note,parent,tier,code\n曹县, ,371700,county, 371721\n\n,,,,\n菏泽市,x,,city,371700 \n"
        assert [body.code for body in bodies(read_csv(text))] == ["371700", "371721"]

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ("371721,,county,371700", "name is missing"),
            ("371721,曹县,village,371700", "tier must be"),
            ("371721,曹县", "tier must be"),
            ("37172,曹县,county,371700", "37172 does not fit the tier county"),
            ("371721600,某园,township,371700", "371721600 does not fit"),
            ("371700,菏泽,city,", "371700 is there twice"),
            ("371721,曹县,county,379900", "no row for the parent 379900"),
            ("371800,某市,city,371700", "371700 is not of a higher tier"),
        ],
    )
    def test_is_told_which_line_is_wrong_and_why(self, line, says):
        errors = told(CITY + line + "\n371722,单县,county,371700\n")
        assert list(errors) == ["line 3"]
        assert errors["line 3"].startswith("Line 3:")
        assert says in errors["line 3"]

    def test_is_told_many_mistakes_at_once_but_not_thousands(self):
        assert len(told(HEADER + "1,x,city,\n2,x,city,\n")) == 2
        assert len(told(HEADER + "".join(f"{n},x,city,\n" for n in range(99)))) == MOST_ERRORS

    @pytest.mark.parametrize("text", ["", "\n", "371700,菏泽市,city,\n", "code,name\n371700,菏泽市\n"])
    def test_must_name_its_columns(self, text):
        assert "missing" in told(text)["line 1"]

    def test_must_be_comma_separated_text(self):
        assert "quotation mark" in told(CITY + '371721,"曹县"x,county,371700\n')["line 3"]
        assert "quotation mark" in told(CITY + '371721,"曹县,county,371700\n')["line 3"]

    def test_must_be_text_in_a_known_encoding(self):
        assert list(told(b"\xff\xfe\x00\xff")) == ["file"]

    def test_may_be_empty_below_its_header(self):
        assert read_csv(HEADER) == []
