"""Sequential selection: the fast one and the slow twin, its edges, and how certain it says to be."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from funnelsim.engines.selection import continuation, pair_variances, select_best
from funnelsim.engines.selection_certainty import behind, chances, separate_runs
from funnelsim.errors import ScenarioError
from funnelsim.model.selection import SelectionRules
from reference.selection import choose, constant


def table(values):
    return lambda systems, first, count: values[list(systems), first : first + count]


def numbers(seed, k=4, sd=3.0, shared=0.8, count=1_500):
    source = np.random.default_rng(seed)
    found = sd * (
        math.sqrt(1 - shared) * source.standard_normal((k, count)) + math.sqrt(shared) * source.normal(size=count)
    )
    return found + np.arange(k)[::-1, None] * 0.4


@pytest.mark.parametrize("form", ["differences", "sum of variances"])
@pytest.mark.parametrize("batch", [1, 7])
def test_it_does_what_the_slow_twin_does(form, batch):
    for seed in range(6):
        values = numbers(seed)
        found = select_best(table(values), 4, SelectionRules(1.0, batch=batch, form=form))
        alive, fallen = choose(
            lambda i, r, values=values: float(values[i, r]), 4, 1.0, batch=batch, by_differences=form == "differences"
        )
        assert list(found.best) == alive
        assert {at: fate.decided_at for at, fate in enumerate(found.fates) if fate.by is not None} == fallen


def test_the_constant_is_that_of_the_papers_formula():
    assert continuation(4, SelectionRules(1.0)) == pytest.approx(constant(4, 20, 0.05), rel=1e-12)
    apart = SelectionRules(1.0, common=False)
    assert continuation(4, apart) == pytest.approx(constant(4, 20, 0.05, common=False), rel=1e-12)
    assert continuation(4, apart) < continuation(4, SelectionRules(1.0)), "independent systems share errors less badly"


def test_variances_of_shared_luck_are_those_of_differences():
    values = numbers(1)[:, :20]
    found = pair_variances(values, "differences")
    assert found[1, 2] == pytest.approx((values[1] - values[2]).var(ddof=1), rel=1e-12)
    assert (np.diag(pair_variances(values, "sum of variances")) == 0).all()


def test_identical_systems_share_one_fate_and_are_drawn_once():
    values = numbers(3)
    values[2] = values[0]
    values[3] = values[1]
    found = select_best(table(values), 4, SelectionRules(0.3))
    assert found.best == (0, 2)
    assert [fate.same_as for fate in found.fates] == [None, None, 0, 1]
    assert found.fates[2].replications == 20
    assert (found.fates[3].status, found.fates[3].by) == ("eliminated", 0)
    assert behind(found)[2] is None
    odds = chances(found, 5)
    assert odds.best[0] == odds.best[2]
    assert sum(odds.best) == pytest.approx(1.0)


def test_all_identical_is_known_after_the_first_stage():
    found = select_best(table(np.tile(numbers(4)[0], (5, 1))), 5, SelectionRules(1.0))
    assert (found.best, found.runs, found.decided) == ((0, 1, 2, 3, 4), 100, True)
    assert chances(found, 1).opportunity_cost == 0.0


def test_the_cap_leaves_it_undecided_and_says_so():
    found = select_best(table(numbers(5)), 4, SelectionRules(0.001, most=50))
    assert (found.decided, found.best) == (False, ())
    assert len(found.open) > 1
    assert {found.fates[one].replications for one in found.open} == {50}
    assert found.chosen in found.open


def test_a_batch_changes_only_when_it_stops():
    single, sevens = (select_best(table(numbers(6)), 4, SelectionRules(1.0, batch=batch)) for batch in (1, 7))
    assert single.chosen == sevens.chosen
    assert sevens.runs >= single.runs


def test_a_draw_is_asked_only_for_survivors_and_only_onwards():
    asked = []
    values = numbers(7)

    def draw(systems, first, count):
        asked.append((tuple(systems), first, count))
        return values[list(systems), first : first + count]

    found = select_best(draw, 4, SelectionRules(1.0))
    assert asked[0] == ((0, 1, 2, 3), 0, 20)
    assert sum(len(systems) * count for systems, _, count in asked) == found.runs
    assert all(set(later) <= set(earlier) for (earlier, _, _), (later, _, _) in itertools.pairwise(asked))


def test_ranges_hold_their_estimates_and_shrink_with_runs():
    found = select_best(table(numbers(8)), 4, SelectionRules(1.0))
    ranges = [one for one in behind(found) if one is not None]
    assert len(ranges) == 3
    assert all(one.low < one.estimate < one.high and one.label == "at least 95 %" for one in ranges)
    longer = select_best(table(numbers(8)), 4, SelectionRules(0.2))
    assert min(one.half_width for one in behind(longer) if one) < min(one.half_width for one in ranges)


def test_the_estimate_of_separate_runs_counts_the_sum_of_variances():
    found = select_best(table(numbers(9, k=2)), 2, SelectionRules(0.5))
    first, second = (one[:20].var(ddof=1) for one in found.values)
    both = min(map(len, found.values))
    gap = abs((found.values[0][:both] - found.values[1][:both]).mean())
    each = continuation(2, SelectionRules(0.5, common=False)) * (first + second) / (0.5 * (2 * gap + 0.5))
    assert separate_runs(found) == 2 * max(20, math.ceil(each))


@pytest.mark.parametrize(
    "wrong",
    [
        {"delta": 0.0},
        {"delta": math.nan},
        {"confidence": 0.5},
        {"confidence": 1.0},
        {"first_stage": 1},
        {"batch": 0},
        {"most": 5},
    ],
)
def test_rules_that_cannot_be_used_are_refused(wrong):
    with pytest.raises(ScenarioError):
        SelectionRules(**{"delta": 1.0, **wrong})


def test_one_system_is_no_choice():
    with pytest.raises(ScenarioError, match="at least 2"):
        select_best(table(numbers(1)), 1, SelectionRules(1.0))
