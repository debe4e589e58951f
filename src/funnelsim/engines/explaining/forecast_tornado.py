"""What moves the answer most, one driver at a time, on common draws.

The question: which of the things that could be otherwise should be argued about first?  Each driver is moved from its
low to its high while everything else, luck included, stays; the interval is that of the paired difference.

What it leaves out: which drivers there are (:mod:`funnelsim.engines.explaining.forecast_drivers`,
:mod:`funnelsim.engines.explaining.learned_drivers`).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from funnelsim.engines.bands import percentile
from funnelsim.engines.explaining.lead_drivers import Driver, Ints
from funnelsim.engines.statistics.paired import chance_difference
from funnelsim.engines.statistics.resampling import percentile_difference
from funnelsim.model.explanation import CHANCE, MIDDLE, DriverBar, Tornado
from funnelsim.model.intervals import Interval

SHOWN_BARS = 8
"""Bars a page shows; a percentile's interval is only worked out for these."""


def tornado_of(drivers: Iterable[Driver], totals: Ints, booked: int, target: int | None, seed: int) -> Tornado:
    """Move every driver from its low to its high.

    Parameters
    ----------
    drivers : iterable of Driver
        Of any forecast.
    totals : int64, (replication,)
        Booked and forecast money of the window, minor units.
    booked : int
        How much of it is booked.
    target : int or None
        Plan for the window: then the measure is the chance of it, else the middle.
    seed : int
        Of resampling.

    Returns
    -------
    Tornado
        By falling size of the swing.
    """
    measure = MIDDLE if target is None else CHANCE
    found = [(driver, driver.low() + booked, driver.high() + booked) for driver in drivers]
    order = sorted(found, key=lambda one: -abs(_measured(one[2], target) - _measured(one[1], target)))
    bars = tuple(_bar(one, target, seed, known=rank < SHOWN_BARS) for rank, one in enumerate(order))
    return Tornado(measure, _measured(totals, target), bars)


def _measured(totals: Ints, target: int | None) -> float:
    if target is not None:
        return float(np.count_nonzero(totals >= target)) / len(totals)
    return float(percentile(np.sort(totals), 50))


def _bar(found: tuple[Driver, Ints, Ints], target: int | None, seed: int, *, known: bool) -> DriverBar:
    driver, low, high = found
    swing: Interval | None
    if target is not None:
        swing = chance_difference(low >= target, high >= target, identical=np.array_equal(low, high))
    else:
        swing = percentile_difference(low, high, 50, seed) if known else None
    return DriverBar(
        name=driver.name,
        low_setting=driver.low_setting,
        high_setting=driver.high_setting,
        low=_measured(low, target),
        high=_measured(high, target),
        swing=swing,
        source=driver.source,
    )
