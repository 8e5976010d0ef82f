"""A trace tells every call of a hook in its order."""

import json

from renda import plugins
from renda.developing.subjects import HOOKS
from renda.developing.trace import trace


def test_every_component_that_implements_a_hook_answers_once_in_order():
    components = plugins.load(["tiers", "training"])
    calls = trace(components)
    assert {one.hook for one in calls} == set(HOOKS)
    assert len({(one.hook, one.component) for one in calls}) == len(calls)
    assert [one.component for one in calls if one.hook == "register_module"] == ["core", "tiers", "training"]
    assert all(one.milliseconds >= 0 for one in calls)


def test_it_names_what_was_declared():
    calls = {(one.hook, one.component): one.names for one in trace(plugins.load(["training"]))}
    assert calls["register_record_types", "training"] == ("training_class",)
    assert calls["register_indicators", "training"] == ("T01", "T02", "T03", "T04")
    assert calls["register_slots", "training"] == ("r/training_class",)
    assert calls["register_module", "training"] == ("Training",)


def test_the_command_prints_a_line_for_each(renda, write, tmp_path):
    config = write(**{"renda.database_url": f"sqlite:///{tmp_path / 'node.sqlite'}"})
    lines = renda("plugin", "trace", config).stdout.splitlines()
    assert [line for line in lines if line.startswith("register_samples\ttraining\t") and " ms\t1: " in line]
    calls = json.loads(renda("plugin", "trace", config, "--json").stdout)["calls"]
    assert len(calls) == len(lines)
    assert set(calls[0]) == {"hook", "component", "names", "milliseconds"}
