"""What all points of a sweep say together: which lever matters, and how the metric follows each.

Main effects come from an additive model of the points: a lever with few values has a term for each, one with many a
curve of the third degree.  A lever's share is what it explains beyond all others (its sum of squares when it is added
last), less what would be explained by chance; in a full grid that is the classical analysis of variance.  Luck is
shared, so what all points have in common is no noise: the noise of a point is its interaction with the replications.

What it leaves out: which point is best (:mod:`funnelsim.engines.choices.sweep_best`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import fdtrc, stdtrit

from funnelsim.model.sweep import CONFIDENCE, STRATEGY, Designs, LeverEffect, Response, ResponsePoint, VarianceShares
from funnelsim.model.sweep import is_numeric as on_a_scale

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_LEVELS: Final = 12
"""A lever with more different values than this is drawn as ranges, and modelled as a curve, unless the grid is full."""
BINS: Final = 8
"""Ranges of values that a response is drawn with."""
THIRDS: Final = 3
"""Ranges of values among which the best and the worst are named."""
LARGEST_DEGREE: Final = 3


@dataclass(frozen=True, eq=False)
class Factor:
    """One lever as a column of points.

    Attributes
    ----------
    path : str
        The lever, or ``strategy``.
    levels : tuple of object
        Its different values, numbers in rising order.
    codes : int64, (point,)
        Place of each point's value among them.
    numeric : bool
        Whether they lie on a scale.
    """

    path: str
    levels: tuple[object, ...]
    codes: Ints
    numeric: bool

    @property
    def places(self) -> Floats:
        """Where each level is drawn: its value, or its position where values are no numbers."""
        if self.numeric:
            return np.array([float(str(level)) for level in self.levels])
        return np.arange(len(self.levels), dtype=np.float64)


def factors_of(designs: Designs, strategies: Sequence[str]) -> tuple[Factor, ...]:
    """Return the levers as columns of points, the strategy last if there are several.

    Parameters
    ----------
    designs : Designs
        The table.
    strategies : sequence of str
        Under which each is simulated; point ``design * len(strategies) + strategy``.

    Returns
    -------
    tuple of Factor
        Levers that take one value only are among them.
    """
    found = []
    for number, path in enumerate(designs.paths):
        levels = designs.levels(number)
        place = {(type(level) is bool, level): at for at, level in enumerate(levels)}
        codes = np.array([place[type(value) is bool, value] for value in designs.column(number)], dtype=np.int64)
        found.append(Factor(path, levels, np.repeat(codes, len(strategies)), on_a_scale(levels)))
    if len(strategies) > 1:
        codes = np.tile(np.arange(len(strategies)), len(designs))
        found.append(Factor(STRATEGY, tuple(strategies), codes, False))
    return tuple(found)


def noise_of(contributions: Floats) -> float:
    """Return the variance that luck leaves in the mean of a point, beside what luck does to all points alike.

    Parameters
    ----------
    contributions : float64, (point, replication)
        At least two replications.

    Returns
    -------
    float
        Mean square of the interaction of points and replications, divided by the replications; 0 for one point.
    """
    points, replications = contributions.shape
    if points < 2:
        return 0.0
    apart = contributions - contributions.mean(axis=1, keepdims=True)
    apart -= apart.mean(axis=0)
    return float((apart * apart).sum()) / float((points - 1) * (replications - 1) * replications)


def variance_shares(factors: Sequence[Factor], contributions: Floats, *, full: bool, higher: bool) -> VarianceShares:
    """Return where the differences of the metric among points come from.

    Parameters
    ----------
    factors : sequence of Factor
        The levers.
    contributions : float64, (point, replication)
        Of the metric, all known.
    full : bool
        Whether every combination is there.
    higher : bool
        Whether more is better.

    Returns
    -------
    VarianceShares
        Estimates: shares below 0 are 0, and all add up to 1.
    """
    values = contributions.mean(axis=1)
    total = float(((values - values.mean()) ** 2).sum())
    noise, count = noise_of(contributions), len(values)
    alone = [values] * len(factors) if full else adjusted(factors, values)
    swings = [_swing(factor, one, higher) for factor, one in zip(factors, alone, strict=True)]
    if not total:
        levers = [LeverEffect(one.path, math.nan, False, *swing) for one, swing in zip(factors, swings, strict=True)]
        return VarianceShares(tuple(levers), math.nan, math.nan)
    explained = _explained(factors, values, full)
    error, freedom = explained.error, float(explained.freedom)
    if full:
        error, freedom = noise, float((count - 1) * (contributions.shape[1] - 1))
    raw = [
        (squares - terms * error) / total if terms else 0.0 if len(factor.levels) == 1 else math.nan
        for factor, (squares, terms) in zip(factors, explained.levers, strict=True)
    ]
    kept = [max(0.0, share) if share == share else share for share in raw]
    luck = min(1.0, (count - 1) * noise / total)
    scale = max(1.0, math.fsum([luck, *(share for share in kept if share == share)]))
    levers = [
        LeverEffect(factor.path, share / scale, _beyond_chance(one, error, freedom), *swing)
        for factor, share, one, swing in zip(factors, kept, explained.levers, swings, strict=True)
    ]
    named = math.fsum([luck / scale, *(lever.share for lever in levers if lever.share == lever.share)])
    return VarianceShares(tuple(levers), luck / scale, max(0.0, 1 - named))


def _beyond_chance(explained: tuple[float, int], error: float, freedom: float) -> bool:
    """Tell whether a lever explains more than chance would, in 19 of 20 sweeps without any effect."""
    squares, terms = explained
    if not terms or freedom < 1:
        return False
    if error <= 0:
        return squares > 0
    return float(fdtrc(terms, freedom, squares / terms / error)) < 1 - CONFIDENCE


@dataclass(frozen=True)
class _Explained:
    """Sum of squares and terms of each lever when it is added last; mean square and freedom of what is left."""

    levers: tuple[tuple[float, int], ...]
    error: float
    freedom: int


def _explained(factors: Sequence[Factor], values: Floats, full: bool) -> _Explained:
    apart = values - values.mean()
    if full:  # balanced: no lever stands in for another
        levers = tuple((_between(factor, apart), len(factor.levels) - 1) for factor in factors)
        return _Explained(levers, math.nan, 0)
    columns = _columns(factors, len(values))
    whole, terms = _left(columns, apart)
    freedom = len(values) - 1 - terms
    found = []
    for number in range(len(factors)):
        left, fewer = _left(columns[:number] + columns[number + 1 :], apart)
        found.append((max(0.0, left - whole), terms - fewer))
    if freedom < 1:
        found = [(0.0, 0)] * len(factors)
    return _Explained(tuple(found), whole / max(1, freedom), freedom)


def _between(factor: Factor, apart: Floats) -> float:
    counts = np.bincount(factor.codes, minlength=len(factor.levels))
    sums = np.bincount(factor.codes, weights=apart, minlength=len(factor.levels))
    return float((sums * sums / np.maximum(counts, 1)).sum())


def adjusted(factors: Sequence[Factor], values: Floats) -> list[Floats]:
    """Return the metric for each lever with the own effects of all other levers taken out.

    Parameters
    ----------
    factors : sequence of Factor
        The levers.
    values : float64, (point,)
        The metric, all known.

    Returns
    -------
    list of float64, (point,)
        One a lever, with the mean of ``values``; as they are where points are too few to tell levers apart.
    """
    columns = _columns(factors, len(values))
    if sum(one.shape[1] for one in columns) >= len(values) - 1:
        return [values] * len(factors)
    model = np.concatenate(columns, axis=1)
    weights = np.linalg.lstsq(model, values - values.mean(), rcond=None)[0]
    ends = np.cumsum([one.shape[1] for one in columns]).tolist()
    own = [one @ weights[end - one.shape[1] : end] for one, end in zip(columns, ends, strict=True)]
    whole = np.sum(own, axis=0)
    return [values - (whole - one) for one in own]


def _columns(factors: Sequence[Factor], points: int) -> list[Floats]:
    """Return the model's columns of each lever: simpler curves where points are few."""
    for degree in range(LARGEST_DEGREE, 0, -1):
        columns = [_terms(factor, degree) for factor in factors]
        if 2 * sum(one.shape[1] for one in columns) < points:
            break
    return columns


