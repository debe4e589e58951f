"""Slip law: pushes of a known law are found in snapshots, and a law without them rests on won leads."""

from __future__ import annotations

import math

import numpy as np

from engines.small_histories import history_of, moments
from funnelsim.engines.learning.slips import slip_law
from funnelsim.model.assumptions import PushLaw
from funnelsim.model.history import Snapshots

NAN = float("nan")


def _pushed(rng, leads, law):
    """Leads that are pushed by a law, on the day before each stated one; won on the last day stated."""
    born = np.floor(rng.uniform(0.0, 500.0, leads))
    rows, taken, said, closed = [], [], [], []
    for lead in range(leads):
        day = born[lead] + 20.0
        stated = [day]
        while len(stated) <= law.most and rng.random() < (law.first if len(stated) == 1 else law.again):
            rows.append(lead)
            taken.append(day - 1.0)
            day += rng.choice(law.days, p=law.weights)
            stated.append(day)
            said.append(day)
        closed.append(day)
    shots = Snapshots(
        np.array(rows),
        moments(taken),
        moments(said),
        np.full(len(rows), -1),
        np.full(len(rows), NAN),
        ("",) * len(rows),
    )
    stated_close = moments(born + 20.0)
    return history_of(born, closed, [True] * leads, extract=2_000.0, stated_close=stated_close, snapshots=shots)


def test_pushes_of_a_known_law_are_found():
    """3,000 leads, 40 % pushed, half again, at most 8 times: every figure within five of its errors."""
    truth = PushLaw(0.4, 0.5, 8, (30, 60, 90), (0.5, 0.3, 0.2))
    slip = slip_law(_pushed(np.random.Generator(np.random.Philox(1)), 3_000, truth))
    assert slip.source == "snapshots"
    assert abs(slip.first - 0.4) < 5.0 * slip.first_error
    assert abs(slip.again - 0.5) < 5.0 * slip.again_error + 0.5**8
    assert slip.pulled == 0
    assert slip.pushed == slip.intervals
    assert abs(slip.mean_days - 51.0) < 5.0 * slip.mean_error
    assert slip.days.tolist() == list(truth.days)
    error = np.sqrt(np.array(truth.weights) * (1.0 - np.array(truth.weights)) / slip.pushed)
    assert np.all(np.abs(slip.weights / slip.weights.sum() - truth.weights) < 5.0 * error)


def test_errors_of_the_share_of_intervals_hold():
    """Leads differ, so intervals of one lead go together: 200 histories, sd of the share against its stated error."""
    shares, errors = [], []
    for seed in range(200):
        rng = np.random.Generator(np.random.Philox(1_000 + seed))
        chance = rng.beta(0.5, 0.5, 60)
        rows, weeks = np.repeat(np.arange(60), 8), np.tile(np.arange(1.0, 9.0), 60)
        steps = 7.0 * (rng.random(480) < chance[rows]).reshape(60, 8)
        said = 30.0 + np.cumsum(steps, axis=1).ravel()
        shots = Snapshots(rows, moments(7.0 * weeks), moments(said), np.full(480, -1), np.full(480, NAN), ("",) * 480)
        slip = slip_law(history_of(np.zeros(60), np.full(60, NAN), [False] * 60, snapshots=shots,
                                   stated_close=moments(np.full(60, 30.0))))  # fmt: skip
        shares.append(slip.pushed_share)
        errors.append(slip.pushed_error)
    ratio = np.std(shares, ddof=1) / np.mean(errors)
    assert abs(ratio - 1.0) < 5.0 / math.sqrt(2.0 * 199.0)
    assert math.isnan(slip.first)


def test_without_snapshots_won_leads_tell_how_late_they_were():
    born = np.arange(6.0)
    closed = born + np.array([10.0, 12.0, 17.0, 5.0, 3.0, 10.0])
    stated = moments(np.where(np.arange(6) == 5, NAN, born + 10.0))
    slip = slip_law(history_of(born, closed, [True, True, True, True, False, True], stated_close=stated))
    assert (slip.source, slip.leads, slip.pushed, slip.pulled) == ("won leads", 4, 2, 1)
    assert slip.first == 0.5
    assert math.isnan(slip.again)
    assert slip.days.tolist() == [2, 7]


def test_many_lengths_keep_their_mean():
    rng = np.random.Generator(np.random.Philox(3))
    late = np.ceil(rng.exponential(40.0, 2_000))
    born = np.floor(rng.uniform(0.0, 50.0, 2_000))
    slip = slip_law(
        history_of(born, born + 10.0 + late, [True] * 2_000, extract=900.0, stated_close=moments(born + 10))
    )
    assert len(slip.days) <= 12
    assert abs(slip.days @ slip.weights - slip.mean_days) <= 0.5


def test_dates_that_nobody_stated_or_that_hold_are_no_law_of_pushes():
    born = np.arange(4.0)
    none = slip_law(history_of(born, born + 10.0, [True] * 4))
    assert none.source == "none"
    held = slip_law(history_of(born, born + 10.0, [True] * 4, stated_close=moments(born + 10.0)))
    assert (held.pushed, held.first) == (0, 0.0)
