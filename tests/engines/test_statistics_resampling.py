"""The paired bootstrap against a slow twin that draws lists again and sorts them."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from funnelsim.engines.statistics import resampling
from funnelsim.engines.statistics.choosing import opportunity_cost, probability_best, resampled_means
from funnelsim.engines.statistics.dominance import dominance
from funnelsim.engines.statistics.resampling import (
    order_statistics,
    percentile_difference,
    resamples,
    tail_mean_difference,
)
from reference import resampling as twin
from tools import assert_mean

KINDS = {
    "continuous": lambda rng, count: rng.integers(-(10**6), 10**6, (count, 2)),
    "tied": lambda rng, count: rng.integers(0, 3, (count, 2)),
    "constant": lambda rng, count: np.full((count, 2), 7),
    "large": lambda rng, count: 10**15 + rng.integers(0, 10**4, (count, 2)),
}


def all_counts(count, seed, draws):
    return np.concatenate(list(resamples(count, seed, draws)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 2, 9, 30])
@pytest.mark.parametrize("higher", [True, False])
def test_percentiles_and_tails_of_resamples_are_those_of_lists(kind, count, higher):
    values = KINDS[kind](np.random.default_rng(count), count)
    found = order_statistics(values, 5, (1, 10, 50, 90, 100), higher, draws=20)
    for column in range(2):
        for draw, counts in enumerate(all_counts(count, 5, 20)):
            again = twin.drawn_again(values[:, column].tolist(), counts.tolist())
            assert len(again) == count
            wanted = [twin.percentile(again, percent) for percent in found.percents]
            assert found.resampled[draw, column, :-1].tolist() == wanted
            assert found.resampled[draw, column, -1] == pytest.approx(float(twin.worst_mean(again, higher)), rel=1e-15)
        own = values[:, column].tolist()
        assert found.found[column, :-1].tolist() == [twin.percentile(own, percent) for percent in found.percents]
        assert found.found[column, -1] == pytest.approx(float(twin.worst_mean(own, higher)), rel=1e-15)


def test_a_rank_far_from_where_it_is_sought_is_found():
    counts = np.zeros((2, 1000), dtype=np.uint8)
    counts[0, 900:], counts[1, :100] = 10, 10
    for rank in (1, 100, 500, 1000):
        assert resampling._places(counts, rank).tolist() == [900 + (rank - 1) // 10, (rank - 1) // 10]


def test_draws_are_a_function_of_seed_and_purpose_and_do_not_depend_on_blocks(monkeypatch):
    first = all_counts(40, 3, 50)
    assert first.sum(axis=1).tolist() == [40] * 50
    assert (all_counts(40, 4, 50) != first).any()
    assert (np.concatenate(list(resamples(40, 3, 50, purpose=9))) != first).any()
    assert (all_counts(40, 3, 30) == first[:30]).all()
    monkeypatch.setattr(resampling, "_KEPT", 0)
    monkeypatch.setattr(resampling, "_CELLS", 90)
    small = list(resamples(40, 3, 50))
    assert max(len(block) for block in small) == 2
    assert (np.concatenate(small) == first).all()


def test_draws_are_fair():
    """Notices a bias of .004 of each replication's count of 1 (5 standard errors of 2,000 x 1,000 draws by column)."""
    counts = all_counts(1000, 1, 2000)
    assert_mean(counts[:, 0], 1.0, sd=math.sqrt(0.999))
    assert_mean(counts[:, -1], 1.0, sd=math.sqrt(0.999))
    assert abs(np.corrcoef(counts[:, 0], counts[:, 1])[0, 1]) < 5 / math.sqrt(2000)


def test_a_strategy_against_itself_differs_by_exactly_nothing():
    values = np.random.default_rng(1).lognormal(size=200) * 1e7
    for one in (values, values.astype(np.int64), values[:1], values[:20]):
        for found in (
            percentile_difference(one, one, 10, 3),
            percentile_difference(one, one, 90, 3),
            tail_mean_difference(one, one, 3),
            tail_mean_difference(one, one, 3, higher=False),
        ):
            assert (found.estimate, found.low, found.high) == (0, 0, 0)


def test_a_shift_is_known_exactly():
    base = np.random.default_rng(1).integers(0, 10**6, 300)
    for percent in (10, 50, 90):
        found = percentile_difference(base, base + 500, percent, 3)
        assert (found.estimate, found.low, found.high) == (500, 500, 500)
    tail = tail_mean_difference(base, base + 500, 3)
    assert tail.estimate == pytest.approx(500, rel=1e-9)
    assert tail.half_width < 1e-6


