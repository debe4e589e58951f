"""The simulated pipeline against mathematics that the tests work out for themselves.

Seeds are fixed.  Every docstring names the smallest mistake its test would notice.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from scipy import special

from funnelsim.engines.closed_form import window_moments
from funnelsim.engines.exact_law import window_law
from funnelsim.engines.grid_law import quantile_check
from funnelsim.engines.shocked_odds import log_odds_with_mean
from funnelsim.engines.windows import all_windows
from funnelsim.model.assumptions import ForecastAssumptions, GroupShock, PushLaw
from funnelsim.model.calendar import Calendar
from properties.lead_tables import AS_OF, DEFAULT, GROUPED, STATED, YEAR, Row, book_of, leads_of, walk
from tools import assert_mean, assert_proportion, assert_same_distribution, assert_variance

Z90 = 1.2815515655446004
MANY = 100_000


def grid(sd):
    """Nodes and weights of a standard normal, fine enough for anything smooth here."""
    nodes = np.linspace(-9, 9, 721)
    weights = np.exp(-(nodes**2) / 2)
    return nodes * sd, weights / weights.sum()


def shocked(chance, sd, shock):
    """Chance of a win given a shock, for a lead whose mean chance is ``chance`` under a shock of ``sd``."""
    return special.expit(float(log_odds_with_mean(chance, sd)) + shock)


def wins(chances, assumed, count=MANY, seed=11, regions=None):
    """Win or loss of every lead, ``(lead, replication)``: amounts are powers of two, so a total names its winners."""
    regions = regions or ["north"] * len(chances)
    rows = [
        Row(f"L{place}", 2**place, str(chance), region=region)
        for place, (chance, region) in enumerate(zip(chances, regions, strict=True))
    ]
    totals = walk(book_of(rows, assumptions=assumed), seed, count).sum(axis=1)
    return (totals[None, :] >> np.arange(len(chances))[:, None]) & 1


@pytest.mark.parametrize("assumed", [STATED, DEFAULT, GROUPED], ids=["stated", "default", "grouped"])
def test_every_lead_wins_as_often_as_stated(assumed):
    """Notices a chance that is off by .0016 at .01 and by .008 at .5; shocks must not move the mean."""
    chances = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0, 1]
    for chance, won in zip(chances, wins(chances, assumed), strict=True):
        assert_proportion(int(won.sum()), MANY, chance)


@pytest.mark.parametrize(("sd", "group_sd"), [(0.25, 0.0), (1.0, 0.0), (0.3, 0.8), (0.0, 1.5)])
def test_two_leads_win_together_as_often_as_their_shared_shock_says(sd, group_sd):
    """Notices a joint chance that is off by .002; at sd .25 independent leads would be .003 off."""
    assumed = ForecastAssumptions(shock_sd=sd, group_shock=GroupShock("region", group_sd))
    total_sd = math.hypot(sd, group_sd)
    one, other, elsewhere = wins([0.3, 0.6, 0.6], assumed, 10 * MANY, regions=["n", "n", "s"])
    shock, weights = grid(total_sd)
    together = float(weights @ (shocked(0.3, total_sd, shock) * shocked(0.6, total_sd, shock)))
    assert_proportion(int((one & other).sum()), 10 * MANY, together)
    shared, shared_weights = grid(sd)
    own, own_weights = grid(group_sd)
    given = [shocked(chance, total_sd, np.add.outer(shared, own)) @ own_weights for chance in (0.3, 0.6)]
    assert_proportion(int((one & elsewhere).sum()), 10 * MANY, float(shared_weights @ (given[0] * given[1])))


@pytest.mark.parametrize("sd", [0.0, 0.25, 1.0])
def test_the_tails_of_a_count_of_wins(sd):
    """Notices a tail chance of .01 that is off by 16 %, one of .001 that is off by half."""
    leads, chance = 30, 0.3
    count = wins([chance] * leads, replace(DEFAULT, shock_sd=sd)).sum(axis=0)
    shock, weights = grid(sd)
    given = shocked(chance, sd, shock)
    for least in (0, 3, 9, 15, 18):
        tail = float(weights @ special.bdtrc(least, leads, given))
        assert_proportion(int((count > least).sum()), MANY, tail)


def test_the_law_of_20_independent_leads_is_the_one_added_up_by_hand():
    """Notices a distribution function that is off by .009 anywhere."""
    rng = np.random.default_rng(5)
    amounts, chances = rng.integers(1, 60, 20), rng.integers(1, 20, 20) / 20
    law = np.zeros(int(amounts.sum()) + 1)
    law[0] = 1.0
    for amount, chance in zip(amounts, chances, strict=True):
        law = (1 - chance) * law + chance * np.concatenate([np.zeros(amount), law[:-amount]])
    reached = np.cumsum(law)
    rows = [
        Row(f"L{place}", int(amount), str(chance))
        for place, (amount, chance) in enumerate(zip(amounts, chances, strict=True))
    ]
    totals = walk(book_of(rows, assumptions=STATED), 3, MANY).sum(axis=1)
    assert_same_distribution(totals, lambda x: reached[np.clip(np.floor(x), -1, law.size - 1).astype(int)] * (x >= 0))
    for total in np.argsort(law)[-20:]:
        assert_proportion(int((totals == total).sum()), MANY, float(law[total]))


@pytest.mark.parametrize("seed", [1, 2])
def test_without_shocks_leads_know_nothing_of_each_other(seed):
    """Notices a correlation of .02 between any of 48 leads, or between replications up to 8 apart."""
    leads = 48
    won = wins([0.5] * leads, STATED, seed=seed).astype(np.float64) * 2 - 1
    correlation = won @ won.T / MANY
    pairs = correlation[np.triu_indices(leads, 1)]
    tests = pairs.size + 8 * leads
    limit = float(-special.ndtri(special.ndtr(-5.0) / tests)) / math.sqrt(MANY)
    assert np.abs(pairs).max() < limit
    for lag in range(1, 9):
        own = (won[:, lag:] * won[:, :-lag]).mean(axis=1)
        assert np.abs(own).max() < limit * math.sqrt(MANY / (MANY - lag))
    assert_variance(pairs * math.sqrt(MANY), 1.0, fourth_moment=3.0)


def three_sets(book):
    """A book under three parameter sets: chances and day laws differ from set to set."""
    tables = book.tables
    sd = math.hypot(book.shock_sd, book.group_sd)
    probability = np.stack([np.clip(tables.probability[0] * factor, 0, 1) for factor in (0.5, 1.0, 1.4)])
    odds = np.stack([np.exp(log_odds_with_mean(row, sd)) for row in probability])
    order = np.argsort(np.arange(tables.day_edges.shape[0]) * 7 % tables.day_edges.shape[0])
    edges = np.concatenate([tables.day_edges, tables.day_edges[order], tables.day_edges], axis=1)
    first = np.concatenate([tables.day_first, tables.day_first[order], tables.day_first], axis=1)
    last = np.concatenate([tables.day_last, tables.day_last[order], tables.day_last], axis=1)
    return replace(
        book,
        tables=tables._replace(probability=probability, odds=odds, day_edges=edges, day_first=first, day_last=last),
    )


def mixture_moments(book):
    """Mean and variance of all money, worked out lead by lead on grids; constant amounts, one row per lead."""
    rows, tables = book.rows, book.tables
    sd = math.hypot(book.shock_sd, book.group_sd)
    shared, shared_weights = grid(book.shock_sd)
    own, own_weights = grid(book.group_sd)
    means, seconds = [], []
    for chosen in range(book.sets):
        mean = np.zeros(shared.size)
        variance = np.zeros(shared.size)
        for group in np.unique(rows.group):
            group_mean = np.zeros((shared.size, own.size))
            group_variance = np.zeros((shared.size, own.size))
            for row in np.flatnonzero(rows.group == group):
                chance = tables.probability[chosen, rows.chance_cell[row]]
                p = np.full((shared.size, own.size), chance) if chance in {0, 1} else None
                p = shocked(chance, sd, np.add.outer(shared, own)) if p is None else p
                group_mean += rows.amount[row] * p
                group_variance += float(rows.amount[row]) ** 2 * p * (1 - p)
            given = group_mean @ own_weights
            mean += given
            variance += group_variance @ own_weights + group_mean**2 @ own_weights - given**2
        means.append(float(shared_weights @ mean))
        seconds.append(float(shared_weights @ (variance + mean**2)))
    mean = float(np.mean(means))
    return mean, float(np.mean(seconds)) - mean**2


@pytest.mark.slow
@pytest.mark.parametrize(("sd", "group_sd"), [(0.0, 0.0), (0.5, 0.0), (0.4, 0.7)])
def test_three_parameter_sets_under_shocks_are_the_mixture(sd, group_sd):
    """Notices a total's mean that is off by 0.6 %, its variance off by 1.3 %, a month's mean off by 0.9 to 6 %."""
    assumed = ForecastAssumptions(shock_sd=sd, group_shock=GroupShock("region", group_sd))
    rng = np.random.default_rng(8)
    rows = [
        Row(
            f"L{place}",
            int(rng.integers(1000, 90_000)),
            str(rng.integers(0, 15) / 20),
            AS_OF + timedelta(days=int(rng.integers(1, 400))),
            region="abc"[place % 3],
        )
        for place in range(24)
    ]
    book = three_sets(book_of(rows, assumptions=assumed))
    mean, variance = mixture_moments(book)
    bookings = walk(book, 21, 3 * MANY)
    totals = bookings.sum(axis=1)
    assert_mean(totals, mean, sd=math.sqrt(variance))
    assert_variance(totals, variance)
    windows = all_windows(YEAR)
    exact = window_moments(book, windows)
    for window, month_mean, month_variance in zip(windows, exact.mean, exact.variance, strict=True):
        money = bookings @ window
        assert_mean(money, month_mean, sd=math.sqrt(month_variance))
        assert_variance(money, month_variance)
    everything = window_moments(book, np.ones((1, book.bins + 1), dtype=bool))
    assert everything.mean[0] == pytest.approx(mean, rel=1e-12)
    assert everything.variance[0] == pytest.approx(variance, rel=1e-9)


@pytest.mark.parametrize("overdue", [False, True])
def test_a_pushed_winner_closes_when_the_law_of_pushes_says(overdue):
    """Notices a day law that is off by .008 in any week; the law is added up here push by push."""
    push, chance = PushLaw(), 0.35
    counts = push.counts(overdue=overdue)
    low, high = -50.0, 50.0
    for _ in range(200):
        middle = (low + high) / 2
        won = counts @ special.expit(middle + math.log(push.odds) * np.arange(5))
        low, high = (middle, high) if won < chance else (low, middle)
    given = counts * special.expit(low + math.log(push.odds) * np.arange(5)) / chance
    start = 0 if overdue else 45
    law: dict[int, float] = {}
    sums = {0: 1.0}
    for share in given:
        for days, weight in sums.items():
            law[start + days] = law.get(start + days, 0.0) + share * weight
        sums = {
            days + more: sum(
                weight * push.weights[push.days.index(step)]
                for before, weight in sums.items()
                for step in push.days
                if before + step == days + more
            )
            for days in sums
            for more in push.days
        }
    calendar = Calendar(date(2026, 3, 29), "week", 60)
    close = calendar.as_of + timedelta(days=-10 if overdue else 45)
    bookings = walk(book_of([Row("one", 1, str(chance), close)], calendar), 4, MANY)
    assert_proportion(int(bookings.sum()), MANY, chance)
    cut = np.array([0, *calendar.bin_ends, 10**6])
    for place, (after, upto) in enumerate(pairwise(cut)):
        wanted = chance * sum(weight for day, weight in law.items() if after < day <= upto)
        assert_proportion(int(bookings[:, place].sum()), MANY, wanted)


def spread_rows():
    """Leads with amounts and dates of their own, as P10 to P90."""
    days = [AS_OF + timedelta(days=each) for each in (20, 90, 60, 200, 100, 500)]
    return [
        Row("a", 300_00, "0.4", amount=(100_00, 900_00), days=(days[0], days[1])),
        Row("b", 500_00, "0.7", amount=(400_00, 600_00), days=(days[2], days[3])),
        Row("c", 250_00, "0.2", date(2026, 9, 9), days=(days[4], days[5])),
        Row("d", 800_00, "1", date(2026, 7, 7), amount=(200_00, 2000_00)),
    ]


def lognormal(p10, p90):
    """Location and scale on the log of the lognormal with these percentiles."""
    return (math.log(p10) + math.log(p90)) / 2, math.log(p90 / p10) / (2 * Z90)


def month_law(row, shock_free_days):
    """Chance of each month for a winner."""
    ends = np.array([(period.end - AS_OF).days for period in YEAR.periods], dtype=float)
    if row.days is None:
        reached = (ends >= shock_free_days).astype(float)
    else:
        centre, scale = lognormal((row.days[0] - AS_OF).days, (row.days[1] - AS_OF).days)
        reached = special.ndtr((np.log(ends) - centre) / scale)
    return np.diff(reached, prepend=0.0)


def amount_moments(row):
    """Mean and mean square of a row's amount."""
    if row.amount is None:
        return float(row.pr), float(row.pr) ** 2
    centre, scale = lognormal(*row.amount)
    return math.exp(centre + scale**2 / 2), math.exp(2 * centre + 2 * scale**2)


