"""A funnel in which every lead passes every stage, made of records in which leads may skip some.

The question: what share of the leads that came as far as a stage came further?  A lead that skips a stage has passed
it, so the shares multiply to the chance of a win exactly.

What it leaves out: teams and hours, which records cannot know.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from funnelsim.model.calibration_answer import StageFigures

WON: str = "won"
SHORTEST_MEDIAN = 1.0
"""Days: the simulation counts whole ones."""
CONVERSION_DIGITS, DAYS_DIGITS = 4, 2


@dataclass(frozen=True)
class FunnelStage:
    """One stage of the funnel.

    Attributes
    ----------
    name : str
        As in the records.
    conversion : float
        Share of the leads that came as far and came further, in (0, 1).
    median_days : float or None
        Until half of those that were there have left; None where nothing was seen.
    reach : float
        Share of born leads that come as far.
    skipped : float
        Share of those that came as far without being seen there.
    """

    name: str
    conversion: float
    median_days: float | None
    reach: float
    skipped: float


def funnel_of(stages: tuple[StageFigures, ...]) -> tuple[FunnelStage, ...]:
    """Return the funnel that stages make.

    Parameters
    ----------
    stages : tuple of StageFigures
        In the order of the funnel.

    Returns
    -------
    tuple of FunnelStage
        Rounded to four digits; a share that was seen to be 0 or 1 is that of Jeffreys' posterior.
    """
    names = [*(one.name for one in stages), WON]
    place = {name: number for number, name in enumerate(names)}
    visits = [1.0] + [0.0] * (len(names) - 1)
    reach = [1.0] + [0.0] * (len(names) - 1)
    for number, one in enumerate(stages):
        for way in one.exits:
            target = place.get(way.target)
            if target is None:
                continue
            visits[target] += visits[number] * way.share.estimate
            for passed in range(number + 1, target + 1):
                reach[passed] += visits[number] * way.share.estimate
    found = []
    for number, one in enumerate(stages):
        share = reach[number + 1] / reach[number] if reach[number] > 0.0 else 0.0
        skipped = 1.0 - visits[number] / reach[number] if reach[number] > 0.0 else 0.0
        found.append(FunnelStage(one.name, _inside(share, one.seen), _median(one), reach[number], max(skipped, 0.0)))
    return tuple(found)


def _inside(share: float, seen: int) -> float:
    """Return a share that is neither 0 nor 1."""
    if not 0.0 < round(share, CONVERSION_DIGITS) < 1.0:
        share = (min(max(share, 0.0), 1.0) * seen + 0.5) / (seen + 1.0)
    return min(max(round(share, CONVERSION_DIGITS), 0.0001), 0.9999)


def _median(one: StageFigures) -> float | None:
    """Return the median stay; where fewer than half were seen leaving, that of an even rate which reaches as many."""
    days = one.median.days
    if days is None:
        left = 1.0 - one.undecided
        if left <= 0.0 or one.oldest <= 0.0:
            return None
        days = one.oldest * log(2.0) / -log(max(1.0 - left, 1e-12))
    return max(round(days, DAYS_DIGITS), SHORTEST_MEDIAN)
