"""Choosing among designs of a scenario: what is tried, what is refused, and that threads change nothing."""

from __future__ import annotations

import numpy as np
import pytest

from engines.small_scenarios import opening_of, small_scenario
from funnelsim.engines.choices.optimising import choose_design
from funnelsim.engines.execution import Execution
from funnelsim.errors import ScenarioError
from funnelsim.model.optimum import OptimizeSettings

LEVERS = (("stages.A.conversion", (0.3, 0.6)), ("teams.Sales.heads", (2, 3)))


@pytest.fixture(scope="module")
def scenario():
    return small_scenario(calendar={"horizon": 3}, strategies={"relay": {}, "twin": {}})


def chosen(scenario, threads=1, **asked):
    settings = OptimizeSettings(**{"metric": "wins", "seed": 3, "most": 40, **asked})
    return choose_design(scenario, opening_of(scenario), settings, Execution(threads=threads))


def test_threads_change_nothing_and_seeds_do(scenario):
    one, two = (chosen(scenario, threads, levers=LEVERS) for threads in (1, 2))
    assert one.content_hash == two.content_hash
    assert one.reports == two.reports
    assert chosen(scenario, levers=LEVERS, seed=4).content_hash != one.content_hash


def test_every_design_is_there_and_the_last_lever_is_fastest(scenario):
    found = chosen(scenario, levers=LEVERS, strategies=("relay", "twin"))
    values = [tuple(value for _, value in report.design.changes) for report in found.reports]
    assert values == [(0.3, 2), (0.3, 3), (0.6, 2), (0.6, 3)] * 2
    assert [report.design.strategy for report in found.reports] == ["relay"] * 4 + ["twin"] * 4


def test_strategies_with_the_same_rules_are_equal_bit_for_bit(scenario):
    found = chosen(scenario)
    assert found.selection.best == (0, 1)
    assert found.reports[1].fate.same_as == 0
    assert any("the same in each of the first 20" in note for note in found.notes)


def test_less_is_better_turns_the_sign_back(scenario):
    found = chosen(scenario, metric="cost", levers=(("teams.Sales.heads", (2, 3)),), delta=1.0)
    assert found.selection.chosen == 0
    gap = found.reports[1].difference
    assert gap.low <= gap.estimate <= gap.high
    assert gap.estimate > 0
    assert found.reports[0].mean.mean == pytest.approx(-np.mean(found.selection.values[0]))


def test_delta_is_given_or_a_stated_share(scenario):
    given = chosen(scenario, metric="revenue", levers=LEVERS, delta=12.5)
    assert (given.delta, given.delta_assumed) == (1250.0, False)
    shared = chosen(scenario, metric="revenue", levers=LEVERS)
    mean = shared.selection.values[0][:20].mean()
    assert shared.delta_assumed
    assert shared.delta == pytest.approx(0.01 * mean, rel=0.051), "two digits"


def test_everything_that_cannot_be_simulated_is_said_at_once(scenario):
    with pytest.raises(ScenarioError) as error:
        chosen(scenario, levers=(("teams.Sales.heads", (3, -1)), ("stages.A.conversion", (0.5, 1.5))))
    told = str(error.value)
    assert "-1" in told
    assert "1.5" in told
    assert len(error.value.problems) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"metric": "cost_per_win"}, "ratio of two sums"),
        ({"metric": "p10"}, "percentile over replications"),
        ({"metric": "chance_of_goal"}, "far from a normal law"),
        ({"metric": "win"}, "did you mean 'wins'"),
        ({"strategies": ("rely",)}, "did you mean 'relay'"),
        ({"strategies": ("relay",)}, "at least 2"),
        ({"levers": (("teams.Sales.heads", ()),)}, "a range without points"),
        ({"levers": (("teams.Sales.heads", tuple(range(1, 2002))),)}, "at most 1,000"),
        ({"levers": LEVERS, "delta": -1.0}, "a number above 0"),
        ({"levers": LEVERS, "confidence": 0.4}, "above 0.5"),
    ],
)
def test_requests_that_cannot_be_used_are_refused(scenario, asked, said):
    with pytest.raises(ScenarioError, match=said):
        chosen(scenario, **asked)


def test_a_share_of_nothing_asks_for_a_number(scenario):
    idle = small_scenario(calendar={"horizon": 1}, sources={"web": {"per_day": 0.0}})
    with pytest.raises(ScenarioError, match="mean of wins is 0"):
        chosen(idle, levers=LEVERS)


def test_settings_come_back_from_their_document():
    settings = OptimizeSettings("wins", ("a",), LEVERS, delta=2.0, confidence=0.9, first_stage=30, batch=2, most=99)
    assert OptimizeSettings.from_document(settings.as_document(), "manifest.json") == settings