@pytest.mark.slow
def test_spreads_of_amounts_and_dates_have_the_moments_of_their_lognormals():
    """Notices a month's mean that is off by 0.5 to 5 %, a variance that is off by 3 to 20 %; a million replications."""
    rows = spread_rows()
    assumed = ForecastAssumptions(shock_sd=0.0, push=None)
    bookings = walk(book_of(rows, assumptions=assumed), 9, 10 * MANY)
    for month in range(12):
        mean = variance = 0.0
        for row in rows:
            first, second = amount_moments(row)
            chance = float(row.pc) * month_law(row, (row.close - AS_OF).days)[month]
            mean += chance * first
            variance += chance * second - (chance * first) ** 2
        assert_mean(bookings[:, month], mean, sd=math.sqrt(variance))
        if mean > 0:
            assert_variance(bookings[:, month], variance)


def test_percentiles_of_a_drawn_amount_are_those_of_its_lognormal():
    """Notices a percentile that sits .005 (P5, P95) to .008 (P50) of probability away from where it should."""
    row = spread_rows()[3]
    totals = np.sort(walk(book_of([row], assumptions=ForecastAssumptions(push=None)), 2, MANY).sum(axis=1))
    centre, scale = lognormal(*row.amount)
    for percent in (5, 10, 25, 50, 75, 90, 95):
        exact = math.exp(centre + scale * special.ndtri(percent / 100))
        assert_proportion(int((totals <= exact).sum()), MANY, percent / 100)
    assert_same_distribution(totals, lambda x: special.ndtr((np.log(np.maximum(x, 1e-9)) - centre) / scale))


