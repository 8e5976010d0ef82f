"""What the list of deputies is asked, on its page and by programs."""

import pytest

from tests.core.deputies.conftest import COUNTY, DEPUTIES, add, rows


class TestWrongQuestions:
    """The list answers them as the list of a register does."""

    WRONG = (("state", "zz"), ("foo", "1"), ("term", "abc"), ("term", "0"), ("group", "zz"), ("page", "x"))

    @pytest.mark.parametrize(("name", "value"), WRONG)
    def test_programs_are_told_what_is_wrong(self, clerk, name, value):
        api = f"/api/v1/organisations/{COUNTY}/core/deputies"
        answer = clerk.get(api, {name: value}, status=422)
        assert answer.content_type == "application/problem+json"
        assert list(answer.json["errors"]) == [name]

    def test_programs_ask_for_nothing_twice_and_for_no_page_after_the_last(self, clerk):
        add(clerk, name="王小明")
        api = f"/api/v1/organisations/{COUNTY}/core/deputies"
        assert list(clerk.get(f"{api}?term=18&term=19", status=422).json["errors"]) == ["term"]
        assert clerk.get(f"{api}?page=2", status=422).json["errors"] == {"page": "The last page is 1."}
        assert clerk.get(api, {"page": "1", "state": "", "constituency": "第九选区"}).json["items"] == []

    @pytest.mark.parametrize(("name", "value"), WRONG)
    def test_readers_are_told_and_shown_nobody(self, clerk, name, value):
        add(clerk, name="王小明")
        page = clerk.get(DEPUTIES, {name: value}, status=422)
        assert rows(page) == []
        assert page.html.select_one(f"#f-{name}-error, .errors, .error-summary, [role=alert]")
        clerk.get(f"{DEPUTIES}/roster.xlsx", {name: value}, status=422)

    def test_readers_see_the_last_page_where_a_later_one_is_asked_for(self, clerk):
        add(clerk, name="王小明")
        assert rows(clerk.get(f"{DEPUTIES}?page=99999"))[0][0] == "王小明"
