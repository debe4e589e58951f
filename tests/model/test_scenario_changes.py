"""Scenarios with single values changed: checked like files, everything wrong said at once."""

from __future__ import annotations

import pytest

from engines.small_scenarios import small_scenario
from funnelsim.errors import ScenarioError
from funnelsim.model.scenario_changes import changed, full_path, world_differences

WORLD = small_scenario(strategies={"relay": {}, "back": {"ownership": {"idle_days": 6}}})


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("sources.web.per_day", 3, lambda one: one.sources[0].per_day),
        ("sources.web.rate", 3.5, lambda one: one.sources[0].per_day),
        ("sources[0].per_day", 2.5, lambda one: one.sources[0].per_day),
        ("teams.Sales.heads", 4.0, lambda one: one.teams[1].heads),
        ("strategies.back.ownership.idle_days", None, lambda one: one.strategies[1].ownership.idle_days),
        ("strategies.relay.return.idle_days", 3, lambda one: one.strategies[0].ownership.idle_days),
        ("forces.response.exponent", 0.5, lambda one: one.forces.response.exponent),
        ("stages.B.losses.competitor", 0.9, lambda one: one.stages[1].losses.competitor),
        ("teams.Sales.effectiveness.A", 0.5, lambda one: one.teams[1].effectiveness["A"]),
        ("goal.revenue", 5e6, lambda one: one.goal.revenue),
    ],
)
def test_a_value_is_changed_and_nothing_else(path, value, found):
    other = changed(WORLD, [(path, value)])
    assert found(other) == value
    back = changed(other, [(path, found(WORLD))])
    assert back == WORLD
    assert len(world_differences(WORLD, other)) == (not path.startswith("strategies"))


def test_the_last_of_two_changes_counts():
    assert changed(WORLD, [("teams.Sales.heads", 4), ("teams.Sales.heads", 5)]).teams[1].heads == 5


def test_all_problems_are_told_at_once():
    with pytest.raises(ScenarioError) as refused:
        changed(WORLD, [("sourcs.web.rate", 1), ("opening.file", "x.csv"), ("calendar.as_of", "2026-01-01")])
    text = str(refused.value)
    assert "3 problems" in text
    assert "by which the opening leads are read" in text


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("teams.Sales.heads", 2.5, "teams[1].heads"),
        ("teams.Sales.heads", "four", "teams[1].heads"),
        ("stages.B.conversion", 1.5, "stages[1].conversion"),
        ("stages.B.owner", "Nobody", "stages[1].owner"),
        ("sources.web.per_day", -1, "sources[0].per_day"),
    ],
)
def test_a_value_that_no_file_may_have_is_refused(path, value, said):
    with pytest.raises(ScenarioError) as refused:
        changed(WORLD, [(path, value)], "--set")
    assert said in str(refused.value)
    assert "--set" in str(refused.value)


def test_a_changed_number_has_no_other_source():
    said = {
        "stages.C.conversion": {"source": "a study", "grade": "B"},
        "stages.B.hours": {"source": "us", "grade": "ours"},
    }
    world = small_scenario(provenance=said)
    assert list(changed(world, [("stages.C.conversion", 0.3)]).provenance) == ["stages.B.hours"]


def test_synonyms_give_way_to_keys():
    assert full_path(WORLD, "sources.web.rate") == "sources.web.per_day"
    assert full_path(WORLD, "no.such.rate") == "no.such.rate"


def test_worlds_differ_in_values_not_in_words_or_rules():
    other = small_scenario(title="Another", strategies={"relay": {"resell": True}})
    assert world_differences(WORLD, other) == ()
    richer = small_scenario(
        teams={"Partner": {"role": "partner", "heads": 1, "hours_per_day": 3.0, "effectiveness": {"B": 1.0}}}
    )
    paths = [one.path for one in world_differences(WORLD, richer)]
    assert "teams.Partner.heads" in paths
    assert all(path.startswith("teams.Partner") for path in paths)
