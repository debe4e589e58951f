"""What records mean for leads that are open: chances per parameter set and bin, shocks of the periods included.

When will each open lead be won, if the rates are as the records allow and periods stray as they did?  A parameter set
is one joint draw of everything that is uncertain: rates, spreads, the level, and the shock of every period to come.
Leads of one state and age share their law.  Some of it can be held still, to see what the rest does.

What it leaves out: amounts, and leads not yet born.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.execution import Progress, blocks_of, no_progress
from funnelsim.engines.learning.dated_pool import dated_chances, dated_draws
from funnelsim.engines.learning.held import ALL, MEANS, NOTHING, Draws, Held, draws_under, for_all_sets
from funnelsim.engines.learning.law_sets import chances_of_sets, law_sets
from funnelsim.engines.learning.lead_laws import OpenLeads, shared_laws
from funnelsim.engines.learning.past_periods import periods_ahead, phases_of
from funnelsim.engines.learning.segments import (
    SegmentDraws,
    draw_segments,
    drawn_with_segments,
    leads_with_segments,
    with_segments,
)
from funnelsim.engines.learning.shocks import draw_factors, shocked_chances
from funnelsim.model.calendar import Calendar
from funnelsim.model.calibration import PeriodShocks, StageHazards
from funnelsim.model.covariates import DatedHazards, SegmentLaw
from funnelsim.model.known_leads import DEFAULT_SETS
from funnelsim.model.learned import Learned

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Segments = tuple[SegmentLaw, SegmentDraws | None]

MOST_CELLS: Final = 64
"""Cells of future time in which laws are worked out; a cell is a day or longer."""

SETS_AT_ONCE: Final = 4
"""Parameter sets that are walked before Ctrl-C can be answered."""

FOR_RATES: Final = 0x4A7E
FOR_FACTORS: Final = 0xFAC7
FOR_DATES: Final = 0xDA7E
FOR_LOSSES: Final = 0x1057
FOR_SEGMENTS: Final = 0x5E63
"""Purposes of the draws, in the key beside the seed."""


@dataclass(frozen=True, eq=False)
class PoolChances:
    """Chances of open leads under each parameter set.

    Attributes
    ----------
    law : int64, (lead,)
        Which law each lead has.
    ever : float64, (set, law)
        Chance to be won ever, as far as the records reach.
    reached : float64, (set, law, bin)
        Chance to be won by the end of each bin, at most ``ever``.
    factor : float64, (set, period)
        On the hazard of winning in each period.
    """

    law: Ints
    ever: Floats
    reached: Floats
    factor: Floats

    @property
    def sets(self) -> int:
        """Number of parameter sets."""
        return len(self.ever)


def generator(seed: int, purpose: int) -> np.random.Generator:
    """Return a source of draws that seed and purpose determine.

    Parameters
    ----------
    seed, purpose : int
        In [0, 2**64).

    Returns
    -------
    numpy Generator
        Philox.
    """
    return np.random.Generator(np.random.Philox(key=np.array([seed, purpose], dtype=np.uint64)))


def pool_chances(
    learned: Learned,
    leads: OpenLeads,
    calendar: Calendar,
    seed: int = 0,
    sets: int = DEFAULT_SETS,
    independent: bool = False,
    progress: Progress = no_progress,
    held: Held = NOTHING,
) -> PoolChances:
    """Return the chances of open leads.

    Parameters
    ----------
    learned : Learned
        What the records teach, in periods of the calendar's unit.
    leads : OpenLeads
        State and age of each lead when the as-of day ends.
    calendar : Calendar
        As-of day and bins.
    seed, sets : int
        Luck, and how many joint draws.
    independent : bool
        Rates at their means, and no period shocks: one set, in which leads share nothing, whatever else is held.
    progress : callable
        Told the share of the work done since its last call; may raise, to stop it.
    held : Held
        What is alike in all sets; all else is drawn as if nothing were held.

    Returns
    -------
    PoolChances
        Determined by the other arguments.

    Raises
    ------
    ValueError
        If rates are held at a set that is not among the sets.
    """
    if independent:
        sets, held, factor = 1, ALL, np.ones((1, len(calendar.periods)))
    else:
        factor = held.market_of(coming_factors(learned, calendar, seed, sets))
    segments = _segments(learned, leads, seed, sets, held)
    if segments is not None:
        leads = leads_with_segments(leads, segments[0])
    if learned.dated is None or leads.stated is None or np.isnan(leads.stated).all():
        drawn = draws_under(held, learned.hazards, generator(seed, FOR_RATES), sets)
        law, ever, reached = _undated(learned.hazards, leads, calendar, factor, drawn, segments, progress)
    else:
        luck = _Luck(seed, sets, held, independent)
        law, ever, reached = _told_apart(learned, learned.dated, leads, calendar, factor, luck, segments, progress)
    return PoolChances(law, *(for_all_sets(found, sets) for found in (ever, reached, factor)))


class _Luck(NamedTuple):
    """Seed, number of parameter sets, what is held still in them, and whether leads share no market."""

    seed: int
    sets: int
    held: Held
    independent: bool


def _told_apart(
    learned: Learned,
    dated: DatedHazards,
    leads: OpenLeads,
    calendar: Calendar,
    factor: Floats,
    luck: _Luck,
    segments: Segments | None,
    progress: Progress,
) -> tuple[Ints, Floats, Floats]:
    """Return which law each lead has, and the chances of each, where those with a stated close have their own."""
    assert leads.stated is not None
    seed, sets, held, independent = luck
    told = ~np.isnan(leads.stated)
    parts = [lambda share, part=float(part): progress(part * share) for part in (told.mean(), 1.0 - told.mean())]
    with_date, without = (_rows(leads, np.flatnonzero(rows)) for rows in (told, ~told))
    rates = generator(seed, FOR_DATES)
    if dated.flat:
        drawn = draws_under(held, dated.hazards, rates, sets)
        first = _undated(dated.hazards, with_date, calendar, factor, drawn, segments, parts[0])
    else:
        own = dated_draws(dated, rates, sets, held)
        losing = None if independent else _losing(learned, calendar, seed, sets)
        losing = None if losing is None else held.market_of(losing, 1.0)
        first = dated_chances(dated, learned.hazards, with_date, calendar, (factor, losing), own, segments, parts[0])
    drawn = draws_under(held, dated.others, generator(seed, FOR_RATES), sets)
    second = _undated(dated.others, without, calendar, factor, drawn, segments, parts[1])
    law = np.empty(len(told), dtype=np.int64)
    law[told], law[~told] = first[0], second[0] + first[1].shape[1]
    ever, reached = (np.concatenate([first[part], second[part]], axis=1) for part in (1, 2))
    return law, ever, reached


def _segments(learned: Learned, leads: OpenLeads, seed: int, sets: int, held: Held) -> Segments | None:
    """Return what was learned of segments and draws of it, where leads have segments; no draws for the means."""
    if learned.segments is None or leads.segment is None:
        return None
    if held.rates == MEANS:
        return learned.segments, None
    drawn = draw_segments(learned.segments, generator(seed, FOR_SEGMENTS), sets)
    return learned.segments, SegmentDraws(held.of(drawn.won), held.of(drawn.lost))


def _rows(leads: OpenLeads, rows: Ints) -> OpenLeads:
    return leads._replace(**{name: column[rows] for name, column in leads._asdict().items() if column is not None})


def _undated(
    hazards: StageHazards,
    leads: OpenLeads,
    calendar: Calendar,
    factor: Floats,
    drawn: Draws | None,
    segments: Segments | None,
    progress: Progress,
) -> tuple[Ints, Floats, Floats]:
    """Return which law each lead has, and the chances of each under every set; without draws, rates at their means."""
    if segments is not None:
        if drawn is not None and segments[1] is not None:
            drawn = drawn_with_segments(drawn, hazards, segments[1])
        hazards = with_segments(hazards, segments[0])
    alike, law = shared_laws(leads)
    monday = float((calendar.as_of.weekday() + 1) % 7)
    walk = law_sets(hazards, alike, cell_edges(calendar), calendar.bin_ends, monday)
    if drawn is None:
        drawn = [(curve.rate[None], curve.factor[None]) for curve in hazards.curves]
    ever = np.empty((len(factor), len(alike.state)))
    reached = np.empty((len(factor), len(alike.state), len(calendar.bin_ends)))
    walked = chances_of_sets(walk, drawn) if len(drawn[0][0]) == 1 else None
    for low, high in blocks_of(len(factor), SETS_AT_ONCE):
        laws = walked or chances_of_sets(walk, [(rate[low:high], kind[low:high]) for rate, kind in drawn])
        for one in range(low, high):
            won, lost, won_ever = (part[0 if walked else one - low] for part in laws)
            ever[one], reached[one] = under_factors(won, lost, won_ever, factor[one][calendar.period_of_bin])
        progress((high - low) / len(factor))
    return law, ever, reached


def coming_factors(learned: Learned, calendar: Calendar, seed: int, sets: int) -> Floats:
    """Return draws of the factor on the hazard of winning in the periods of a forecast.

    Parameters
    ----------
    learned : Learned
        In periods of the calendar's unit.
    calendar : Calendar
        Periods to come; a stub counts as one.
    seed, sets : int
        Luck, and how many draws.

    Returns
    -------
    float64, (set, period)
        The same for open leads and for new business: both share the market.
    """
    return _coming(learned.shocks, learned.last_day, calendar, generator(seed, FOR_FACTORS), sets)


def _losing(learned: Learned, calendar: Calendar, seed: int, sets: int) -> Floats | None:
    """Return draws of the factor on the hazard of losing of leads with a stated close; None where none was learned."""
    shocks = None if learned.dated is None else learned.dated.lost_shocks
    luck = generator(seed, FOR_LOSSES)
    return None if shocks is None else _coming(shocks, learned.last_day, calendar, luck, sets)


def _coming(shocks: PeriodShocks, last_day: date, calendar: Calendar, luck: np.random.Generator, sets: int) -> Floats:
    """Draw factors of coming periods; the level strays on over periods between the records and the as-of day."""
    phase = phases_of(calendar.periods, calendar.unit, calendar.fiscal_start)
    gap = int(periods_ahead(last_day, calendar)[0]) - 1
    phases = np.concatenate([phase[:1].repeat(gap), phase])
    return draw_factors(shocks, luck, sets, len(phases), phases)[:, gap:]


def cell_edges(calendar: Calendar) -> Floats:
    """Return the edges of the cells of future time in which laws are worked out.

    Parameters
    ----------
    calendar : Calendar
        Its last bin is where the cells end.

    Returns
    -------
    float64, (cell + 1,)
        Days from the end of the as-of day, in equal steps of a day or more.
    """
    days = int(calendar.bin_ends[-1])
    return np.linspace(0.0, days, min(days, MOST_CELLS) + 1)


def under_factors(won: Floats, lost: Floats, won_ever: Floats, factor: Floats) -> tuple[Floats, Floats]:
    """Return the chance to be won ever, and by the end of each bin, under factors on the hazard of winning.

    Parameters
    ----------
    won, lost : float64, (lead, bin)
        Chances within each bin without them.
    won_ever : float64, (lead,)
        Chance to be won ever without them.
    factor : float64, (bin,)
        Beyond the last bin it is 1.

    Returns
    -------
    ever : float64, (lead,)
        In [0, 1].
    reached : float64, (lead, bin)
        At most ``ever``.
    """
    shocked_won, shocked_lost = shocked_chances(won, lost, factor)
    calm = np.maximum(1.0 - (won + lost).sum(axis=1), 0.0)
    left = np.maximum(1.0 - (shocked_won + shocked_lost).sum(axis=1), 0.0)
    later = np.maximum(won_ever - won.sum(axis=1), 0.0)
    reached = np.cumsum(shocked_won, axis=1)
    ever = reached[:, -1] + np.divide(later * left, calm, out=np.zeros_like(later), where=calm > 0.0)
    return np.minimum(ever, 1.0), np.minimum(reached, 1.0)
