"""What a forecast that learned from records says beside its bands, in sentences for a board.

How much comes from leads that nobody has yet, which leads have faded, and how the leads were found in the records.

What it leaves out: layout.
"""

from __future__ import annotations

from funnelsim.model.learned_answer import Faded
from funnelsim.model.results import Forecast
from funnelsim.model.run_schema import NEW_BUSINESS
from funnelsim.outputs.forecast_text import NAME_LENGTH, amount_text
from funnelsim.outputs.number_text import percent_text
from funnelsim.outputs.plain_text import plain

NAMED = 3
"""Faded leads that the page names."""

LONG_ODDS = 0.05
"""Chances below this are said as one in so many."""


def components_sentence(forecast: Forecast) -> str | None:
    """Return how much of the mean comes from leads that nobody has yet.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        None for a forecast without new business.
    """
    learned = forecast.learned
    new = next((part for part in forecast.components if part.name == NEW_BUSINESS), None)
    if learned is None or new is None or learned.new_leads is None or learned.new_wins is None:
        return None
    error = forecast.total.standard_error.mean
    known, whole = amount_text(forecast, new.total.mean, error), amount_text(forecast, forecast.total.mean, error)
    share = new.total.mean / forecast.total.mean if forecast.total.mean else 0.0
    return (
        f"New business, leads that nobody has yet, is {known} of the mean of {whole} ({share:.0%}): about "
        f"{learned.new_leads:,.0f} new leads inside the horizon, of which {learned.new_wins:,.0f} are won in it."
    )


def faded_sentence(forecast: Forecast) -> str | None:
    """Return which open leads hardly any record says will be won.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        None without records or without such leads.
    """
    faded = forecast.learned.faded if forecast.learned else None
    if faded is None or not faded.rows:
        return None
    stated = (
        f" Stated, they are {amount_text(forecast, faded.expected_value)} of PR x PC." if faded.expected_value else ""
    )
    names = ", ".join(
        f"'{plain(one.name.strip() or one.lead_id, NAME_LENGTH)}' ({one.age_days:,} days)"
        for one in faded.leads[:NAMED]
    )
    return (
        f"{_who(faded)}; they stay in the bands with a chance of {odds_text(faded.chance)} on average (all leads: "
        f"{odds_text(faded.average)}).{stated} The largest: {names}."
    )


def _who(faded: Faded) -> str:
    leads, are = ("lead", "is") if faded.rows == 1 else ("leads", "are")
    if faded.older == faded.rows:
        return f"{faded.rows:,} {leads} {are} older than any that was ever won"
    have = "has" if faded.rows == 1 else "have"
    weak = f"{faded.rows:,} {leads} {have} faded to less than a tenth of the average chance"
    return f"{weak} or outlived every win ({faded.older:,} of them)" if faded.older else weak


def odds_text(chance: float) -> str:
    """Return a chance as a person says it.

    Parameters
    ----------
    chance : float
        In [0, 1].

    Returns
    -------
    str
        Such as ``1 in 300`` or ``16%``.
    """
    if chance <= 0.0:
        return "next to nothing"
    if chance >= LONG_ODDS:
        return percent_text(chance, 0.005, 200)
    return f"1 in {float(f'{1.0 / chance:.2g}'):,.0f}"


def shared_risk(forecast: Forecast) -> str:
    """Return how much wider the band is than that of independent leads at mean rates.

    Parameters
    ----------
    forecast : Forecast
        A forecast from records.

    Returns
    -------
    str
        One sentence.
    """
    assert forecast.learned is not None
    if forecast.learned.known.independent:
        return "Leads share nothing here and rates are at their means (--independent): real bands are wider."
    ratio = forecast.independent_band_ratio
    if ratio is None:
        return "Without shared risk the band would have no width at all."
    if f"{ratio:.1f}" == "1.0":
        return "Shared periods and uncertain rates leave this band about as wide as that of independent leads."
    comparison = f"{ratio:.1f} times wider than" if ratio > 1 else f"{ratio:.1f} times as wide as"
    return f"Shared periods and uncertain rates make this band {comparison} that of independent leads."