def _terms(factor: Factor, degree: int) -> Floats:
    levels = len(factor.levels)
    if factor.numeric and levels > degree + 1:
        places = factor.places
        scaled = 2 * (places - places[0]) / (places[-1] - places[0]) - 1
        terms: Floats = np.polynomial.legendre.legvander(scaled, degree)[:, 1:][factor.codes]
    else:
        terms = np.eye(levels)[:, 1:][factor.codes]
    return terms - terms.mean(axis=0) if terms.size else terms


def _left(columns: list[Floats], apart: Floats) -> tuple[float, int]:
    """Return the sum of squares that a model leaves, and how many independent terms it has."""
    if not columns:
        return float((apart * apart).sum()), 0
    model = np.concatenate(columns, axis=1)
    if not model.shape[1]:
        return float((apart * apart).sum()), 0
    found, _, rank, _ = np.linalg.lstsq(model, apart, rcond=None)
    rest = apart - model @ found
    return float((rest * rest).sum()), int(rank)


# --- responses -----------------------------------------------------------------------------------------------------


def responses_of(factors: Sequence[Factor], contributions: Floats, strategy: str, *, full: bool) -> list[Response]:
    """Return how the metric follows each lever.

    Parameters
    ----------
    factors : sequence of Factor
        The levers, over the points of one strategy.
    contributions : float64, (point, replication)
        Of the metric; ``nan`` where a point has none.
    strategy : str
        Which.
    full : bool
        Whether every combination is there.

    Returns
    -------
    list of Response
        One a lever.  In a full grid the interval is that of the distance from the mean of all points, paired; else the
        own effects of the other levers are taken out, and the interval is over the points at a value.
    """
    known = np.isfinite(contributions[:, 0])
    some = contributions[known]
    if not len(some):
        return [Response(factor.path, strategy, factor.numeric, ()) for factor in factors]
    there = [Factor(one.path, one.levels, one.codes[known], one.numeric) for one in factors]
    alone = [some.mean(axis=1)] * len(there) if full else adjusted(there, some.mean(axis=1))
    luck = some - some.mean(axis=0) if full else None
    found = []
    for factor, values in zip(there, alone, strict=True):
        groups = (rows for rows in _groups(factor, factor.codes, full) if len(rows))
        points = tuple(_response_point(factor, rows, values[rows], luck) for rows in groups)
        found.append(Response(factor.path, strategy, factor.numeric, points))
    return found


