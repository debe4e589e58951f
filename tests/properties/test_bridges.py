"""A bridge between two forecasts adds up to the cent, whatever the two files hold; each change stands in its step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.engines.execution import Execution
from funnelsim.engines.explaining import forecast_tornado
from funnelsim.engines.explaining.forecast_bridge import bridge_runs
from funnelsim.engines.explaining.forecast_explanation import explain_run
from funnelsim.engines.explaining.forecast_window import WindowWalk, booked_inside, state_of, whole_state
from funnelsim.errors import ScenarioError
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.bridge_steps import (
    DECREASED,
    GONE,
    INCREASED,
    LOST,
    MODEL_CHANGE,
    MOVED_IN,
    NEW,
    OTHER_BOOKINGS,
    PC_CHANGE,
    PUSHED,
    STALE,
    STEPS,
    WON,
)
from funnelsim.model.calendar import Period
from funnelsim.model.forecast_run import ForecastRun, PlannedWindow
from funnelsim.model.leads import Bookings
from properties.forecast_runs import CLOSED, COUNT, LATER, YEAR, run_of
from properties.lead_tables import (
    AS_OF,
    DEFAULT,
    GROUPED,
    ONE_THREAD,
    STATED,
    Row,
    assumptions,
    leads_of,
    rows,
    seldom,
)


@pytest.fixture(autouse=True)
def no_resampling(monkeypatch):
    """Intervals of percentiles take seconds and are tested where they are made."""
    monkeypatch.setattr(forecast_tornado, "percentile_difference", lambda *_: None)


def bridge(earlier: ForecastRun, later: ForecastRun, window: Period = YEAR):
    walk = WindowWalk(window, later.seed, later.replications, ONE_THREAD)
    return bridge_runs(earlier, later, walk, None).bridge


def money(found) -> dict[str, int]:
    """Steps that moved something."""
    return {step.name: step.total for step in found.steps if step.total}


def adds_up(found) -> None:
    assert [step.name for step in found.steps] == list(STEPS)
    assert sum(step.total for step in found.steps) == found.end.total - found.start.total
    assert sum(step.amount for step in found.steps) == found.end.mean - found.start.mean
    assert found.start.mean + sum(step.amount for step in found.steps) == found.end.mean


BASE = [Row("a", close=date(2026, 8, 15)), Row("b", pr=900_00, close=date(2026, 6, 1)), Row("c", pc="0.3")]


@st.composite
def changed(draw, before: list[Row]) -> tuple[list[Row], list[CLOSED]]:
    """A later file: every row of the earlier one kept, changed, closed or gone, and some new ones."""
    after, closed = [], []
    for row in before:
        fate = draw(st.sampled_from(["same", "won", "lost", "left out", "gone", "changed", "changed", "new law"]))
        if fate == "same":
            after.append(row)
        elif fate == "changed":
            close = draw(st.sampled_from([row.close, date(2026, 4, 10), date(2026, 9, 9), date(2027, 8, 1)]))
            pr = draw(st.sampled_from([row.pr, row.pr // 2, row.pr + 77_77]))
            pc = draw(st.sampled_from([row.pc, "0.7", "0"]))
            region = draw(st.sampled_from([row.region, "west"]))
            after.append(replace(row, close=close, pr=pr, pc=pc, region=region, days=None))
        elif fate == "new law":
            after.append(replace(row, amount=(50_00, 400_00), days=(date(2026, 5, 20), date(2026, 11, 5))))
        elif fate != "gone":
            closed.append((
                row.lead_id,
                fate,
                draw(st.sampled_from([date(2026, 4, 2), date(2025, 12, 30)])),
                row.pr + 1,
            ))
    fresh = draw(rows(most=3))
    after += [replace(row, lead_id=f"new{row.lead_id}", days=None) for row in fresh]
    if draw(st.booleans()):
        closed.append(("born and won", "won", date(2026, 4, 20), 12_34))
    # a date spread may not straddle the later day: reading the later file would have refused it
    after = [row if not row.days or row.days[0] > LATER else replace(row, days=None) for row in after]
    return after, closed


@seldom
@given(st.data(), rows(most=5), assumptions, assumptions, st.booleans())
def test_steps_add_up_to_the_cent_whatever_changed(data, before, model, new_model, same_day):
    after, closed = data.draw(changed(before))
    day = AS_OF if same_day else LATER
    earlier = run_of(before, assumed=model, closed=[("old", "won", date(2026, 2, 2), 5_00)], count=60)
    later = run_of(after, day, [*closed, ("old", "won", date(2026, 2, 2), 5_00)], assumed=new_model, count=60)
    window = data.draw(st.sampled_from([YEAR, Period(date(2026, 5, 7), date(2026, 9, 30))]))
    found = bridge(earlier, later, window)
    adds_up(found)
    # both ends are whole forecasts, not what the steps happened to reach
    walk = WindowWalk(window, later.seed, later.replications, ONE_THREAD)
    for run, end in ((earlier, found.start), (later, found.end)):
        assert end == state_of(walk.totals(whole_state(run)) + booked_inside(run, window), None)


@pytest.mark.parametrize("model", [DEFAULT, STATED, GROUPED], ids=["default", "as stated", "grouped"])
def test_a_run_against_itself_is_all_zeros_bitwise(model):
    run = run_of(BASE, closed=[("w", "won", date(2026, 3, 1), 10_00)], assumed=model, target=500_00)
    found = explain_run(run, run, ONE_THREAD)
    assert found.bridge is not None
    assert found.bridge.start == found.bridge.end == found.state
    for step in found.bridge.steps:
        assert (step.total, step.amount, step.exact_mean, step.standard_error, step.leads) == (0, 0, 0.0, 0.0, 0)
        assert step.after == found.bridge.start
    assert found.bridge.earlier.verified is True
    assert found.bridge.printed_mean is None


SOON = date(2026, 4, 10)
PLANTED = {
    NEW: ([*BASE, Row("d")], []),
    MOVED_IN: ([replace(BASE[0], close=date(2026, 7, 1)), *BASE[1:]], []),
    INCREASED: ([replace(BASE[0], pr=200_00), *BASE[1:]], []),
    DECREASED: ([replace(BASE[0], pr=50_00), *BASE[1:]], []),
    PUSHED: ([replace(BASE[0], close=date(2026, 12, 30)), *BASE[1:]], []),
    WON: (BASE[1:], [("a", "won", SOON, 130_00)]),
    LOST: (BASE[1:], [("a", "lost", SOON, 0)]),
    GONE: (BASE[1:], []),
    PC_CHANGE: ([replace(BASE[0], pc="0.8"), *BASE[1:]], []),
}
GAINS = {NEW, MOVED_IN, INCREASED, WON, PC_CHANGE}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_change_stands_in_its_own_step_alone(name):
    after, closed = PLANTED[name]
    found = bridge(run_of(BASE), run_of(after, LATER, closed))
    moved = money(found)
    assert set(moved) == {name}
    assert (moved[name] > 0) == (name in GAINS)
    step = next(one for one in found.steps if one.name == name)
    assert step.leads == 1
    assert [move.lead_id for move in step.moves] == ["d" if name == NEW else "a"]
    adds_up(found)


def test_each_step_has_its_closed_form():
    """Wrong by a twentieth of a lead's standard deviation would be noticed: 400 replications, 5 standard errors."""
    after = [
        replace(BASE[0], close=date(2026, 12, 30)),
        replace(BASE[1], pr=1100_00),
        replace(BASE[2], pc="0.9"),
        Row("d"),
    ]
    found = bridge(run_of(BASE), run_of(after, LATER))
    assert set(money(found)) == {PUSHED, INCREASED, PC_CHANGE, NEW}
    for step in found.steps:
        assert abs(step.total / COUNT - step.exact_mean) <= 5 * step.standard_error


