"""Money of one window from leads as records knew them on some day: what every step of a learned bridge adds up.

The question: what do these leads, and leads to come, bring between two days, replication by replication?  Leads of one
state and age share a law, so a version of the records is lowered whole and its rows are picked out of it: whoever is
left out changes nobody else's chance, and parts add up to the whole.

What it leaves out: which versions there are (:mod:`funnelsim.engines.explaining.learned_versions`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.execution import Execution, Progress, no_progress
from funnelsim.engines.learned_book import LearnedBook, learned_book
from funnelsim.engines.learning.held import NOTHING, Held
from funnelsim.engines.learning.new_business import NewBusiness, new_business_moments, simulate_new_business
from funnelsim.engines.learning.pool_moments import moments_given_sets
from funnelsim.engines.pipeline import draw_shocks, simulate_bookings
from funnelsim.engines.row_laws import amount_moments, day_spans
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.known_leads import Known
from funnelsim.model.leads import Leads

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Version:
    """Leads as records knew them on some day.

    Attributes
    ----------
    leads : Leads
        All rows of a file.
    known : Known
        State and age of each, and what the records taught.
    calendar : Calendar
        The day, and the periods to come.
    """

    leads: Leads
    known: Known
    calendar: Calendar


@dataclass(frozen=True, eq=False)
class LearnedWalk:
    """How the money of one window is simulated.

    Attributes
    ----------
    days : Period
        The window: whole bins of every calendar that is lowered for it.
    seed, count : int
        Luck, and how many replications.
    execution : Execution
        Without influence on the answer.
    told : callable
        Told the share of each lowering that is done since its last call.
    """

    days: Period
    seed: int
    count: int
    execution: Execution
    told: Progress = no_progress

    def lower(self, version: Version, held: Held = NOTHING) -> InWindow:
        """Lower a version of the records.

        Parameters
        ----------
        version : Version
            Any.
        held : Held
            What is not drawn.

        Returns
        -------
        InWindow
            What it brings.
        """
        book = learned_book(
            version.leads, version.known, version.calendar, self.seed, self.count, held=held, progress=self.told
        )
        return InWindow(self, version, book, bins_inside(version.calendar, self.days))


@dataclass(frozen=True, eq=False)
class InWindow:
    """What one version of the records brings in the window.

    Attributes
    ----------
    walk : LearnedWalk
        Window and luck.
    version : Version
        What was lowered.
    learned : LearnedBook
        Chances under each parameter set.
    inside : bool, (bin + 1,)
        Which bins are the window; none of them once it is over.
    """

    walk: LearnedWalk
    version: Version
    learned: LearnedBook
    inside: Bools

    def money(self, rows: Bools | None = None) -> Ints:
        """Return what open leads bring, ``(replication,)``, minor units; all of them unless rows are picked."""
        return self.money_of(self.learned.book if rows is None else self.learned.book.select(rows))

    def money_of(self, book: LoweredBook) -> Ints:
        """Return what a book of these leads, or one changed from it, brings, ``(replication,)``, minor units."""
        if not book.rows.key.size or not self.inside.any():
            return np.zeros(self.walk.count, dtype=np.int64)
        shocks = draw_shocks(book, self.walk.seed, 0, self.walk.count)
        return self._summed(simulate_bookings(book, shocks, self.walk.execution))

    @cached_property
    def coming(self) -> Ints:
        """What leads to come bring, ``(replication,)``, minor units."""
        return self.coming_of(self.learned.new)

    def coming_of(self, new: NewBusiness | None) -> Ints:
        """Return what leads to come bring if they are other than here, ``(replication,)``, minor units."""
        if new is None or not self.inside.any():
            return np.zeros(self.walk.count, dtype=np.int64)
        walk = self.walk
        return self._summed(simulate_new_business(new, walk.seed, 0, walk.count, walk.execution))

    @cached_property
    def all_money(self) -> Ints:
        """What open leads and leads to come bring, ``(replication,)``, minor units."""
        return self.money() + self.coming

    @cached_property
    def means(self) -> Floats:
        """Mean that each row brings, ``(row,)``, minor units, in closed form."""
        book = self.learned.book
        if not book.rows.key.size or not self.inside.any():
            return np.zeros(book.rows.key.size)
        chance = np.zeros(book.tables.probability.shape[1])
        for chosen in range(book.sets):
            spans = day_spans(book, self.inside[None, :], chosen)
            chance += book.tables.probability[chosen] * spans.chance[:, 0]
        return np.asarray(chance[book.rows.chance_cell] / book.sets * amount_moments(book).mean)

    @cached_property
    def given_sets(self) -> tuple[Floats, Floats]:
        """Mean and variance of all money under each parameter set, ``(set,)`` both, minor units, in closed form."""
        if not self.inside.any():
            return np.zeros(self.learned.chances.sets), np.zeros(self.learned.chances.sets)
        means, inner = moments_given_sets(self.learned.book, self.learned.new, self.inside[None, :])
        return means[:, 0], inner[:, 0]

    @property
    def coming_mean(self) -> float:
        """Mean that leads to come bring, minor units, in closed form."""
        if self.learned.new is None or not self.inside.any():
            return 0.0
        return float(new_business_moments(self.learned.new, self.inside[None, :]).mean.mean())

    def _summed(self, bookings: Ints) -> Ints:
        return np.asarray(bookings[:, self.inside].sum(axis=1))


def version_of(run: ForecastRun, sets: int | None = None) -> Version:
    """Return what a run stood on.

    Parameters
    ----------
    run : ForecastRun
        One from records.
    sets : int, optional
        Joint draws of the parameters, which are luck too; the run's own by default.

    Returns
    -------
    Version
        As the run saw it.
    """
    assert run.known is not None, "only runs from records are explained here"
    known = run.known if sets is None else replace(run.known, sets=sets)
    return Version(run.leads, known, run.calendar)


def bins_inside(calendar: Calendar, days: Period) -> Bools:
    """Return which bins lie in a window.

    Parameters
    ----------
    calendar : Calendar
        Its bins.
    days : Period
        The window.

    Returns
    -------
    bool, (bin + 1,)
        The last is past the horizon and never inside.
    """
    inside = [days.start <= first and last <= days.end for first, last in _bins(calendar)]
    return np.array([*inside, False])


def cut_by(calendar: Calendar, days: Period) -> bool:
    """Tell whether a window cuts a bin, or ends past the horizon.

    Parameters
    ----------
    calendar : Calendar
        Its bins.
    days : Period
        The window; it may begin before the as-of day, and be over.

    Returns
    -------
    bool
        False if every bin is inside or outside, and the window ends by the last.
    """
    inside = bins_inside(calendar, days)[:-1].tolist()
    apart = [last < days.start or days.end < first for first, last in _bins(calendar)]
    whole = all(one or other for one, other in zip(inside, apart, strict=True))
    return not whole or days.end > calendar.window.end


def _bins(calendar: Calendar) -> list[tuple[date, date]]:
    ends = calendar.bin_ends.tolist()
    starts = [0, *ends[:-1]]
    day = calendar.as_of
    return [
        (day + timedelta(days=start + 1), day + timedelta(days=end)) for start, end in zip(starts, ends, strict=True)
    ]
