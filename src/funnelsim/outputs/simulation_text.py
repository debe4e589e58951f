"""The numbers of one simulation as text: in its own currency, rounded to their own standard errors.

A share is never said to be 0% or 100% unless it is so in every simulated future by the rules, and then in a word.

What it leaves out: sentences (:mod:`funnelsim.outputs.simulation_sentences`).
"""

from __future__ import annotations

import math

from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.simulation import MoneyBand, Simulation
from funnelsim.outputs.number_text import money_text

UNKNOWN = "-"
"""Stands for a share of something that never happened."""
_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_FINEST_WHOLE = 10.0
"""Counts from here on are whole numbers, and so are percentages from here to the next."""
_LAST_WHOLE = 99.0


def amount_text(simulation: Simulation, minor: float, error: float = 0.0, *, named: bool = True) -> str:
    """Return an amount in short form.

    Parameters
    ----------
    simulation : Simulation
        Names the currency and its decimals.
    minor : int or float
        Minor units.
    error : float, default 0.0
        Standard error in minor units; the amount is rounded to at least this.
    named : bool, default True
        Whether the currency stands in front.

    Returns
    -------
    str
        Such as ``USD 461M``; ``-`` for nan.
    """
    if not math.isfinite(minor):
        return UNKNOWN
    currency = simulation.currency if named else None
    return money_text(minor, simulation.minor_digits, currency, error if math.isfinite(error) else 0.0)


def estimated_amount(simulation: Simulation, estimate: Estimate, *, named: bool = True) -> str:
    """Return a mean amount rounded to its standard error.

    Parameters
    ----------
    simulation : Simulation
        Names the currency.
    estimate : Estimate
        Minor units.
    named : bool, default True
        Whether the currency stands in front.

    Returns
    -------
    str
        ``-`` where it is not known.
    """
    return amount_text(simulation, estimate.mean, estimate.standard_error, named=named)


def percentile_text(simulation: Simulation, band: MoneyBand, percent: int) -> str:
    """Return one percentile of a band, without the currency.

    Parameters
    ----------
    simulation : Simulation
        Names the decimals.
    band : MoneyBand
        Any of its bands.
    percent : int
        One of ``results.PERCENTS``.

    Returns
    -------
    str
        Rounded to its standard error; P5, P25, P75 and P95 take that of the nearest reported percentile.
    """
    error = band.standard_error
    known = error.p10 if percent <= 10 else error.p90 if percent >= 90 else error.p50
    return amount_text(simulation, band.percentiles[percent], known, named=False)


def share_text(estimate: Estimate) -> str:
    """Return a share as a percentage, rounded to what the simulation knows.

    Parameters
    ----------
    estimate : Estimate
        A share, usually in [0, 1].

    Returns
    -------
    str
        ``62%``, ``2.4%``, ``less than 0.1%``, ``more than 99%``; ``none`` or ``all`` where no future differs; ``-``
        where there was nothing to be a share of.
    """
    mean, error = estimate.mean, estimate.standard_error
    if math.isnan(mean):
        return UNKNOWN
    if error == 0.0 and mean in (0.0, 1.0):
        return "all" if mean else "none"
    percent = 100 * mean
    near_an_end = percent < _FINEST_WHOLE or percent > _LAST_WHOLE
    step = next((one for one in _STEPS if one >= 100 * error and (one >= 1 or near_an_end)), _STEPS[-1])
    shown = round(percent / step) * step
    if shown <= 0:
        return f"less than {step:g}%"
    return f"more than {100 - step:g}%" if step + percent > 100 and shown >= 100 else f"{shown:.{_places(step)}f}%"


def share_of(estimate: Estimate, things: str) -> str:
    """Return a share together with what it is a share of.

    Parameters
    ----------
    estimate : Estimate
        As for :func:`share_text`.
    things : str
        A plural, such as ``leads``.

    Returns
    -------
    str
        ``31% of leads``, ``all leads`` or ``none of leads``; ``not known`` where there were none.
    """
    text = share_text(estimate)
    if text == UNKNOWN:
        return f"not known (there were no {things})"
    return f"all {things}" if text == "all" else f"{text} of {things}"


def plain_share(share: float) -> str:
    """Return a share that is known exactly, such as one a scenario states.

    Parameters
    ----------
    share : float
        In [0, 1].

    Returns
    -------
    str
        At most three digits, such as ``45%``; ``-`` for nan.
    """
    return UNKNOWN if math.isnan(share) else f"{100 * share:.3g}%"


def count_text(estimate: Estimate) -> str:
    """Return a count, such as leads a future, rounded to its standard error.

    Parameters
    ----------
    estimate : Estimate
        A count, at least 0.

    Returns
    -------
    str
        Such as ``181``, ``12,300`` or ``0.7``; ``-`` where it is not known.
    """
    mean, error = estimate.mean, estimate.standard_error
    if math.isnan(mean):
        return UNKNOWN
    finest = 1.0 if mean >= _FINEST_WHOLE else 0.1
    step = max(finest, _nice(error)) if error > 0 else finest
    shown = round(mean / step) * step
    if shown == 0 and mean > 0:
        return f"under {step:g}"
    whole = step >= 1 or (error == 0 and mean == int(mean))
    return f"{shown:,.0f}" if whole else f"{shown:,.1f}"


def days_text(estimate: Estimate) -> str:
    """Return a mean number of days.

    Parameters
    ----------
    estimate : Estimate
        Days.

    Returns
    -------
    str
        Such as ``4.3 days``; ``-`` where it is not known.
    """
    text = count_text(estimate)
    return text if text == UNKNOWN else f"{text} day" if text == "1" else f"{text} days"


def use_text(estimate: Estimate) -> str:
    """Return how full a team is, in words.

    Parameters
    ----------
    estimate : Estimate
        Hours spent of hours there.

    Returns
    -------
    str
        ``full``, ``busy``, ``room to spare`` or ``mostly free``; ``never there`` for a team without hours.
    """
    if math.isnan(estimate.mean):
        return "never there"
    limits = ((0.97, "full"), (0.85, "busy"), (0.4, "room to spare"))
    return next((word for limit, word in limits if estimate.mean >= limit), "mostly free")


def _places(step: float) -> int:
    return 1 if step < 1 else 0


def _nice(error: float) -> float:
    power = 10.0 ** math.floor(math.log10(error))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= error * (1 - 1e-12))
