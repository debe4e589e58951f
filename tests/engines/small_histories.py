"""Histories made by hand, and histories of leads that live by known rates."""

from __future__ import annotations

import numpy as np

from funnelsim.model.history import LOST, NO_MOMENT, NO_MONEY, OPEN, SECONDS_A_DAY, WON, History

MONDAY = 4 * SECONDS_A_DAY + 700 * 7 * SECONDS_A_DAY


def moments(days) -> np.ndarray:
    """Days from the start of the records as moments; nan is none."""
    days = np.asarray(days, dtype=np.float64)
    known = ~np.isnan(days)
    return np.where(known, MONDAY + np.round(np.where(known, days, 0.0) * SECONDS_A_DAY).astype(np.int64), NO_MOMENT)


def history_of(created, closed, won, entered=None, stages=(), extract=100.0, **others) -> History:
    """A history from days; ``closed`` nan is open."""
    created, closed = np.asarray(created, dtype=np.float64), np.asarray(closed, dtype=np.float64)
    leads = len(created)
    outcome = np.where(np.isnan(closed), OPEN, np.where(np.asarray(won, dtype=bool), WON, LOST)).astype(np.int8)
    pr = np.full(leads, 1_000, dtype=np.int64)
    entered = np.full((leads, len(stages)), np.nan) if entered is None else np.asarray(entered, dtype=np.float64)
    settings = {
        "lead_id": tuple(f"L{row}" for row in range(leads)),
        "created": moments(created),
        "closed": moments(closed),
        "outcome": outcome,
        "pr": pr,
        "amount_won": np.where(outcome == WON, pr, NO_MONEY),
        "stages": tuple(stages),
        "entered": moments(entered),
        "stated_close": np.full(leads, NO_MOMENT),
        "exposure_from": MONDAY,
        "extract": int(moments(extract)),
    }
    return History(**(settings | others))


def lived(rng, leads, length=120.0, before=60.0, forward=0.08, lost=(0.03, 0.04), win=0.05, factor=None) -> History:
    """Leads born evenly from ``before`` days ahead of the records to their end; only those the records could see.

    Unstaged leads move to stage "A" at rate ``forward``, from which they are won at rate ``win``; both lose leads.
    """
    born = rng.uniform(-before, length, leads)
    move, drop = rng.exponential(1.0 / forward, leads), rng.exponential(1.0 / lost[0], leads)
    won_after, drop_later = rng.exponential(1.0 / win, leads), rng.exponential(1.0 / lost[1], leads)
    onward = move < drop
    entered = np.where(onward, born + move, np.nan)
    closed = np.where(onward, born + move + np.minimum(won_after, drop_later), born + drop)
    won = onward & (won_after < drop_later)
    seen = closed >= 0.0
    born, entered, closed, won = born[seen], entered[seen], closed[seen], won[seen]
    closed = np.where(closed < length, closed, np.nan)
    entered = np.where(entered < length, entered, np.nan)
    return history_of(born, closed, won, entered[:, None], ("A",), length)
