"""Stated dates: firm ones kept, meaningless ones ignored, cancellations that cluster, statements that change."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from engines.dated_histories import clustered, firm, forecast_at, shared_horizon, vague
from engines.small_histories import history_of, lived, moments
from funnelsim.engines.learning.date_bands import band_edges
from funnelsim.engines.learning.dated_laws import dated_laws, shared_dated_laws, walk_of
from funnelsim.engines.learning.exposure import open_stays, stays_of
from funnelsim.engines.learning.hazards import stage_hazards
from funnelsim.engines.learning.lead_laws import lead_laws, open_leads
from funnelsim.engines.learning.learn import learn
from funnelsim.engines.learning.pool_chances import pool_chances
from funnelsim.engines.learning.stated_dates import dated_due, dated_hazards, draw_dates, draw_horizons
from funnelsim.engines.learning.statements import stated_now, stated_stays
from funnelsim.kernels.dated_walk import DatedEntries, dated_walk, rows_of_room
from funnelsim.model.calendar import Calendar
from funnelsim.model.history import NO_MOMENT, OPEN, WON, Snapshots
from reference import dated_walk as by_loops

NAN = float("nan")


def _rng(seed):
    return np.random.Generator(np.random.Philox(seed))


def test_bands_are_quantiles_and_a_day_with_many_events_is_its_own():
    lags = np.concatenate([np.arange(-40, 0), np.zeros(200), np.arange(1, 11)]).astype(np.int64)
    edges = band_edges(lags)
    assert edges[0] == -40.0
    assert edges[-1] == 11.0
    assert {0.0, 1.0} <= set(edges.tolist())
    assert not len(band_edges(lags[:9]))


def test_firm_dates_are_found():
    """All wins are on the day: the band of that day holds them, and a lead-day there wins nearly surely."""
    history = firm(_rng(1), 3_000, True)
    stays = stays_of(history)
    dated = dated_hazards(stated_stays(history, stays), stage_hazards(stays))
    assert dated.won.edges.tolist() == [0.0, 1.0]
    assert dated.won.events[[0, 2]].tolist() == [0.0, 0.0]
    assert dated.won.factor[0] * dated.hazards.curves[0].rate.max() < 1e-3
    assert 1.0 - math.exp(-dated.won.factor[1] * dated.hazards.curves[0].rate.min()) > 0.99


def test_the_wins_of_a_week_are_those_stated_less_the_cancelled():
    """Twelve origins: mean within 5 standard errors, and bands at most .4 of those that ignore the dates in week 1."""
    missed, width = [], []
    for seed in range(100, 112):
        history = firm(_rng(seed), 1_500, True)
        actual, mean, sd, _ = forecast_at(history, 330.0, sets=60)
        _, _, blind, _ = forecast_at(history, 330.0, sets=60, dates=False)
        missed.append((actual - mean) / sd)
        width.append(sd / blind)
    assert np.all(np.abs(np.mean(missed, axis=0)) < 5.0 / math.sqrt(len(missed)))
    assert np.mean(width, axis=0)[0] < 0.4
    assert np.all(np.mean(width, axis=0) < 0.6)


def test_the_month_of_a_firm_win_is_the_month_stated():
    """Chances lie on the stated day and add up to the true ones: a bias of 10 % would be seen."""
    history = firm(_rng(7), 3_000, True, 400.0)
    learned = learn(history, "month")
    stays = open_stays(history)
    leads = open_leads(learned.hazards, stays)
    few, which = shared_dated_laws(leads, learned.dated, 60.0)
    walk = walk_of(learned.dated, learned.hazards, few, np.arange(61.0), 0.0)
    won = dated_laws(walk).won[which]
    due = np.flatnonzero(stays.stated < 60.0)
    on_the_day = won[due, stays.stated[due].astype(int)]
    assert np.all(on_the_day > 0.98 * won[due].sum(axis=1))
    ahead = (history.stated_close - history.created)[stays.row[due]] / 86_400.0
    truth = 0.7 ** (stays.stated[due] / ahead)
    assert abs(on_the_day.sum() - truth.sum()) < 5.0 * math.sqrt((truth * (1.0 - truth)).sum())


def test_dates_that_mean_nothing_are_not_told_apart():
    """Nothing is told from them, so that the forecast is that without them, to the bit."""
    history = vague(_rng(3), 2_500, True)
    _, mean, sd, learned = forecast_at(history, 330.0)
    _, without, blind, _ = forecast_at(history, 330.0, dates=False)
    assert learned.dated is None
    assert mean.tobytes() == without.tobytes()
    assert sd.tobytes() == blind.tobytes()


def test_leads_with_dates_that_mean_nothing_have_rates_of_their_own():
    """Every other lead has no date and is won half as fast: a bias of 10 % of either group would be seen."""
    rng = _rng(13)
    told = vague(rng, 2_500, True)
    closed = np.where(told.outcome == OPEN, np.nan, (told.closed - int(moments(0.0))) / 86_400.0)
    born = (told.created - int(moments(0.0))) / 86_400.0
    slow = np.arange(len(born)) % 2 == 1
    later = np.where(slow, born + 2.0 * (closed - born), closed)
    later[later >= 400.0] = np.nan
    said = np.where(slow, NO_MOMENT, told.stated_close)
    history = history_of(born, later, told.outcome == WON, extract=400.0, stated_close=said)
    learned = learn(history, "week")
    assert learned.dated.flat
    assert sum(curve.events.sum() for curve in learned.dated.others.curves) == np.sum(~np.isnan(later[slow]))
    assert learned.dated.leads == np.count_nonzero(~slow)


def test_cancellations_that_cluster_are_seen_and_widen_the_band():
    """An sd of .8 a week is told from none, and makes the weeks after the first a fifth wider and more."""
    sd = []
    for spread in (0.0, 0.8):
        history = clustered(_rng(11), 16_000, spread)
        _, _, wide, learned = forecast_at(history, 600.0)
        sd.append(wide)
        low, high = (0.0, 0.3) if spread == 0.0 else (0.5, 1.2)
        assert low <= learned.dated.lost_shocks.shock <= high
        assert learned.shocks.shock < 0.1  # wins on firm dates stray by cancellations only
    assert np.all(sd[1][1:] > 1.2 * sd[0][1:])


def test_leads_that_close_after_a_share_of_their_horizon_are_followed_on_that_clock():
    """Cancelled after a Beta(1, 2) share of 0 to 300 days: wins of two months hold, and so does each third of horizons.

    Six origins of their own; the truth is known lead by lead.  A bias of 2 % of the wins would be seen, and so would
    one of 3 % of those of the longest third.
    """
    missed = []
    for seed in range(200, 206):
        history = shared_horizon(_rng(seed), 5_000)
        learned = learn(history, "month")
        assert learned.dated.lost.scale > 0.0
        stays = open_stays(history)
        leads = open_leads(learned.hazards, stays)
        calendar = Calendar(date(1970, 1, 1) + timedelta(days=int(history.extract) // 86_400 - 1), "month", 2)
        chances = pool_chances(learned, leads, calendar, seed, 1, independent=True)
        horizon = (history.stated_close - history.created)[stays.row] // 86_400
        share = (horizon - stays.stated) / (horizon + 1.0)
        left = 0.7 + 0.3 * (1.0 - np.stack([share, horizon / (horizon + 1.0)])) ** 2
        due = (stays.stated >= 0.0) & (stays.stated < calendar.bin_ends[-1])
        truth = np.where(due, left[1] / left[0], 0.0)
        found = chances.reached[0, chances.law, -1]
        third = np.searchsorted([40, 90], horizon)
        sums = [np.bincount(third, weights=what, minlength=3) for what in (found, truth)]
        missed.append(np.append(sums[0] / sums[1], found.sum() / truth.sum()) - 1.0)
    error = np.std(missed, axis=0, ddof=1) / math.sqrt(len(missed))
    assert np.all(np.abs(np.mean(missed, axis=0)) < 5.0 * error)
    assert 5.0 * error[3] < 0.02
    assert 5.0 * error[2] < 0.03


def test_what_was_due_sums_to_what_was_seen():
    history = firm(_rng(5), 2_000, True)
    stays = stays_of(history)
    split = stated_stays(history, stays)
    dated = dated_hazards(split, stage_hazards(stays))
    seen, due = dated_due(split, dated, np.arange(0.0, 400.0, 50.0))
    assert np.all(np.abs(seen.sum(axis=1) - due.sum(axis=1)) < 5.0 * np.sqrt(seen.sum(axis=1)))


def test_histories_without_dates_are_learned_as_ever():
    history = lived(_rng(2), 800)
    learned = learn(history, "week")
    assert learned.dated is None
    stays = open_stays(history)
    assert np.isnan(stays.stated).all()
    leads, calendar = open_leads(learned.hazards, stays), Calendar(date(2026, 1, 31), "week", 2)
    found, plain = (pool_chances(learned, some, calendar, 3, 8) for some in (leads, leads._replace(stated=None)))
    assert found.reached.tobytes() == plain.reached.tobytes()
    assert found.ever.tobytes() == plain.ever.tobytes()


def test_a_firm_date_of_few_leads_is_a_note_of_nothing():
    """Nine wins are too few to tell bands apart; ten begin to."""
    born = np.arange(9.0)
    history = history_of(born, born + 5.0, [True] * 9, extract=60.0, stated_close=moments(born + 5.0))
    assert learn(history, "week").dated is None


def test_draws_keep_what_is_due():
    dates = learn(firm(_rng(4), 2_000, True), "month").dated.won
    days = dates.factor, dates.error, dates.share, draw_dates(dates, _rng(1), 2_000)
    dates = replace(dates, horizon=dates.factor, horizon_error=dates.error, horizon_share=dates.share)
    ahead = dates.horizon, dates.horizon_error, dates.horizon_share, draw_horizons(dates, _rng(2), 2_000)
    for factor, error, share, drawn in (days, ahead):
        assert error.min() > 0.0
        np.testing.assert_allclose((drawn / factor) @ share, 1.0, rtol=1e-12)
        scale = (drawn / factor).std(axis=0).max()
        assert np.all(np.abs(drawn.mean(axis=0) - factor) < 5.0 * error / math.sqrt(2_000) + factor * scale**2)


def test_without_factors_the_walk_is_that_of_all_leads():
    """Staged leads, all factors 1: the same chances as the law of leads without dates."""
    history = lived(_rng(6), 1_500)
    history.stated_close[:] = np.where(history.closed == NO_MOMENT, history.created + 30 * 86_400, history.closed)
    stays = stays_of(history)
    hazards = stage_hazards(stays)
    dated = dated_hazards(stated_stays(history, stays), hazards)
    for dates in (dated.won, dated.lost, dated.moved):
        dates.factor[:] = 1.0
        dates.horizon[:] = 1.0
    leads = open_leads(hazards, open_stays(history))
    edges = np.arange(31.0)
    found = dated_laws(walk_of(dated, hazards, leads, edges, 0.0))
    plain = lead_laws(dated.hazards, leads, edges)
    np.testing.assert_allclose(found.won, plain.won, atol=1e-12)
    np.testing.assert_allclose(found.lost, plain.lost, atol=1e-12)


def test_entries_go_where_plain_loops_send_them():
    rng = _rng(8)
    entries = DatedEntries(
        np.triu(rng.exponential(0.2, (3, 6, 6))),
        rng.exponential(1.0, (3, 2)),
        rng.exponential(1.0, (3, 2, 6)),
        np.array([0, 1, 1]),
        rng.integers(0, 2, (3, 6)),
        rng.random((3, 6)) / 6.0,
    )
    gone, staying = np.empty((3, 3, 6)), np.empty((3, 6))
    dated_walk(entries, np.empty((rows_of_room(3, 6), 3)), gone, staying)
    for lead in range(3):
        for entry in range(6):
            alone = np.where(np.arange(6) == entry, entries.entering[lead], 0.0)
            kind, day = entries.kind[lead, entry], entries.day[lead]
            expected, left = by_loops.follow(entries.steps, entries.factor[:, kind], entries.pull[:, day], alone)
            gone[:, lead] -= expected
            assert staying[lead, entry] == pytest.approx(left[entry], rel=1e-12)
    np.testing.assert_allclose(gone, 0.0, atol=1e-12)


def test_stays_are_cut_where_a_snapshot_states_another_day():
    """Stated at birth for day 9; on day 4 a snapshot says day 20, on day 6 the same again, on day 8 day 30."""
    said = moments([20.0, 20.0, 30.0])
    shots = Snapshots(np.zeros(3, dtype=np.int64), moments([4.0, 6.0, 8.0]), said, said, np.full(3, NAN), ("",) * 3)
    history = history_of([1.5, 2.5], [12.5, 7.5], [True, True], stated_close=moments([9.0, NAN]), snapshots=shots)
    split = stated_stays(history, stays_of(history))
    assert split.stays.lead.tolist() == [0, 0, 0, 1]
    assert split.stays.start.tolist() == [1.5, 4.0, 8.0, 2.5]
    assert split.stays.stop.tolist() == [4.0, 8.0, 12.5, 7.5]
    assert split.stated[:3].tolist() == [9.0, 20.0, 30.0]
    assert math.isnan(split.stated[3])
    assert (split.stays.cause >= 0).tolist() == [False, False, True, True]
    now = stated_now(history, np.array([0, 1]))
    assert now[0] == 30.0 - 100.0
    assert math.isnan(now[1])
    assert history.stated_close[1] == NO_MOMENT
