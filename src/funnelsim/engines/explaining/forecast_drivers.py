"""The drivers of a forecast, each with a low and a high end and where they come from.

The question: which settings, and which leads, could plausibly be otherwise?  Ends are those of the published range
where there is one; where an assumption is ours, the range is ours too and is said to be.  Shocks of all leads, or of a
group, are moved to their own P10 and P90.

What it leaves out: drivers that move together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.explaining.forecast_window import Bools, Floats, Ints, RowState, WindowWalk
from funnelsim.engines.explaining.lead_drivers import TENTH, Driver, groups_of, largest_leads
from funnelsim.engines.optimism import published_chances
from funnelsim.engines.pipeline import Shocks, draw_shocks, simulate_bookings
from funnelsim.engines.shocked_odds import log_odds_with_mean
from funnelsim.model.assumptions import DEFAULT_SHOCK_SD, LARGEST_SHOCK_SD, ForecastAssumptions, PushLaw
from funnelsim.model.leads import Leads

SHOCK_RANGE: Final = (13 / 16.5, 20 / 16.5)
"""Published relative errors of a quarter are 13 to 20 %; the default stands for their middle."""
GROUP_RANGE: Final = (0.5, 1.5)
PUSHED_RANGE: Final = (0.36, 0.44)
AGAIN_RANGE: Final = (0.35, 0.65)
LENGTH_RANGE: Final = ((0.7, 0.2, 0.1), (0.3, 0.4, 0.3))
ODDS_RANGE: Final = (0.65, 0.95)
OURS: Final = "the range is ours"


@dataclass(frozen=True, eq=False)
class Base:
    """The forecast that drivers move.

    Attributes
    ----------
    rows : RowState
        All its rows.
    walk : WindowWalk
        Window, seed, replications.
    book : LoweredBook
        The rows lowered.
    inside : bool, (bin + 1,)
        Which bin is the window.
    forecast : int64, (replication,)
        Money in the window without what is booked, minor units.
    """

    rows: RowState
    walk: WindowWalk
    book: LoweredBook
    inside: Bools
    forecast: Ints

    @property
    def leads(self) -> Leads:
        """The rows as read."""
        return self.rows.leads

    @cached_property
    def means(self) -> Floats:
        """Mean money of each row in the window, ``(row,)``, minor units."""
        return self.walk.means(self.rows)

    def unchanged(self) -> Ints:
        """Return the forecast as it is."""
        return self.forecast

    def money_of(self, book: LoweredBook) -> Ints:
        """Return the money of the book, or of one changed from it, ``(replication,)``, minor units."""
        return self.walk.walked(book, self.inside)

    def surely_won(self, rows: Bools) -> Ints:
        """Return the money of some rows whose PC is 1, ``(replication,)``, minor units."""
        alone = self.rows.leads.select(rows)
        return self.walk.totals(replace(self.rows, leads=replace(alone, pc=(Decimal(1),) * len(alone))))

    def group_sd(self, by: str) -> float:
        """Return the sd of the group shock of a column; that of the shared shock, or the default, where it has none."""
        shock = self.rows.assumptions.group_shock
        own = shock.sd if shock is not None and shock.column == by and shock.sd > 0 else 0.0
        return own or self.book.shock_sd or DEFAULT_SHOCK_SD

    def assuming(self, assumptions: ForecastAssumptions) -> Ints:
        """Return the forecast under other assumptions."""
        return self.walk.totals(replace(self.rows, assumptions=assumptions))

    def shocked(self, book: LoweredBook, shocks: Shocks) -> Ints:
        """Return the window's money of a book under given shocks."""
        bookings = simulate_bookings(book, shocks, self.walk.execution)
        return np.ascontiguousarray(bookings[:, int(np.flatnonzero(self.inside)[0])])


def drivers_of(rows: RowState, walk: WindowWalk, forecast: Ints, by: str | None) -> tuple[Driver, ...]:
    """Return every driver of a forecast from stated chances.

    Parameters
    ----------
    rows : RowState
        Its rows.
    walk : WindowWalk
        Window, seed, replications.
    forecast : int64, (replication,)
        Money in the window without what is booked, minor units.
    by : str or None
        Column whose groups are drivers too.

    Returns
    -------
    tuple of Driver
        In no particular order; none when nothing can fall into the window any more.
    """
    lowered = walk.book(rows)
    if lowered is None:
        return ()
    base = Base(rows, walk, *lowered, forecast)
    return (
        *_all_alike(base),
        *_shock_drivers(base),
        *_push_drivers(base),
        _optimism(base),
        *largest_leads(base),
        *(groups_of(base, by) if by is not None else ()),
    )


