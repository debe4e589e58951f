"""What moves a forecast, where its width comes from, and where its leads sit and were lost."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from funnelsim.engines.closed_form import window_moments
from funnelsim.engines.explaining import forecast_tornado
from funnelsim.engines.explaining.forecast_explanation import explain_run
from funnelsim.engines.explaining.forecast_shares import GROUPS, LUCK, SHARED
from funnelsim.engines.explaining.forecast_window import WindowWalk, booked_inside, rounded_mean, whole_state
from funnelsim.engines.shocked_odds import log_odds_with_mean
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Period
from funnelsim.model.explanation import CHANCE, MIDDLE
from properties.forecast_runs import LATER, YEAR, others_of, run_of
from properties.lead_tables import AS_OF, DEFAULT, GROUPED, ONE_THREAD, STATED, Row

SOON = date(2026, 6, 1)
LEADS = [Row(f"L{k}", pr=100_00 + 7 * k, close=SOON, region="north" if k % 2 else "south") for k in range(30)]
FIRM = replace(DEFAULT, push=None)


def explained(rows, *, assumed=DEFAULT, target=1500_00, by=None, count=2000):
    return explain_run(run_of(rows, assumed=assumed, target=target, count=count), None, ONE_THREAD, by=by)


def test_bars_are_ranked_and_each_has_an_interval_around_its_swing():
    found = explained(LEADS, by="region").tornado
    assert found.measure == CHANCE
    sizes = [abs(bar.high - bar.low) for bar in found.bars]
    assert sizes == sorted(sizes, reverse=True)
    for bar in found.bars:
        assert bar.swing is not None
        assert bar.swing.low <= bar.high - bar.low <= bar.swing.high
    names = [bar.name for bar in found.bars]
    assert set(names[:2]) == {"over-optimism of stated PCs", "the year, all leads alike"}
    assert {"region 'north'", "region 'south'", "the year, all leads alike", "shared shock sd"} <= set(names)
    assert sum(name.startswith("lead '") for name in names) == 5


def test_a_lead_is_lost_and_won_as_if_the_file_said_so():
    run = run_of(LEADS, target=1500_00)
    bar = next(one for one in explain_run(run, None, ONE_THREAD).tornado.bars if one.name == "lead 'L29'")
    walk = WindowWalk(YEAR, run.seed, run.replications, ONE_THREAD)

    def chance(pc: str) -> float:
        leads = [*LEADS[:-1], replace(LEADS[-1], pc=pc)]
        totals = walk.totals(whole_state(run_of(leads)))
        return float((totals >= 1500_00).mean())

    assert (bar.low, bar.high) == (chance("0"), chance("1"))


def test_without_a_plan_the_middle_is_moved_and_only_shown_bars_have_intervals(monkeypatch):
    calls = []
    monkeypatch.setattr(forecast_tornado, "percentile_difference", lambda *given: calls.append(given))
    found = explained(LEADS, target=None, by="region", count=300).tornado
    assert found.measure == MIDDLE
    assert len(calls) == forecast_tornado.SHOWN_BARS < len(found.bars)
    low, high, percent, seed = calls[0]
    assert (percent, seed) == (50, 7)
    assert low.dtype == high.dtype == np.int64


def test_drivers_follow_what_is_assumed():
    names = {bar.name: (bar.low_setting, bar.high_setting) for bar in explained(LEADS, assumed=STATED).tornado.bars}
    assert names["close dates"] == ("default pushes", "as stated")
    assert names["shared shock sd"] == ("0", "0.25")
    assert "pushed again" not in names
    assert "the year, all leads alike" not in names
    grouped = {bar.name: bar.low_setting for bar in explained(LEADS, assumed=GROUPED, by="region").tornado.bars}
    assert grouped["group shock sd by region"] == "0.3"
    assert grouped["region 'north'"] == "odds x 0.46"  # its own shock of sd 0.6 at its P10


def test_leads_that_are_alone_owe_their_width_to_luck():
    found = explained(LEADS, assumed=STATED).shares
    assert [(part.name, part.variance, part.width) for part in found.parts] == [(LUCK, 1.0, 1.0)]


def test_certain_leads_have_no_width_to_share():
    found = explained([replace(row, pc="1") for row in LEADS], assumed=FIRM).shares
    assert (found.sd, found.width) == (0.0, 0)
    assert all(part.variance == part.width == 0 for part in found.parts)


def test_the_shared_shocks_part_of_the_variance_is_that_of_the_conditional_mean():
    """Against a plain sum over ten thousand strips of the normal law."""
    found = explained(LEADS, assumed=FIRM).shares
    z = (np.arange(10_000) + 0.5) / 10_000 * 16 - 8
    weight = np.exp(-z * z / 2) / np.exp(-z * z / 2).sum()
    amount = sum(row.pr for row in LEADS)
    mean = amount / (1 + np.exp(-(float(log_odds_with_mean(np.array([0.5]), 0.25)[0]) + 0.25 * z)))
    shared = float(weight @ (mean - weight @ mean) ** 2)
    parts = {part.name: part.variance for part in found.parts}
    assert math.isclose(parts[SHARED] * found.sd**2, shared, rel_tol=1e-9)
    assert math.isclose(sum(parts.values()), 1.0, rel_tol=1e-12)


def test_group_shocks_have_a_part_of_their_own_and_all_parts_sum_to_one():
    run = run_of(LEADS, assumed=GROUPED, target=1500_00, count=2000)
    found = explain_run(run, None, ONE_THREAD).shares
    assert [part.name for part in found.parts] == [SHARED, GROUPS, LUCK]
    assert math.isclose(sum(part.variance for part in found.parts), 1.0, rel_tol=1e-12)
    assert math.isclose(sum(part.width for part in found.parts), 1.0, rel_tol=1e-12)
    assert all(0 < part.variance < 1 and 0 < part.width < 1 for part in found.parts)
    walk = WindowWalk(YEAR, run.seed, run.replications, ONE_THREAD)
    book, inside = walk.book(whole_state(run))
    assert math.isclose(found.sd**2, float(window_moments(book, inside[None, :]).variance[0]), rel_tol=1e-12)


def test_a_larger_shock_has_a_larger_share():
    small, large = (
        explained(LEADS, assumed=ForecastAssumptions(shock_sd=sd, push=None)).shares.parts[0] for sd in (0.2, 0.8)
    )
    assert small.name == large.name == SHARED
    assert small.variance < large.variance
    assert small.width < large.width


def test_open_leads_stand_in_one_place_each():
    run = run_of(LEADS, target=1500_00)
    attributes = {"stage": ("B", "A") * 15, "owner": ("Ada",) * 29 + ("",)}
    found = explain_run(replace(run, leads=replace(run.leads, attributes=attributes)), None, ONE_THREAD).places
    assert sum(place.rows for place in found) == 30
    assert {(place.stage, place.owner) for place in found} == {("B", "Ada"), ("A", "Ada"), ("A", "")}
    assert [place.expected_value for place in found] == sorted((one.expected_value for one in found), reverse=True)


def with_places(run, attributes, closed):
    return replace(run, leads=replace(run.leads, attributes=attributes), others=replace(run.others, attributes=closed))


def test_a_fault_planted_in_one_stage_ranks_first_among_the_losses():
    stage = tuple("A" if k < 10 else "B" for k in range(30))
    earlier = with_places(run_of(LEADS), {"stage": stage, "owner": ("Ada",) * 30}, {})
    lost = [*range(3), *range(10, 25)]  # 15 of B, 3 of A
    gone = [(f"L{k}", "lost", SOON, 0) for k in lost]
    kept = [row for k, row in enumerate(LEADS) if k not in lost]
    reasons = {"Closed Lost Reason": ("price",) * 3 + ("no budget",) * 15}
    later = with_places(run_of(kept, LATER, gone, target=1500_00), {}, reasons)
    found = explain_run(later, earlier, ONE_THREAD).losses
    assert found is not None
    assert found.since
    assert found.leads == 18
    first, second = found.cells
    assert (first.stage, first.owner, first.reason, first.leads) == ("B", "Ada", "no budget", 15)
    assert (second.stage, second.reason, second.leads) == ("A", "price", 3)
    assert first.expected > second.expected > 0


def test_one_file_alone_shows_its_lost_rows_as_recorded():
    run = run_of(LEADS, closed=[("x", "lost", SOON, 0), ("y", "lost", SOON, 0), ("z", "won", date(2026, 2, 1), 5)])
    closed = {"stage": ("Closed Lost",) * 2 + ("Closed Won",), "owner": ("Bo",) * 3}
    found = explain_run(replace(run, others=replace(run.others, attributes=closed), plan=None), None, ONE_THREAD,
                        window=Period(date(2026, 4, 1), date(2026, 4, 30))).losses  # fmt: skip
    assert found is not None
    assert not found.since
    assert [(cell.stage, cell.owner, cell.leads, cell.expected) for cell in found.cells] == [
        ("Closed Lost", "Bo", 2, None)
    ]


def test_nothing_to_come_leaves_a_tornado_without_bars():
    closed = [("w", "won", date(2026, 2, 1), 40_00)]
    earlier, later = run_of(LEADS, closed=closed), run_of(LEADS, LATER, closed)
    found = explain_run(later, earlier, ONE_THREAD, window=Period(date(2026, 4, 1), date(2026, 4, 30)))
    assert found.tornado.bars == ()
    assert found.shares.width == 0
    assert found.bridge is not None
    assert found.state.mean == booked_inside(later, found.window) == 0
    assert sum(step.total for step in found.bridge.steps) == -found.bridge.start.total


def test_an_empty_forecast_is_explained_too():
    found = explain_run(run_of([], target=100_00), None, ONE_THREAD)
    assert found.tornado.bars == ()
    assert found.places == ()
    assert found.losses is None
    assert others_of([]).lead_id == ()


@pytest.mark.parametrize(("total", "count", "mean"), [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (8, 3, 3), (-8, 3, -3)])
def test_means_are_rounded_once_with_halves_to_even(total, count, mean):
    assert rounded_mean(total, count) == mean
    assert AS_OF < LATER
