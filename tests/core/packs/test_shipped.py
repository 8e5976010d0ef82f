"""The four packs that come with renda: real practices, in order, and careful with personal data."""

from renda.packs import shipped

PRACTICES = {"主任接待日", "民生月", "助千名学子圆梦", "千名代表听百案看执行"}


def test_the_four_practices_are_there():
    assert {one.module.title for one in shipped.packs().values()} == PRACTICES
    assert {one.author for one in shipped.packs().values()} == {"renda"}


def test_each_has_a_report_of_all_its_figures():
    for pack in shipped.packs().values():
        (template,) = pack.templates
        assert template.lines == tuple(one.code for one in pack.indicators)


def test_the_names_of_helped_students_are_personal_and_never_evidence():
    students = shipped.packs()["renda-studentaid"].record_types[1]
    assert students.fields["name"].personal
    assert students.evidence == ()


def test_what_was_planned_is_cancelled_whatever_it_is_and_never_as_a_meeting():
    kinds = [kind for pack in shipped.packs().values() for kind in pack.record_types]
    steps = [step for kind in kinds for step in kind.workflow.transitions]
    assert [str(step.title) for step in steps if step.name == "cancel"] == ["Cancel what was planned"] * 3
