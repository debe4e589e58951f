"""Leads that are not born yet: how many of them will be won in each bin, and what they bring.

How much will be booked from leads that nobody has today?  Arrivals follow their level, trend, season and spread; each
new lead goes through the rates by age from its birth, under the same factors of the periods as the open leads; what a
win is worth follows the leads that were won before.  Given a parameter set, wins are Poisson and independent between
bins, because arrivals are Poisson and each goes its own way.

What it leaves out: differences between new leads (pace, size, segment and stated dates take their average), and the
weekdays of birth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator
from scipy.special import pdtr

from funnelsim.engines.execution import Execution, blocks_of, refuse_beyond, run_blocks
from funnelsim.engines.learning.amount_tables import amount_table, empirical_table
from funnelsim.engines.learning.arrivals import draw_arrival_rates, mean_arrivals
from funnelsim.engines.learning.held import ALL, NOTHING, Held, draws_under, for_all_sets
from funnelsim.engines.learning.law_sets import chances_of_sets, law_sets
from funnelsim.engines.learning.lead_laws import OpenLeads
from funnelsim.engines.learning.past_periods import periods_ahead, phases_of
from funnelsim.engines.learning.pool_chances import FOR_RATES, generator, under_factors
from funnelsim.engines.quantile_tables import CELL_WEIGHTS
from funnelsim.engines.row_laws import checked_windows
from funnelsim.errors import DataError, Problem, Shown
from funnelsim.kernels.keyed_random import NEW_AMOUNT, NEW_WINS, purpose_key
from funnelsim.kernels.new_wins import WinLuck, WinTables, new_wins
from funnelsim.model.calendar import Calendar
from funnelsim.model.calibration import StageHazards
from funnelsim.model.leads import lead_key
from funnelsim.model.learned import Learned
from funnelsim.model.money import LARGEST_TOTAL_MINOR

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_CELLS: Final = 64
"""Cells of age in which the law of a new lead is worked out; a cell is a day or shorter where that suffices."""

SLICES: Final = 4
"""Parts of a bin whose births are followed apart: the shock of a period finds them at different ages."""

LARGEST_PART: Final = 256.0
"""Means of wins above it are cut into equal parts, so that no table of thresholds is long."""

WINS_PER_CALL: Final = 1 << 20
"""Wins drawn before Ctrl-C can be answered: about 20 ms."""

FOR_ARRIVALS: Final = 0xA221
FOR_WORTH: Final = 0x3087
FOR_LIVES: Final = 0x11F3
"""Purposes of the draws, in the key beside the seed."""


@dataclass(frozen=True, eq=False)
class NewBusiness:
    """Wins to come of leads born after the as-of day.

    Attributes
    ----------
    arrivals : float64, (set, bin)
        Expected births in each bin.
    wins : float64, (set, bin + 1)
        Expected wins in each bin; the last column is born inside the horizon and won beyond it.
    worth : float64, (CELLS,) or (1,)
        Table of the potential revenue of a win, minor units; 0 where none is known.
    ratio : float64, (CELLS,) or (1,)
        Table of what a win brings in units of that.
    scale : float64, (set,)
        Factor on amounts: how well the mean of the won leads is known.
    key : uint64, (bin + 1,)
        Addresses of the bins' luck: hashes of the days they end on.
    """

    arrivals: Floats
    wins: Floats
    worth: Floats
    ratio: Floats
    scale: Floats
    key: npt.NDArray[np.uint64]

    @property
    def sets(self) -> int:
        """Number of parameter sets; replication r uses set ``r % sets``."""
        return len(self.wins)

    @property
    def priced(self) -> bool:
        """Whether it is known what a win is worth."""
        return bool(self.worth[-1] > 0.0)


@dataclass(frozen=True, eq=False)
class NewBusinessMoments:
    """Money of new business in windows, given each parameter set, minor units.

    Attributes
    ----------
    mean, variance : float64, (set, window)
        Given the set.
    largest : float
        The most that one win can bring.
    """

    mean: Floats
    variance: Floats
    largest: float


def new_business(
    learned: Learned,
    calendar: Calendar,
    factor: Floats,
    seed: int,
    sets: int,
    independent: bool = False,
    held: Held = NOTHING,
) -> NewBusiness:
    """Return the wins to come of leads born after the as-of day.

    Parameters
    ----------
    learned : Learned
        What the records teach, in periods of the calendar's unit.
    calendar : Calendar
        As-of day and bins.
    factor : float64, (set, period)
        On the hazard of winning in each period: the open leads' own.
    seed, sets : int
        Luck, and how many joint draws.
    independent : bool
        Rates and arrivals at their means: one set, whose factor is given as ones, whatever else is held.
    held : Held
        What is alike in all sets; all else is drawn as if nothing were held.  The market is held in ``factor`` alone.

    Returns
    -------
    NewBusiness
        Set m goes with set m of the open leads: the same factors of periods, and the same rates where neither
        stages nor stated dates are recorded; else the rates of whole lives are drawn on their own.

    Raises
    ------
    ValueError
        If rates are held at a set that is not among the sets.
    """
    if independent:
        sets, held = 1, ALL
    ends = calendar.bin_ends
    life = learned.hazards if learned.life is None else learned.life
    edges = np.linspace(0.0, float(ends[-1]), min(4 * int(ends[-1]), MOST_CELLS) + 1)
    cohorts = _cohorts(ends)
    arrivals = _arrivals(learned, calendar, seed, sets, held)
    born = _from_birth(_any_weekday(life), _rates(learned, life, seed, sets, held), edges)
    apart = 1 if len(born[0]) == 1 and (factor == factor[0]).all() else sets
    wins = np.empty((sets, len(ends) + 1))
    for one in range(sets):
        if one < len(born[0]):
            won, lost = (_within_bins(chances[one, 0], edges, cohorts, ends) for chances in born[:2])
            won_ever = np.full(len(cohorts), born[2][one, 0])
        if one < apart:
            ever, reached = under_factors(won, lost, won_ever, factor[one][calendar.period_of_bin])
            chances = np.maximum(np.diff(np.column_stack([reached, ever]), axis=1, prepend=0.0), 0.0)
        wins[one] = np.repeat(arrivals[one] / SLICES, SLICES) @ chances
    worth, ratio, scale = _worth(learned, seed, sets, held)
    days = [*((calendar.as_of + timedelta(days=day)).isoformat() for day in ends.tolist()), "later"]
    key = np.array([lead_key(f"new business {day}") for day in days], dtype=np.uint64)
    return NewBusiness(arrivals, wins, worth, ratio, scale, key)


def _rates(learned: Learned, life: StageHazards, seed: int, sets: int, held: Held) -> list[Floats]:
    """Return rates of each curve, (set, cell) or (1, cell); where there are no stages they are the open leads' own."""
    own = learned.life is None or len(learned.stages) == 0
    drawn = draws_under(held, life, generator(seed, FOR_RATES if own else FOR_LIVES), sets)
    return [curve.rate[None] for curve in life.curves] if drawn is None else [rate for rate, _ in drawn]


