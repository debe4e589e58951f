"""Designs are what was asked, scores agree with plain arithmetic, and shares of variance with known answers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

import funnelsim.engines.choices.point_scores as module
from engines.small_scenarios import small_scenario
from funnelsim.engines.choices.designs import distinct, made_designs
from funnelsim.engines.choices.point_scores import Resampling, baseline_of, contributions, point_scores
from funnelsim.engines.choices.sweep_best import best_point
from funnelsim.engines.choices.sweep_effects import factors_of, noise_of, responses_of, variance_shares
from funnelsim.engines.score_card import Measure
from funnelsim.inputs.lever_words import read_levers
from funnelsim.model.score_words import SCORES
from funnelsim.model.sweep import FIGURES, Designs
from funnelsim.model.sweep_settings import SweepSettings
from tools import assert_proportion

WORDS = ("teams.Sales.heads=1..8", "sources.web.rate=1..3", "strategies.relay.priority.sales=fifo,ev")


def made(*words, **how):
    return made_designs(small_scenario(), read_levers(words, "--set"), SweepSettings(words, **how))


def test_a_grid_is_every_combination_the_first_lever_slowest():
    designs = made("teams.Sales.heads=1,2", "sources.web.rate=1..2:3")
    assert designs.rows == ((1, 1), (1, 1.5), (1, 2), (2, 1), (2, 1.5), (2, 2))
    assert designs.full
    assert made("teams.Sales.heads=1,1,2").rows == ((1,), (2,))
    assert not Designs(("a", "b"), ((1, 1), (1, 2), (2, 1)), "given").full


@pytest.mark.parametrize("way", ["lhs", "sobol"])
def test_drawn_designs_are_a_function_of_the_seed_and_fill_the_ranges_evenly(way):
    first, again, other = (made(*WORDS, **{way: 64}, seed=seed) for seed in (3, 3, 4))
    assert first.rows == again.rows != other.rows
    heads, rates, rules = (first.column(number) for number in range(3))
    assert all(isinstance(one, int) for one in heads)
    assert {heads.count(one) for one in range(1, 9)} == {8}, "64 points, 8 in each eighth"
    assert sorted({int((rate - 1) * 32) for rate in rates}) == list(range(64)), "one in each of 64 strips"
    assert rules.count("fifo") == 32


def test_designs_drawn_twice_are_simulated_once_and_counted():
    designs = made("teams.Sales.heads=1..3", lhs=10)
    assert (len(designs), designs.notes[-1].split(":")[0]) == (3, "7 designs were drawn twice and are simulated once")
    one = distinct(Designs(("a",), ((1,), (True,), (1.0,)), "grid"))
    assert len(one) == 2, "true is not 1"
    assert "64 or 128 would be" in made("sources.web.rate=1..2", sobol=100).notes[0]


# --- scores --------------------------------------------------------------------------------------------------------


def card_of(revenue, wins, goal):
    measures = {
        "revenue": (revenue, None), "p10": (revenue, None), "p50": (revenue, None), "p90": (revenue, None),
        "tail_mean": (revenue, None), "cost_per_win": (revenue // 2, wins),
        "chance_of_goal": ((revenue >= goal).astype(np.int64), None),
    }  # fmt: skip
    return {name: Measure(SCORES[name], *pair) for name, pair in measures.items()}


def figures_of(scores, name):
    return dict(zip(FIGURES, scores.figures[list(SCORES).index(name)].tolist(), strict=True))


def luck(count, seed=5):
    draw = np.random.default_rng(seed)
    base = np.exp(draw.normal(10, 0.5, count)).astype(np.int64)
    other = base + draw.integers(-2000, 4000, count)
    return base, np.maximum(other, 0), draw.integers(0, 5, count)


def test_scores_are_those_of_plain_arithmetic():
    base, other, wins = luck(40)
    drawn = Resampling(7, 40)
    baseline = baseline_of(card_of(base, wins, 25_000), drawn)
    scores = point_scores(card_of(other, wins + 1, 25_000), baseline, drawn, "cost_per_win")
    plain = [Fraction(int(two) - int(one)) for one, two in zip(base, other, strict=True)]
    mean = sum(plain) / 40
    error = math.sqrt(sum((one - mean) ** 2 for one in plain) / 39 / 40)
    found = figures_of(scores, "revenue")
    assert found["difference"] == float(mean)
    assert found["difference_standard_error"] == pytest.approx(error, rel=1e-12)
    assert figures_of(scores, "p10")["estimate"] == sorted(other.tolist())[3]
    assert figures_of(scores, "tail_mean")["estimate"] == sum(sorted(other.tolist())[:4]) / 4
    ratio = int((other // 2).sum()) / int((wins + 1).sum())
    assert figures_of(scores, "cost_per_win")["estimate"] == ratio
    assert scores.contributions.mean() == pytest.approx(ratio, rel=1e-12)
    chance = figures_of(scores, "chance_of_goal")
    assert chance["difference"] == pytest.approx(((other >= 25_000).mean() - (base >= 25_000).mean()), abs=1e-15)
    assert math.isnan(figures_of(scores, "profit")["estimate"])
    for name in ("revenue", "p10", "p50", "p90", "tail_mean", "chance_of_goal", "cost_per_win"):
        one = figures_of(scores, name)
        assert one["low"] <= one["estimate"] <= one["high"], name
        assert one["difference_low"] <= one["difference"] <= one["difference_high"], name


@pytest.mark.parametrize("metric", ["revenue", "p10", "p50", "p90", "tail_mean", "cost_per_win", "chance_of_goal"])
def test_contributions_have_the_estimate_as_their_mean(metric):
    _, other, wins = luck(53)
    card = card_of(other, wins + 1, 25_000)
    drawn = Resampling(7, 53)
    estimate = figures_of(point_scores(card, baseline_of(card, drawn), drawn, metric), metric)["estimate"]
    assert contributions(card, metric).mean() == pytest.approx(estimate, rel=1e-12)


def test_a_point_against_itself_is_zero_to_the_last_bit():
    base, _, wins = luck(30)
    drawn = Resampling(7, 30)
    card = card_of(base, wins, 25_000)
    scores = point_scores(card, baseline_of(card, drawn), drawn, "revenue")
    known = [list(SCORES).index(name) for name in card]
    assert not scores.figures[known, 4:].any()


def test_sets_that_are_not_kept_are_drawn_again_alike(monkeypatch):
    base, _, _ = luck(60)
    monkeypatch.setattr(module, "_BLOCK_NUMBERS", 60 * 100)
    drawn = Resampling(7, 60)
    assert [len(block) for block in drawn.blocks()] == [100] * 9 + [99]
    first, again = drawn.revenue(base), drawn.revenue(base)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert len(first["p10"]) == 999


@pytest.mark.slow
@pytest.mark.parametrize("name", ["revenue", "p10", "p50", "p90", "tail_mean"])
@pytest.mark.parametrize("count", [100, 200])
def test_intervals_of_differences_cover(name, count):
    """Lognormal revenue, the other 5 % larger with noise of its own; 1,000 macro-replications.

    The true difference is that of a million futures.  Coverage of at least 95 % less five binomial standard errors.
    """
    draw = np.random.default_rng(11)

    def pair(many):
        common, own = draw.normal(0, 0.4, many), draw.normal(0, 0.15, many)
        base = np.exp(12 + common)
        return base.astype(np.int64), (1.05 * base * np.exp(own)).astype(np.int64)

    def figures(base, other):
        drawn = Resampling(7, len(base))
        ones = np.ones(len(base), dtype=np.int64)
        wanted = {name, "revenue"}
        cards = [{k: v for k, v in card_of(one, ones, 0).items() if k in wanted} for one in (base, other)]
        return figures_of(point_scores(cards[1], baseline_of(cards[0], drawn), drawn, name), name)

    base, other = (np.sort(one) for one in pair(1_000_000))
    truth = {
        "revenue": other.mean() - base.mean(), "tail_mean": other[:100_000].mean() - base[:100_000].mean(),
        **{f"p{p}": other[p * 10_000 - 1] - base[p * 10_000 - 1] for p in (10, 50, 90)},
    }[name]  # fmt: skip
    hits = sum(
        one["difference_low"] <= truth <= one["difference_high"] for one in (figures(*pair(count)) for _ in range(1000))
    )
    print(f"coverage of {name} at {count}: {hits / 1000}")
    assert hits / 1000 > 0.95 - 5 * math.sqrt(0.95 * 0.05 / 1000)


# --- effects -------------------------------------------------------------------------------------------------------


def grid_of(function, luck=0.0, replications=50, seed=1):
    """Return factors and contributions of a 4 x 3 grid; luck of each point's own, and a common one that cancels."""
    rows = tuple((a, b) for a in range(4) for b in range(3))
    draw = np.random.default_rng(seed)
    common = draw.normal(0, 100, replications)
    values = np.array([function(*row) for row in rows], dtype=np.float64)
    noise = draw.normal(0, luck, (12, replications)) if luck else 0.0
    return factors_of(Designs(("a", "b"), rows, "grid"), ("one",)), values[:, None] + common + noise


