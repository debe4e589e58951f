"""Segments: how far reps, sources or products differ, and each one's factor, shrunk to what all have in common.

What it leaves out: why they differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.gamma_poisson import factors, spread_of, summed
from funnelsim.engines.learning.hazards import cumulated, lead_classes
from funnelsim.engines.learning.lead_laws import OpenLeads
from funnelsim.engines.learning.stated_dates import MOST_DUE_DAYS, dated_due_of, thinned
from funnelsim.engines.learning.statements import StatedStays, picked
from funnelsim.model.calibration import HazardCurve, SegmentFactors, StageHazards, Stays
from funnelsim.model.covariates import DatedHazards, SegmentLaw
from funnelsim.model.known_leads import OpenStays
from funnelsim.model.learned import Learned

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BETWEEN_SEGMENTS: Final = 0.25
"""Scale of the prior of how far segments lie apart: the default shock."""


class SegmentDraws(NamedTuple):
    """Draws of the factors on winning and losing, (draw, segment + 1); the last is a segment that nobody has seen."""

    won: Floats
    lost: Floats


def segment_law(
    column: str,
    values: Sequence[str],
    stays: Stays,
    hazards: StageHazards,
    dated: tuple[StatedStays, DatedHazards] | None = None,
) -> SegmentLaw:
    """Return the factors of the segments of one column.

    Parameters
    ----------
    column : str
        Its name.
    values : sequence of str, (lead,)
        Segment of each lead of the history.
    stays : Stays
        What was seen.
    hazards : StageHazards
        What all leads have in common.
    dated : pair of StatedStays and DatedHazards, optional
        Where stated dates say something: what was due is then what they let expect.

    Returns
    -------
    SegmentLaw
        Each factor shrunk to 1 by how far segments prove to lie apart.
    """
    names, own = np.unique(np.array(values, dtype=np.str_), return_inverse=True)
    own, groups = own.reshape(-1).astype(np.int64), len(names)
    if dated is None:
        counts = [_seen_and_due(stays, hazards, own, groups, target) for target in (stays.won, stays.lost)]
    else:
        split, law = dated
        told = ~np.isnan(split.stated)
        some, every = thinned(split, told, MOST_DUE_DAYS)
        rest = picked(split.stays, np.flatnonzero(~told & (split.stays.lead % every == 0)))
        seen, due = dated_due_of(some, law, own[some.stays.lead], groups)
        others = [_seen_and_due(rest, law.others, own, groups, target) for target in (stays.won, stays.lost)]
        counts = [(seen[at] + others[at][0], due[at] + others[at][1]) for at in (0, 1)]
    won, lost = (_shrunk(*pair) for pair in counts)
    return SegmentLaw(column, tuple(names.tolist()), np.bincount(own, minlength=groups).astype(np.int64), won, lost)


def _seen_and_due(
    stays: Stays, hazards: StageHazards, segment: Ints, groups: int, target: int
) -> tuple[Floats, Floats]:
    events, expected = np.zeros(groups), np.zeros(groups)
    for curve in hazards.curves:
        if curve.target != target:
            continue
        rows = stays.state == curve.origin
        entered = stays.entered[rows]
        ages = np.stack([stays.stop[rows], stays.start[rows]]) - entered
        reached = cumulated(curve.edges, curve.rate, ages)
        due = (reached[0] - reached[1]) * curve.factor[
            lead_classes(hazards, curve.origin, entered - stays.born[rows], stays.pr[rows])
        ]
        own = segment[stays.lead[rows]]
        events += summed(own, stays.cause[rows] == target, groups)
        expected += summed(own, due, groups)
    return events, expected


def _shrunk(events: Floats, expected: Floats) -> SegmentFactors:
    if events.sum() > 0.0:
        expected = expected * (events.sum() / expected.sum())
    spread = spread_of(events, expected, BETWEEN_SEGMENTS)
    return SegmentFactors(events, expected, *factors(events, expected, spread), spread)


def segments_of(law: SegmentLaw, values: Sequence[str]) -> Ints:
    """Return which segment each lead is in.

    Parameters
    ----------
    law : SegmentLaw
        What was learned.
    values : sequence of str, (lead,)
        Text of its column.

    Returns
    -------
    int64, (lead,)
        The number of segments for a text that the records do not know.
    """
    place = {name: at for at, name in enumerate(law.names)}
    return np.array([place.get(value, len(law.names)) for value in values], dtype=np.int64)


def in_segments(stays: OpenStays, learned: Learned, values: Sequence[str] | None) -> OpenStays:
    """Return open leads with their segments.

    Parameters
    ----------
    stays : OpenStays
        Open leads.
    learned : Learned
        What was learned.
    values : sequence of str, (lead,), or None
        Text of the column of segments; None where it is not known.

    Returns
    -------
    OpenStays
        As they are where no segments were learned.
    """
    if learned.segments is None or values is None:
        return stays
    return stays._replace(segment=segments_of(learned.segments, values))


def draw_segments(law: SegmentLaw, rng: np.random.Generator, draws: int) -> SegmentDraws:
    """Return draws of the factors of segments.

    Parameters
    ----------
    law : SegmentLaw
        What was learned.
    rng : numpy Generator
        Where luck comes from.
    draws : int
        How many.

    Returns
    -------
    SegmentDraws
        Gamma with the factors' means and sds, scaled so that what is due of all segments together stays.
    """
    return SegmentDraws(*(_draws(each, rng, draws) for each in (law.won, law.lost)))


def _draws(law: SegmentFactors, rng: np.random.Generator, draws: int) -> Floats:
    mean, error = _with_unseen(law)
    square = np.square(np.maximum(error, 1e-9))
    drawn = rng.gamma(np.square(mean) / square, square / mean, size=(draws, len(mean)))
    share = law.expected * law.factor
    if share.sum() > 0.0:
        drawn[:, :-1] /= (drawn[:, :-1] / law.factor @ (share / share.sum()))[:, None]
    return np.asarray(drawn)


def _with_unseen(law: SegmentFactors) -> tuple[Floats, Floats]:
    """Return means and sds of the factors, with those of a segment that nobody has seen behind them."""
    apart = float(np.sqrt(law.spread.weight @ np.square(law.spread.sd)))
    return np.append(law.factor, 1.0), np.append(law.error, apart)


def with_segments(hazards: StageHazards, law: SegmentLaw) -> StageHazards:
    """Return hazards whose classes of leads are told apart by segment too.

    Parameters
    ----------
    hazards : StageHazards
        Of all leads.
    law : SegmentLaw
        What was learned of segments.

    Returns
    -------
    StageHazards
        A class is the class before, times the number of segments and one, plus the segment; draws of these are made
        by :func:`drawn_with_segments`.
    """
    curves = [replace(curve, size=_outer(curve.size, _mean(curve, hazards, law))) for curve in hazards.curves]
    return replace(hazards, curves=tuple(curves))


def _mean(curve: HazardCurve, hazards: StageHazards, law: SegmentLaw) -> Floats:
    of = {hazards.won: law.won, hazards.lost: law.lost}.get(curve.target)
    return np.ones(len(law.names) + 1) if of is None else _with_unseen(of)[0]


def _outer(classes: Floats, segments: Floats) -> Floats:
    return np.asarray((classes[..., :, None] * segments[..., None, :]).reshape(*classes.shape[:-1], -1))


def leads_with_segments(leads: OpenLeads, law: SegmentLaw) -> OpenLeads:
    """Return leads in the classes of :func:`with_segments`.

    Parameters
    ----------
    leads : OpenLeads
        Whose segments are known.
    law : SegmentLaw
        What was learned of segments.

    Returns
    -------
    OpenLeads
        In the same order.
    """
    assert leads.segment is not None
    classes = leads.classes * (len(law.names) + 1) + leads.segment[:, None]
    return leads._replace(classes=classes, segment=None)


def drawn_with_segments(
    drawn: list[tuple[Floats, Floats]], hazards: StageHazards, segments: SegmentDraws
) -> list[tuple[Floats, Floats]]:
    """Return draws of rates and of the factors of classes that are told apart by segment.

    Parameters
    ----------
    drawn : list of pairs of float64, (draw, cell) and (draw, class)
        A pair a curve.
    hazards : StageHazards
        Whose curves they are.
    segments : SegmentDraws
        As many draws.

    Returns
    -------
    list of pairs of float64, (draw, cell) and (draw, class x segment)
        The same rates.
    """
    even = np.ones_like(segments.won)
    of = {hazards.won: segments.won, hazards.lost: segments.lost}
    return [
        (rate, _outer(kind, of.get(curve.target, even)))
        for (rate, kind), curve in zip(drawn, hazards.curves, strict=True)
    ]


def lead_scales(law: SegmentLaw, values: Sequence[str]) -> tuple[Floats, Floats]:
    """Return the factors of each lead's segment.

    Parameters
    ----------
    law : SegmentLaw
        What was learned.
    values : sequence of str, (lead,)
        Text of its column.

    Returns
    -------
    won, lost : float64, (lead,)
        Posterior means.
    """
    own = segments_of(law, values)
    return _with_unseen(law.won)[0][own], _with_unseen(law.lost)[0][own]