def test_a_close_date_that_passes_untouched_goes_stale_and_nothing_else_does():
    before = [Row("a", close=date(2026, 4, 15)), *BASE[1:]]
    found = bridge(run_of(before), run_of(before, LATER), Period(date(2026, 4, 1), date(2026, 5, 31)))
    assert set(money(found)) == {STALE}
    assert found.passed_untouched == 1
    assert found.steps[STEPS.index(STALE)].total < 0


def test_a_won_lead_is_set_against_what_was_expected_of_it():
    sure = [replace(BASE[0], pc="1", close=date(2026, 5, 5)), *BASE[1:]]
    same = bridge(run_of(sure, assumed=STATED), run_of(BASE[1:], LATER, [("a", "won", SOON, 100_00)], assumed=STATED))
    assert money(same) == {}
    more = bridge(run_of(sure, assumed=STATED), run_of(BASE[1:], LATER, [("a", "won", SOON, 130_00)], assumed=STATED))
    assert money(more) == {WON: 30_00 * COUNT}
    assert more.booked == (0, 130_00)


def test_other_assumptions_are_a_model_change_and_come_last():
    later = run_of(BASE, LATER, assumed=ForecastAssumptions(shock_sd=0.9, push=None, yours=frozenset({"shock"})))
    found = bridge(run_of(BASE), later)
    assert set(money(found)) == {MODEL_CHANGE}
    only_named = run_of(BASE, LATER, assumed=replace(DEFAULT, yours=frozenset({"shock"})))
    assert money(bridge(run_of(BASE), only_named)) == {}


def test_bookings_that_no_lead_explains_are_shown_apart():
    earlier = run_of(BASE, closed=[("w", "won", date(2026, 2, 1), 100_00)])
    found = bridge(earlier, run_of(BASE, LATER, [("w", "won", date(2026, 2, 1), 80_00)]))
    assert money(found) == {OTHER_BOOKINGS: -20_00 * COUNT}


