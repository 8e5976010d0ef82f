import pytest
from jinja2 import Environment, UndefinedError

from renda.web.rendering import Missing


def render(template, **values):
    return Environment(undefined=Missing, autoescape=True).from_string(template).render(**values)


def test_a_template_may_ask_whether_something_is_there():
    assert (
        render(
            "{% if row.total %}a{% elif row.kind == 'x' %}b{% else %}c{% endif %}{{ row.n or '-' }}", row={}
        )
        == "c-"
    )


@pytest.mark.parametrize(
    "template", ["{{ titel }}", "{% for one in rows %}{% endfor %}", "{{ row.titel.x }}"]
)
def test_what_is_misspelt_is_not_shown_as_nothing(template):
    with pytest.raises(UndefinedError):
        render(template, row={})


def test_everything_is_escaped(assembled):
    assert assembled.get_jinja2_environment().autoescape is True
    assert assembled.get_jinja2_environment().undefined is Missing
