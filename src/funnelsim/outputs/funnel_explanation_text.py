"""The numbers and names of a simulation's explanation as text.

What it leaves out: sentences (:mod:`funnelsim.outputs.funnel_explanation_sentences`).
"""

from __future__ import annotations

import math
from itertools import pairwise

from funnelsim.model.funnel_explanation import BridgeState, Fault, FunnelExplanation, TornadoBar
from funnelsim.model.funnel_words import LOSS_WORDS
from funnelsim.model.intervals import Interval
from funnelsim.outputs.explanation_text import Column, column_for
from funnelsim.outputs.number_text import money_text
from funnelsim.outputs.plain_text import plain

CHANCE = "chance of the goal"
UNKNOWN = "-"


def money(answer: FunnelExplanation, minor: float, error: float = 0.0, *, signed: bool = False) -> str:
    """Return an amount in short form, without the currency.

    Parameters
    ----------
    answer : FunnelExplanation
        Names the decimals.
    minor : float
        Minor units.
    error : float
        Standard error; the amount is rounded to at least this.
    signed : bool
        Whether a plus stands in front of a gain.

    Returns
    -------
    str
        Such as ``461K`` or ``+12K``; ``-`` for nan.
    """
    if not math.isfinite(minor):
        return UNKNOWN
    text = money_text(minor, answer.digits, None, error if math.isfinite(error) else 0.0)
    return f"+{text}" if signed and minor > 0 and text != "0" else text


def moved(answer: FunnelExplanation, interval: Interval) -> str:
    """Return a change of money with its interval.

    Parameters
    ----------
    answer : FunnelExplanation
        Names the decimals.
    interval : Interval
        Minor units.

    Returns
    -------
    str
        Such as ``-355K +-18K``; the change alone where too few futures were simulated for an interval; ``-355K, rough``
        where the interval is known to hold the truth too rarely.
    """
    if is_rough(interval):
        return f"{money(answer, interval.estimate, interval.half_width / 2, signed=True)}, rough"
    half = interval.half_width
    text = money(answer, interval.estimate, half / 2 if math.isfinite(half) else 0.0, signed=True)
    if interval.estimate == 0 and half == 0:
        return "0"
    return f"{text} +-{money_text(half, answer.digits, None, half / 20)}" if math.isfinite(half) else text


def is_rough(interval: Interval) -> bool:
    """Tell whether an interval is known to hold the truth less often than it says.

    Parameters
    ----------
    interval : Interval
        Of a part of an explanation.

    Returns
    -------
    bool
        By the name of its method.
    """
    return interval.method.endswith("rough")


def points(interval: Interval) -> str:
    """Return a change of a share in points of per cent, with its interval.

    Parameters
    ----------
    interval : Interval
        A difference of shares.

    Returns
    -------
    str
        Such as ``-12 +-1``; ``-`` for nan.
    """
    if math.isnan(interval.estimate):
        return UNKNOWN
    half = 100 * interval.half_width
    if interval.estimate == 0 and half == 0:
        return "0"
    places = 1 if half < 1 else 0
    text = f"{100 * interval.estimate:+.{places}f}"
    return f"{text} +-{half:.{places}f}" if math.isfinite(half) else text


def percent(share: float) -> str:
    """Return a share as a percentage.

    Parameters
    ----------
    share : float
        In [0, 1]; may be nan.

    Returns
    -------
    str
        ``33%``, ``0.7%``; ``-`` for nan.
    """
    if math.isnan(share):
        return UNKNOWN
    return f"{100 * share:.{1 if 0 < abs(share) < 0.1 else 0}f}%"


