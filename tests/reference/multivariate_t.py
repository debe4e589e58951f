"""Slow twin of engines/statistics/multivariate_t.py: Simpson's rule on fine steps, in plain Python."""

from math import erf, exp, gamma, pi, sqrt


def below(bound, comparisons, freedom, steps=240):
    """Return the chance that no t statistic of several with correlation 1/2 is above a bound."""
    total, top = 0.0, 1 + 12 / sqrt(freedom)
    for at in range(1, steps + 1):
        scale = top * at / steps
        density = 2 * (freedom / 2) ** (freedom / 2) / gamma(freedom / 2)
        density *= scale ** (freedom - 1) * exp(-freedom * scale**2 / 2)
        total += _weight(at, steps) * density * _inner(bound * scale, comparisons, steps)
    return total * top / steps / 3


def _inner(bound, comparisons, steps):
    total = 0.0
    for at in range(steps + 1):
        common = -8 + 16 * at / steps
        alone = (1 + erf((sqrt(2) * bound + common) / sqrt(2))) / 2
        total += _weight(at, steps) * alone**comparisons * exp(-common * common / 2) / sqrt(2 * pi)
    return total * 16 / steps / 3


def _weight(at, steps):
    return 1 if at in {0, steps} else 4 if at % 2 else 2
