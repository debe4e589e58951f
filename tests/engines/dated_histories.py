"""Histories of leads whose close date is stated at birth, by known laws; days are whole."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from engines.small_histories import history_of, moments
from funnelsim.engines.learning.exposure import as_known, open_stays
from funnelsim.engines.learning.lead_laws import open_leads
from funnelsim.engines.learning.learn import learn
from funnelsim.engines.learning.pool_chances import pool_chances
from funnelsim.model.calendar import Calendar
from funnelsim.model.history import NO_MOMENT, SECONDS_A_DAY, WON, History


def firm(rng, leads, stated, length=400.0):
    """Leads won on the day stated, 5 to 119 days after birth, unless cancelled before: 30 % are, evenly on the way."""
    born = np.floor(rng.uniform(-150.0, length, leads))
    ahead = rng.integers(5, 120, leads)
    cancelled = np.floor(born + rng.exponential(-ahead / np.log(0.7)))
    return _seen(born, born + ahead, cancelled, moments(born + ahead) if stated else None, length)


def shared_horizon(rng, leads, length=700.0):
    """Firm dates some days or many months ahead; 30 % are cancelled, after a share of the way that is Beta(1, 2)."""
    born = np.floor(rng.uniform(-300.0, length, leads))
    ahead = np.minimum(np.floor(rng.exponential(60.0, leads)), 300.0)
    gone = born + np.floor(rng.beta(1.0, 2.0, leads) * (ahead + 1.0))
    cancelled = np.where((rng.random(leads) < 0.3) & (gone < born + ahead), gone, np.inf)
    return _seen(born, born + ahead, cancelled, moments(born + ahead), length)


def vague(rng, leads, stated, length=400.0):
    """The same dates, which mean nothing: leads are won at a constant rate, and lost at another."""
    born = np.floor(rng.uniform(-150.0, length, leads))
    said = moments(born + rng.integers(5, 120, leads))
    won_on = np.floor(born + rng.exponential(40.0, leads))
    return _seen(born, won_on, np.floor(born + rng.exponential(60.0, leads)), said if stated else None, length)


def clustered(rng, leads, sd, length=700.0):
    """Firm dates, but the rate of cancelling has a factor in every week that all leads share."""
    born = np.floor(rng.uniform(-150.0, length, leads))
    ahead = rng.integers(5, 120, leads)
    weeks = np.exp(sd * rng.standard_normal(200) - sd * sd / 2.0)
    day = np.arange(-151, int(length) + 200)
    reached = np.concatenate([[0.0], np.cumsum(0.006 * weeks[day // 7 + 30])])
    due = reached[(born + 151.0).astype(int)] + rng.exponential(1.0, leads)
    cancelled = np.searchsorted(reached, due) - 152.0
    return _seen(born, born + ahead, cancelled, moments(born + ahead), length)


def _seen(born, won_on, lost_on, said, length) -> History:
    won, closed = lost_on >= won_on, np.minimum(won_on, lost_on)
    rows = closed >= 0.0
    others = {} if said is None else {"stated_close": said[rows]}
    return history_of(born[rows], np.where(closed < length, closed, np.nan)[rows], won[rows], extract=length, **others)


def forecast_at(history: History, day: float, unit="week", horizon=3, sets=100, dates=True):
    """Forecast of the leads open on a day: actual wins, mean and sd of wins by bin, and what was learned.

    Without ``dates`` nobody looks at what was stated.
    """
    moment = int(moments(day)) // SECONDS_A_DAY * SECONDS_A_DAY
    known = as_known(history, moment)
    if not dates:
        known.stated_close[:] = NO_MOMENT
    learned = learn(known, unit)
    stays = open_stays(known)
    calendar = Calendar(date(1970, 1, 1) + timedelta(days=moment // SECONDS_A_DAY - 1), unit, horizon)
    chances = pool_chances(learned, open_leads(learned.hazards, stays), calendar, 1, sets)
    row = np.flatnonzero(history.created < moment)[stays.row]
    days = (history.closed[row] - moment) // SECONDS_A_DAY + 1
    won = history.outcome[row] == WON
    actual = np.diff([np.count_nonzero(won & (days <= end)) for end in calendar.bin_ends], prepend=0)
    within = np.diff(chances.reached[:, chances.law], axis=2, prepend=0.0)
    wins = within.sum(axis=1)
    luck = (within * (1.0 - within)).sum(axis=1).mean(axis=0)
    return actual, wins.mean(axis=0), np.sqrt(luck + wins.var(axis=0)), learned