def _groups(factor: Factor, codes: Ints, full: bool, bins: int = BINS) -> list[Ints]:
    """Return the points of each value, or of ranges of values with about as many points each."""
    if full or not factor.numeric or len(factor.levels) <= MOST_LEVELS:
        return [np.flatnonzero(codes == level) for level in range(len(factor.levels))]
    order = np.argsort(codes, kind="stable")
    return np.array_split(order, min(bins, max(1, len(order) // 2)))


def _response_point(factor: Factor, rows: Ints, values: Floats, luck: Floats | None) -> ResponsePoint:
    """Return one point; ``luck`` is the distance of each replication from the mean of all points, in a full grid."""
    places, inside = factor.places, factor.codes[rows]
    low, high = factor.levels[int(inside.min())], factor.levels[int(inside.max())]
    label = value_text(low) if low == high else f"{value_text(low)} to {value_text(high)}"
    mean, terms = float(values.mean()), values if luck is None else luck[rows].mean(axis=0)
    half = math.nan
    if len(terms) > 1:
        half = -float(stdtrit(len(terms) - 1, (1 - CONFIDENCE) / 2)) * float(terms.std(ddof=1)) / math.sqrt(len(terms))
    return ResponsePoint(label, float(places[inside].mean()), mean, mean - half, mean + half, len(rows))


def value_text(value: object) -> str:
    """Return a value of a lever in words.

    Parameters
    ----------
    value : object
        Number, text, true, false or None.

    Returns
    -------
    str
        Numbers as short as they can be.
    """
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _swing(factor: Factor, values: Floats, higher: bool) -> tuple[str, str, float]:
    """Return the values at which the metric is best and worst on average, and how far apart it is there."""
    groups = [rows for rows in _groups(factor, factor.codes, full=False, bins=THIRDS) if len(rows)]
    means = np.array([values[rows].mean() for rows in groups])
    order = np.argsort(-means if higher else means, kind="stable")

    def words(number: int) -> str:
        inside = factor.codes[groups[number]]
        low, high = factor.levels[int(inside.min())], factor.levels[int(inside.max())]
        return value_text(low) if low == high else f"{value_text(low)} to {value_text(high)}"

    best, worst = int(order[0]), int(order[-1])
    return words(best), words(worst), float(means[best] - means[worst])
