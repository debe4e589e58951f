"""What a forecast says, in sentences that a board member could repeat.

One place for the words, so that the terminal page, the charts and the slides say the same thing.  Every sentence is
plain text, safe to show, with amounts of at most three digits and chances as counts of a hundred.

What it leaves out: layout.
"""

from __future__ import annotations

from datetime import date

from funnelsim.model.calendar import PERIOD_UNITS, Period
from funnelsim.model.results import Band, Forecast
from funnelsim.model.simulation import Simulation
from funnelsim.outputs.forecast_text import amount_text, chance_text, lead_name, percentile_text
from funnelsim.outputs.learned_sentences import shared_risk
from funnelsim.outputs.number_text import (
    in_hundred,
    money_range,
    money_words,
    percent_text,
    span_text,
)

NARROWEST_BAND = 0.10
"""An 80 % band of a quarter or longer within this share of its median is narrower than published errors allow."""
UNITS_PER_YEAR = {"month": 12, "quarter": 4, "week": 52}
assert set(UNITS_PER_YEAR) == set(PERIOD_UNITS)


def headline(forecast: Forecast) -> str:
    """Return the one-sentence answer.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str
        The 80 % range and the middle of the horizon total; says so when there is nothing to forecast or no spread.
    """
    total, digits, currency = forecast.total, forecast.minor_digits, forecast.currency
    low, middle, high = (total.percentiles[percent] for percent in (10, 50, 90))
    error, days = total.standard_error, span_text(total.period)
    whose = bookings_words(forecast)
    if not len(forecast.table.leads) and not forecast.components:
        return f"There is no open lead to forecast: bookings from open leads, {days}, are 0."
    if low == high:
        amount = money_words(middle, digits, currency) if middle else "nothing"
        return f"At least 80 in 100 simulated futures book {amount} from {whose}, {days}."
    between = money_range(low, high, digits, currency, (error.p10, error.p90))
    median = money_words(middle, digits, currency, error.p50)
    subject = f"bookings from {whose}, {days},"
    return f"There is an 80% chance that {subject} fall between {between}; the middle is {median}."


def bookings_words(forecast: Forecast) -> str:
    """Return what the bookings come from.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str
        Such as ``the open leads and new business``.
    """
    return "the open leads and new business" if len(forecast.components) > 1 else "the open leads"


def year_headline(forecast: Forecast, booked: int, counted_from: date) -> str:
    """Return the one-sentence answer for a total that counts what is booked already.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.
    booked : int
        Booked from ``counted_from`` to the as-of day, minor units.
    counted_from : date
        First day counted.

    Returns
    -------
    str
        The same as :func:`headline` when nothing is booked.
    """
    total, digits, currency = forecast.total, forecast.minor_digits, forecast.currency
    low, middle, high = (total.percentiles[percent] + booked for percent in (10, 50, 90))
    if not booked or low == high:
        return headline(forecast)
    error = total.standard_error
    between = money_range(low, high, digits, currency, (error.p10, error.p90))
    median = money_words(middle, digits, currency, error.p50)
    days = span_text(Period(counted_from, total.period.end))
    return (
        f"With {money_words(booked, digits, currency)} booked, there is an 80% chance that {days} ends up between "
        f"{between}; the middle is {median}."
    )


def plan_sentence(forecast: Forecast) -> str | None:
    """Return the chance of the plan, both sides, as a count of a hundred and a percentage.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        None without a plan.
    """
    plan = forecast.plan
    if plan is None:
        return None
    made, missed = in_hundred(plan.probability, plan.standard_error, forecast.replications)
    percent = percent_text(plan.probability, plan.standard_error, forecast.replications)
    booked = f", {amount_text(forecast, plan.actuals)} of it booked," if plan.actuals else ""
    return (
        f"{_capital(made)} simulated futures make the plan of {amount_text(forecast, plan.target)} for "
        f"{span_text(plan.window)}{booked} and {missed} miss it: the chance of the plan is {percent}."
    )


def plan_title(forecast: Forecast) -> str | None:
    """Return the chance of the plan, both sides, in one short line.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        None without a plan.
    """
    plan = forecast.plan
    if plan is None:
        return None
    made, missed = in_hundred(plan.probability, plan.standard_error, forecast.replications)
    named = "" if plan.window.end == forecast.calendar.window.end else f" for {span_text(plan.window)}"
    target = f"{amount_text(forecast, plan.target)}{named}"
    return f"{_capital(made)} simulated futures make the plan of {target}, {missed} miss it."


def shortfall_sentence(forecast: Forecast) -> str | None:
    """Return how bad a miss is.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        None without a plan, or when no simulated future misses it.
    """
    plan = forecast.plan
    if plan is None or plan.expected_shortfall <= 0:
        return None
    return f"If we miss, the average shortfall is {amount_text(forecast, plan.expected_shortfall)}."


def shared_risk_sentence(forecast: Forecast) -> str:
    """Return how much wider the band is than that of independent leads.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str
        One sentence.
    """
    if forecast.learned is not None:
        return shared_risk(forecast)
    ratio, assumed = forecast.independent_band_ratio, forecast.assumptions
    if assumed.shock_sd == 0 and assumed.group_sd == 0:
        return "No shared risk is assumed: leads are independent here, which real pipelines are not."
    if forecast.total.percentiles[10] == forecast.total.percentiles[90]:
        return "The band has no width, with shared risk or without."
    if ratio is None:
        return "Without shared risk the band would have no width at all."
    if f"{ratio:.1f}" == "1.0":
        return "Shared risk leaves this band about as wide as it would be if leads were independent."
    comparison = f"{ratio:.1f} times wider than" if ratio > 1 else f"{ratio:.1f} times as wide as"
    return f"Shared risk makes this band {comparison} if leads were independent."


