"""The statistical assertions themselves: silent as often as they promise, loud when something is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import bdtr, ndtr

from tools import (
    assert_mean,
    assert_proportion,
    assert_same_distribution,
    assert_variance,
    noticeable_bias,
)

RUNS = 2000
DRAWS = 400
LOOSE = 2.0
NOMINAL = math.erfc(LOOSE / math.sqrt(2))
"""4.6 % of right samples are more than 2 standard errors away: a level at which the rate can be seen."""

Draws = npt.NDArray[np.float64]


def binomial_cdf(x: Draws) -> Draws:
    below = np.floor(x)
    return np.where(below < 0, 0.0, bdtr(np.clip(below, 0, 5), 5, 0.3))


def alarms(check: Callable[[Draws], object], sample: Callable[[np.random.Generator], Draws]) -> float:
    random = np.random.default_rng(17)
    count = 0
    for _ in range(RUNS):
        try:
            check(sample(random))
        except AssertionError:
            count += 1
    return count / RUNS


def normal(random: np.random.Generator) -> Draws:
    return random.normal(3.0, 2.0, DRAWS)


CHECKS: dict[str, Callable[[Draws], object]] = {
    "mean": lambda x: assert_mean(x, 3.0, sd=2.0, z=LOOSE),
    "mean, sd from the sample": lambda x: assert_mean(x, 3.0, z=LOOSE),
    "variance": lambda x: assert_variance(x, 4.0, fourth_moment=48.0, z=LOOSE),
    "proportion": lambda x: assert_proportion(int((x > 3.0).sum()), x.size, 0.5, z=LOOSE),
    "distribution": lambda x: assert_same_distribution(x, lambda t: ndtr((t - 3.0) / 2.0), z=LOOSE),
    "two samples": lambda x: assert_same_distribution(x[::2], x[1::2], z=LOOSE),
}


@pytest.mark.parametrize("name", CHECKS)
def test_false_alarms_are_as_rare_as_promised(name: str) -> None:
    allowed = NOMINAL + 5 * math.sqrt(NOMINAL * (1 - NOMINAL) / RUNS)
    assert alarms(CHECKS[name], normal) <= allowed


@pytest.mark.parametrize("name", ["mean", "proportion", "variance"])
def test_false_alarms_are_not_rarer_either(name: str) -> None:
    # a tolerance that is too wide never fails and notices nothing; DKW is conservative by nature and left out
    assert alarms(CHECKS[name], normal) >= NOMINAL - 5 * math.sqrt(NOMINAL * (1 - NOMINAL) / RUNS)


def test_a_discrete_law_raises_no_false_alarm() -> None:
    rate = alarms(
        lambda x: assert_same_distribution(x, binomial_cdf, z=LOOSE),
        lambda random: random.binomial(5, 0.3, DRAWS).astype(float),
    )
    assert rate <= NOMINAL


PLANTED: dict[str, tuple[Callable[[Draws], object], Callable[[np.random.Generator], Draws]]] = {
    # each mistake is ten standard errors, twice what the assertion promises to notice
    "mean": (lambda x: assert_mean(x, 3.0, sd=2.0), lambda random: random.normal(4.0, 2.0, DRAWS)),
    "variance": (lambda x: assert_variance(x, 4.0, fourth_moment=48.0), lambda random: random.normal(3.0, 2.62, DRAWS)),
    "proportion": (
        lambda x: assert_proportion(int(x.sum()), x.size, 0.5),
        lambda random: (random.random(DRAWS) < 0.75) * 1.0,
    ),
    "distribution": (lambda x: assert_same_distribution(x, ndtr), lambda random: random.normal(1.0, 1.0, DRAWS)),
    "discrete": (
        lambda x: assert_same_distribution(x, binomial_cdf),
        lambda random: random.binomial(5, 0.6, DRAWS) * 1.0,
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_mistakes_are_found(name: str) -> None:
    check, sample = PLANTED[name]
    assert alarms(check, sample) > 0.999


def test_two_samples_of_different_laws_are_told_apart() -> None:
    random = np.random.default_rng(3)
    with pytest.raises(AssertionError, match="is chance"):
        assert_same_distribution(random.normal(0, 1, 1000), random.normal(0.5, 1, 1000))


def test_laws_without_chance_are_exact() -> None:
    assert assert_proportion(0, 1000, 0.0) == 0
    assert assert_mean([2.0, 2.0, 2.0], 2.0, sd=0.0) == 0
    with pytest.raises(AssertionError, match="exactly"):
        assert_proportion(1, 1000, 0.0)


def test_samples_that_cannot_be_judged_are_refused() -> None:
    with pytest.raises(AssertionError, match="finite"):
        assert_mean([1.0, math.nan], 1.0)
    with pytest.raises(AssertionError, match="two draws"):
        assert_mean([1.0], 1.0)


def test_noticeable_bias_is_five_standard_errors() -> None:
    assert noticeable_bias(sd=2.0, draws=10_000, mean=4.0) == pytest.approx(0.025)
