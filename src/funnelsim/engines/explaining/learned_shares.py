r"""Where the width of a band from records comes from: what they leave open, the market, births, the luck of leads.

With :math:`\mu_m` and :math:`\sigma^2_m` the mean and variance of the window's money under parameter set m,

.. math::

    \mathrm{Var}\,S = E\,\sigma^2_m + \mathrm{Var}\,\mu_m.

The first part is the luck of single leads, in closed form.  The second goes back to rates, periods and births, which
are drawn apart; each gets its Shapley value of it, and of P90 - P10: what it adds, averaged over all orders in which
the sources can be switched on, with the same draws in every subset.  A source that is off is at its mean.

What it leaves out: amounts of open leads, whose spread counts as luck.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from funnelsim.engines.explaining.held_windows import HeldWindows
from funnelsim.engines.explaining.learned_window import InWindow
from funnelsim.engines.explaining.shapley import Sources, shapley, width_of
from funnelsim.engines.learning.held import MEANS, Held
from funnelsim.model.explanation import Shares, WidthShare

RATES: Final = "what the records leave open"
MARKET: Final = "market that all leads share"
BIRTHS: Final = "how many leads come"
LUCK: Final = "luck of single leads"


def learned_shares(windows: HeldWindows) -> Shares:
    """Share the spread of a forecast from records out among its sources.

    Parameters
    ----------
    windows : HeldWindows
        The records behind it.

    Returns
    -------
    Shares
        Parameters are one of the sources; only luck is one of a forecast whose leads share nothing.
    """
    known, free = windows.version.known, windows.free
    shared = [] if known.independent else [RATES, MARKET, *([BIRTHS] if free.learned.new is not None else [])]
    means, inner = free.given_sets
    luck, whole = float(inner.mean()), float(inner.mean() + means.var())
    width = width_of(free.all_money)
    variances = shapley(shared, lambda on: float(_under(windows, on).given_sets[0].var()))
    widths = shapley([*shared, LUCK], lambda on: _width_with(windows, on))
    parts = {**variances, LUCK: luck}
    found = tuple(
        WidthShare(name, parts[name] / whole if whole else 0.0, widths[name] / width if width else 0.0)
        for name in (*shared, LUCK)
    )
    return Shares(math.sqrt(whole), int(width), found)


def _under(windows: HeldWindows, on: Sources) -> InWindow:
    """Return the records with only some sources drawn."""
    rates, market = None if RATES in on else MEANS, None if MARKET in on else 1.0
    return windows.under(Held(rates, market, births=BIRTHS not in on))


def _width_with(windows: HeldWindows, on: Sources) -> float:
    """Return P90 - P10 with only some sources on; without luck a replication has the mean of its parameter set."""
    found = _under(windows, on)
    if LUCK in on:
        return width_of(found.all_money)
    means, _ = found.given_sets
    return width_of(means[np.arange(windows.walk.count) % len(means)])
