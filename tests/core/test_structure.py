"""Parsed TOML becomes frozen dataclasses, or an error that names file and key."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field
from fractions import Fraction
from typing import Any, Literal

import pytest

from renda.errors import Misconfigured
from renda.structure import Place, structure


@dataclass(frozen=True, slots=True)
class Leaf:
    size: int


@dataclass(frozen=True, slots=True)
class Tree:
    name: str
    green: bool = True
    age: int = 1
    share: Fraction = Fraction(1, 2)
    season: Literal["summer", "winter"] = "summer"
    birds: tuple[str, ...] = ()
    leaf: Leaf = field(default_factory=lambda: Leaf(1))
    leaves: Mapping[str, Leaf] = field(default_factory=dict)
    rest: Any = None


def build(**table):
    return structure(Tree, {"name": "oak"} | table, Place("tree.toml"))


def test_fields_are_the_schema():
    tree = build(
        green=False, age=0, share="2/3", season="winter", birds=["owl"], leaf={"size": 3}, rest=[1.5]
    )
    assert tree == Tree("oak", False, 0, Fraction(2, 3), "winter", ("owl",), Leaf(3), {}, [1.5])
    assert build(leaves={"a": {"size": 1}}).leaves["a"] == Leaf(1)


def test_what_is_built_cannot_be_changed():
    tree = build(leaves={"a": {"size": 1}})
    with pytest.raises(FrozenInstanceError):
        tree.age = 2
    with pytest.raises(TypeError):
        tree.leaves["b"] = Leaf(2)


@pytest.mark.parametrize(
    ("table", "key", "says"),
    [
        ({"colour": 1}, "colour", "unknown"),
        ({"leaf": {"size": 1, "shape": 2}}, "leaf.shape", "unknown"),
        ({"leaf": {}}, "leaf.size", "missing"),
        ({"name": ""}, "name", "text"),
        ({"name": " "}, "name", "text"),
        ({"name": 7}, "name", "text"),
        ({"green": 1}, "green", "true or false"),
        ({"age": True}, "age", "whole number"),
        ({"age": -1}, "age", "whole number"),
        ({"age": 1.0}, "age", "whole number"),
        ({"share": "0"}, "share", "share"),
        ({"share": "3/2"}, "share", "share"),
        ({"share": "1/0"}, "share", "share"),
        ({"share": "most"}, "share", "share"),
        ({"share": 0.5}, "share", "share"),
        ({"season": "spring"}, "season", "summer, winter"),
        ({"season": []}, "season", "summer, winter"),
        ({"birds": "owl"}, "birds", "list"),
        ({"birds": [1]}, "birds", "text"),
        ({"leaf": []}, "leaf", "table"),
        ({"leaves": []}, "leaves", "table"),
        ({"leaves": {"a": {"size": "big"}}}, "leaves.a.size", "whole number"),
    ],
)
def test_what_does_not_fit_is_named(table, key, says):
    with pytest.raises(Misconfigured) as refused:
        build(**table)
    message = refused.value.message.interpolate()
    assert refused.value.detail == {"file": "tree.toml", "key": key}
    assert message.startswith("tree.toml: ")
    assert key in message
    assert says in message


def test_a_required_key_must_be_there():
    with pytest.raises(Misconfigured) as refused:
        structure(Tree, {}, Place("tree.toml"))
    assert refused.value.detail["key"] == "name"
