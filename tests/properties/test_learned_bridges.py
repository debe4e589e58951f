"""A bridge between two forecasts from records adds up, whatever became of the leads in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.learned_runs import COUNT, Lead, adds_up, bridged, horizon_of, learned_of, run_of
from funnelsim.engines.explaining.forecast_matching import match
from funnelsim.engines.explaining.forecast_window import booked_inside
from funnelsim.model.bridge_steps import GONE, INCREASED, LOST, NEW, WON
from funnelsim.model.forecast_run import ForecastRun
from properties.forecast_runs import CLOSED

GAP = 30
FEW = settings(max_examples=16, deadline=None, derandomize=True)
"""Each example learns nothing and lowers up to nine versions."""

stages = st.sampled_from(["", "A"])
ages = st.sampled_from([0.0, 3.5, 20.0, 75.0, 400.0])
prices = st.sampled_from([0, 1, 999_99, 5_000_00, 80_000_00])
closes = st.sampled_from([date(1983, 9, 1), date(1984, 8, 20), date(1985, 2, 2)])
leads = st.builds(Lead, st.just(""), prices, stages, ages, closes, st.sampled_from(["north", "south"]))


@st.composite
def tables(draw) -> list[Lead]:
    """Leads, some of them line items of the one before."""
    found: list[Lead] = []
    for number, lead in enumerate(draw(st.lists(leads, max_size=6))):
        item = found and draw(st.booleans()) and draw(st.booleans())
        found.append(replace(lead, lead_id=found[-1].lead_id if item else f"L{number}"))
    return found


@st.composite
def changed(draw, before: list[Lead], gap: int) -> tuple[list[Lead], list[CLOSED]]:
    """A later file: every row kept, changed, closed or gone, some new ones, and bookings of nobody that was open."""
    after: list[Lead] = []
    closed: list[CLOSED] = []
    soon = date(1983, 10, 3) + timedelta(days=gap)
    for row in before:
        fate = draw(st.sampled_from(["same", "same", "changed", "changed", "won", "lost", "left out", "gone"]))
        if fate == "same":
            after.append(replace(row, age=row.age + gap))
        elif fate == "changed":
            other = draw(leads)
            after.append(replace(other, lead_id=row.lead_id))
        elif fate != "gone":
            closed.append((row.lead_id, fate, draw(st.sampled_from([soon, date(1983, 2, 2)])), row.pr + 1))
    after += [replace(one, lead_id=f"new{number}") for number, one in enumerate(draw(st.lists(leads, max_size=3)))]
    if draw(st.booleans()):
        closed.append(("born and won", "won", soon, 12_34))
    return draw(st.permutations(after)), closed


def rows_once(earlier: ForecastRun, later: ForecastRun) -> None:
    found = match(earlier, later)
    ours = [row for row, _ in found.pairs] + found.won + found.lost + found.gone + found.removed
    theirs = [row for _, row in found.pairs] + found.fresh + found.added
    assert sorted(ours) == list(range(len(earlier.leads)))
    assert sorted(theirs) == list(range(len(later.leads)))


@FEW
@given(st.data(), tables(), st.sampled_from([("staged", "newer"), ("staged", "two stages"), ("segments", "staged")]))
def test_steps_add_up_whatever_became_of_the_leads(data, before, kinds):
    then, now = (learned_of(kind) for kind in kinds)
    gap = data.draw(st.sampled_from([0, GAP]))
    after, closed = data.draw(changed(before, gap))
    if "B" in now.stages:
        after = [replace(one, stage="B") if one.age == 3.5 else one for one in after]
    how = data.draw(st.sampled_from([{}, {"with_new": False}, {"independent": True}, {"seed": 3, "count": 20}]))
    alike = {name: value for name, value in how.items() if name not in {"seed", "count"}}
    earlier = run_of(before, learned=then, months=2, **how)
    later = run_of(after, closed, learned=now, as_of=then.last_day + timedelta(days=gap), months=2, **alike)
    window = horizon_of(earlier, later)
    found = bridged(earlier, later)
    adds_up(found.bridge)
    rows_once(earlier, later)

    # both ends are whole forecasts, not what the steps happened to reach
    inside = [window.start <= one.start and one.end <= window.end for one in later.calendar.periods]
    said = later.bookings[:, [*inside, False]].sum(axis=1) + booked_inside(later, window)
    assert np.array_equal(found.totals, said)
    assert found.bridge.earlier.verified is True
    if "seed" not in how:
        count = sum(one.end <= window.end for one in earlier.calendar.periods)
        assert found.bridge.start.mean == round(earlier.bookings[:, :count].sum() / COUNT)

    # each lead is said once at most in each step, and nobody is in a step of those who left and of those who came
    steps = {step.name: [move.lead_id for move in step.moves] for step in found.bridge.steps}
    assert all(len(set(named)) == len(named) for named in steps.values())
    leaving = [set(steps[name]) for name in (LOST, GONE)]
    assert leaving[0].isdisjoint(steps[NEW])
    assert leaving[1].isdisjoint(steps[NEW])
    assert set(steps[WON]).isdisjoint(steps[NEW])
    assert set(steps[INCREASED]).isdisjoint(steps[NEW])
