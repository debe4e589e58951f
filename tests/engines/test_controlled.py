"""Controls: which there are, what is left out and why, and the edges of what is said of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import gammaincinv

from engines.small_scenarios import EVERY_DAY, opening_of, small_scenario
from funnelsim.engines.choices.controlled import (
    ARRIVALS,
    ODDS,
    TWIN_BOOKINGS,
    TWIN_WINS,
    control_of_differences,
    control_of_simulation,
    controls_of,
)
from funnelsim.engines.choices.solvable_twin import STRATEGY, mean_arrivals, mean_births, solvable_twin, twin_means
from funnelsim.engines.funnel_luck import largest_arrivals
from funnelsim.engines.funnel_runs import prepare_run
from funnelsim.kernels.funnel_arrays import BOOKED

SPREAD = {"web": {"pr": {"p10": 500, "p90": 4000}}}


def played(replications=60, strategy="relay", **changes):
    scenario = small_scenario(**changes)
    run = prepare_run(scenario, strategy, opening_of(scenario), 3)
    return run, run.outcome(0, replications)


def test_a_world_that_is_its_own_twin_is_known_exactly():
    """All variance goes, and the estimate is the mean that is computed."""
    twin = solvable_twin(small_scenario(sources=SPREAD, calendar={"workdays": EVERY_DAY}))
    run = prepare_run(twin, STRATEGY, opening_of(twin), 3)
    out = run.outcome(0, 60)
    (estimate,) = control_of_simulation(run, out).estimates
    assert estimate.reduction == math.inf
    assert estimate.correlation == pytest.approx(1)
    assert estimate.interval.estimate == pytest.approx(twin_means(run).booked, rel=1e-9)
    assert estimate.pays


def test_the_twin_of_a_twin_is_the_twin():
    twin = solvable_twin(small_scenario(sources=SPREAD, market={"suspects": 50}))
    assert solvable_twin(twin) == twin


def test_what_cannot_be_known_or_adds_nothing_is_left_out_and_said():
    controls = controls_of(*played(market={"suspects": 500}))
    assert controls.names == (TWIN_BOOKINGS,)
    assert [reason.split(":")[0] for reason in controls.left_out] == ["arrivals by source", TWIN_WINS]


def test_what_all_leads_share_is_a_control():
    controls = controls_of(*played(sources=SPREAD, forces={"shocks": {"conversion_sd": 0.3, "arrivals_cv": 0.2}}))
    assert controls.names == (TWIN_BOOKINGS, TWIN_WINS, "arrivals of web", ODDS, ARRIVALS)
    assert controls.values.shape == (60, 5)


def test_an_enormous_shock_is_refused_and_said():
    controls = controls_of(*played(forces={"shocks": {"conversion_sd": 25.0}}))
    assert TWIN_BOOKINGS not in controls.names
    assert controls.left_out[0].startswith("the twin: the shared shock is too large")
    assert controls.twin_events == 0


def test_too_few_replications_use_no_control():
    (estimate,) = control_of_simulation(*played(3)).estimates
    assert not estimate.used
    assert estimate.interval == estimate.plain
    assert (estimate.reduction, estimate.pays) == (1.0, False)


def test_a_difference_that_is_nothing_stays_nothing():
    run, out = played()
    booked = out.flow[:, :, BOOKED].sum(axis=1)
    found = control_of_differences(controls_of(run, out), booked, [("same", booked)], 1000, 0.99, 0.95)
    (estimate,) = found.estimates
    assert (estimate.interval.low, estimate.interval.estimate, estimate.interval.high) == (0, 0, 0)
    assert (estimate.correlation, estimate.used) == (None, False)
    assert (estimate.plain.confidence, estimate.plain.at_least) == (0.95, True)


def test_mean_births_and_the_mean_of_the_shared_factor_are_those_of_the_laws():
    run, _ = played(4, forces={"shocks": {"arrivals_cv": 0.5}})
    days = run.setting.calendar.window.days
    largest = largest_arrivals(0.5)
    # a Gamma law cut off at its quantile at one minus a millionth loses far less than a millionth of its mean
    assert mean_births(run).sum() == pytest.approx(2.0 * days, rel=1e-5)
    assert 1 - 1e-5 < mean_arrivals(0.5) * largest < 1
    assert mean_arrivals(0.0) == 1.0
    shares = np.arange(1, 400_000) / 400_000
    cut = np.minimum(gammaincinv(4.0, shares) / 4.0, largest)
    assert mean_arrivals(0.5) * largest == pytest.approx(cut.mean(), rel=1e-4)
