"""Levers in a person's words: exact values or one sentence."""

from __future__ import annotations

import pytest

from funnelsim.errors import ScenarioError
from funnelsim.inputs.lever_words import read_levers, read_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("3.0", 3),
        ("-2.5", -2.5),
        ("5k", 5_000),
        ("2.5M", 2_500_000),
        ("20%", 0.2),
        ("1e3", 1000),
        ("true", True),
        ("None", None),
        ("'true'", "true"),
        ("mon", "mon"),
        ("1.2.3", "1.2.3"),
        ("0.1", 0.1),
    ],
)
def test_a_value_is_what_it_looks_like(text, value):
    found = read_value(text)
    assert found == value
    assert type(found) is type(value)


def test_lists_ranges_and_points():
    lists, points, ends, spread = read_levers(["a.b=1,2, x", "c=8..11:4", "d=1.5..3", "e=10%..20%:3"], "--set")
    assert lists.path == "a.b"
    assert lists.values == (1, 2, "x")
    assert not lists.is_range
    assert points.values == (8, 9, 10, 11)
    assert points.whole
    assert ends.values == ()
    assert (ends.low, ends.high) == (1.5, 3.0)
    assert ends.is_range
    assert not ends.whole
    assert spread.values == (0.1, 0.15, 0.2)


def test_points_end_exactly_where_the_range_does():
    (lever,) = read_levers(["a=0..0.3:4"], "--set")
    assert lever.values == (0, 0.1, 0.2, 0.3)


def test_a_quoted_list_keeps_its_commas():
    (lever,) = read_levers(['a="x,y",z'], "--set")
    assert lever.values == ("x,y", "z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "=1",
        "a=",
        "a=3..1",
        "a=x..3",
        "a=1..3:1",
        "a=1..3:x",
        "a=1..3:1000000",
        "a=1..1",
        "a=1..true",
        "a=..3:2",
    ],
)
def test_what_is_no_lever_is_refused(text):
    if text == "a=..3:2":
        assert read_levers([text], "--set")[0].values == ("..3:2",)  # a text, refused by the scenario
        return
    with pytest.raises(ScenarioError, match="--set"):
        read_levers([text], "--set")


def test_everything_wrong_is_told_at_once():
    with pytest.raises(ScenarioError) as refused:
        read_levers(["a", "b=1", "b=2", "c=3..1"], "--over")
    assert "3 problems" in str(refused.value)
    assert "--over" in str(refused.value)
