"""Log-odds that keep their mean: against quadrature that knows nothing of our grid."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special

from funnelsim.engines.shocked_odds import LARGEST_TOTAL_SD, log_odds_with_mean, mean_chance, normal_grid

CHANCES = np.array([1e-300, 1e-12, 1e-6, 0.001, 0.02, 0.25, 0.5, 0.5000001, 0.75, 0.999, 1 - 1e-9])


def quad_mean(a, sd):
    """Mean of expit(a + sd z) by adaptive quadrature, cut at the steep part."""
    cut = min(max(-a / sd, -30.0), 30.0)

    def integrand(z):
        return special.expit(a + sd * z) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    parts = sorted({-40.0, sd, cut, 0.0, 40.0})
    return math.fsum(
        integrate.quad(integrand, low, high, epsabs=0, epsrel=1e-12, limit=500)[0] for low, high in pairwise(parts)
    )


@pytest.mark.parametrize("sd", [1e-6, 0.1, 0.25, 0.35, 0.5, 1.0, 2.0, 3.0, LARGEST_TOTAL_SD])
def test_the_mean_over_the_shock_is_the_chance(sd):
    found = log_odds_with_mean(CHANCES, sd)
    for a, chance in zip(found[2:].tolist(), CHANCES[2:].tolist(), strict=True):
        assert quad_mean(a, sd) == pytest.approx(chance, rel=1e-11)
    assert mean_chance(found, sd) == pytest.approx(CHANCES, rel=1e-11)


def test_gauss_hermite_agrees_where_it_is_exact():
    nodes, weights = np.polynomial.hermite_e.hermegauss(64)
    found = log_odds_with_mean(CHANCES[2:], 0.5)
    mean = special.expit(found[:, None] + 0.5 * nodes) @ weights / weights.sum()
    assert mean == pytest.approx(CHANCES[2:], rel=1e-12)


def test_certain_and_impossible_leads_stay_so():
    assert log_odds_with_mean([0.0, 1.0], 0.25).tolist() == [-math.inf, math.inf]
    assert log_odds_with_mean([0.0, 1.0], 0.0).tolist() == [-math.inf, math.inf]
    assert mean_chance([-math.inf, math.inf], 0.25).tolist() == pytest.approx([0.0, 1.0])


def test_without_a_shock_they_are_the_usual_log_odds():
    assert log_odds_with_mean(CHANCES, 0.0) == pytest.approx(special.logit(CHANCES))
    assert log_odds_with_mean([], 0.25).shape == (0,)


@given(st.floats(1e-9, 0.5), st.floats(0.01, 3.0))
def test_odds_are_symmetric_and_pulled_away_from_even(chance, sd):
    low, high = log_odds_with_mean([chance, 1 - chance], sd)
    assert high == pytest.approx(-low, rel=1e-6, abs=1e-9)
    # the shock pulls means towards one half, so odds must start further out
    assert low <= special.logit(chance) + 1e-12


@pytest.mark.parametrize("sd", [0.0, 0.25, 3.0])
def test_the_grid_is_a_standard_normal(sd):
    nodes, weights = normal_grid(sd)
    assert weights.sum() == pytest.approx(1.0)
    if sd > 0:
        assert nodes**2 @ weights == pytest.approx(1.0, rel=1e-12)
        assert nodes**4 @ weights == pytest.approx(3.0, rel=1e-12)
    assert nodes @ weights == pytest.approx(0.0, abs=1e-15)
