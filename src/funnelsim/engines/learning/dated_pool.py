"""Chances of open leads with a stated close under draws of everything that is uncertain.

As for leads without one (:mod:`funnelsim.engines.learning.pool_chances`), but the factors of periods act within days:
a lead that is won on its stated day unless it is lost before is won in a poor month too, and what strays from month to
month is how many are lost.

What it leaves out: leads without a stated close.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.execution import Progress, no_progress
from funnelsim.engines.learning.dated_laws import DatedRates, dated_laws, shared_dated_laws, walk_of
from funnelsim.engines.learning.held import Draws, Held, draws_under, one_of
from funnelsim.engines.learning.lead_laws import OpenLeads
from funnelsim.engines.learning.segments import SegmentDraws, drawn_with_segments, with_segments
from funnelsim.engines.learning.stated_dates import draw_dates, draw_horizons
from funnelsim.model.calendar import Calendar
from funnelsim.model.calibration import LeadLaws, StageHazards
from funnelsim.model.covariates import DatedHazards, SegmentLaw

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_CELLS: Final = 128
"""Cells of future time, about, for leads that cannot change their stage."""

MOST_STAGED_CELLS: Final = 32
"""The same for leads that can: what follows an entry is worked out for each pair of cells."""


class DatedDraws(NamedTuple):
    """Joint draws: of the rates of each curve, and of factors on winning, losing and moving on.

    ``won``, ``lost`` and ``moved`` hold factors of days and of horizons, (draw, band) each.
    """

    rates: Draws
    won: tuple[Floats, Floats]
    lost: tuple[Floats, Floats]
    moved: tuple[Floats, Floats]

    def of(self, one: int) -> DatedRates:
        """Return the draw of a set; the only one where there is one draw."""
        pulls = [(one_of(days, one), one_of(ahead, one)) for days, ahead in self[1:]]
        return DatedRates([(one_of(rate, one), one_of(kind, one)) for rate, kind in self.rates], *pulls)


def dated_chances(
    dated: DatedHazards,
    hazards: StageHazards,
    leads: OpenLeads,
    calendar: Calendar,
    factors: tuple[Floats, Floats | None],
    drawn: DatedDraws | None,
    segments: tuple[SegmentLaw, SegmentDraws | None] | None = None,
    progress: Progress = no_progress,
) -> tuple[Ints, Floats, Floats]:
    """Return the chances of open leads with a stated close.

    Parameters
    ----------
    dated : DatedHazards
        What was learned of such leads.
    hazards : StageHazards
        Of all leads.
    leads : OpenLeads
        All with a stated close.
    calendar : Calendar
        As-of day and bins.
    factors : pair of float64, (set, period)
        On the hazard of winning in each period, the same as for all other leads, and on that of losing, None for 1.
    drawn : DatedDraws or None
        As many draws as sets, or one that all have; None for rates at their means.
    segments : SegmentLaw and its draws, optional
        Where the leads' classes tell segments apart; without draws at their means.
    progress : callable
        Told the share of the work done since its last call, after each set; may raise, to stop it.

    Returns
    -------
    law : int64, (lead,)
        Which law each lead has.
    ever : float64, (set, law)
        Chance to be won ever.
    reached : float64, (set, law, bin)
        Chance to be won by the end of each bin, at most ``ever``.
    """
    alike, law = shared_dated_laws(leads, dated, float(calendar.bin_ends[-1]))
    edges = bin_cells(calendar, MOST_STAGED_CELLS if hazards.won > 1 else MOST_CELLS)
    apart = dated
    if segments is not None:
        apart = replace(dated, hazards=with_segments(dated.hazards, segments[0]))
        hazards = with_segments(hazards, segments[0])
    walk = walk_of(apart, hazards, alike, edges, float((calendar.as_of.weekday() + 1) % 7))
    bin_of = np.searchsorted(calendar.bin_ends, edges[1:])
    period_of = calendar.period_of_bin[bin_of]
    ends = np.searchsorted(edges, calendar.bin_ends) - 1
    winning, losing = factors
    losing = np.ones_like(winning) if losing is None else losing
    if drawn is not None and segments is not None and segments[1] is not None:
        drawn = drawn._replace(rates=drawn_with_segments(drawn.rates, dated.hazards, segments[1]))
    sets = len(winning)
    ever, reached = np.empty((sets, len(alike.state))), np.empty((sets, len(alike.state), len(ends)))
    for one in range(sets):
        draw = None if drawn is None else drawn.of(one)
        laws = dated_laws(walk, draw, winning[one][period_of], losing[one][period_of])
        ever[one], reached[one] = _by_bin(laws, ends)
        progress(1.0 / sets)
    return law, ever, reached


def dated_draws(dated: DatedHazards, luck: np.random.Generator, sets: int, held: Held) -> DatedDraws | None:
    """Return draws of the rates of leads with a stated close, as far as they are not held.

    Parameters
    ----------
    dated : DatedHazards
        What was learned of such leads.
    luck : numpy Generator
        Source of draws.
    sets : int
        How many draws.
    held : Held
        What is held still.

    Returns
    -------
    DatedDraws or None
        One draw where a set is held; None where the means are.

    Raises
    ------
    ValueError
        If rates are held at a set that is not among the sets.
    """
    rates = draws_under(held, dated.hazards, luck, sets)
    if rates is None:
        return None
    pulls = [
        (draw_dates(dates, luck, sets), draw_horizons(dates, luck, sets))
        for dates in (dated.won, dated.lost, dated.moved)
    ]
    return DatedDraws(rates, *((held.of(days), held.of(ahead)) for days, ahead in pulls))


def bin_cells(calendar: Calendar, most: int) -> Floats:
    """Return the edges of cells of whole days, among them the ends of all bins.

    Parameters
    ----------
    calendar : Calendar
        Its last bin is where the cells end.
    most : int
        Cells, about: days where the horizon has no more.

    Returns
    -------
    float64, (cell + 1,)
        Days from the end of the as-of day.
    """
    days = int(calendar.bin_ends[-1])
    step = -(-days // most)
    parts = [
        np.arange(start, end, step) for start, end in zip([0, *calendar.bin_ends[:-1]], calendar.bin_ends, strict=True)
    ]
    return np.concatenate([*parts, [days]]).astype(np.float64)


def _by_bin(laws: LeadLaws, ends: Ints) -> tuple[Floats, Floats]:
    reached = np.minimum(np.cumsum(laws.won, axis=1)[:, ends], 1.0)
    return np.clip(laws.won_ever, reached[:, -1], 1.0), reached