def _any_weekday(hazards: StageHazards) -> StageHazards:
    """Return hazards without weekdays: over births on all days their factors average to 1."""
    return replace(hazards, curves=tuple(replace(curve, weekly=np.ones(7)) for curve in hazards.curves))


def _cohorts(ends: Ints) -> Floats:
    """Return from and to which day each cohort is born, (cohort, 2): equal slices of the bins."""
    starts = np.concatenate([[0], ends[:-1]])
    cuts = starts[:, None] + (ends - starts)[:, None] * np.arange(SLICES + 1) / SLICES
    return np.stack([cuts[:, :-1].ravel(), cuts[:, 1:].ravel()], axis=1)


def _from_birth(hazards: StageHazards, rates: list[Floats], edges: Floats) -> tuple[Floats, Floats, Floats]:
    """Return chances to be won and lost within each cell of age, (set, 1, cell), and won ever, (set, 1)."""
    # every class of leads has factor 1, the average over events: which class a new lead will be in, nobody knows yet
    newborn = OpenLeads(np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros((1, len(hazards.pace_cuts)), dtype=np.int64))
    return chances_of_sets(
        law_sets(hazards, newborn, edges, edges[1:], 0.0), [(rate, np.ones_like(rate[:, :1])) for rate in rates]
    )


