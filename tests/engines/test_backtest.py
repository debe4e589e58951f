"""Back-tests of small records: nothing from after an origin gets in, and what is scored is what happened."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from engines.small_histories import MONDAY, history_of, lived, moments
from funnelsim.engines.backtesting import smoothing
from funnelsim.engines.backtesting.actuals import booked_by_period, known_value, won_value
from funnelsim.engines.backtesting.backtest import backtest_history, target_labels
from funnelsim.engines.backtesting.origin_forecast import forecast_origin
from funnelsim.engines.backtesting.origins import origins_of
from funnelsim.engines.backtesting.recalibration import recalibrate, scaled
from funnelsim.engines.backtesting.rivals import mean_of_last, weighted_pipeline
from funnelsim.engines.backtesting.scoring import PERCENTILES, crps, held, percentiles_of
from funnelsim.engines.execution import Execution
from funnelsim.engines.learning.exposure import as_known
from funnelsim.engines.learning.past_periods import midnight
from funnelsim.model.backtest import INDEPENDENT, LAST, MEAN_OF_THREE, OURS, WEIGHTED
from funnelsim.model.backtest_settings import BacktestSettings
from funnelsim.model.calendar import Calendar
from funnelsim.model.history import LOST, NO_MOMENT, NO_MONEY, OPEN, SECONDS_A_DAY, WON, Snapshots

NAN = float("nan")
START = date(1970, 1, 1) + timedelta(seconds=MONDAY)
ONE = Execution(threads=1)


def _rng(seed):
    return np.random.Generator(np.random.Philox(seed))


def _records(seed=0, leads=150):
    rng = _rng(seed)
    history = lived(rng, leads)
    pr = rng.integers(100, 10_000, len(history))
    brought = np.where(rng.random(len(history)) < 0.5, pr, pr // 2)
    return replace(history, pr=pr, amount_won=np.where(history.outcome == WON, brought, NO_MONEY))


SETTINGS = BacktestSettings(
    every="week", replications=40, seed=3, origins=(START + timedelta(days=42), START + timedelta(days=70))
)


@pytest.fixture(scope="module")
def answers():
    return {
        target: backtest_history(_records(), replace(SETTINGS, target=target), Execution(threads=2))
        for target in ("pool", "total")
    }


def test_a_back_test_says_what_it_is_about(answers):
    answer = answers["pool"]
    assert answer.labels == ("week 1", "week 2", "week 3", "week 4", "4-week total")
    assert answer.origins[0] == START + timedelta(days=42)
    assert answer.actual.shape == (len(answer.origins), 5)
    assert [one.name for one in answer.forecasters] == [OURS, INDEPENDENT, WEIGHTED]
    assert [one.name for one in answers["total"].forecasters][:4] == [OURS, INDEPENDENT, LAST, MEAN_OF_THREE]
    assert answer.sets == 40
    assert len(answer.scores) == 3 * 5
    assert answer.ours.percentiles.shape == (*answer.actual.shape, len(PERCENTILES))


def test_a_horizon_of_one_period_has_no_total():
    assert target_labels(BacktestSettings(every="month", horizon=1)) == ("month 1",)


def test_what_happened_is_counted_from_the_records(answers):
    history = _records()
    for target, answer in answers.items():
        for row, first in enumerate(answer.origins):
            moment = midnight(first)
            for ahead in range(4):
                begin, end = (moment + (ahead + more) * 7 * SECONDS_A_DAY for more in (0, 1))
                won = (history.outcome == WON) & (history.closed >= begin) & (history.closed < end)
                if target == "pool":
                    won &= history.created < moment
                assert answer.actual[row, ahead] == history.amount_won[won].sum()
            assert answer.actual[row, 4] == answer.actual[row, :4].sum()
            open_then = (history.created < moment) & ((history.closed == NO_MOMENT) | (history.closed >= moment))
            assert answer.pool_leads[row] == open_then.sum()


def test_every_threading_gives_the_same_bits(answers):
    for target, answer in answers.items():
        again = backtest_history(_records(), replace(SETTINGS, target=target), Execution(threads=1, block=7))
        assert again.content_hash == answer.content_hash
        assert np.array_equal(again.ours.percentiles, answer.ours.percentiles)
    assert answers["pool"].content_hash != answers["total"].content_hash


def test_the_hash_sees_the_luck(answers):
    other = backtest_history(_records(), replace(SETTINGS, seed=4), Execution(threads=2))
    assert other.content_hash != answers["pool"].content_hash


def test_some_origins_agree_with_more(answers):
    answer = answers["pool"]
    asked = replace(SETTINGS, origins=(answer.origins[2], answer.origins[3]))
    part = backtest_history(_records(), asked, ONE)
    assert np.array_equal(part.ours.percentiles, answer.ours.percentiles[2:4])
    assert np.array_equal(part.ours.crps, answer.ours.crps[2:4])


@pytest.mark.parametrize("target", ["pool", "total"])
def test_nothing_after_an_origin_reaches_its_forecast(target):
    """Everything from the origin on is drawn anew: ends, amounts, stages, later leads; the forecast is the same."""
    history = _told(_records(1), _rng(5))
    settings = replace(SETTINGS, target=target)
    calendar = origins_of(history, settings).calendars[3]
    moment = midnight(calendar.periods[0].start)
    plain = forecast_origin(history, settings, calendar, ONE)
    other = forecast_origin(_another_future(history, moment, _rng(6)), settings, calendar, ONE)
    for name in (OURS, INDEPENDENT):
        assert np.array_equal(plain.futures[name], other.futures[name])
        assert np.array_equal(plain.mean[name], other.mean[name])
    assert np.array_equal(plain.weighted, other.weighted)
    assert np.array_equal(plain.behind, other.behind)
    assert plain.pool_leads == other.pool_leads
    assert not np.array_equal(plain.actual, other.actual)


def test_what_was_known_before_an_origin_does_reach_it():
    """The same comparison can fail."""
    history = _records(1)
    calendar = origins_of(history, SETTINGS).calendars[3]
    moment = midnight(calendar.periods[0].start)
    won = np.flatnonzero((history.outcome == WON) & (history.closed < moment))
    changed = history.closed.copy()
    changed[won[0]] = moment + 1
    plain, other = (
        forecast_origin(one, SETTINGS, calendar, ONE) for one in (history, replace(history, closed=changed))
    )
    assert not np.array_equal(plain.futures[OURS], other.futures[OURS])


def _told(history, rng):
    """With snapshots of half the leads, some of them without a value."""
    lead = np.sort(rng.integers(0, len(history), 200))
    taken = np.sort(moments(rng.uniform(0.0, 120.0, 200)))
    pr = np.where(rng.random(200) < 0.3, NO_MONEY, rng.integers(1, 9_999, 200))
    pc = np.where(rng.random(200) < 0.3, NAN, rng.random(200))
    stated = np.where(rng.random(200) < 0.3, NO_MOMENT, taken + rng.integers(0, 10**6, 200))
    return replace(history, snapshots=Snapshots(lead, taken, stated, pr, pc, ("A",) * 200))


def _another_future(history, moment, rng):
    count = len(history)
    late = (history.closed >= moment) | (history.closed == NO_MOMENT)
    known = history.created < moment
    told, after = history.snapshots, history.snapshots.taken >= moment
    return replace(
        history,
        created=np.where(known, history.created, moment + rng.integers(0, 10**5, count)),
        closed=np.where(late, moment + 10**5 + rng.integers(0, 10**6, count), history.closed),
        outcome=np.where(late, rng.integers(1, 3, count), history.outcome).astype(np.int8),
        pr=np.where(known, history.pr, rng.integers(1, 99, count)),
        amount_won=np.where(late, 7, history.amount_won),
        entered=np.where((history.entered >= moment), moment + 10**5, history.entered),
        attributes={"why": tuple(str(one) for one in rng.integers(0, 9, count))},
        extract=history.extract + 10**6,
        snapshots=Snapshots(
            told.lead,
            told.taken,
            np.where(after, 0, told.stated_close),
            np.where(after, 1, told.pr),
            np.where(after, 0.5, told.pc),
            tuple("?" if late else stage for late, stage in zip(after.tolist(), told.stage, strict=True)),
        ),
    )


def test_simulated_futures_have_the_stated_mean():
    """Mean over 150 futures against the exact one: a bias of .41 sd would show."""
    history = _records(2)
    for target in ("pool", "total"):
        settings = replace(SETTINGS, target=target, replications=150)
        calendar = origins_of(history, settings).calendars[4]
        found = forecast_origin(history, settings, calendar, ONE)
        for name in (OURS, INDEPENDENT):
            error = found.futures[name].std(axis=1) / math.sqrt(150)
            assert np.all(np.abs(found.futures[name].mean(axis=1) - found.mean[name]) < 5.0 * error)


def test_segments_are_told_apart_when_asked():
    """Every other lead belongs to somebody who wins none: knowing whose they are, less is expected of them."""
    history = _records(3)
    loser = np.arange(len(history)) % 2 == 0
    owners = tuple("ab"[one] for one in loser.astype(int).tolist())
    history = replace(
        history,
        outcome=np.where(loser & (history.outcome == WON), LOST, history.outcome).astype(np.int8),
        pr=np.where(loser, history.pr, 0),
        attributes={"owner": owners, "why": owners},
    )
    calendar = origins_of(history, SETTINGS).calendars[4]
    plain, apart = (forecast_origin(history, replace(SETTINGS, segment=one), calendar, ONE) for one in (None, "owner"))
    assert apart.mean[OURS].sum() < 0.8 * plain.mean[OURS].sum()


def test_at_pr_a_win_counts_what_was_stated_before():
    history = _records()
    stated = np.full(len(history), 5)
    told = Snapshots(
        np.arange(len(history)), history.created, np.full(len(history), NO_MOMENT), stated,
        np.full(len(history), NAN), ("",) * len(history),
    )  # fmt: skip
    calendar = origins_of(history, SETTINGS).calendars[0]
    found = forecast_origin(replace(history, snapshots=told), replace(SETTINGS, value="pr"), calendar, ONE)
    assert np.all(found.actual % 5 == 0)
    assert np.all(found.futures[OURS] % 5 == 0)
    assert found.actual.sum() > 0


def test_leads_without_potential_revenue_take_the_mean_and_are_counted():
    history = _records()
    history = replace(history, pr=np.where(np.arange(len(history)) % 3 == 0, NO_MONEY, 600))
    value, blank = known_value(history)
    assert set(value.tolist()) == {600}
    assert blank == (history.pr == NO_MONEY).sum()
    answer = backtest_history(history, SETTINGS, ONE)
    assert any("state no potential revenue" in note for note in answer.notes)


def test_no_losses_no_stages_and_three_leads_are_answered():
    history = history_of([1.0, 2.0, 3.0], [30.0, 60.5, NAN], [True, True, False])
    answer = backtest_history(history, SETTINGS, ONE)
    assert np.isfinite(answer.ours.crps).all()
    assert answer.score(WEIGHTED, "week 1").origins == len(answer.origins)


def test_progress_is_told_for_every_origin():
    told = []
    answer = backtest_history(_records(), SETTINGS, Execution(threads=1, progress=told.append))
    assert len(told) == len(answer.origins)
    assert sum(told) == pytest.approx(1.0)


@pytest.mark.parametrize("threads", [1, 2])
def test_it_can_be_stopped(threads):
    told = []

    def stop(share):
        told.append(share)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backtest_history(_records(), SETTINGS, Execution(threads=threads, progress=stop))
    assert len(told) <= threads


def test_the_weighted_pipeline_is_the_spreadsheets():
    """Two of three closed leads were won, on the median 4 and a half days after birth."""
    history = history_of(
        [0.5, 0.5, 0.5, 1.5, 9.5, 12.5],
        [4.5, 5.5, 3.5, NAN, NAN, NAN],
        [True, True, False, False, False, False],
        pr=np.array([1, 1, 1, 300, 600, 900]),
    )
    known = as_known(history, int(moments(14.0)))
    calendar = Calendar(START + timedelta(13), "week", 2)
    assert weighted_pipeline(known, known.pr, calendar) == pytest.approx([(300 + 600 + 900) * 2 / 3, 0.0])
    later = replace(known, stated_close=moments([NAN, NAN, NAN, NAN, 21.0, 28.0]))
    assert weighted_pipeline(later, known.pr, calendar) == pytest.approx([200.0, 400.0])


def test_the_weighted_pipeline_takes_what_was_stated_last():
    history = history_of([0.5, 1.5], [NAN, NAN], [False, False], pr=np.array([1_000, 2_000]))
    told = Snapshots(
        np.array([0, 0, 1]), moments([3.0, 5.0, 4.0]), moments([15.0, 22.0, 16.0]),
        np.array([1_000, 1_000, 2_000]), np.array([0.9, 0.1, 0.5]), ("", "", ""),
    )  # fmt: skip
    known = as_known(replace(history, snapshots=told), int(moments(14.0)))
    calendar = Calendar(START + timedelta(13), "week", 2)
    assert weighted_pipeline(known, known.pr, calendar).tolist() == [1_000.0, 100.0]
    nothing = as_known(history, int(moments(14.0)))
    assert np.isnan(weighted_pipeline(nothing, nothing.pr, calendar)).all()


def test_past_bookings_are_the_last_and_the_mean_of_three():
    booked = np.array([10, 40, 20, 60])
    assert mean_of_last(booked, 2, 1).tolist() == [60.0, 60.0]
    assert mean_of_last(booked, 2, 3).tolist() == [40.0, 40.0]
    assert np.isnan(mean_of_last(booked[:2], 2, 3)).all()


def test_won_value_is_what_was_brought_or_else_potential():
    history = history_of([1.0, 2.0, 3.0], [5.0, 6.0, 7.0], [True, True, False], amount_won=np.array([7, NO_MONEY, -1]))
    assert won_value(history, "booked").tolist() == [7, 1_000, 0]
    assert won_value(history, "pr").tolist() == [1_000, 1_000, 0]


def test_bookings_by_period_are_exact_and_leave_nothing_out():
    history = _records()
    calendar = Calendar(START - timedelta(1), "week", 20)
    booked = booked_by_period(history, won_value(history, "booked"), calendar.periods)
    inside = (history.outcome == WON) & (history.closed >= MONDAY) & (history.closed < midnight(calendar.window.end))
    assert booked.sum() == history.amount_won[inside].sum()
    assert (history.outcome == OPEN).any()


def test_without_the_library_smoothing_is_left_out_with_a_note(monkeypatch):
    monkeypatch.setattr("funnelsim.engines.backtesting.backtest.can_smooth", lambda: False)
    answer = backtest_history(_records(), replace(SETTINGS, target="total", origins=(START + timedelta(42),) * 2), ONE)
    assert len(answer.forecasters) == 4
    assert "AutoETS was not scored: install funnelsim[rivals]." in answer.notes


@pytest.mark.skipif(not smoothing.can_smooth(), reason="the extra `rivals` is not installed")
def test_smoothing_forecasts_a_steady_business_well():
    booked = (1_000_000 * (1.0 + 0.1 * _rng(1).standard_normal(40))).astype(np.int64)
    paths = smoothing.smoothed_futures(booked, 4, "week", 7)
    assert paths is not None
    assert np.array_equal(paths, smoothing.smoothed_futures(booked, 4, "week", 7))
    assert abs(paths.mean() / 1_000_000 - 1.0) < 0.1
    assert smoothing.smoothed_futures(booked[:9], 4, "week", 7) is None


def _planted(width, origins=60, seed=0):
    """Forecasts whose bands are ``width`` times as wide as they should be."""
    rng = _rng(seed)
    centre = rng.uniform(5e6, 9e6, (origins, 2, 1))
    truth = (centre[..., 0] + 1e6 * rng.standard_normal((origins, 2))).astype(np.int64)
    futures = centre + width * 1e6 * rng.standard_normal((origins, 2, 200))
    return np.sort(futures.astype(np.int64), axis=-1), truth


@pytest.mark.parametrize("width", [0.5, 1.0, 2.0])
def test_recalibration_finds_a_planted_width(width):
    """Of a normal law the sd is known from n values to 1 / sqrt(2 n); the score is at least half as sharp as that."""
    ordered, actual = _planted(width, 400)
    found = recalibrate(ordered, actual, 1)
    assert found is not None
    assert abs(math.log(found.factor * width)) < 5.0 * math.sqrt(2.0) / math.sqrt(2.0 * found.fitted * 2)
    if width != 1.0:
        assert found.crps_after < found.crps_before
        wanted = 0.8 * found.of
        assert abs(found.hits_after - wanted) < abs(found.hits_before - wanted)


def test_recalibration_shares_no_period_between_fit_and_test():
    ordered, actual = _planted(0.5, 14)
    found = recalibrate(ordered, actual, 4)
    assert found is not None
    assert (found.fitted, found.tested, found.of) == (5, 6, 12)
    assert 14 - found.tested >= found.fitted + 4 - 1
    changed = actual.copy()
    changed[5:] = 0
    assert recalibrate(ordered, changed, 4).factor == found.factor


def test_recalibration_needs_origins_to_hold_back():
    assert recalibrate(*_planted(1.0, 5), 1) is None
    assert recalibrate(*_planted(1.0, 8), 4) is None
    assert recalibrate(*_planted(1.0, 6), 1) is not None


def test_scaled_futures_keep_their_median_and_do_not_unbook_money():
    ordered = np.array([[0, 10, 20, 30, 40]])
    assert scaled(ordered, 2.0).tolist() == [[0.0, 0.0, 20.0, 40.0, 60.0]]
    assert scaled(ordered, 1.0).tolist() == ordered.tolist()


def test_recalibrated_scores_are_those_of_the_scaled_futures():
    ordered, actual = _planted(0.5, 40)
    found = recalibrate(ordered, actual, 1)
    later = scaled(ordered[20:], found.factor)
    by_hand = [crps(later[at], float(actual[20:][at])) for at in np.ndindex(20, 2)]
    assert found.crps_after == pytest.approx(np.mean(by_hand), rel=1e-9)
    assert found.hits_before == held(percentiles_of(ordered[20:]), actual[20:], 80).sum()
