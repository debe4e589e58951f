"""The numbers of one forecast as text: in its own currency, rounded to their own standard errors.

What it leaves out: how a number is rounded and cut into units, which :mod:`funnelsim.outputs.number_text` does.
"""

from __future__ import annotations

from funnelsim.model.results import Band, Forecast, LeadEffect
from funnelsim.model.simulation import MoneyBand
from funnelsim.outputs.number_text import money_text, percent_text
from funnelsim.outputs.plain_text import plain

NAME_LENGTH = 40


def amount_text(forecast: Forecast, minor: float, error: float = 0.0) -> str:
    """Return an amount of a forecast in short form.

    Parameters
    ----------
    forecast : Forecast
        Names the currency and its decimals.
    minor : int or float
        Minor units.
    error : float, default 0.0
        Standard error in minor units; the amount is rounded to at least this.

    Returns
    -------
    str
        Such as ``USD 461M``.
    """
    return money_text(minor, forecast.minor_digits, forecast.currency, error)


def percentile_text(forecast: Forecast, band: Band, percent: int, *, named: bool = True) -> str:
    """Return one percentile of a band in short form.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.
    band : Band
        One of its bands.
    percent : int
        One of ``PERCENTS``.
    named : bool, default True
        Whether the currency stands in front.

    Returns
    -------
    str
        Rounded to its standard error.
    """
    currency = forecast.currency if named else None
    return money_text(band.percentiles[percent], forecast.minor_digits, currency, percentile_error(band, percent))


def percentile_error(band: Band | MoneyBand, percent: int) -> float:
    """Return the standard error that a percentile is rounded to.

    Parameters
    ----------
    band : Band or MoneyBand
        Any band.
    percent : int
        One of ``PERCENTS``.

    Returns
    -------
    float
        Minor units; P5, P25, P75 and P95 take that of the nearest reported percentile.
    """
    error = band.standard_error
    return error.p10 if percent <= 10 else error.p90 if percent >= 90 else error.p50


def chance_text(forecast: Forecast, probability: float) -> str:
    """Return a simulated chance as a percentage, rounded to what the replications know.

    Parameters
    ----------
    forecast : Forecast
        The forecast it comes from.
    probability : float
        In [0, 1].

    Returns
    -------
    str
        ``62%``, ``less than 1%`` or ``more than 99%``.
    """
    error = (probability * (1 - probability) / forecast.replications) ** 0.5
    return percent_text(probability, error, forecast.replications)


def lead_name(lead: LeadEffect) -> str:
    """Return a lead's name, or its id when it has none.

    Parameters
    ----------
    lead : LeadEffect
        Any lead.

    Returns
    -------
    str
        Safe to show, at most 40 characters, in quotes.
    """
    return f"'{plain(lead.name.strip() or lead.lead_id, NAME_LENGTH)}'"