def _within_bins(chances: Floats, edges: Floats, cohorts: Floats, ends: Ints) -> Floats:
    """Return the chance within each bin of leads born evenly in a stretch of days."""
    # a smooth monotone curve through the chances by age: straight lines lose 1 % of a first month of fast leads
    reached = PchipInterpolator(edges, np.concatenate([[0.0], np.cumsum(chances)]))
    old, young = (np.clip(ends - cohorts[:, side, None], 0.0, edges[-1]) for side in (0, 1))
    area = reached.antiderivative()
    by_end = (area(old) - area(young)) / (cohorts[:, 1] - cohorts[:, 0])[:, None]
    return np.asarray(np.maximum(np.diff(by_end, axis=1, prepend=0.0), 0.0))


def _arrivals(learned: Learned, calendar: Calendar, seed: int, sets: int, held: Held) -> Floats:
    """Return expected births in each bin, (set, bin): those of whole periods, by their days."""
    ahead = periods_ahead(learned.last_day, calendar)
    whole = tuple(calendar.period_of(period.start) for period in calendar.periods)
    phase = phases_of(whole, calendar.unit, calendar.fiscal_start)
    if held.births:
        rates = for_all_sets(mean_arrivals(learned.arrivals, ahead, phase)[None], sets)
    else:
        rates = draw_arrival_rates(learned.arrivals, generator(seed, FOR_ARRIVALS), sets, ahead, phase)
    days = np.diff(calendar.bin_ends, prepend=0)
    place = calendar.period_of_bin
    return np.asarray(rates[:, place] * days / np.array([period.days for period in whole])[place])


def _worth(learned: Learned, seed: int, sets: int, held: Held) -> tuple[Floats, Floats, Floats]:
    """Return what wins are worth, what they bring in units of it, and a factor of each set."""
    # The factor is Gamma of mean 1 with the relative variance of the mean of the won leads' values, as if one more lead
    # had been seen that is as spread as an exponential law: a few wins do not say how large wins get.
    none = np.zeros(1)
    if not len(learned.won_values):
        return none, np.ones(1), np.ones(sets)
    worth = empirical_table(learned.won_values)
    ratio = None if learned.counts_only else amount_table(learned.amounts)
    scale, mean = np.ones(sets), float(learned.won_values.mean())
    if mean > 0.0 and not (held.births or learned.counts_only):
        count = len(learned.won_values)
        spread = (float(np.square(learned.won_values / mean - 1.0).sum()) + 1.0) / (count + 1.0)
        scale = generator(seed, FOR_WORTH).gamma(count / spread, spread / count, size=sets)
    return worth, np.ones(1) if ratio is None else ratio, scale


