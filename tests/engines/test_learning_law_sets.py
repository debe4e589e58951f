"""The compiled walk against the plain one, and against loops over the definition."""

from __future__ import annotations

import numpy as np
import pytest

from engines.small_histories import MONDAY, history_of, lived, moments
from funnelsim.engines.learning.exposure import open_stays, stays_of
from funnelsim.engines.learning.hazards import draw_rates, stage_hazards
from funnelsim.engines.learning.law_sets import chances_of_sets, law_sets
from funnelsim.engines.learning.lead_laws import lead_laws, open_leads
from funnelsim.engines.learning.weekdays import average_factors
from reference.lead_walk import chances_of_lead

DRAWS = 3
ROUNDING = 1e-12
"""Sums of at most a few thousand terms below 1."""


def _rng(seed):
    return np.random.Generator(np.random.Philox(seed))


def _staged(rng, leads):
    """Leads through two stages, working days only in the last, so that weekdays and three exits matter."""
    born = rng.uniform(0.0, 90.0, leads)
    first, second = born + rng.exponential(6.0, leads), born + 8.0 + rng.exponential(9.0, leads)
    closed = np.maximum(first, second) + rng.exponential(10.0, leads)
    closed = np.floor(closed) + np.where(np.floor(closed) % 7 >= 5, 2.0, 0.0) + rng.uniform(0.3, 0.7, leads)
    entered = np.column_stack([first, np.where(rng.random(leads) < 0.7, np.maximum(first + 0.1, second), np.nan)])
    entered = np.where(entered < np.minimum(closed, 100.0)[:, None], entered, np.nan)
    ended = closed < 100.0
    history = history_of(
        born,
        np.where(ended, closed, np.nan),
        ended & (rng.random(leads) < 0.5),
        entered,
        ("B", "A"),
        pr=rng.integers(1, 10**6, leads),
    )
    return history


def _cases():
    yield "one stage", lived(_rng(1), 400), np.linspace(0.0, 28.0, 29), np.array([7, 14, 21, 28])
    yield "two stages and weekdays", _staged(_rng(2), 900), np.linspace(0.0, 31.0, 32), np.array([10, 31])
    yield "bins inside cells", _staged(_rng(3), 500), np.linspace(0.0, 92.0, 41), np.array([31, 61, 92])
    yield (
        "no stages, few leads",
        history_of([1.0, 2, 3, 4], [5.0, 9, np.nan, np.nan], [True, False, False, False]),
        (np.linspace(0.0, 10.0, 11)),
        np.array([10]),
    )


@pytest.fixture(params=list(_cases()), ids=lambda case: case[0])
def walked(request):
    _, history, edges, ends = request.param
    hazards = stage_hazards(stays_of(history))
    leads = open_leads(hazards, open_stays(history))
    drawn = [draw_rates(curve, _rng(5), DRAWS) for curve in hazards.curves]
    return hazards, leads, edges, ends, drawn, chances_of_sets(law_sets(hazards, leads, edges, ends, 2.0), drawn)


def _by_bin(chances, edges, ends):
    reached = np.concatenate([np.zeros((len(chances), 1)), np.cumsum(chances, axis=1)], axis=1)
    return np.diff([np.interp(ends, edges, row) for row in reached], axis=1, prepend=0.0)


def test_the_compiled_walk_is_the_plain_one(walked):
    hazards, leads, edges, ends, drawn, (won, lost, ever) = walked
    assert len(leads.state) > 1
    for one in range(DRAWS):
        laws = lead_laws(hazards, leads, edges, 2.0, [(rate[one], kind[one]) for rate, kind in drawn])
        assert np.max(np.abs(won[one] - _by_bin(laws.won, edges, ends))) < ROUNDING
        assert np.max(np.abs(lost[one] - _by_bin(laws.lost, edges, ends))) < ROUNDING
        assert np.max(np.abs(ever[one] - laws.won_ever)) < ROUNDING


def test_the_compiled_walk_is_its_definition(walked):
    hazards, leads, edges, ends, drawn, (won, lost, ever) = walked
    curves = [
        {
            "origin": curve.origin,
            "target": curve.target,
            "edges": curve.edges.tolist(),
            "rate": rate[0].tolist(),
            "factor": kind[0].tolist(),
            "weekly": average_factors(curve.weekly, 2.0, edges).tolist(),
        }
        for curve, (rate, kind) in zip(hazards.curves, drawn, strict=True)
    ]
    for row in range(0, len(leads.state), max(len(leads.state) // 6, 1)):
        by_step = chances_of_lead(curves, hazards.won, hazards.reach, _lead(hazards, leads, row), edges.tolist())
        for found, steps in zip((won, lost), by_step, strict=False):
            assert np.max(np.abs(found[0, row] - _by_bin(np.array([steps]), edges, ends)[0])) < ROUNDING
        assert abs(ever[0, row] - by_step[2]) < ROUNDING


def _lead(hazards, leads, row):
    """State, age, and its class in a state that it enters after so many days."""
    here, sizes = int(leads.state[row]), [len(curve.size) for curve in hazards.curves]
    origins = [curve.origin for curve in hazards.curves]
    life = getattr(leads, "life", None)

    def kind_at(state, days):
        kind, size = int(leads.classes[row, state]), sizes[origins.index(state)]
        if state == here or life is None:
            return kind
        return sum(cut < life[row] + days for cut in hazards.pace_cuts[state]) * size + kind % size

    return here, float(leads.age[row]), kind_at


def test_no_open_leads_is_an_answer():
    history = history_of([1.0, 2.0], [5.0, 9.0], [True, False])
    hazards = stage_hazards(stays_of(history))
    leads = open_leads(hazards, open_stays(history))
    drawn = [draw_rates(curve, _rng(5), DRAWS) for curve in hazards.curves]
    walk = law_sets(hazards, leads, np.linspace(0.0, 7.0, 8), np.array([7]), 0.0)
    assert chances_of_sets(walk, drawn)[0].shape == (DRAWS, 0, 1)


def test_the_worlds_here_have_what_they_should():
    """The comparison means something: factors of classes and weekdays are at work."""
    assert int(moments(0.0)) == MONDAY
    hazards = stage_hazards(stays_of(_staged(_rng(2), 900)))
    assert any(not np.all(curve.weekly == 1.0) for curve in hazards.curves)
    assert any(len(curve.factor) > 5 for curve in hazards.curves)
    assert max(sum(curve.origin == state for curve in hazards.curves) for state in range(hazards.won)) >= 3
