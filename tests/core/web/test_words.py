"""A word of a plugin is the plugin's own, wherever it is shown, though the core has it with another meaning."""

import importlib
import sys

import pytest

from renda.i18n import Translator, _, freeze, thaw
from renda.web.rendering import OwnWords

WORD = "Kind"


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A package that says "Kind" and means a person's manner; the core means a sort of thing."""
    folder = tmp_path / "plugin_manners"
    catalogue = folder / "locale" / "zh_Hans" / "LC_MESSAGES"
    catalogue.mkdir(parents=True)
    (folder / "templates").mkdir()
    (catalogue / "renda.po").write_text('msgid "Kind"\nmsgstr "和善"\n', encoding="utf-8")
    code = (
        "from renda.i18n import _\n"
        'WORD = _("Kind")\nSAVED = _("Save")\nABOUT = _("${word}!", mapping={"word": WORD})\n'
    )
    (folder / "__init__.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("plugin_manners")
    sys.modules.pop("plugin_manners")


@pytest.fixture
def say(plugin):
    return Translator(["renda", plugin.__name__], "zh_Hans")


def test_each_word_is_that_of_the_component_that_says_it(plugin, say):
    core = say(_(WORD))
    assert (say(plugin.WORD), core != "和善", _(WORD) == plugin.WORD) == ("和善", True, True)
    assert Translator(["renda", plugin.__name__], "en")(plugin.WORD) == WORD


def test_what_a_plugin_does_not_translate_the_core_says(plugin, say):
    assert say(plugin.SAVED) == say(_("Save")) != "Save"


def test_it_stays_so_among_the_values_of_another_message(plugin, say):
    assert say(plugin.ABOUT) == "和善!"
    assert say(_(plugin.ABOUT, mapping={"more": 1})) == "和善!"


def test_it_stays_so_when_it_is_kept_and_shown_later(plugin, say):
    assert say(thaw(freeze(plugin.ABOUT))) == "和善!"
    assert say(thaw(freeze(plugin.WORD))) == "和善"
    assert say(thaw(freeze(_(WORD)))) == say(_(WORD))


def test_plain_text_is_looked_up_everywhere(say):
    assert say(WORD) == say(_(WORD))
    assert say("王小明") == "王小明"


def test_a_template_says_the_words_of_the_component_where_it_lies(plugin, say, assembled, tmp_path):
    environment = assembled.get_jinja2_environment().overlay()
    assert OwnWords.identifier in environment.extensions
    source = '{{ _("Ki" "nd") }}, {{ _("Save") }}, {{ _(given) }}'
    folder = tmp_path / "plugin_manners"
    environment.domains = {folder: "plugin_manners"}
    shown = {}
    for place in (folder / "templates" / "a.jinja2", tmp_path / "b.jinja2"):
        code = environment.compile(source, "a", str(place))
        template = environment.template_class.from_code(environment, code, {})
        shown[place.name] = template.render(_=say, given=WORD)
    assert shown == {
        "a.jinja2": f"和善, {say(_('Save'))}, {say(_(WORD))}",
        "b.jinja2": f"{say(_(WORD))}, {say(_('Save'))}, {say(_(WORD))}",
    }
