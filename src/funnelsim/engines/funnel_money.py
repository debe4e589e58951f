"""What a simulated funnel cost: hours, touches, mailings, leads and spend, exact to the minor unit.

Prices are taken as written (``.1`` is one tenth) and multiplied with whole counts in whole numbers; each replication
and period is rounded once, halves to even.

What it leaves out: salaries.  An hour that nobody worked on a lead costs nothing here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from funnelsim.engines.funnel_setting import DAYS_PER_MONTH, Setting, minor_units, months_in
from funnelsim.kernels.funnel_arrays import NURTURE_DAYS, TICKS_PER_HOUR, Out
from funnelsim.kernels.reduce import count_at_least
from funnelsim.model.funnel_worth import GoalOutcome
from funnelsim.model.money import rounded

Ints = npt.NDArray[np.int64]
Part = tuple[Ints, Fraction]
"""How often something happened, and what one of it costs in minor units."""

SAFE = 1 << 62


def priced(parts: Sequence[Part], fixed: Sequence[Fraction] | Fraction = Fraction(0)) -> Ints:
    """Return the cost of several things together, rounded once.

    Parameters
    ----------
    parts : sequence of Part
        Counts, all of one shape, and their prices.
    fixed : Fraction, or one per last axis
        What is paid whatever happens, minor units.

    Returns
    -------
    int64, shape of the counts
        Minor units, halves to even, exact before that.
    """
    constants = [fixed] if isinstance(fixed, Fraction) else list(fixed)
    common = math.lcm(*(price.denominator for _, price in parts), *(one.denominator for one in constants))
    wholes = [(count, int(price * common)) for count, price in parts]
    added = [int(one * common) for one in constants]
    largest = sum(int(np.abs(count).max(initial=0)) * abs(whole) for count, whole in wholes)
    small = largest + max(map(abs, added)) < SAFE and common < SAFE
    kind: type = np.int64 if small else object
    total: npt.NDArray[Any] = np.zeros(np.shape(parts[0][0]), dtype=kind)
    for count, whole in wholes:
        total = total + count.astype(kind) * whole
    total = total + (np.array(added, dtype=kind) if len(added) > 1 else added[0])
    quotient, rest = total // common, total % common
    up = (rest > common - rest) | ((rest == common - rest) & (quotient % 2 == 1))
    return np.asarray(quotient + up, dtype=np.int64)


def team_parts(setting: Setting, out: Out, team: int) -> list[Part]:
    """Return what a team did and what that costs.

    Parameters
    ----------
    setting : Setting
        Prices.
    out : Out
        What happened.
    team : int
        Which one.

    Returns
    -------
    list of Part
        Hours and touches, counts ``(replication, period)``.
    """
    prices = setting.scenario.teams[team]
    hour = minor_units(prices.cost_per_hour, setting.digits) / TICKS_PER_HOUR
    return [(out.ticks[:, team], hour), (out.touches[:, team], minor_units(prices.cost_per_touch, setting.digits))]


def source_parts(setting: Setting, out: Out, source: int) -> list[Part]:
    """Return the leads of a source and what each costs.

    Parameters
    ----------
    setting : Setting
        Prices.
    out : Out
        What happened.
    source : int
        Which one.

    Returns
    -------
    list of Part
        Counts ``(replication, period)``.
    """
    price = minor_units(setting.scenario.sources[source].cost_per_lead, setting.digits)
    return [(out.born[:, source], price)]


def source_spend(setting: Setting, source: int) -> list[Fraction]:
    """Return what a source that is given by its spend costs, whatever it brings.

    Parameters
    ----------
    setting : Setting
        Prices and calendar.
    source : int
        Which one.

    Returns
    -------
    list of Fraction
        Minor units, one per period; a stub pays its share of the month.
    """
    spend = minor_units(setting.scenario.sources[source].spend or 0.0, setting.digits)
    return [spend * months_in(period) for period in setting.calendar.periods]


def mailing_parts(setting: Setting, out: Out) -> list[Part]:
    """Return the lead days in nurture and what one of them costs.

    Parameters
    ----------
    setting : Setting
        Mailings a month and their price.
    out : Out
        What happened.

    Returns
    -------
    list of Part
        Counts ``(replication, period)``.
    """
    nurture = setting.strategy.nurture
    price = minor_units(nurture.cost_per_touch, setting.digits) * Fraction(str(nurture.touches_per_month))
    return [(out.flow[:, :, NURTURE_DAYS], price / DAYS_PER_MONTH)]


def cost_by_period(setting: Setting, out: Out) -> Ints:
    """Return what each replication costs in each period.

    Parameters
    ----------
    setting : Setting
        Prices.
    out : Out
        What happened.

    Returns
    -------
    int64, (replication, period)
        Minor units: hours worked on leads times the cost of an hour, touches times the cost of a touch, lead days in
        nurture times mailings a day times the cost of a mailing, leads born times the cost of a lead, and the spend of
        sources that are given by their spend.  Rounded once.
    """
    parts = mailing_parts(setting, out)
    for team in range(len(setting.scenario.teams)):
        parts += team_parts(setting, out, team)
    fixed = [Fraction(0)] * len(setting.calendar.periods)
    for source in range(len(setting.scenario.sources)):
        parts += source_parts(setting, out, source)
        fixed = [one + other for one, other in zip(fixed, source_spend(setting, source), strict=True)]
    return priced(parts, fixed)


def over_horizon(parts: Sequence[Part]) -> list[Part]:
    """Add the periods of counts up.

    Parameters
    ----------
    parts : sequence of Part
        Counts ``(replication, period)``.

    Returns
    -------
    list of Part
        Counts ``(replication,)``, same prices.
    """
    return [(count.sum(axis=1), price) for count, price in parts]


def goal_outcome(setting: Setting, totals: Ints) -> GoalOutcome | None:
    """Return the chance of the goal.

    Parameters
    ----------
    setting : Setting
        May have a goal.
    totals : int64, (replication,)
        Bookings over the horizon, minor units.

    Returns
    -------
    GoalOutcome or None
        None without a goal; the standard error is that of a proportion.
    """
    target = rounded(minor_units(setting.scenario.goal.revenue, setting.digits))
    if target == 0:
        return None
    count = len(totals)
    reached, lacking = count_at_least(np.ascontiguousarray(totals), np.int64(target))
    probability = reached / count
    return GoalOutcome(
        target=target,
        probability=probability,
        standard_error=math.sqrt(probability * (1 - probability) / count),
        expected_shortfall=lacking / (count - reached) if reached < count else 0.0,
    )
