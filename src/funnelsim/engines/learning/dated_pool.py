"""Chances of open leads with a stated close under draws of everything that is uncertain.

As for leads without one (:mod:`funnelsim.engines.learning.pool_chances`), but the factors of periods act within days:
a lead that is won on its stated day unless it is lost before is won in a poor month too, and what strays from month to
month is how many are lost.

What it leaves out: leads without a stated close.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.execution import Progress, no_progress
from funnelsim.engines.learning.dated_laws import DatedRates, dated_laws, shared_dated_laws, walk_of
from funnelsim.engines.learning.hazards import draw_rates
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


def dated_chances(
    dated: DatedHazards,
    hazards: StageHazards,
    leads: OpenLeads,
    calendar: Calendar,
    factor: Floats,
    luck: tuple[np.random.Generator, Floats | None] | None,
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
    factor : float64, (set, period)
        On the hazard of winning in each period: the same as for all other leads.
    luck : numpy Generator and float64, (set, period), or None
        Source of rates, and the factors on the hazard of losing, None for 1; None for rates at their means.
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
    sets = len(factor)
    ever, reached = np.empty((sets, len(alike.state))), np.empty((sets, len(alike.state), len(ends)))
    if luck is None:
        ever[0], reached[0] = _by_bin(dated_laws(walk), ends)
        return law, ever, reached
    rates, losing = luck
    drawn = [draw_rates(curve, rates, sets) for curve in dated.hazards.curves]
    if segments is not None and segments[1] is not None:
        drawn = drawn_with_segments(drawn, dated.hazards, segments[1])
    pulls = [
        (draw_dates(dates, rates, sets), draw_horizons(dates, rates, sets))
        for dates in (dated.won, dated.lost, dated.moved)
    ]
    losing = np.ones_like(factor) if losing is None else losing
    for one in range(sets):
        own = [(days[one], ahead[one]) for days, ahead in pulls]
        draw = DatedRates([(rate[one], kind[one]) for rate, kind in drawn], *own)
        laws = dated_laws(walk, draw, factor[one][period_of], losing[one][period_of])
        ever[one], reached[one] = _by_bin(laws, ends)
        progress(1.0 / sets)
    return law, ever, reached


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