def test_shares_of_a_known_function_are_exact_and_common_luck_is_no_noise():
    factors, values = grid_of(lambda a, b: 3 * a + b)
    shares = variance_shares(factors, values, full=True, higher=True)
    a, b = 9 * 1.25, 2 / 3
    assert [one.share for one in shares.levers] == pytest.approx([a / (a + b), b / (a + b)], rel=1e-9)
    assert shares.noise == pytest.approx(0, abs=1e-20)
    assert shares.together == pytest.approx(0, abs=1e-12)
    assert [(one.best, one.worst) for one in shares.levers] == [("3", "0"), ("2", "0")]
    assert [one.swing for one in shares.levers] == pytest.approx([9, 2])


def test_what_levers_do_together_is_nobodys_own():
    factors, values = grid_of(lambda a, b: (a - 1.5) * (b - 1))
    shares = variance_shares(factors, values, full=True, higher=True)
    assert [one.share for one in shares.levers] == pytest.approx([0, 0], abs=1e-12)
    assert shares.together == pytest.approx(1)


def test_noise_is_the_interaction_of_points_and_replications():
    _, values = grid_of(lambda a, b: a, luck=30.0)
    apart = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    assert noise_of(values) == pytest.approx((apart**2).sum() / (11 * 49) / 50, rel=1e-12)