def simulate_new_business(
    new: NewBusiness, seed: int, first: int, count: int, execution: Execution
) -> npt.NDArray[np.int64]:
    """Draw what new business brings.

    Parameters
    ----------
    new : NewBusiness
        Expected wins and what they bring.
    seed : int
        In [0, 2**64).
    first, count : int
        Which replications.
    execution : Execution
        Threads and block size; without influence on the answer.

    Returns
    -------
    int64, (replication, bin + 1)
        Minor units; the last column is born inside the horizon and won beyond it.

    Raises
    ------
    DataError
        If a replication could sum to more than 2**62 minor units.
    ResourceError
        If the answer would not fit in the memory budget.
    KeyboardInterrupt
        On Ctrl-C, within about 100 ms.
    """
    bins = new.wins.shape[1]
    refuse_beyond(count * bins * 8, execution, f"{count:,} replications of new business")
    bookings = np.zeros((count, bins), dtype=np.int64)
    if not new.priced or not count:
        return bookings
    tables = win_tables(new)
    luck = WinLuck(np.uint64(seed), purpose_key(NEW_WINS), purpose_key(NEW_AMOUNT))
    run = int(np.clip(WINS_PER_CALL / max(float(new.wins.sum(axis=1).max()), 1.0), 1.0, execution.block))

    def work(start: int, end: int, stop: Event) -> None:
        for low, high in blocks_of(end - start, run):
            if stop.is_set():
                return
            new_wins(tables, luck, np.int64(first + start + low), bookings[start + low : start + high])

    run_blocks(work, count, execution)
    return bookings


def win_tables(new: NewBusiness) -> WinTables:
    """Return what the draws of new wins are read from.

    Parameters
    ----------
    new : NewBusiness
        Expected wins and what they bring.

    Returns
    -------
    WinTables
        Chances of counts to a multiple of 2**-53; larger counts than the tables hold have no chance in doubles.

    Raises
    ------
    DataError
        If a replication could sum to more than 2**62 minor units.
    """
    parts = np.maximum(np.ceil(new.wins / LARGEST_PART), 1.0).astype(np.int64)
    mean = (new.wins / parts).ravel()
    length = np.zeros(len(mean), dtype=np.int64)
    found = []
    for low, high in blocks_of(len(mean), 4096):
        part = mean[low:high, None]
        most = int(np.ceil(part.max() + 9.0 * np.sqrt(part.max()) + 20.0))
        reached = pdtr(np.arange(most), part)
        reached[(part == 0.0)[:, 0]] = 1.0
        told = reached < 1.0
        length[low:high] = told.sum(axis=1)
        found.append((reached[told] * 2.0**64).astype(np.uint64))
    begin = np.concatenate([[0], np.cumsum(length)])
    largest = np.rint(new.scale.max() * new.worth[-1] * new.ratio[-1])
    most_wins = float((length.reshape(parts.shape) * parts).sum(axis=1).max())
    if largest * most_wins >= LARGEST_TOTAL_MINOR:
        rule = f"below {LARGEST_TOTAL_MINOR:.3g} minor units in all"
        got = Shown(f"up to {largest * most_wins:.3g}")
        raise DataError(Problem("new business", "amounts", rule, got, "look for amounts in the wrong unit"))
    return WinTables(np.concatenate(found), begin, parts, new.key, new.worth, new.ratio, new.scale)


def new_business_moments(new: NewBusiness, windows: npt.ArrayLike) -> NewBusinessMoments:
    """Return mean and variance of new business in windows, given each parameter set.

    Parameters
    ----------
    new : NewBusiness
        Expected wins and what they bring.
    windows : array_like of bool, (window, bin) or (window, bin + 1)
        Each a run of adjacent bins; the last column is the bin past the horizon.

    Returns
    -------
    NewBusinessMoments
        Exact but for the rounding of each win to minor units: wins are Poisson and independent, so the variance is the
        expected number times the mean square of an amount.
    """
    inside = checked_windows(windows, new.wins.shape[1] - 1)
    wins = new.wins @ inside.T
    (mean, square), (ratio, ratio_square) = _moments(new.worth), _moments(new.ratio)
    scale = new.scale[:, None]
    largest = float(new.scale.max() * new.worth[-1] * new.ratio[-1])
    return NewBusinessMoments(wins * scale * mean * ratio, wins * scale**2 * square * ratio_square, largest)


def _moments(table: Floats) -> tuple[float, float]:
    """Return the means of what a table draws and of its square."""
    if len(table) == 1:
        return float(table[0]), float(table[0]) ** 2
    return float(table @ CELL_WEIGHTS), float(np.square(table) @ CELL_WEIGHTS)