def adding_sentence(forecast: Forecast) -> str | None:
    """Return by how much the periods' P10s miss the total's P10 when they are added up.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        None for a single period, and when all of them are 0.
    """
    count = len(forecast.periods)
    if count < 2:
        return None
    added, whole, error = forecast.sum_of_period_p10, forecast.total.percentiles[10], forecast.total.standard_error.p10
    if not added and not whole:
        return None
    side = "more" if whole > added else "less"
    difference = f"{amount_text(forecast, abs(whole - added), error)} {side}" if added != whole else "the same here"
    parts, total = amount_text(forecast, added, error), percentile_text(forecast, forecast.total, 10)
    return (
        f"P10s do not add: the {count} {forecast.calendar.unit}s' sum to {parts}, the total's is {total}, {difference}."
    )


def concentration_sentence(forecast: Forecast) -> str | None:
    """Return what is left without the lead that has the largest EV inside the horizon.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        None when no lead has EV inside the horizon.
    """
    without = forecast.without_largest
    if without is None:
        return None
    error = forecast.total.standard_error
    text = (
        f"Without the largest lead, {lead_name(without.lead)}, the middle goes from "
        f"{percentile_text(forecast, forecast.total, 50)} to {amount_text(forecast, without.p50, error.p50)} and P10 "
        f"from {percentile_text(forecast, forecast.total, 10)} to {amount_text(forecast, without.p10, error.p10)}"
    )
    known = [without.lead, *(lead for lead in forecast.lead_effects if lead.lead_id == without.lead.lead_id)]
    with_it, without_it = next(
        ((lead.probability_with, lead.probability_without) for lead in known if lead.effect is not None), (None, None)
    )
    if forecast.plan is None or with_it is None or without_it is None:
        return text + "."
    chances = [chance_text(forecast, chance) for chance in (with_it, without_it)]
    return f"{text}; the chance of the plan goes from {chances[0]} to {chances[1]}."


def effects_sentence(forecast: Forecast, most: int = 3) -> str | None:
    """Return the leads that move the chance of the plan most.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.
    most : int, default 3
        Largest number of leads named.

    Returns
    -------
    str or None
        None without a plan or when no lead moves it by half a point.
    """
    moving = [
        (lead, lead.effect) for lead in forecast.lead_effects if lead.effect is not None and abs(lead.effect) >= 0.005
    ]
    if not moving:
        return None
    moving.sort(key=lambda pair: -abs(pair[1]))
    named = ", ".join(f"{lead_name(lead)} ({100 * effect:+.0f})" for lead, effect in moving[:most])
    return f"Leads that move the chance of the plan most, in points: {named}."


def optimism_sentence(forecast: Forecast) -> str | None:
    """Return what published over-optimism of stated PCs would do to the mean.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    str or None
        A sensitivity with its grade, never applied; None when the mean is 0, or when records replace stated PCs.
    """
    if forecast.total.mean <= 0 or forecast.learned is not None:
        return None
    error = forecast.total.standard_error.mean
    lower, mean = (amount_text(forecast, amount, error) for amount in (forecast.optimism_mean, forecast.total.mean))
    return (
        f"Were stated PCs as over-optimistic as published ones, the mean would be {lower}, not {mean} "
        "(grade C; not applied)."
    )


def narrow_sentences(forecast: Forecast) -> tuple[str, ...]:
    """Return warnings about bands that are narrower than published forecast errors allow.

    Parameters
    ----------
    forecast : Forecast
        Any forecast.

    Returns
    -------
    tuple of str
        One for the total and one naming the quarters, where their 80 % band lies within 10 % of the median.
    """
    quarters = forecast.periods if forecast.calendar.unit == "quarter" else ()
    narrow = [forecast.calendar.label(band.period) for band in quarters if _is_narrow(band)]
    named = (["the total"] if _is_narrow(forecast.total) else []) + narrow
    if not named:
        return ()
    return (
        f"Warning: the 80% band of {', '.join(named)} is within 10% of its middle, yet 43 in 100 companies miss their "
        f"quarter by 10% or more (survey, grade B): some risk is likely missing here.",
    )


def outside_sentence(forecast: Forecast | Simulation) -> str:
    """Return the bands in words, and how often the outcome will lie outside them.

    Parameters
    ----------
    forecast : Forecast or Simulation
        Any of either.

    Returns
    -------
    str
        For a caption under a chart whose bands are darkest in the middle.
    """
    whole_year = forecast.calendar.horizon == UNITS_PER_YEAR[forecast.calendar.unit]
    often = "1 year in 10" if whole_year else "1 forecast in 10"
    return (
        "Dark band: half of the simulated futures. Dark and middle: 8 in 10. All three: 9 in 10; "
        f"we expect about {often} outside the outer band."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_narrow(band: Band) -> bool:
    low, middle, high = (band.percentiles[percent] for percent in (10, 50, 90))
    return middle > 0 and low > middle * (1 - NARROWEST_BAND) and high < middle * (1 + NARROWEST_BAND)