def test_levers_without_effect_are_known_to_matter_as_rarely_as_stated():
    """600 sweeps of pure luck, two levers each: 5 % of the 1,200 verdicts; smallest noticeable bias 3.1 points."""
    known = 0
    for seed in range(600):
        factors, values = grid_of(lambda a, b: 0, luck=5.0, replications=10, seed=seed)
        shares = variance_shares(factors, values, full=True, higher=True)
        known += sum(one.known for one in shares.levers)
        total = math.fsum([shares.noise, shares.together, *(one.share for one in shares.levers)])
        assert total == pytest.approx(1)
    assert_proportion(known, 1200, 0.05)


def test_drawn_designs_give_a_curve_its_share():
    draw = np.random.default_rng(2)
    points = draw.random((200, 2))
    rows = tuple((float(a), float(b)) for a, b in points)
    factors = factors_of(Designs(("a", "b"), rows, "lhs"), ("one",))
    values = (10 * (points[:, 0] - 0.5) ** 2 + points[:, 1])[:, None] + np.zeros((1, 5))
    shares = variance_shares(factors, values, full=False, higher=True)
    curve, line = 100 * (1 / 80 - 1 / 144), 1 / 12
    found = [one.share for one in shares.levers]
    spread = 5 * math.sqrt(2 / 200)  # of a share, from the sampled variance
    assert found == pytest.approx([curve / (curve + line), line / (curve + line)], abs=spread)
    assert shares.together < 1e-9
    response = responses_of(factors, values, "one", full=False)[1]
    means = [point.mean for point in response.points]
    assert means == sorted(means), "the curve of the other lever is taken out"


def test_the_best_point_shares_its_chance_with_its_equals():
    _, values = grid_of(lambda a, b: 10 * a, luck=0.0)
    best = best_point(values, 1, 3, higher=True)
    assert (best.design, best.undecided, best.known) == (9, 2, 12)
    assert best.chance == pytest.approx(1 / 3)
    assert best.margin.estimate == 0
    assert best_point(values, 1, 3, higher=False).design == 0
    assert best_point(np.full((3, 4), np.nan), 1, 3, higher=True) is None
