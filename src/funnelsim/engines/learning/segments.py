"""Segments: how far reps, sources or products differ, and each one's factor, shrunk to what all have in common.

What it leaves out: why they differ.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.gamma_poisson import factors, spread_of, summed
from funnelsim.engines.learning.hazards import cumulated, lead_classes
from funnelsim.model.calibration import SegmentFactors, StageHazards, Stays

Ints = npt.NDArray[np.int64]

BETWEEN_SEGMENTS: Final = 0.25
"""Scale of the prior of how far segments lie apart: the default shock."""


def segment_factors(stays: Stays, hazards: StageHazards, segment: Ints, target: int) -> SegmentFactors:
    """Return how much faster each segment's leads go to a state than leads of their age do.

    Parameters
    ----------
    stays : Stays
        What was seen.
    hazards : StageHazards
        What all leads have in common.
    segment : int64, (lead,)
        Segment of each lead of the history, from 0.
    target : int
        The state, from wherever.

    Returns
    -------
    SegmentFactors
        Posterior means by empirical Bayes: a segment with few events stays near 1.
    """
    groups = int(segment.max()) + 1 if len(segment) else 0
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
    if events.sum() > 0.0:
        expected *= events.sum() / expected.sum()
    spread = spread_of(events, expected, BETWEEN_SEGMENTS)
    return SegmentFactors(events, expected, *factors(events, expected, spread), spread)