def _all_alike(base: Base) -> Iterator[Driver]:
    """Yield the shared shock itself, at its P10 and P90."""
    sd = base.book.shock_sd
    if sd == 0:
        return

    def at(shock: float) -> Ints:
        rest = draw_shocks(replace(base.book, shock_sd=0.0), base.walk.seed, 0, base.walk.count)
        alone = rest.multiplier if rest.multiplier.size else np.ones((1, base.walk.count))
        return base.shocked(base.book, replace(rest, multiplier=alone * math.exp(shock)))

    yield Driver(
        "the year, all leads alike",
        "bad (1 in 10)",
        "good (1 in 10)",
        "P10 and P90 of the shared shock",
        lambda: at(-TENTH * sd),
        lambda: at(TENTH * sd),
    )


def _shock_drivers(base: Base) -> Iterator[Driver]:
    now = base.rows.assumptions
    sd = now.shock_sd
    # a smaller shock widens nothing, so the calm end is the low setting whichever way the answer goes
    low, high = (0.0, DEFAULT_SHOCK_SD) if sd == 0 else (min(sd * part, LARGEST_SHOCK_SD) for part in SHOCK_RANGE)
    source = "published forecast errors, 13-20 %" if sd else "as it is, and the default"
    yield _assumed(
        base, "shared shock sd", (replace(now, shock_sd=low), replace(now, shock_sd=high)), (low, high), source
    )
    group = now.group_shock
    if group is not None and group.sd > 0:
        ends = [min(group.sd * part, LARGEST_SHOCK_SD) for part in GROUP_RANGE]
        first, last = (replace(now, group_shock=replace(group, sd=end)) for end in ends)
        yield _assumed(base, f"group shock sd by {group.column}", (first, last), (ends[0], ends[1]), OURS)


def _assumed(
    base: Base,
    name: str,
    ends: tuple[ForecastAssumptions, ForecastAssumptions],
    values: tuple[float | str, float | str],
    source: str,
) -> Driver:
    low, high = (f"{value:.2g}" if isinstance(value, float) else value for value in values)
    return Driver(name, low, high, source, lambda: base.assuming(ends[0]), lambda: base.assuming(ends[1]))


def _push_drivers(base: Base) -> Iterator[Driver]:
    now = base.rows.assumptions
    if now.push is None:
        pushed = replace(now, push=PushLaw())
        yield Driver(
            "close dates",
            "default pushes",
            "as stated",
            "as it is, and the default",
            lambda: base.assuming(pushed),
            base.unchanged,
        )
        return
    push = now.push

    def ends(low: PushLaw, high: PushLaw) -> tuple[ForecastAssumptions, ForecastAssumptions]:
        return replace(now, push=low), replace(now, push=high)

    firsts = ends(replace(push, first=PUSHED_RANGE[0]), replace(push, first=PUSHED_RANGE[1]))
    yield _assumed(base, "pushed at all", firsts, PUSHED_RANGE, "a benchmark of CRM records, 36-44 %")
    again = ends(replace(push, again=AGAIN_RANGE[0]), replace(push, again=AGAIN_RANGE[1]))
    yield _assumed(base, "pushed again", again, AGAIN_RANGE, OURS)
    if push.days == PushLaw().days:
        short, long = (replace(push, weights=weights) for weights in LENGTH_RANGE)
        means = tuple(f"{np.dot(one.days, one.weights):.0f} days" for one in (short, long))
        yield _assumed(base, "length of a push", ends(short, long), (means[0], means[1]), OURS)
    odds = ends(replace(push, odds=ODDS_RANGE[0]), replace(push, odds=ODDS_RANGE[1]))
    yield _assumed(base, "odds of winning per push", odds, ODDS_RANGE, OURS)


def _optimism(base: Base) -> Driver:
    """Return stated PCs as over-optimistic as published ones, against as stated."""
    book = base.book
    chances = published_chances(book.tables.probability)
    sd = float(np.hypot(book.shock_sd, book.group_sd))
    odds = np.exp(log_odds_with_mean(chances[0], sd))[None, :]
    lower = replace(book, tables=book.tables._replace(probability=chances, odds=odds))
    return Driver(
        "over-optimism of stated PCs",
        "as published",
        "none",
        "surveys of what closes, grade C; not applied",
        lambda: base.walk.walked(lower, base.inside),
        base.unchanged,
    )