def test_stated_dates_and_amounts_of_a_file_with_spreads():
    """As stated nothing is drawn but the win: a month is one Bernoulli per lead; exact where no lead is due."""
    rows = spread_rows()
    bookings = walk(book_of(rows, assumptions=STATED), 2, MANY)
    assert set(bookings[:, 3]) == {800_00}
    by_month = bookings[:, 2]
    assert set(np.unique(by_month)) == {0, 300_00, 500_00, 800_00}
    assert_proportion(int((by_month == 800_00).sum()), MANY, 0.4 * 0.7)


@pytest.mark.slow
@pytest.mark.parametrize("assumed", [STATED, DEFAULT, GROUPED], ids=["stated", "default", "grouped"])
def test_every_percentile_agrees_with_the_exact_law(assumed):
    """Notices a percentile that sits .005 to .008 of probability away from where it should, in any of 25 windows."""
    rng = np.random.default_rng(17)
    rows = [
        Row(
            f"L{place}",
            int(rng.integers(1, 5_000_000)),
            str(rng.integers(1, 100) / 100),
            AS_OF + timedelta(days=int(rng.integers(-20, 420))),
            region="nsew"[place % 4],
        )
        for place in range(150)
    ]
    book = book_of(rows, assumptions=assumed)
    bookings = walk(book, 5, MANY)
    windows = all_windows(YEAR)
    moments = window_moments(book, windows)
    law_too = range(len(windows)) if assumed is not GROUPED else (0, 8, 17, 23)
    for row, window in enumerate(windows):
        totals = np.sort(bookings @ window)
        assert_mean(totals, float(moments.mean[row]), sd=float(moments.sd[row]))
        if row not in law_too:  # a group shock's law takes seconds per window
            continue
        law = window_law(book, window)
        for percent in (5, 10, 25, 50, 75, 90, 95):
            assert quantile_check(law, totals, percent / 100), (row, percent)
    total = leads_of(rows).expected_value()
    everything = window_moments(book, np.ones((1, book.bins + 1), dtype=bool))
    assert everything.mean[0] == pytest.approx(float(total), rel=1e-12)
    assert_mean(bookings.sum(axis=1), float(total), sd=float(everything.sd[0]))
