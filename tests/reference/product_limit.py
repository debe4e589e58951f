"""Slow twin of engines/learning/incidence.py: the product-limit estimate, age by age and stay by stay, in fractions."""

from fractions import Fraction


def incidence(young, old, cause):
    """Return rows of (age, at risk, {cause: share}); cause None is censored."""
    ages = sorted({age for age, why in zip(old, cause, strict=True) if why is not None})
    left, shares, rows = Fraction(1), dict.fromkeys(sorted({why for why in cause if why is not None}), Fraction(0)), []
    for age in ages:
        at_risk = sum(1 for first, last in zip(young, old, strict=True) if first < age <= last)
        went = [why for last, why in zip(old, cause, strict=True) if last == age and why is not None]
        for why in went:
            shares[why] += left / at_risk
        left *= 1 - Fraction(len(went), at_risk)
        rows.append((age, at_risk, dict(shares)))
    return rows


def kaplan_meier_variance(young, old, cause, age):
    """Return Greenwood's variance of the share that has gone by an age, where there is one cause only."""
    left, total = Fraction(1), Fraction(0)
    for time in sorted({last for last, why in zip(old, cause, strict=True) if why is not None and last <= age}):
        at_risk = sum(1 for first, last in zip(young, old, strict=True) if first < time <= last)
        went = sum(1 for last, why in zip(old, cause, strict=True) if last == time and why is not None)
        left *= 1 - Fraction(went, at_risk)
        total += Fraction(went, at_risk * (at_risk - went))
    return left**2 * total


def exposure(young, old, edges):
    """Return the days spent in each cell of age, the last one open."""
    cells = list(zip(edges, [*edges[1:], float("inf")], strict=True))
    return [sum(max(min(b, hi) - max(a, lo), 0) for a, b in zip(young, old, strict=True)) for lo, hi in cells]
