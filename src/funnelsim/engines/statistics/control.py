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
    differences,
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
        The intercept of a regression at the known means, with its own error and ``n - q - 1`` degrees of freedom: the
        error of the mean, and what is not known of the coefficients.  Plain where there are not more than ``q + 2``
        replications, where a control does not vary or repeats others, where the variance would not fall, and where a
        number is ``nan``.
    """
    target = centred(values)
    plain = interval_around(target.mean, target, confidence, "paired t")
    columns = [centred(column) for column in controls.T]
    why = _unfit(target, columns, means)
    if why:
        return _unused(plain, why)
    # every control in units of its own spread, so that days and cents weigh alike
    scales = np.array([column.sd for column in columns])
    scaled = [column.distances / scale for column, scale in zip(columns, scales, strict=True)]
    shared = np.array([[float((one * two).sum()) for two in scaled] for one in scaled])
    strengths, axes = np.linalg.eigh(shared)
    if strengths[0] < 1e-10 * strengths[-1]:
        return _unused(plain, "one control repeats the others")
    inverse = axes / strengths @ axes.T
    slopes = inverse @ np.array([float((one * target.distances).sum()) for one in scaled])
    rest = target.distances - sum(slope * one for slope, one in zip(slopes, scaled, strict=True))
    left = float((rest * rest).sum())
    explained = max(0.0, 1 - left / float((target.distances**2).sum()))
    count, many = controls.shape
    factor = (1 - explained) * (count - 2) / (count - many - 2)
    if factor >= 1:
        return _unused(plain, f"the controls explain {explained:.1%} of the variance, too little", explained)
    away = np.array([column.mean for column in columns] - means) / scales
    estimate = target.mean - float(slopes @ away)
    variance = left / (count - many - 1) * (1 / count + float(away @ inverse @ away))
    half = student_quantile(count - many - 1, confidence) * math.sqrt(variance)
    interval = Interval(estimate, estimate - half, estimate + half, confidence, METHOD)
    coefficients = tuple((slopes / scales).tolist())
    note = f"the controls explain {explained:.1%} of the variance, which becomes {factor:.2g} times what it was"
    return ControlledMean(interval, plain, coefficients, explained, factor, True, note)


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


def controlled_difference(
    base: Numbers, other: Numbers, controls: Numbers, means: Floats, confidence: float = CONFIDENCE
) -> ControlledMean:
    """Estimate how much larger the other's mean is, with controls.

    Parameters
    ----------
    base, other : int64 or float64, (replication,)
        The same replications of two strategies.
    controls : int64 or float64, (replication, control)
        Of the same replications; for a difference, what the strategies do not share.
    means : float64, (control,)
        Their true means, exact.
    confidence : float
        In (0, 1).

    Returns
    -------
    ControlledMean
        Of other minus base; exactly 0 where no replication differs.
    """
    return controlled_mean(differences(base, other), controls, means, confidence)


def _unused(plain: Interval, why: str, explained: float = 0.0) -> ControlledMean:
    return ControlledMean(plain, plain, (), explained, 1.0, False, f"no control is used: {why}")