def test_the_users_own_actuals_all_stand_against_the_won_leads():
    later = run_of(BASE[1:], LATER, [("a", "won", SOON, 130_00)])
    own = Bookings(np.array([SOON], dtype="datetime64[D]"), np.array([77_00], dtype=np.int64))
    found = bridge(run_of(BASE), replace(later, actuals=own, actuals_replaced=True))
    assert set(money(found)) == {WON}
    assert found.booked == (0, 77_00)
    adds_up(found)


def test_line_items_are_paired_one_by_one():
    before = [Row("a", pr=100_00), Row("a", pr=300_00), *BASE[1:]]
    one_won = bridge(run_of(before), run_of([before[0], *BASE[1:]], LATER, [("a", "won", SOON, 300_00)]))
    assert set(money(one_won)) == {WON}
    swapped = bridge(run_of(before), run_of([before[1], before[0], *BASE[1:]], LATER))
    assert money(swapped) == {}
    added = bridge(run_of(before), run_of([*before, Row("a", pr=50_00)], LATER))
    assert set(money(added)) == {INCREASED}
    taken = bridge(run_of(before), run_of([before[1], *BASE[1:]], LATER))
    assert set(money(taken)) == {DECREASED}
    all_lost = bridge(run_of(before), run_of(BASE[1:], LATER, [("a", "lost", SOON, 0)]))
    assert set(money(all_lost)) == {LOST}


def test_new_leads_are_told_from_reopened_ones_and_from_those_won_in_between():
    earlier = run_of(BASE, closed=[("x", "lost", SOON, 0)])
    found = bridge(earlier, run_of([*BASE, Row("x")], LATER, [("y", "won", SOON, 9_00)]))
    assert set(money(found)) == {NEW}
    assert (found.reopened, found.born_won) == (1, 1)
    assert found.steps[0].leads == 2


def test_leads_that_cannot_be_forecast_now_are_gone_and_counted():
    found = bridge(run_of(BASE), run_of(BASE[1:], LATER, [("a", "left out", SOON, 0)]))
    assert set(money(found)) == {GONE}
    assert found.left_out == 1
    assert [move.lead_id for move in found.gone] == ["a"]


def test_another_seed_is_simulated_again_and_said():
    earlier, later = run_of(BASE, seed=1, count=300), run_of([*BASE, Row("d")], LATER)
    found = bridge(earlier, later)
    assert set(money(found)) == {NEW}
    own = WindowWalk(YEAR, 1, 300, ONE_THREAD).totals(whole_state(earlier))
    assert found.printed_mean == state_of(own, None).mean
    assert found.printed_mean != found.start.mean
    assert found.earlier.verified is True


def test_replications_of_another_version_are_noticed():
    run = run_of(BASE)
    changed_run = replace(run, bookings=run.bookings + 1)
    assert explain_run(changed_run, run, ONE_THREAD).run.verified is False
    assert explain_run(run, changed_run, ONE_THREAD).bridge.earlier.verified is False
    cut = Period(date(2026, 4, 10), date(2026, 6, 30))
    assert explain_run(run, None, ONE_THREAD, window=cut).run.verified is None


def test_threads_and_blocks_change_nothing():
    earlier, later = run_of(BASE), run_of([*BASE, Row("d")], LATER, target=400_00)
    assert explain_run(later, earlier, ONE_THREAD) == explain_run(later, earlier, Execution(threads=2, block=37))


def test_runs_that_cannot_be_compared_are_refused():
    run = run_of(BASE, LATER)
    with pytest.raises(ScenarioError, match="earlier or the same day"):
        explain_run(run_of(BASE), run, ONE_THREAD)
    euros = replace(run, leads=leads_of(BASE, currency="EUR"))
    with pytest.raises(ScenarioError, match="in the money of RUN, EUR"):
        explain_run(euros, run, ONE_THREAD)
    with pytest.raises(ScenarioError, match="a column of the file"):
        explain_run(run, None, ONE_THREAD, by="nobody")
    with pytest.raises(ScenarioError, match="some are after 2026-04-30"):
        explain_run(run, None, ONE_THREAD, window=Period(date(2026, 1, 1), date(2026, 4, 1)))


def test_the_window_is_the_plan_else_from_the_earlier_day_to_the_shorter_horizon():
    earlier, later = run_of(BASE), run_of(BASE, LATER)
    assert explain_run(later, earlier, ONE_THREAD).window == Period(date(2026, 4, 1), earlier.calendar.window.end)
    assert explain_run(later, None, ONE_THREAD).window == later.calendar.window
    planned = replace(later, plan=PlannedWindow(100_00, YEAR))
    found = explain_run(planned, earlier, ONE_THREAD)
    assert (found.window, found.target) == (YEAR, 100_00)
    assert found.bridge.earlier_target is None
    other = replace(earlier, plan=PlannedWindow(90_00, YEAR))
    assert explain_run(planned, other, ONE_THREAD).bridge.earlier_target == 90_00
    found = explain_run(later, other, ONE_THREAD)
    assert (found.window, found.target, found.bridge.earlier_target) == (YEAR, 90_00, None)
    assert explain_run(planned, None, ONE_THREAD, window=later.calendar.window).target is None