def test_too_few_replications_have_no_ends():
    base = np.arange(40)
    other = base + np.arange(40) % 7
    for count, known in ((34, False), (36, True)):
        tenth = percentile_difference(base[:count], other[:count], 10, 3)
        tail = tail_mean_difference(base[:count], other[:count], 3)
        assert math.isfinite(tenth.low) == math.isfinite(tail.high) == known
    assert math.isfinite(percentile_difference(base[:10], other[:10], 50, 3).low)
    missing = np.where(base == 3, math.nan, base)
    assert math.isnan(percentile_difference(base, missing, 50, 3).estimate)
    assert math.isnan(tail_mean_difference(missing, other, 3).low)


def test_surer_intervals_are_wider_even_where_resamples_end():
    base = np.random.default_rng(1).normal(size=1000)
    other = base + np.random.default_rng(2).normal(size=1000)
    widths = [
        percentile_difference(base, other, 50, 3, confidence).half_width
        for confidence in (0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.999999)
    ]
    assert widths == sorted(set(widths))


def test_the_worst_are_the_highest_where_less_is_better():
    base = np.random.default_rng(1).integers(0, 10**6, 300)
    other = base + np.random.default_rng(2).integers(0, 10**4, 300)
    cost, gain = tail_mean_difference(base, other, 3, higher=False), tail_mean_difference(-base, -other, 3)
    assert (cost.low, cost.high) == (pytest.approx(-gain.high), pytest.approx(-gain.low))


@pytest.mark.parametrize("higher", [True, False])
def test_chances_to_be_best_and_costs_are_those_of_lists(higher):
    values = np.random.default_rng(2).integers(0, 4, (6, 3))
    chances, costs = twin.chances_and_costs(values.T.tolist(), all_counts(6, 5, 40).tolist(), higher)
    assert probability_best(values, 5, higher, draws=40) == pytest.approx([float(one) for one in chances], rel=1e-12)
    assert opportunity_cost(values, 5, higher, draws=40) == pytest.approx([float(one) for one in costs], rel=1e-12)


def test_strategies_that_are_the_same_share_the_chance_and_cost_nothing():
    one = np.random.default_rng(2).lognormal(size=50)
    values = np.column_stack([one, one, one])
    assert not resampled_means(values, 1).any()
    assert opportunity_cost(values, 1) == (0, 0, 0)
    assert probability_best(values, 1) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert probability_best(np.column_stack([one, one + 1]), 1) == (0, 1)
    assert all(math.isnan(chance) for chance in probability_best(np.column_stack([one, one * math.nan]), 1))


def test_memory_does_not_grow_with_the_replications():
    values = np.random.default_rng(2).integers(0, 10**9, (60_000, 2))
    tracemalloc.start()
    order_statistics(values, 1, draws=20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * 60_000 * 8


@pytest.mark.parametrize("higher", [True, False])
def test_violations_are_those_of_lists(higher):
    rng = np.random.default_rng(4)
    for _ in range(10):
        base, other = rng.integers(0, 9, 25), rng.integers(1, 10, 25)
        found = dominance(base, other, 1, higher, draws=20)
        lists = [(values if higher else -values).tolist() for values in (base, other)]
        worst = max(0.0, float(twin.largest_violation(*lists)))
        assert found.statistic == pytest.approx(math.sqrt(25 / 2) * worst, rel=1e-12)
        assert found.violated == pytest.approx(float(twin.violated_share(*lists)), rel=1e-12)


def test_verdicts_on_dominance():
    rng = np.random.default_rng(4)
    base = rng.integers(0, 1000, 400)
    ahead = dominance(base, base + 100, 1)
    assert (ahead.verdict, ahead.violated, ahead.statistic) == ("other dominates", 0, 0)
    assert ahead.p_value == ahead.p_other > 0.9
    assert ahead.p_base < 0.01
    assert dominance(base + 100, base, 1).verdict == "baseline dominates"
    assert dominance(base, base + 100, 1, higher=False).verdict == "baseline dominates"
    same = dominance(base, base[::-1].copy(), 1)
    assert (same.verdict, same.violated) == ("equal", 0)
    assert math.isnan(same.p_value)
    wider = dominance(base, 3 * base - 1000, 1)
    assert wider.verdict == "neither"
    assert wider.p_other < 0.05
    assert wider.p_base < 0.05
    assert 0.3 < wider.violated <= 0.5
    many = rng.normal(size=2000)
    assert dominance(many, many + 0.5, 1, draws=100).verdict == "other dominates"
    assert dominance(base[:1], base[:1] + 1, 1, draws=50).verdict == "neither"


@pytest.mark.slow
def test_a_dominance_that_is_true_is_rejected_at_most_as_often_as_the_level():
    """Two strategies of the same law, the hardest case: rejected in at most 5 % of 600 samples (5 standard errors)."""
    runs, rejected = 600, 0
    for run in range(runs):
        rng = np.random.default_rng([8, run])
        shared = rng.normal(size=200)
        base, other = (shared + rng.normal(size=200) for _ in range(2))
        rejected += dominance(base, other, run, draws=300).p_other < 0.05
    assert rejected / runs <= 0.05 + 5 * math.sqrt(0.05 * 0.95 / runs)
    assert rejected > 0
