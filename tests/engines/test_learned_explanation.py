"""A bridge between two forecasts from records: it adds up, ends where each forecast stands, names the right step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from engines.learned_runs import (
    COUNT,
    Lead,
    adds_up,
    bridge,
    bridged,
    horizon_of,
    learned_of,
    money,
    near_closed_forms,
    run_of,
)
from funnelsim.engines.execution import Execution
from funnelsim.engines.explaining import forecast_tornado
from funnelsim.engines.explaining.explained_days import window_between
from funnelsim.engines.explaining.forecast_matching import match
from funnelsim.engines.explaining.learned_explanation import explain_learned_run
from funnelsim.engines.explaining.learned_versions import path_between
from funnelsim.engines.explaining.learned_window import LearnedWalk, version_of
from funnelsim.model.bridge_steps import (
    AGED,
    COMING,
    DECREASED,
    GONE,
    INCREASED,
    LEARNED_STEPS,
    LOST,
    MOVED_IN,
    NEW,
    OTHER_BOOKINGS,
    PUSHED,
    RECORDS,
    STAGED,
    WON,
)
from funnelsim.model.calendar import Period
from funnelsim.model.forecast_run import PlannedWindow
from funnelsim.model.leads import Bookings
from properties.lead_tables import ONE_THREAD

BASE = [Lead(f"L{k}", 1_000_00 + 70_00 * k, "A" if k % 3 else "", 5.0 + 6.0 * k) for k in range(12)]
LATER = date(1983, 11, 2)
SOON = date(1983, 10, 20)
OLD = [("old", "won", date(1983, 9, 1), 40_00)]


@pytest.fixture(autouse=True)
def no_resampling(monkeypatch):
    """Intervals of percentiles take seconds and are tested where they are made."""
    monkeypatch.setattr(forecast_tornado, "percentile_difference", lambda *_: None)


def older(leads, days=30.0):
    """The same leads some days later, none of which was touched."""
    return [replace(one, age=one.age + days) for one in leads]


def later_run(leads, closed=(), **how):
    """Leads seen thirty days later, under records that end then too."""
    return run_of(leads, closed, **({"learned": learned_of("newer")} | how))


def saved(run, days):
    """What the forecast said for a window of whole periods, replication by replication."""
    inside = [days.start <= one.start and one.end <= days.end for one in run.calendar.periods]
    return run.bookings[:, [*inside, False]].sum(axis=1)


def step_of(found, name):
    return next(step for step in found.steps if step.name == name)


def test_steps_lead_from_what_one_forecast_said_to_what_the_other_says():
    after = [replace(BASE[0], stage="A", age=3.0), *older(BASE[1:9]), Lead("new", 700_00, "A", 4.0)]
    after[2] = replace(after[2], pr=2_000_00)
    closed = [("L9", "won", SOON, 1_500_00), ("L10", "lost", SOON, 0), *OLD]
    earlier, later = run_of(BASE, OLD), later_run(after, closed)
    days = horizon_of(earlier, later)
    found = bridged(earlier, later, days)
    assert [step.name for step in found.bridge.steps] == [
        name for name in LEARNED_STEPS if name not in {MOVED_IN, PUSHED}
    ]
    adds_up(found.bridge)
    near_closed_forms(found.bridge)
    assert set(money(found.bridge)) >= {NEW, INCREASED, AGED, STAGED, WON, LOST, GONE, COMING, RECORDS}
    assert found.bridge.booked == (0, 1_500_00)  # "old" was booked before the window
    assert found.bridge.start.total == saved(earlier, days).sum()
    assert np.array_equal(found.totals, saved(later, days) + 1_500_00)
    assert found.bridge.earlier.verified is True
    assert found.bridge.printed_mean is None
    # closed forms lead from one end to the other too
    walk = LearnedWalk(days, later.seed, COUNT, ONE_THREAD)
    ends = [walk.lower(version_of(run)) for run in (earlier, later)]
    start, end = (one.means.sum() + one.coming_mean for one in ends)
    assert start + sum(step.exact_mean for step in found.bridge.steps) == pytest.approx(end + 1_500_00)


def test_both_ends_are_the_forecasts_own_replications():
    """Window by window: what is saved, what is simulated again, and what was changed in the folder."""
    run = run_of(BASE)
    for period in run.calendar.periods:
        found = explain_learned_run(run, None, ONE_THREAD, window=period)
        assert found.run.verified is True
        assert found.state.total == saved(run, period).sum()
    changed = replace(run, bookings=run.bookings + (np.arange(run.bookings.shape[1]) == 1))
    assert explain_learned_run(changed, run, ONE_THREAD).run.verified is False
    found = explain_learned_run(run, changed, ONE_THREAD)
    assert found.run.verified is True
    assert found.bridge.earlier.verified is False


@pytest.mark.parametrize("kind", ["staged", "dated", "segments"])
def test_a_run_against_itself_is_all_zeros(kind):
    learned = learned_of(kind)
    stages = learned.stages or ("",)
    leads = [replace(one, stage=stages[0], close=learned.last_day + timedelta(days=40)) for one in BASE]
    run = run_of(leads, OLD, learned=learned)
    found = bridge(run, run)
    assert found.start == found.end
    for step in found.steps:
        assert (step.total, step.amount, step.exact_mean, step.standard_error, step.leads) == (0, 0, 0.0, 0.0, 0)
        assert step.after == found.start
        assert step.moves == ()
    assert found.largest == ()


ONE_KIND = {
    NEW: ([*BASE, Lead("new")], [], ["new"]),
    INCREASED: ([replace(BASE[4], pr=9_000_00), *BASE[:4], *BASE[5:]], [], ["L4"]),
    DECREASED: ([replace(BASE[4], pr=9_00), *BASE[:4], *BASE[5:]], [], ["L4"]),
    STAGED: ([replace(BASE[3], stage="A", age=1.0), *BASE[:3], *BASE[4:]], [], ["L3"]),
    WON: ([*BASE[:4], *BASE[5:]], [("L4", "won", SOON, 900_00)], ["L4"]),
    LOST: ([*BASE[:4], *BASE[5:]], [("L4", "lost", SOON, 0)], ["L4"]),
    GONE: ([*BASE[:4], *BASE[5:]], [], ["L4"]),
}


@pytest.mark.parametrize("name", ONE_KIND)
def test_one_kind_of_change_on_one_day_stands_in_its_step_alone(name):
    after, closed, who = ONE_KIND[name]
    earlier, later = run_of(BASE), run_of(after, closed)
    found = bridged(earlier, later)
    assert set(money(found.bridge)) == {name}
    step = step_of(found.bridge, name)
    assert (step.leads, [move.lead_id for move in step.moves]) == (1, who)
    days = horizon_of(earlier, later)
    booked = 900_00 if name == WON else 0
    assert step.total == (saved(later, days) - saved(earlier, days)).sum() + booked * COUNT
    assert step.exact_mean == pytest.approx(step.moves[0].amount)
    assert np.array_equal(found.totals, saved(later, days) + booked)
    near_closed_forms(found.bridge)


@pytest.mark.parametrize(("to", "name"), [(date(1984, 7, 25), MOVED_IN), (date(1984, 10, 9), PUSHED)])
def test_another_stated_close_has_its_step_where_dates_were_learned(to, name):
    dated = learned_of("dated")
    leads = [replace(one, stage="", close=date(1984, 8, 20)) for one in BASE]
    after = [replace(leads[0], close=to), *leads[1:]]
    earlier, later = run_of(leads, learned=dated, months=2), run_of(after, learned=dated, months=2)
    found = bridge(earlier, later)
    assert set(money(found)) == {name}
    assert [move.lead_id for move in step_of(found, name).moves] == ["L0"]
    assert (step_of(found, name).total > 0) == (name == MOVED_IN)
    days = horizon_of(earlier, later)
    assert step_of(found, name).total == (saved(later, days) - saved(earlier, days)).sum()


def test_a_date_that_is_new_or_no_longer_stated_counts_as_pushed():
    dated = learned_of("dated")
    run = run_of([replace(one, stage="", close=date(1984, 8, 20)) for one in BASE], learned=dated, months=2)
    stays = run.known.stays
    silent = stays._replace(stated=np.where(stays.row == 0, np.nan, stays.stated))
    undated = replace(run, known=replace(run.known, stays=silent))
    for earlier, later in ((run, undated), (undated, run)):
        found = bridge(earlier, later)
        assert set(money(found)) == {PUSHED}
        assert [move.lead_id for move in step_of(found, PUSHED).moves] == ["L0"]
    assert money(bridge(undated, undated)) == {}


def test_another_stated_close_says_nothing_where_dates_were_not_learned():
    found = bridge(run_of(BASE), run_of([replace(one, close=date(1984, 1, 1)) for one in BASE]))
    assert money(found) == {}
    assert {MOVED_IN, PUSHED}.isdisjoint(step.name for step in found.steps)


def test_dates_and_days_that_pass_are_told_apart():
    """A date that stays is nearer a month later: that is time, not a lead moved in."""
    dated = learned_of("dated")
    leads = [replace(one, stage="", close=date(1984, 8, 20)) for one in BASE]
    day = dated.last_day + timedelta(days=22)
    found = bridge(run_of(leads, learned=dated), run_of(older(leads, 22.0), learned=dated, as_of=day))
    assert {AGED} <= set(money(found)) <= {AGED, COMING, RECORDS}
    assert step_of(found, AGED).leads == len(leads)
    adds_up(found)


def test_days_that_pass_make_leads_older_and_fewer_of_them_come():
    staged = learned_of("staged")
    earlier = run_of(BASE)
    later = run_of(older(BASE), as_of=staged.last_day + timedelta(days=30))
    found = bridge(earlier, later)
    assert set(money(found)) == {AGED, COMING}
    assert step_of(found, AGED).leads == len(BASE)
    coming = step_of(found, COMING)
    assert coming.total < 0
    assert coming.exact_mean < 0
    near_closed_forms(found)
    adds_up(found)
    # a lead that moved on in between grew older in its old stage first
    moved_on = [replace(BASE[0], stage="A", age=2.0), *older(BASE[1:])]
    onward = bridge(earlier, run_of(moved_on, as_of=later.as_of))
    assert set(money(onward)) == {AGED, STAGED, COMING}
    assert step_of(onward, AGED).total == step_of(found, AGED).total
    assert step_of(onward, AGED).exact_mean == step_of(found, AGED).exact_mean


def test_an_age_that_the_records_correct_is_no_change_of_stage():
    """A day of entry was wrong: the lead is where it was, and younger."""
    after = [replace(BASE[4], age=2.0), *BASE[:4], *BASE[5:]]
    found = bridge(run_of(BASE), run_of(after))
    assert set(money(found)) == {AGED}
    assert [move.lead_id for move in step_of(found, AGED).moves] == ["L4"]
    moved_on = run_of([*older(BASE[:11]), BASE[11]], as_of=learned_of("staged").last_day + timedelta(days=30))
    found = bridge(run_of(BASE), moved_on)
    assert set(money(found)) == {AGED, COMING}
    assert step_of(found, AGED).leads == len(BASE)


def test_newer_records_alone_are_their_own_step():
    staged, newer = learned_of("staged"), learned_of("newer")
    earlier, later = run_of(BASE), run_of(BASE, learned=newer, as_of=staged.last_day)
    found = bridge(earlier, later)
    assert set(money(found)) == {RECORDS}
    assert step_of(found, COMING).total == 0
    assert step_of(found, RECORDS).leads == len(BASE)
    near_closed_forms(found)
    assert found.largest == ()  # what newer records teach is about all leads


def test_line_items_are_paired_one_by_one():
    before = [Lead("a", 1_000_00, "A"), Lead("a", 3_000_00, "A"), *BASE]
    added = bridge(run_of(before), run_of([*before, Lead("a", 500_00, "A")]))
    assert set(money(added)) == {INCREASED}
    taken = bridge(run_of(before), run_of([before[1], *BASE]))
    assert set(money(taken)) == {DECREASED}
    swapped = bridge(run_of(before), run_of([before[1], before[0], *BASE]))
    assert money(swapped) == {}
    won = bridge(run_of(before), run_of([before[0], *BASE], [("a", "won", SOON, 3_000_00)]))
    assert set(money(won)) == {WON}
    lost = bridge(run_of(before), run_of(BASE, [("a", "lost", SOON, 0)]))
    assert set(money(lost)) == {LOST}
    for found in (added, taken, won, lost):
        adds_up(found)
        near_closed_forms(found)


@pytest.mark.parametrize("own", [{"seed": 1}, {"count": 150}, {"count": 6}, {"sets": 4}])
def test_other_luck_is_simulated_again_and_said(own):
    earlier, later = run_of(BASE, **own), run_of([*BASE, Lead("new")])
    found = bridge(earlier, later)
    assert set(money(found)) == {NEW}
    assert found.printed_mean == round(saved(earlier, horizon_of(earlier, later)).mean())
    assert found.printed_mean != found.start.mean
    assert found.earlier.verified is True
    adds_up(found)
    assert explain_learned_run(later, earlier, ONE_THREAD).bridge == found


def test_the_users_own_actuals_all_stand_against_the_won_leads():
    later = run_of(BASE[1:], [("L0", "won", SOON, 130_00), ("born", "won", SOON, 1_00)])
    own = Bookings(np.array([SOON], dtype="datetime64[D]"), np.array([77_00], dtype=np.int64))
    found = bridge(run_of(BASE), replace(later, actuals=own, actuals_replaced=True))
    assert set(money(found)) == {WON}
    assert found.booked == (0, 77_00)
    adds_up(found)


def test_bookings_are_those_of_leads_then_of_new_ones_then_of_nobody():
    earlier = run_of(BASE, [("w", "won", SOON, 100_00)])
    found = bridge(earlier, run_of(BASE, [("w", "won", SOON, 80_00)]))
    assert money(found) == {OTHER_BOOKINGS: -20_00 * COUNT}
    found = bridge(run_of(BASE), run_of(BASE, [("born", "won", SOON, 9_00)]))
    assert money(found) == {NEW: 9_00 * COUNT}
    assert found.born_won == 1


def test_stages_that_the_earlier_records_do_not_know_fall_back_to_the_one_before():
    two = learned_of("two stages")
    assert two.stages == ("A", "B")
    aged = older(BASE)
    after = [replace(aged[0], stage="B", age=4.0), replace(aged[1], stage="B", age=4.0), *aged[2:]]
    earlier, later = run_of(BASE), run_of(after, learned=two)
    start, end = version_of(earlier), version_of(later)
    path = path_between(start, end, match(earlier, later))
    assert path.unknown == 2
    assert path.end.known.stays.state.tolist()[:2] == [1, 1]
    assert path.end.known.learned is start.known.learned
    adds_up(bridge(earlier, later))
    back = path_between(end, start, match(later, earlier))
    assert back.unknown == 0


def test_segments_that_the_earlier_records_do_not_know_count_as_the_average():
    apart = learned_of("segments")
    other = replace(apart, segments=replace(apart.segments, names=("north", "west")))
    leads = [replace(one, region="north" if k % 2 else "south") for k, one in enumerate(BASE)]
    after = [replace(one, region="north" if k % 2 else "west") for k, one in enumerate(BASE)]
    earlier, later = run_of(leads, learned=apart), run_of(after, learned=other)
    path = path_between(version_of(earlier), version_of(later), match(earlier, later))
    assert path.unknown == 6
    assert set(path.end.known.stays.segment.tolist()) == {0, 2}
    found = bridge(earlier, later)
    adds_up(found)
    assert step_of(found, STAGED).leads == 6


@pytest.mark.parametrize(("then", "now"), [("segments", "staged"), ("staged", "segments")])
def test_segments_told_apart_in_one_run_only_are_a_matter_of_the_records(then, now):
    earlier, later = (run_of(BASE, learned=learned_of(kind)) for kind in (then, now))
    found = bridge(earlier, later)
    assert set(money(found)) == {RECORDS}
    adds_up(found)


def test_threads_and_blocks_change_nothing():
    earlier = run_of(BASE, OLD)
    later = later_run([*older(BASE[:9]), Lead("new")], OLD, by="region")
    one = explain_learned_run(later, earlier, ONE_THREAD)
    assert one == explain_learned_run(later, earlier, Execution(threads=2, block=37))


def test_the_window_is_the_plan_else_what_both_runs_cover():
    earlier, later = run_of(BASE), later_run(older(BASE))
    assert window_between(later, earlier) == horizon_of(earlier, later)
    assert window_between(later, None) == later.calendar.window
    plan = PlannedWindow(5_000_00, Period(date(1983, 2, 1), date(1984, 1, 31)))
    months = {"months": 3, "fiscal_start": 2}
    planned = run_of(BASE, OLD, plan=plan, **months)
    found = explain_learned_run(planned, run_of(BASE, OLD, **months), ONE_THREAD)
    assert (found.window, found.target, found.booked) == (plan.window, plan.target, 40_00)
    assert found.run.verified is True
    assert found.state.chance == np.mean(saved(planned, plan.window) + 40_00 >= plan.target)
    assert money(found.bridge) == {}


def test_weeks_are_cut_where_the_fiscal_year_ends():
    weekly = learned_of("staged", "week")
    year = Period(date(1983, 1, 1), date(1983, 12, 31))  # a Saturday
    plan = PlannedWindow(5_000_00, year)
    how = {"learned": weekly, "months": 16, "plan": plan}
    earlier, later = run_of(BASE, **how), run_of([replace(BASE[0], pr=1_00), *BASE[1:]], **how)
    assert len(later.calendar.bin_ends) == len(later.calendar.periods) + 1
    found = explain_learned_run(later, earlier, ONE_THREAD)
    assert found.window == year
    assert found.run.verified is None  # the week in which the year ends is saved whole
    assert set(money(found.bridge)) == {DECREASED}
    assert 0 < found.state.total < saved(later, later.calendar.window).sum()
    adds_up(found.bridge)
    near_closed_forms(found.bridge)


def test_a_window_that_is_over_holds_what_was_booked():
    earlier = run_of(BASE)
    later = later_run(older(BASE[1:]), [("L0", "won", SOON, 130_00)])
    found = explain_learned_run(later, earlier, ONE_THREAD, window=earlier.calendar.periods[0])
    assert found.state.mean == found.booked == 130_00
    assert found.tornado.bars == ()
    assert found.shares.width == 0
    assert all(part.variance == part.width == 0.0 for part in found.shares.parts)
    adds_up(found.bridge)


def test_leads_lost_in_between_stand_where_they_were():
    earlier = run_of(BASE)
    attributes = {**earlier.leads.attributes, "stage": tuple(one.stage or "none" for one in BASE)}
    earlier = replace(earlier, leads=replace(earlier.leads, attributes=attributes))
    later = run_of(BASE[2:], [("L0", "lost", SOON, 0), ("L1", "lost", SOON, 0)])
    found = explain_learned_run(later, earlier, ONE_THREAD)
    assert found.losses is not None
    assert {(cell.stage, cell.leads) for cell in found.losses.cells} == {("none", 1), ("A", 1)}
    lost = step_of(found.bridge, LOST)
    assert sum(cell.expected for cell in found.losses.cells) == pytest.approx(-lost.exact_mean)
