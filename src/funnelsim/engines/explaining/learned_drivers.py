"""The drivers of a forecast from records: what the records leave open, and what nobody can know, at its P10 and P90.

The question: which of the things that could be otherwise moves the answer most?  Every end is what one in ten draws
from the records is beyond; only the shock of a group of leads is ours, and is said to be.

What it leaves out: drivers that move together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.explaining.held_windows import HeldWindows
from funnelsim.engines.explaining.lead_drivers import Driver, groups_of, largest_leads
from funnelsim.engines.learning.held import Held
from funnelsim.engines.learning.new_business import NewBusiness
from funnelsim.model.assumptions import DEFAULT_SHOCK_SD
from funnelsim.model.leads import Leads

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

TENTHS: Final = (10, 90)


@dataclass(frozen=True, eq=False)
class LearnedBase:
    """A forecast from records that drivers move; money in minor units, one entry a replication.

    Attributes
    ----------
    windows : HeldWindows
        The records, with anything held still.
    """

    windows: HeldWindows

    @property
    def leads(self) -> Leads:
        """Its rows."""
        return self.windows.version.leads

    @property
    def book(self) -> LoweredBook:
        """The rows lowered."""
        return self.windows.free.learned.book

    @property
    def forecast(self) -> Ints:
        """Money in the window, of open leads and of leads to come."""
        return self.windows.free.all_money

    @property
    def means(self) -> Floats:
        """Mean money of each row in the window, ``(row,)``."""
        return self.windows.free.means

    def money_of(self, book: LoweredBook) -> Ints:
        """Return the money of the book, or of one changed from it."""
        return self.windows.free.money_of(book)

    def surely_won(self, rows: Bools) -> Ints:
        """Return the money of some rows if they were surely won, when the records say that such leads are."""
        alone = self.book.select(rows)
        tables = alone.tables
        sure = tables._replace(probability=np.ones_like(tables.probability), odds=np.full_like(tables.odds, np.inf))
        return self.money_of(replace(alone, tables=sure))

    def group_sd(self, by: str) -> float:
        """Return the sd of a shock that a group could have: the default, because records are not asked for it."""
        del by
        return DEFAULT_SHOCK_SD


def learned_drivers(windows: HeldWindows, by: str | None) -> tuple[Driver, ...]:
    """Return every driver of a forecast from records.

    Parameters
    ----------
    windows : HeldWindows
        The records behind it.
    by : str or None
        Column whose groups are drivers too.

    Returns
    -------
    tuple of Driver
        In no particular order; none once the window is over.
    """
    if not windows.free.inside.any():
        return ()
    base = LearnedBase(windows)
    shared = () if windows.version.known.independent else (*_market(windows), *_rates(windows), *_coming(windows))
    return (*shared, *largest_leads(base), *(groups_of(base, by) if by is not None else ()))


def _market(windows: HeldWindows) -> Iterator[Driver]:
    """Yield the factors of all periods in the window, together at their P10 and P90."""
    free = windows.free
    periods = np.unique(windows.version.calendar.period_of_bin[free.inside[:-1]])
    mean = free.learned.chances.factor[:, periods].mean(axis=1)
    low, high = _tenths(mean / mean.mean())
    if low < high:
        source = f"P10 and P90 of the records' periods: {low:.2f} and {high:.2f} times the usual rate of winning"
        ends = [partial(_money_under, windows, Held(market=value)) for value in (low, high)]
        yield Driver("the market, all leads alike", "bad (1 in 10)", "good (1 in 10)", source, *ends)


def _rates(windows: HeldWindows) -> Iterator[Driver]:
    """Yield the draws of the rates under which the window's mean is at its P10 and P90."""
    means, _ = windows.under(Held(market=1.0, births=True)).given_sets
    order = np.argsort(means, kind="stable")
    low, high = (int(order[-(-len(order) * percent // 100) - 1]) for percent in TENTHS)
    if means[low] < means[high]:
        source = "P10 and P90 of what the records allow"
        ends = [partial(_money_under, windows, Held(rates=one)) for one in (low, high)]
        yield Driver("rates of the records", "low (1 in 10)", "high (1 in 10)", source, *ends)


def _coming(windows: HeldWindows) -> Iterator[Driver]:
    """Yield how many leads come, and what their wins bring."""
    free, calm = windows.free, windows.under(Held(births=True))
    new, usual = free.learned.new, calm.learned.new
    if new is None or usual is None or not new.priced:
        return
    last = int(np.flatnonzero(free.inside)[-1])
    born = new.arrivals[:, : last + 1].sum(axis=1)
    few, many = _tenths(born / born.mean()) if born.any() else (1.0, 1.0)

    def times(value: float) -> NewBusiness:
        return replace(usual, arrivals=usual.arrivals * value, wins=usual.wins * value, scale=new.scale)

    if few != many:
        yield Driver(
            "new leads that come",
            "few (1 in 10)",
            "many (1 in 10)",
            f"P10 and P90 of the records' births: {few:.2f} and {many:.2f} times as many",
            _with_new(windows, times(few)),
            _with_new(windows, times(many)),
        )
    little, much = _tenths(new.scale)
    if little != much:
        yield Driver(
            "what new wins bring",
            "little (1 in 10)",
            "much (1 in 10)",
            f"P10 and P90 of how well the mean win is known: {little:.2f} and {much:.2f} times",
            *(_with_new(windows, replace(new, scale=np.full_like(new.scale, value))) for value in (little, much)),
        )


def _money_under(windows: HeldWindows, held: Held) -> Ints:
    return windows.under(held).all_money


def _with_new(windows: HeldWindows, new: NewBusiness) -> Callable[[], Ints]:
    free = windows.free
    return lambda: free.all_money - free.coming + free.coming_of(new)


def _tenths(values: Floats) -> tuple[float, float]:
    low, high = np.percentile(values, TENTHS, method="inverted_cdf")
    return float(low), float(high)
