"""Control variates: a mean estimated with the help of something whose mean is known.

The question: how much of the luck of these replications shows in a quantity whose true mean is known, and what is the
estimate without it?  A control helps as far as it goes together with what is estimated, and the answer says how far.

What it leaves out: which controls a funnel has.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from funnelsim.engines.statistics.moments import (
    Centred,
    Floats,
    Numbers,
    centred,
    interval_around,
    student_quantile,
)
from funnelsim.model.intervals import Interval

CONFIDENCE = 0.95
METHOD = "control variate"


@dataclass(frozen=True)
class ControlledMean:
    """A mean estimated with and without controls.

    Attributes
    ----------
    interval : Interval
        The answer: with the controls where they help, else without.
    plain : Interval
        Without them, paired t.
    coefficients : tuple of float
        What one more unit of each control adds, in the unit of the estimate; empty where they were not used.
    explained : float
        R squared: the share of the variance that the controls explain, in [0, 1]; 0 where none can be said.
    factor : float
        Variance of the controlled mean over that of the plain one, ``(1 - R**2) (n - 2) / (n - q - 2)``; 1 where they
        were not used.
    used : bool
        Whether the answer rests on the controls.
    note : str
        One sentence on what they did.
    """

    interval: Interval
    plain: Interval
    coefficients: tuple[float, ...]
    explained: float
    factor: float
    used: bool
    note: str


def controlled_mean(
    values: Numbers, controls: Numbers, means: Floats, confidence: float = CONFIDENCE
) -> ControlledMean:
    """Estimate a mean with controls.

    Parameters
    ----------
    values : int64 or float64, (replication,)
        What is estimated.
    controls : int64 or float64, (replication, control)
        Of the same replications.
    means : float64, (control,)
        Their true means, exact.
    confidence : float
        In (0, 1).

    Returns
    -------
    ControlledMean
        The value of a regression at the known means, ``n - q - 1`` degrees of freedom.  Its error is the larger of the
        classical one (Lavenberg, Moeller and Welch 1982) and HC3.  Plain where there are not more than ``q + 2``
        replications, where a control does not vary or repeats others, where the variance would not fall, and where a
        number is ``nan``.
    """
    target = centred(values)
    plain = interval_around(target.mean, target, confidence, "paired t")
    columns = [centred(column) for column in controls.T]
    why = _unfit(target, columns, means)
    if why:
        return _unused(plain, why)
    found = _regression(target, columns, means)
    if found is None:
        return _unused(plain, "one control repeats the others")
    count, many = controls.shape
    explained = max(0.0, 1 - float((found.rest**2).sum()) / float((target.distances**2).sum()))
    factor = (1 - explained) * (count - 2) / (count - many - 2)
    if factor >= 1:
        return _unused(plain, f"the controls explain {explained:.1%} of the variance, too little", explained)
    half = student_quantile(count - many - 1, confidence) * math.sqrt(found.variance)
    interval = Interval(found.estimate, found.estimate - half, found.estimate + half, confidence, METHOD)
    note = f"the controls explain {explained:.1%} of the variance, which becomes {factor:.2g} times what it was"
    few = _enough_for(found.rest)
    if few > count:
        note += f"; what is left is skewed: with fewer than {few:,} replications the interval may be too narrow"
    return ControlledMean(interval, plain, found.slopes, explained, factor, True, note)


@dataclass(frozen=True, eq=False)
class _Regression:
    """A regression's value at the known means, its variance, the slopes, and what is left of each replication."""

    estimate: float
    variance: float
    slopes: tuple[float, ...]
    rest: Floats


def _regression(target: Centred, columns: list[Centred], means: Floats) -> _Regression | None:
    # every control in units of its own spread, so that days and cents weigh alike; sums are numpy's own, in an order
    # that does not depend on threads
    scales = np.array([column.sd for column in columns])
    scaled = [column.distances / scale for column, scale in zip(columns, scales, strict=True)]
    shared = np.array([[float((one * two).sum()) for two in scaled] for one in scaled])
    strengths, axes = np.linalg.eigh(shared)
    if strengths[0] < 1e-10 * strengths[-1]:
        return None
    inverse = axes / strengths @ axes.T
    slopes = inverse @ np.array([float((one * target.distances).sum()) for one in scaled])
    rest = target.distances - _weighed(slopes, scaled)
    away = np.array([column.mean for column in columns] - means) / scales
    count, many = len(rest), len(columns)
    alike = float((rest * rest).sum()) / (count - many - 1) * (1 / count + float(away @ inverse @ away))
    # the same error with each replication's own residual (HC3): larger where futures far out scatter more
    weights = 1 / count - _weighed(inverse @ away, scaled)
    own = np.array([_weighed(row, scaled) for row in inverse])
    leverage = 1 / count + np.sum([one * two for one, two in zip(own, scaled, strict=True)], axis=0)
    unlike = float(((weights * rest / np.maximum(1 - leverage, 1e-9)) ** 2).sum())
    estimate = target.mean - float(slopes @ away)
    return _Regression(estimate, max(alike, unlike), tuple((slopes / scales).tolist()), rest)


def _weighed(weights: Floats, columns: list[Floats]) -> Floats:
    return np.asarray(np.sum([weight * one for weight, one in zip(weights, columns, strict=True)], axis=0))


def _enough_for(rest: Floats) -> int:
    """Return how many replications Student's interval of such terms needs (Cochran: 25 times skewness**2)."""
    spread = float((rest**2).mean())
    return 0 if spread == 0 else math.ceil(25 * float((rest**3).mean()) ** 2 / spread**3)


def _unfit(target: Centred, columns: list[Centred], means: Floats) -> str:
    """Return why controls cannot be used, or nothing."""
    count, many = len(target.distances), len(columns)
    if not many:
        return "there is none"
    if count <= many + 2:
        return f"{count} replications are too few for {many}"
    parts = [target, *columns]
    if not (np.isfinite(means).all() and all(np.isfinite(part.distances).all() for part in parts)):
        return "a number is missing"
    return "" if all(part.sd > 0 for part in parts) else "something does not vary"


def _unused(plain: Interval, why: str, explained: float = 0.0) -> ControlledMean:
    return ControlledMean(plain, plain, (), explained, 1.0, False, f"no control is used: {why}")
