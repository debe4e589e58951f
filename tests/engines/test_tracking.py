"""Archived forecasts against what happened: actuals, ranks, what counts, and what so few prove."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from funnelsim.engines.tracking import apart, track_runs
from funnelsim.errors import ScenarioError
from funnelsim.model.calendar import Period
from funnelsim.model.plain_values import from_plain, to_plain
from funnelsim.model.track import EVERY, SO_FAR
from funnelsim.model.track_record import TrackRecord
from properties.tracked_runs import archived, outcomes

DECEMBER, JANUARY, FEBRUARY = date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)


def days_of_2026(*rows):
    return [(date(2026, month, day), *rest) for month, day, *rest in rows]


def seen(*rows, last=date(2026, 3, 31), **more):
    return outcomes(*days_of_2026(*rows), first=date(2026, 1, 5), last=last, **more)


def test_actuals_are_added_up_over_the_days_of_each_band():
    rows = [(date(2025, 12, 31), 1_000), *days_of_2026((1, 1, 7), (1, 31, 5), (2, 1, 40), (3, 31, 2), (4, 1, 500))]
    found = track_runs([archived(DECEMBER)], outcomes(*rows, first=DECEMBER, last=date(2026, 3, 31)))
    (run,) = found.runs
    assert [(band.target, band.label, band.actual) for band in run.bands] == [
        ("month 1", "Jan 2026", 12),
        ("month 2", "Feb 2026", 40),
        ("month 3", "Mar 2026", 2),
    ]
    assert run.so_far is not None
    assert (run.so_far.target, run.so_far.actual, run.so_far.label) == (SO_FAR, 54, "Jan 2026 to Mar 2026")
    assert run.so_far.mean == 3 * 49.5
    first = run.bands[0]
    assert first.percentiles == (4, 9, 24, 49, 74, 89, 94)
    assert first.pit == (12 + 0.5) / 100, "12 futures lie below 12, one is equal"
    assert [first.held(level) for level in (50, 80, 90)] == [False, True, True]
    assert [run.bands[2].held(level) for level in (50, 80, 90)] == [False, False, False]


def test_bounds_of_a_band_are_inside():
    for actual, inside in ((9, True), (8, False), (89, True), (90, False)):
        found = track_runs([archived(DECEMBER, horizon=1)], seen((1, 9, actual)))
        assert found.runs[0].bands[0].held(80) is inside


def test_only_periods_that_are_over_count():
    cases = [(date(2026, 1, 31), 1, 2), (date(2026, 2, 27), 1, 2), (date(2026, 2, 28), 2, 1), (date(2027, 1, 1), 3, 0)]
    for last, over, pending in cases:
        (run,) = track_runs([archived(DECEMBER)], seen((1, 9, 5), last=last)).runs
        assert (len(run.bands), run.pending) == (over, pending)


def test_a_stub_is_not_called_a_month():
    (run,) = track_runs([archived(date(2026, 1, 10))], seen((1, 5, 900), (1, 20, 5), (2, 3, 6))).runs
    assert [(band.target, band.actual) for band in run.bands] == [
        ("rest of the month", 5),
        ("month 1", 6),
        ("month 2", 0),
    ]


def test_periods_before_the_actuals_begin_are_not_taken_for_nothing():
    late = outcomes(*days_of_2026((2, 9, 5)), first=date(2026, 2, 9), last=date(2026, 3, 31))
    (run,) = track_runs([archived(DECEMBER)], late).runs
    assert [band.label for band in run.bands] == ["Feb 2026", "Mar 2026"], "the month of the first booking is in"
    assert (run.unknown, run.so_far) == (1, None)
    (run,) = track_runs([archived(DECEMBER)], replace(late, told_first=True)).runs
    assert [band.label for band in run.bands] == ["Mar 2026"], "told days are kept to the day"


def test_a_forecast_of_open_leads_is_held_against_its_own_leads():
    rows = [(1, 9, 30, "a"), (1, 10, 50, "new"), (2, 3, 20, "b")]
    found = track_runs([archived(DECEMBER)], seen(*rows, known={"a", "b", "new"}))
    assert [band.actual for band in found.runs[0].bands] == [30, 20, 0]
    assert found.record.target == "pool"
    total = track_runs([archived(DECEMBER, covers_new=True)], seen(*rows, known={"a", "b", "new"}))
    assert [band.actual for band in total.runs[0].bands] == [80, 20, 0]
    assert total.record.target == "total"
    strangers = track_runs([archived(DECEMBER, names=("x",))], seen(*rows, known={"a", "b", "new"}))
    assert [band.actual for band in strangers.runs[0].bands] == [80, 20, 0]
    assert any("knows none of the leads" in note for note in strangers.notes)
    partly = track_runs([archived(DECEMBER, names=("a", "gone"))], seen(*rows, known={"a", "b"}))
    assert any("1 lead of these runs is not in" in note for note in partly.notes)


def test_two_kinds_of_forecasts_are_not_mixed_in_silence():
    found = track_runs([archived(DECEMBER), archived(JANUARY, covers_new=True)], seen((1, 9, 5)))
    assert any("two kinds of bands" in note for note in found.notes)


def test_bookings_without_leads_say_that_new_business_is_in_them():
    found = track_runs([archived(DECEMBER)], seen((1, 9, 5)))
    assert any("names no leads" in note for note in found.notes)


def test_bands_that_share_days_or_a_run_count_once():
    found = track_runs([archived(DECEMBER), archived(JANUARY), archived(FEBRUARY)], seen((1, 9, 50), (2, 9, 50)))
    near, every = found.covered("month 1", 80), found.covered(EVERY, 80)
    assert (near.bands, near.stretches) == (3, 3)
    assert (every.bands, every.stretches) == (6, 3), "six bands of three forecasts"
    assert (every.low, every.high) == (2 * near.low, 2 * near.high)
    assert not every.enough
    alone = track_runs([archived(DECEMBER)], seen((1, 9, 50)))
    assert alone.covered(EVERY, 80).stretches == 1, "bands of one forecast share its leads"
    weekly = [archived(date(2026, 1, 4) + timedelta(days=7 * week), name=f"{week}") for week in range(3)]
    same = track_runs(weekly, seen((1, 9, 50)))
    assert same.covered("month 1", 80).stretches == 1, "three forecasts of one February"


@pytest.mark.parametrize("seed", range(20))
def test_the_most_periods_that_share_no_day_are_found(seed):
    random = np.random.default_rng(seed)
    starts = random.integers(0, 30, 9)
    lengths = random.integers(0, 9, 9)
    first = date(2026, 1, 1)
    periods = [
        Period(first + timedelta(days=int(start)), first + timedelta(days=int(start + length)))
        for start, length in zip(starts, lengths, strict=True)
    ]
    best = 0
    for chosen in range(2**9):
        some = sorted(periods[at] for at in range(9) if chosen >> at & 1)
        if all(one.end < after.start for one, after in itertools.pairwise(some)):
            best = max(best, len(some))
    assert apart(periods) == best


def test_hits_of_honest_forecasts_are_binomial_and_ranks_are_even():
    random = np.random.default_rng(11)
    runs, rows = [], []
    for at in range(120):
        start = date(2010 + at // 12, at % 12 + 1, 1)
        futures = random.normal(1e6, 2e5, (400, 2)).astype(np.int64)
        runs.append(archived(start - timedelta(days=1), futures, horizon=1))
        rows.append((start, int(random.normal(1e6, 2e5))))
    found = track_runs(runs, outcomes(*rows, first=date(2010, 1, 1), last=date(2019, 12, 31)))
    for level in (50, 80, 90):
        near = found.covered("month 1", level)
        error = math.sqrt(120 * level / 100 * (1 - level / 100))
        assert abs(near.hits - 1.2 * level) < 5 * error  # notices a band that is too narrow by a third
        assert near.enough
    ranks = np.array([band.pit for _, band in found.bands])
    assert abs(ranks.mean() - 0.5) < 5 / math.sqrt(12 * 120)


def test_the_plan_is_asked_of_every_run_on_its_own_futures():
    futures = np.column_stack([np.arange(100), np.zeros(100), np.zeros(100), np.full(100, 7)])
    runs = [
        archived(date(2026, 9, 30), futures, booked=days_of_2026((1, 5, 50), (9, 30, 10))),
        archived(date(2026, 10, 31), futures, booked=days_of_2026((1, 5, 50), (10, 3, 30))),
        archived(date(2026, 6, 30), futures),
    ]
    found = track_runs(runs, outcomes((date(2026, 10, 3), 20), first=date(2026, 7, 1), last=date(2026, 12, 31)), 100)
    assert [run.plan and run.plan.probability for run in found.runs] == [None, 0.6, 0.8]
    june, september, _ = found.runs
    assert june.plan is None, "its futures end in September"
    assert september.plan is not None
    assert september.plan.booked == 60
    assert september.plan.actual == 60 + 20, "what is older than the actuals is what the run knew"
    assert september.plan.made is False
    weeks = track_runs([archived(date(2026, 12, 6), unit="week")], seen((12, 9, 5), last=date(2026, 12, 31)), 100)
    assert weeks.runs[0].plan is None, "the year ends within a week"


def test_a_plan_of_its_own_keeps_its_chance_and_its_end():
    run = archived(DECEMBER, plan=300, probability=0.4)
    open_year = track_runs([run], seen((1, 9, 5)))
    assert open_year.runs[0].plan is not None
    assert (open_year.runs[0].plan.probability, open_year.runs[0].plan.made) == (0.4, None)
    over = seen((1, 9, 250), (8, 8, 50), last=date(2026, 12, 31))
    made = track_runs([run], over)
    assert made.runs[0].plan is not None
    assert (made.runs[0].plan.actual, made.runs[0].plan.made) == (300, True)


@pytest.mark.parametrize(
    ("runs", "happened", "said"),
    [
        ([archived(DECEMBER)], seen((1, 9, 5), last=date(2026, 1, 30)), "on or after 2026-01-31"),
        ([archived(DECEMBER, horizon=1)],
         outcomes((date(2026, 5, 5), 1), first=date(2026, 5, 5), last=date(2026, 5, 31)), "the first day"),
        ([archived(DECEMBER), archived(JANUARY, unit="week")], seen((1, 9, 5)), "its periods must be months"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_in_a_sentence(runs, happened, said):
    with pytest.raises(ScenarioError, match=said):
        track_runs(runs, happened)


def test_nothing_booked_has_no_relative_error_and_the_record_still_travels():
    found = track_runs([archived(DECEMBER)], seen(known=None))
    assert all(math.isnan(one) for one in (*found.wape, *found.bias))
    again = from_plain(TrackRecord, json.loads(json.dumps(to_plain(found.record))), "track_record")
    assert again.bands == found.record.bands
    assert again.source == "archived forecasts"


def test_the_order_of_runs_changes_nothing():
    runs = [archived(DECEMBER), archived(JANUARY), archived(FEBRUARY)]
    happened = seen((1, 9, 50), (2, 9, 50))
    assert track_runs(runs, happened).content_hash == track_runs(runs[::-1], happened).content_hash
    assert track_runs(runs, happened).content_hash != track_runs(runs, seen((1, 9, 51), (2, 9, 50))).content_hash
