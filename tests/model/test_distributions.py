"""Every law against quadrature of its own quantile function, and what people write against the laws it means."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from funnelsim.errors import ScenarioError
from funnelsim.model.distribution_words import KEYS, distribution
from funnelsim.model.distributions import AtomAtOne, Constant, Empirical, Lognormal, Pert

CONTINUOUS = [
    Lognormal(0.0, 0.3),
    Lognormal(10.0, 1.5),
    Pert(1.0, 2.0, 9.0),
    Pert(0.0, 0.0, 1.0),
    Pert(2.0, 7.0, 7.0, peak=2.0),
]
STEPPED = [
    Constant(3.0),
    Empirical((1.0, 5.0, 3.0, 3.0), (1.0, 2.0, 0.5, 3.0)),
    Empirical((4.0, 4.0)),
    AtomAtOne(0.6, Lognormal(-0.1, 0.8)),
    AtomAtOne(0.0, Lognormal(0.2, 0.5)),
    AtomAtOne(0.3, Lognormal(2.0, 0.1)),
]
LAWS = CONTINUOUS + STEPPED
EDGES = np.concatenate([np.linspace(0, 1, 41), [2.0**-27, 2.0**-20, 1 - 2.0**-20, 1 - 2.0**-27]])
EDGES.sort()


def named(law):
    return type(law).__name__


@pytest.mark.parametrize("law", CONTINUOUS, ids=named)
def test_mean_and_variance_are_the_integrals_of_the_quantile_function(law):
    mean, _ = integrate.quad(law.quantile, 0, 1, limit=500, epsabs=0, epsrel=1e-7)
    square, _ = integrate.quad(lambda u: law.quantile(u) ** 2, 0, 1, limit=1000, epsabs=0, epsrel=1e-6)
    assert law.mean() == pytest.approx(mean, rel=1e-6)
    assert law.variance() == pytest.approx(square - mean**2, rel=1e-3)


@pytest.mark.parametrize("law", CONTINUOUS, ids=named)
def test_cdf_and_quantile_are_inverse(law):
    u = np.array([1e-6, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-6])
    assert law.cdf(law.quantile(u)) == pytest.approx(u, rel=1e-9)


@pytest.mark.parametrize("law", LAWS, ids=named)
def test_partial_means_are_the_integrals_of_the_quantile_function(law):
    for u in (0.05, 0.37, 0.5, 0.81, 0.999):
        # a fine midpoint rule: the quantile function jumps where the law has atoms
        points = (np.arange(20_000) + 0.5) / 20_000 * u
        # relative to the mean, because the lower part of a wide law is tiny
        assert float(law.partial_mean(u)) == pytest.approx(law.quantile(points).mean() * u, abs=2e-4 * law.mean())
    assert law.partial_mean([0.0, 1.0]).tolist() == pytest.approx([0.0, law.mean()])


@pytest.mark.parametrize("law", LAWS, ids=named)
def test_cell_means_lie_inside_their_cells_and_sum_to_the_mean(law):
    means = law.cell_means(EDGES)
    assert math.fsum(np.diff(EDGES) * means) == pytest.approx(law.mean(), rel=1e-12)
    slack = 1e-9 * np.maximum(means, 1)
    assert np.all(means >= law.quantile(EDGES[:-1]) - slack)
    assert np.all(means <= law.quantile(EDGES[1:]) + slack)


def test_cell_means_of_the_far_tails_keep_their_precision():
    law = Lognormal(0.0, 1.0)
    edges = np.array([0.0, 2.0**-27, 2.0**-26, 1 - 2.0**-26, 1 - 2.0**-27, 1.0])
    low, high = (integrate.quad(law.quantile, *part, epsabs=0)[0] * 2.0**27 for part in (edges[1:3], edges[3:5]))
    means = law.cell_means(edges)
    assert means[1] == pytest.approx(low, rel=1e-7)
    assert means[3] == pytest.approx(high, rel=1e-7)


@pytest.mark.parametrize("law", LAWS, ids=named)
def test_cdf_gives_at_least_the_chance_whose_quantile_it_is_asked_about(law):
    u = np.linspace(0.001, 0.999, 997)
    assert np.all(law.cdf(law.quantile(u) * (1 + 1e-12)) >= u - 1e-9)


@pytest.mark.parametrize("law", STEPPED, ids=named)
def test_laws_with_atoms_have_the_moments_of_a_large_table_of_quantiles(law):
    values = law.quantile((np.arange(1_000_000) + 0.5) / 1_000_000)
    assert law.mean() == pytest.approx(values.mean(), rel=1e-5)
    assert law.variance() == pytest.approx(values.var(), rel=1e-3, abs=1e-12)


def test_known_values():
    normal90 = stats.norm.ppf(0.9)
    law = Lognormal.from_p10_p90(20, 90)
    assert law.quantile([0.1, 0.9]) == pytest.approx([20, 90])
    assert law.mean() == pytest.approx(stats.lognorm(law.log_sd, scale=math.exp(law.log_mean)).mean())
    assert law.log_sd == pytest.approx(math.log(4.5) / 2 / normal90)
    assert Lognormal.from_median_p90(40, 90).quantile([0.5, 0.9]) == pytest.approx([40, 90])
    spread = Lognormal.from_mean_sd(45, 20)
    assert (spread.mean(), math.sqrt(spread.variance())) == pytest.approx((45, 20))
    assert Pert(10, 30, 90).mean() == pytest.approx((10 + 4 * 30 + 90) / 6)
    assert Empirical((1.0, 2.0), (3.0, 1.0)).quantile([0.1, 0.75, 0.76, 1.0]).tolist() == [1, 1, 2, 2]
    assert AtomAtOne(0.5, Lognormal(0.0, 1.0)).quantile([0.25, 0.5, 0.75]).tolist() == [1, 1, 1]


def test_laws_are_values():
    assert Lognormal(0.0, 1.0) == Lognormal(0.0, 1.0)
    assert len({Pert(1, 2, 3), Pert(1, 2, 3), Empirical((1.0,)), Empirical((1.0,))}) == 2


@given(st.floats(0.001, 1e6), st.floats(1.01, 1e4), st.lists(st.floats(0, 1), min_size=1, max_size=20, unique=True))
def test_quantiles_never_fall(low, ratio, points):
    u = np.sort(points)
    for law in (Lognormal.from_p10_p90(low, low * ratio), Pert(low, low, low * ratio)):
        assert np.all(np.diff(law.quantile(u)[np.isfinite(law.quantile(u))]) >= -1e-12 * low)


@pytest.mark.parametrize(
    ("written", "law"),
    [
        (40, Constant(40.0)),
        ({"p10": 20, "p90": 90}, Lognormal.from_p10_p90(20, 90)),
        ({"p90": 90, "median": 40}, Lognormal.from_median_p90(40, 90)),
        ({"mean": 45, "sd": 20}, Lognormal.from_mean_sd(45, 20)),
        ({"low": 10, "mode": 30, "high": 90}, Pert(10, 30, 90)),
        ({"values": [1, 2], "weights": [3, 1]}, Empirical((1.0, 2.0), (3.0, 1.0))),
        ({"values": [1, 2]}, Empirical((1.0, 2.0))),
        (Constant(1.0), Constant(1.0)),
    ],
    ids=str,
)
def test_what_people_write_is_read(written, law):
    assert distribution(written) == law


@pytest.mark.parametrize(
    ("written", "sentences"),
    [
        ({"p10": 3, "p90": 2}, ["p90 must be above p10 (3); got 2."]),
        ({"p10": 2, "p90": 2}, ["p90 must be above p10 (2); got 2."]),
        (
            {"p10": -3, "p90": "x"},
            ["p10 must be a positive number; got -3.", "p90 must be a positive number"],
        ),
        ({"mean": 1, "sd": 0}, ["sd must be a positive number; got 0."]),
        ({"low": 3, "mode": 1, "high": 2}, ["high must be a number above low (3.0); got 2.0."]),
        ({"low": 1, "mode": 5, "high": 2}, ["mode must be between low (1.0) and high (2.0); got 5.0."]),
        ({"values": [1, "a"], "weights": [1, True]}, ["values must be a list", "weights must be a list"]),
        ({"values": [1, 2], "weights": [1]}, ["weights must be one per value (2); got 1."]),
        ({"values": [1, 2], "weights": [0, 0]}, ["weights must be numbers, at least 0, not all 0"]),
        ({"values": [1, -2]}, ["each of values must be a number, at least 0; got -2.0."]),
        ({"values": []}, ["values must be a list of at least one number"]),
        ({"values": [1], "weights": []}, ["weights must be one per value (1); got 0."]),
        ({"p10": 1, "p99": 2, "man": 3}, ["got 'man'.", "got 'p99'."]),
        ({"p10": 1}, ["a distribution must be a number or one of {p10=, p90=}"]),
        ({"p10": 1, "p90": 2, "mean": 1}, ["a distribution must be a number or one of {p10=, p90=}"]),
        ({"p10": 1e-300, "p90": 1e300}, ["spread must be one with a finite variance"]),
        (True, ["a distribution must be a number"]),
        ("40", ["a distribution must be a number"]),
        (-1, ["value must be a number, at least 0; got -1.0."]),
        (math.nan, ["value must be a number, at least 0; got nan."]),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_at_once_and_with_its_place(written, sentences):
    with pytest.raises(ScenarioError) as caught:
        distribution(written, "deals.toml: stages[2].hours")
    assert len(caught.value.problems) == len(sentences)
    for problem, sentence in zip(caught.value.problems, sentences, strict=True):
        assert sentence in problem.sentence
        assert problem.where == "deals.toml: stages[2].hours"


def test_a_misspelt_key_gets_a_suggestion():
    with pytest.raises(ScenarioError, match="did you mean 'median'"):
        distribution({"medain": 1, "p90": 2})
    assert set(KEYS) == {"p10", "p90", "median", "mean", "sd", "low", "mode", "high", "values", "weights"}


@pytest.mark.parametrize(
    "make",
    [
        lambda: Lognormal(0.0, 0.0),
        lambda: Lognormal(math.inf, 1.0),
        lambda: Pert(1, 2, 3, peak=0),
        lambda: AtomAtOne(1.0, Lognormal(0.0, 1.0)),
        lambda: Empirical(()),
        lambda: Constant(-1.0),
    ],
)
def test_laws_refuse_what_they_cannot_be(make):
    with pytest.raises(ScenarioError):
        make()
