"""What macros draw alike is drawn once."""

from types import SimpleNamespace

import pytest
from pyramid.threadlocal import RequestContext

from renda.i18n import Translator, _

FORMS = "renda:web/templates/macros/forms.jinja2"
CONTROL = {"name": "kind", "label": _("Kind"), "widget": "text", "value": "1", "required": True}


@pytest.fixture
def draw(assembled):
    """Draws a control by `drawn` for a reader of a language; the second value is the macro's own."""
    assembled.commit()
    environment = assembled.get_jinja2_environment()
    page = '{% import "' + FORMS + '" as forms %}{{ drawn(forms.field, f) }}|{{ forms.field(f) }}'
    template = environment.from_string(page)
    readers = {locale: Translator(["renda"], locale) for locale in ("zh_Hans", "en")}

    def made(control, locale="zh_Hans"):
        with RequestContext(SimpleNamespace(registry=assembled.registry, translate=readers[locale])):
            return template.render(f=control).split("|")

    return made


@pytest.mark.parametrize("value", ["1", 1, True, None, "<b>", _("Kind"), _("${n} days", mapping={"n": 3})])
def test_it_is_what_the_macro_draws(draw, value):
    kept, fresh = draw({**CONTROL, "value": value})
    assert kept == fresh


def test_what_looks_alike_and_is_not_is_drawn_for_itself(draw):
    several = [
        CONTROL,
        {**CONTROL, "required": False},
        {**CONTROL, "label": _("${n} days", mapping={"n": 1})},
        {**CONTROL, "label": _("${n} days", mapping={"n": 2})},
        {**CONTROL, "widget": "choice", "choices": [("1", "one")]},
        {**CONTROL, "widget": "choice", "choices": [("1", "another")]},
        {**CONTROL, "value": 1},
        {**CONTROL, "value": True},
    ]
    first = [draw(one) for one in several]
    assert all(kept == fresh for kept, fresh in first)
    assert len({kept for kept, _fresh in first}) == len({fresh for _kept, fresh in first})


def test_every_reader_gets_the_own_language(draw):
    for locale in ("zh_Hans", "en", "zh_Hans"):
        kept, fresh = draw(CONTROL, locale)
        assert kept == fresh
        assert ("Kind" in kept) == (locale == "en")


def test_it_is_drawn_once(assembled, draw):
    draw(CONTROL)
    calls = []
    environment = assembled.get_jinja2_environment()
    environment.globals["told"] = calls.append
    try:
        page = "{% macro one(a) %}{% set _n = told(a) %}{{ a }}{% endmacro %}{{ drawn(one, 7) }}{{ drawn(one, 7) }}"
        with RequestContext(SimpleNamespace(registry=assembled.registry, translate=str)):
            assert environment.from_string(page).render() == "77"
    finally:
        del environment.globals["told"]
    assert calls == [7]
