"""What moves a forecast from records, and where its width comes from; and pairs of runs that cannot be compared."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from engines.learned_runs import COUNT, SETS, Lead, adds_up, learned_of, money, run_of
from funnelsim.api import explain as explain_api
from funnelsim.engines.execution import Execution
from funnelsim.engines.explaining import forecast_tornado
from funnelsim.engines.explaining.held_windows import HeldWindows
from funnelsim.engines.explaining.learned_drivers import learned_drivers
from funnelsim.engines.explaining.learned_explanation import explain_learned_run
from funnelsim.engines.explaining.learned_shares import BIRTHS, LUCK, MARKET, RATES, learned_shares
from funnelsim.engines.explaining.learned_window import LearnedWalk, version_of
from funnelsim.engines.explaining.shapley import shapley, width_of
from funnelsim.engines.learning.held import MEANS, Held
from funnelsim.errors import ScenarioError
from funnelsim.inputs import saved_forecast_run
from funnelsim.model.bridge_steps import GONE, NEW
from funnelsim.model.calendar import Period
from funnelsim.model.explanation import CHANCE, MIDDLE
from funnelsim.model.forecast_run import PlannedWindow
from properties import forecast_runs
from properties.lead_tables import ONE_THREAD

BASE = [
    Lead(f"L{k}", 1_000_00 + 70_00 * k, "A" if k % 3 else "", 5.0 + 6.0 * k, region="south" if k % 4 else "north")
    for k in range(12)
]
YEAR = Period(date(1983, 2, 1), date(1984, 1, 31))
SHARED = ["the market, all leads alike", "rates of the records", "new leads that come", "what new wins bring"]


@pytest.fixture(autouse=True)
def no_resampling(monkeypatch):
    """Intervals of percentiles take seconds and are tested where they are made."""
    monkeypatch.setattr(forecast_tornado, "percentile_difference", lambda *_: None)


def windows_of(run, days=None):
    return HeldWindows(
        LearnedWalk(days or run.calendar.window, run.seed, run.replications, ONE_THREAD), version_of(run)
    )


@pytest.fixture(scope="module")
def planned():
    return run_of(BASE, plan=PlannedWindow(150_000_00, YEAR), fiscal_start=2, by="region")


@pytest.fixture(scope="module")
def explained(planned):
    return explain_learned_run(planned, None, ONE_THREAD)


def by_all_orders(sources, worth):
    """What each source adds, one order after another."""
    orders = list(itertools.permutations(sources))
    added = dict.fromkeys(sources, 0.0)
    for order in orders:
        on = frozenset()
        for name in order:
            added[name] += (worth(on | {name}) - worth(on)) / len(orders)
            on |= {name}
    return added


@pytest.mark.parametrize("names", ["", "a", "ab", "abc", "abcd"])
def test_what_a_source_adds_is_its_mean_over_all_orders(names):
    rng = np.random.Generator(np.random.Philox(len(names)))
    subsets = [frozenset(some) for size in range(5) for some in itertools.combinations(names, size)]
    worths = {some: float(rng.normal()) for some in subsets}
    found = shapley(list(names), worths.__getitem__)
    assert found == pytest.approx(by_all_orders(names, worths.__getitem__))
    assert math.fsum(found.values()) == pytest.approx(worths[frozenset(names)] - worths[frozenset()])


def test_a_source_without_effect_gets_nothing_and_equal_ones_the_same():
    found = shapley(["none", "one", "other"], lambda on: float(len(on & {"one", "other"}) > 0))
    assert found == {"none": 0.0, "one": 0.5, "other": 0.5}


def test_a_width_is_that_of_order_statistics():
    assert width_of(np.arange(1, 101)[::-1]) == 80.0
    assert width_of(np.array([3])) == 0.0


def test_shares_sum_to_one_and_every_source_has_its_part(explained):
    found = explained.shares
    assert [part.name for part in found.parts] == [RATES, MARKET, BIRTHS, LUCK]
    assert math.fsum(part.variance for part in found.parts) == pytest.approx(1.0)
    assert math.fsum(part.width for part in found.parts) == pytest.approx(1.0)
    assert 0.0 < found.parts[-1].variance < 1.0
    assert 0.0 < sum(part.variance for part in found.parts[:-1]) < 1.0
    assert found.width == explained.state.p90 - explained.state.p10


def test_shares_are_the_law_of_total_variance_worked_out_by_hand(planned):
    windows = windows_of(planned)
    found = learned_shares(windows)
    assert found.parts[-1].name == LUCK
    parts = {part.name: part.variance * found.sd**2 for part in found.parts}
    free = windows.free
    means, inner = free.given_sets
    assert len(means) == SETS
    assert parts[LUCK] == pytest.approx(inner.mean())
    assert found.sd**2 == pytest.approx(inner.mean() + means.var())

    def spread(on):
        held = Held(None if RATES in on else MEANS, None if MARKET in on else 1.0, births=BIRTHS not in on)
        version = version_of(planned)
        return (
            LearnedWalk(planned.calendar.window, planned.seed, COUNT, ONE_THREAD)
            .lower(version, held)
            .given_sets[0]
            .var()
        )

    by_hand = by_all_orders([RATES, MARKET, BIRTHS], spread)
    assert {name: parts[name] for name in by_hand} == pytest.approx(by_hand)


def test_the_moments_given_sets_are_those_of_the_replications():
    """Replication r has set r % sets: means and variances of 400 of each against the closed form, five errors."""
    run = run_of(BASE, sets=2, count=800)
    window = windows_of(run).free
    means, inner = window.given_sets
    for chosen in (0, 1):
        drawn = window.all_money[chosen::2]
        assert abs(drawn.mean() - means[chosen]) < 5.0 * math.sqrt(inner[chosen] / 400)
        assert drawn.var() == pytest.approx(inner[chosen], rel=5.0 * math.sqrt(3.0 / 400))


def test_leads_that_share_nothing_owe_their_width_to_luck():
    found = explain_learned_run(run_of(BASE, independent=True), None, ONE_THREAD)
    assert [(part.name, part.variance) for part in found.shares.parts] == [(LUCK, 1.0)]
    assert found.shares.parts[0].width == pytest.approx(1.0)
    assert all(bar.name.startswith("lead ") for bar in found.tornado.bars)


def test_without_leads_to_come_they_are_no_source():
    found = explain_learned_run(run_of(BASE, with_new=False), None, ONE_THREAD)
    assert [part.name for part in found.shares.parts] == [RATES, MARKET, LUCK]
    names = {bar.name for bar in found.tornado.bars}
    assert {*SHARED[:2]} <= names
    assert names.isdisjoint(SHARED[2:])
    assert math.fsum(part.variance for part in found.shares.parts) == pytest.approx(1.0)


def test_drivers_are_shared_ones_leads_and_groups_from_low_to_high(explained, planned):
    bars = explained.tornado.bars
    assert explained.tornado.measure == CHANCE
    assert explained.tornado.baseline == explained.state.chance
    assert {bar.name for bar in bars} >= {*SHARED, "region 'north'", "region 'south'"}
    assert sum(bar.name.startswith("lead ") for bar in bars) == 5
    assert all(bar.low <= bar.high for bar in bars)
    assert [abs(bar.high - bar.low) for bar in bars] == sorted((abs(bar.high - bar.low) for bar in bars), reverse=True)
    middle = explain_learned_run(replace(planned, plan=None, by=None), None, ONE_THREAD)
    assert middle.tornado.measure == MIDDLE
    assert all(bar.low < bar.high for bar in middle.tornado.bars)
    assert not any("region" in bar.name for bar in middle.tornado.bars)
    grouped = explain_learned_run(replace(planned, plan=None, by=None), None, ONE_THREAD, by="region")
    assert sum(bar.name.startswith("region ") for bar in grouped.tornado.bars) == 2


def test_both_ends_of_what_is_shared_lie_about_the_forecast(planned):
    windows = windows_of(planned)
    base = windows.free.all_money
    for driver in learned_drivers(windows, None):
        low, high = driver.low(), driver.high()
        assert low.shape == high.shape == base.shape
        assert low.mean() < base.mean() < high.mean(), driver.name
    few, many = (next(one for one in learned_drivers(windows, None) if one.name == name) for name in SHARED[2:])
    for driver in (few, many):  # open leads are as they were
        assert np.all(driver.low() >= windows.free.money())


def test_a_lead_is_lost_and_won_as_if_that_were_sure(planned):
    windows = windows_of(planned)
    free = windows.free
    means = free.means
    top = int(means.argmax())
    driver = next(one for one in learned_drivers(windows, None) if one.name == f"lead '{BASE[top].lead_id}'")
    alone = run_of([one for row, one in enumerate(BASE) if row != top], fiscal_start=2)
    assert np.array_equal(driver.low(), windows_of(alone).free.all_money)
    mask = np.arange(len(BASE)) == top
    assert np.array_equal(free.all_money - driver.low(), free.money(mask))
    won = driver.high() - driver.low()
    assert np.all(won >= free.money(mask))  # on the same draws it is won whenever it was
    # won for sure, in the window by its law: each set has a share, and each replication the set r % sets
    law = free.learned.chances.law[top]
    inside = free.learned.chances.reached[:, law, -1] / free.learned.chances.ever[:, law]
    chance = float(inside.mean())
    assert abs((won > 0).mean() - chance) <= 5.0 * math.sqrt(chance * (1.0 - chance) / COUNT)


@pytest.mark.parametrize("kind", ["dated", "segments"])
def test_dates_and_segments_are_explained_too(kind):
    learned = learned_of(kind)
    stages = learned.stages or ("",)
    leads = [
        replace(one, stage=stages[0], close=learned.last_day + timedelta(days=9 * k)) for k, one in enumerate(BASE)
    ]
    found = explain_learned_run(run_of(leads, learned=learned, months=2), None, ONE_THREAD)
    assert found.run.verified is True
    assert math.fsum(part.variance for part in found.shares.parts) == pytest.approx(1.0)
    assert math.fsum(part.width for part in found.shares.parts) == pytest.approx(1.0)


def test_open_leads_stand_where_their_chance_is_that_of_the_records(planned):
    found = explain_learned_run(planned, None, ONE_THREAD).places
    chance = windows_of(planned).free.learned.calibrated
    assert sum(place.rows for place in found) == len(BASE)
    assert [place.expected_value for place in found] == [round(math.fsum(chance * planned.leads.pr))]


MONTHS = {"months": 3}


@pytest.mark.parametrize(
    ("then", "now", "window", "said"),
    [
        (MONTHS, MONTHS, (date(1983, 11, 5), date(1983, 12, 31)), "whole months of 'run-1983-10-03'"),
        (MONTHS, MONTHS, (date(1983, 11, 1), date(1984, 2, 29)), "the last of which ends on 1984-01-31"),
        (MONTHS, MONTHS, (date(1984, 1, 31), date(1983, 11, 1)), "a first day and a last one"),
        ({"learned": "week", "months": 17}, {"months": 1}, None, "the same --period"),
        ({"fiscal_start": 4}, MONTHS, None, "year from month 1"),
        ({"with_new": False}, MONTHS, None, "--no-new-business"),
        ({"independent": True}, MONTHS, None, "--independent"),
    ],
)
def test_runs_and_windows_that_cannot_be_explained_are_refused(then, now, window, said):
    weekly = {"learned": learned_of("staged", "week")} if "learned" in then else {}
    earlier, later = run_of(BASE, **(then | weekly)), run_of(BASE, **now)
    days = None if window is None else Period(*window)
    with pytest.raises(ScenarioError) as refused:
        explain_learned_run(later, earlier, ONE_THREAD, window=days)
    assert any(said in str(problem) for problem in refused.value.problems)
    assert all(problem.hint or problem.name == "--window" for problem in refused.value.problems)


def test_counts_and_money_are_not_compared():
    run = run_of(BASE)
    counted = replace(run, known=replace(run.known, learned=replace(run.known.learned, counts_only=True)))
    with pytest.raises(ScenarioError, match="wins are counted"):
        explain_learned_run(run, counted, ONE_THREAD)


def test_all_problems_are_told_at_once():
    earlier = run_of(BASE, with_new=False, independent=True, fiscal_start=4)
    later = run_of(BASE)
    cut = Period(date(1983, 11, 5), date(1983, 12, 31))
    with pytest.raises(ScenarioError) as refused:
        explain_learned_run(later, earlier, ONE_THREAD, window=cut, by="nobody")
    text = str(refused.value)
    assert len(refused.value.problems) == 6
    assert "--by" in text
    assert "whole months" in text


def test_records_and_stated_chances_are_not_compared(monkeypatch):
    made = {"records": run_of(BASE), "stated": forecast_runs.run_of([])}
    monkeypatch.setattr(saved_forecast_run, "read_forecast_run", lambda saved: made[saved])
    how = Execution(threads=1)
    with pytest.raises(ScenarioError, match="one from records, as RUN is"):
        explain_api._explain_forecast("records", "stated", None, None, how)  # type: ignore[arg-type]
    with pytest.raises(ScenarioError, match="one from stated chances, as RUN is"):
        explain_api._explain_forecast("stated", "records", None, None, how)  # type: ignore[arg-type]


def test_what_is_told_of_the_progress_never_passes_the_whole():
    """All steps of paired leads, and an earlier run with luck of its own: the most that is lowered."""
    dated = learned_of("dated")
    leads = [replace(one, stage="", close=date(1984, 8, 20)) for one in BASE]
    near, far = replace(leads[0], close=date(1984, 7, 20)), replace(leads[1], close=date(1984, 10, 20))
    small, large = replace(leads[2], pr=5), replace(leads[3], pr=9_000_00)
    earlier = run_of(leads, learned=dated, months=2, seed=1)
    later = run_of([near, far, small, large, *leads[4:]], learned=dated, months=2)
    told: list[float] = []
    explain_learned_run(later, earlier, Execution(threads=1, progress=told.append))
    assert 0.5 < math.fsum(told) <= 1.0 + 1e-9
    assert min(told) >= 0.0


def test_nothing_open_is_explained_too():
    earlier, empty = run_of(BASE), run_of([])
    found = explain_learned_run(empty, earlier, ONE_THREAD)
    assert set(money(found.bridge)) == {GONE}
    assert found.places == ()
    adds_up(found.bridge)
    found = explain_learned_run(earlier, empty, ONE_THREAD)
    assert set(money(found.bridge)) == {NEW}
    nobody = learned_of("nobody won")
    few = run_of([replace(BASE[0], stage="")], learned=nobody)
    assert explain_learned_run(few, few, ONE_THREAD).run.verified is True
