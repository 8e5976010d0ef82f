"""A pack's file is read strictly, and what is wrong in it is said with its place."""

import pytest

from renda.i18n import LOCALES, Translator
from renda.packs.reading import MOST_BYTES, NotAPack, read
from renda.records.fields import Choice, Day, Flag, Money, Person, Text
from tests.core.packs import files
from tests.core.packs.files import NAME, TYPE, other

REGISTER = "走访日.toml: registers[1]"


def refusal(text):
    with pytest.raises(NotAPack) as refused:
        read(text.encode() if isinstance(text, str) else text, "走访日.toml")
    return Translator(["renda"], "en")(refused.value.sentence)


def test_a_pack_declares_what_a_module_declares():
    pack = files.pack()
    assert (pack.name, pack.version, pack.author, pack.module.title) == (NAME, 1, "371721", "走访日")
    visit, issue = pack.record_types
    assert (visit.name, visit.module, issue.part_of) == (TYPE, NAME, TYPE)
    assert [type(what) for what in visit.fields.values()] == [Text, Choice, Day, Money, Flag, Person]
    assert [name for name, what in visit.fields.items() if not what.required] == ["amount", "leader"]
    assert [one.code for one in pack.indicators][:2] == [f"{NAME}-visits", f"{NAME}-amount"]
    (template,) = pack.templates
    assert (template.code, template.module, len(template.lines)) == (NAME, NAME, 5)
    assert [entry.path for entry in pack.menu] == [f"r/{TYPE}"]


def test_the_same_words_are_the_same_pack_whichever_editor_saved_them():
    windows = b"\xef\xbb\xbf" + files.FILE.replace("\n", "\r\n").encode()
    assert read(windows, "走访日.toml").text == files.pack().text


def test_a_workflow_may_be_written_out():
    steps = """
    [registers.workflow]
    states = [{ name = "raised", title = "已提出", light = "todo" }, { name = "settled", title = "已办结" }]
    steps = [{ name = "settle", title = "办结", sources = ["raised"], target = "settled", verb = "decide" }]
    """
    pack = files.pack(
        ('kind = "paragraph"\nlabel = "问题"\n', f'kind = "paragraph"\nlabel = "问题"\n{steps}')
    )
    workflow = pack.record_types[1].workflow
    assert (workflow.initial, workflow.transitions[0].verb) == ("raised", "decide")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('id = "371721-visits"', 'id = "visits"', "走访日.toml: id must be the code of the organisation"),
        ("version = 1\n", "version = 0\n", "走访日.toml: version must be 1 or more."),
        ("version = 1\n", f"version = {10**20}\n", "version must be at most 999999999999."),
        ("max_length = 40", "max_length = 5001", f"{REGISTER}.fields[1].max_length must be at most 5000."),
        ('menu = "topics"', 'colour = "red"', "走访日.toml: the key colour is unknown."),
        ('kind = "money"', 'kind = "float"', f"{REGISTER}.fields[4].kind must be one of: text, paragraph,"),
        ('name = "title"', 'name = "sort"', f"{REGISTER}.fields[1].name cannot be sort"),
        ('name = "amount"', 'name = "count"', f"{REGISTER}.fields[4].name cannot be count"),
        ('name = "title"', 'name = "Title"', f"{REGISTER}.fields[1].name must be a word"),
        ('"held_on", "amount"', '"held_on", "sum"', f"{REGISTER}.columns names sum, which is not there."),
        ('"held_on", "amount"', '"held_on", "held_on"', f"{REGISTER}.columns names held_on twice."),
        ('search = ["title"]', 'search = ["held_on"]', f"{REGISTER}.search names held_on, which is no text."),
        (
            'evidence = ["title", ',
            'evidence = ["leader", ',
            f"{REGISTER}.evidence names leader, which is personal",
        ),
        ('workflow = "planned"', 'workflow = "secret"', f"{REGISTER}.workflow names secret"),
        ("choices = {", "people = {", "the key registers[1].fields[2].people is unknown"),
        ('part_of = "visit"', 'part_of = "issue"', "registers[2].part_of names issue, which is not there."),
        ('sum = "amount"', 'sum = "title"', "indicators[2].sum names title, which is no number"),
        ('state = "held"', 'state = "gone"', "indicators[1].where.state names gone"),
        ('state = "held"', 'title = "held"', "indicators[1].where.title names title, which is no choice"),
        ('count = "persons"', 'count = "persons"\nsum = "amount"', "indicators[5].sum either adds up"),
        ('period = "bimonth"', 'period = "week"', "report.period must be one of: month"),
        ('tiers = ["city", ', 'tiers = ["nation", ', "report.tiers must be one of"),
        ('label = "日期"', 'label = "日\\u0000期"', "fields[3].label: Take out the character"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(before, after, said):
    assert said in refusal(other((before, after)))


def test_the_sentences_are_chinese_for_those_who_read_chinese():
    with pytest.raises(NotAPack) as refused:
        read(other(('sum = "amount"', 'sum = "title"')).encode(), "走访日.toml")
    said = Translator(["renda"], "zh_Hans")(refused.value.sentence)
    assert said == "走访日.toml：indicators[2].sum 中的 title 不是该台账的数字字段。"
    assert set(LOCALES) == {"zh_Hans", "en"}


def test_a_file_that_is_no_toml_is_refused_with_its_line():
    assert "line 3 is not written as TOML wants it" in refusal('id = "a"\nversion = 1\ntitle =\n')
    assert "no text in UTF-8" in refusal(b"\xff\xfe")


@pytest.mark.parametrize("text", ["x = [", "x = ", 'x = "a', 'x = """a', "[a", "x = {"])
def test_what_is_left_open_is_missed_at_the_end_of_the_file(text):
    assert "the end of the file is not written as TOML wants it" in refusal(text)


def test_nothing_of_a_hostile_file_keeps_the_reader_busy():
    assert "larger than 64 KB" in refusal("#" * (MOST_BYTES + 1))
    assert "too many digits" in refusal("version = " + "9" * 5_000)
    assert "too many levels" in refusal("a = " + "[" * 20_000)
    assert "more than 100 entries" in refusal(f"columns = {['a'] * 101}")
    assert "at most 2000 characters" in refusal(f'title = "{"长" * 2001}"')