def measured(answer: FunnelExplanation, value: float) -> str:
    """Return a value of the tornado's measure, or a change of it.

    Parameters
    ----------
    answer : FunnelExplanation
        Says which measure.
    value : float
        A share or minor units.

    Returns
    -------
    str
        A percentage or an amount.
    """
    if answer.tornado.measure != CHANCE:
        return money(answer, value, abs(value) / 200)
    # a few futures do not show that none, or all, would reach the goal
    least = 1 / answer.tornado.replications
    if value < least:
        return f"under {100 * least:.0f}%" if least >= 0.01 else "under 1%"
    return f"over {100 - 100 * least:.0f}%" if value > 1 - least else f"{100 * value:.0f}%"


def number(value: float) -> str:
    """Return a number of a scenario.

    Parameters
    ----------
    value : float
        Any.

    Returns
    -------
    str
        At most four digits.
    """
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e9 else f"{value:.4g}"


def bar_name(bar: TornadoBar, most: int = 44) -> str:
    """Return a number's path in words.

    Parameters
    ----------
    bar : TornadoBar
        Any.
    most : int
        Characters.

    Returns
    -------
    str
        Such as ``stage C: hours`` or ``hand off: kept``.
    """
    kind, _, rest = bar.path.partition(".")
    name, _, key = rest.partition(".")
    if kind == "forces":
        kind, said = "", f"{name}: {key}"
    elif kind == "strategies":
        said = key.replace(".", ": ")
    else:
        kind = kind[:-1] if kind in {"stages", "teams", "sources"} else kind
        said = f"{kind} {name}: {key}" if key else f"{kind}: {name}"
    return plain(said.replace("_", " ").replace(".", " "), most)


def place_name(fault: Fault) -> str:
    """Return where a fault is.

    Parameters
    ----------
    fault : Fault
        Any.

    Returns
    -------
    str
        Such as ``stage 'B'`` or ``leads coming in``.
    """
    return f"{fault.kind} '{plain(fault.name, 24)}'" if fault.name else fault.kind


def place_values(answer: FunnelExplanation, fault: Fault) -> tuple[str, str]:
    """Return what a place measured before and after.

    Parameters
    ----------
    answer : FunnelExplanation
        Names the decimals.
    fault : Fault
        Any.

    Returns
    -------
    tuple of str
        With the unit.
    """
    if fault.measure == "conversion":
        days = [f" in {day:.0f} d" if math.isfinite(day) else "" for day in (fault.days_before, fault.days_after)]
        return f"{percent(fault.before)}{days[0]}", f"{percent(fault.after)}{days[1]}"
    if fault.measure == "money":
        return money(answer, fault.before, fault.before / 200), money(answer, fault.after, fault.after / 200)
    unit = " h" if fault.measure == "hours" else ""
    return f"{fault.before:,.0f}{unit}", f"{fault.after:,.0f}{unit}"


def reason_words(reason: str) -> str:
    """Return why leads are lost, in words.

    Parameters
    ----------
    reason : str
        As counted.

    Returns
    -------
    str
        Such as ``bought from nobody``.
    """
    return LOSS_WORDS.get(reason, reason)


def states_of(answer: FunnelExplanation) -> tuple[BridgeState, ...]:
    """Return the states of a bridge, from the earlier run to the later one.

    Parameters
    ----------
    answer : FunnelExplanation
        With or without a bridge.

    Returns
    -------
    tuple of BridgeState
        Empty without a bridge.
    """
    bridge = answer.bridge
    return () if bridge is None else (bridge.start, *(step.after for step in bridge.steps))


def bridge_amounts(answer: FunnelExplanation) -> tuple[Column, tuple[int, ...], tuple[int, ...]]:
    """Return how a bridge's column is rounded, and its levels and steps in whole units.

    Parameters
    ----------
    answer : FunnelExplanation
        With a bridge.

    Returns
    -------
    column : Column
        The unit.
    levels : tuple of int
        Rounded means of the states.
    steps : tuple of int
        Differences of those, so that the column adds up as printed.
    """
    states = states_of(answer)
    column = column_for(max(abs(state.bookings) for state in states), answer.digits)
    levels = tuple(column.whole(state.bookings) for state in states)
    return column, levels, tuple(after - before for before, after in pairwise(levels))
