"""The numbers of an explanation as text, and the column of a bridge whose figures add up as printed.

Means are rounded where they stand, and a step is the difference of two rounded means: what is printed adds up, whatever
it is rounded to.

What it leaves out: sentences (:mod:`funnelsim.outputs.explanation_sentences`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from funnelsim.model.bridge_steps import SHOWN_IF_ANY
from funnelsim.model.explanation import CHANCE, Bridge, BridgeStep, DriverBar, Explanation
from funnelsim.model.intervals import Interval
from funnelsim.outputs.number_text import UNITS, Unit, money_text, percent_text
from funnelsim.outputs.plain_text import plain

NAME_LENGTH = 44


@dataclass(frozen=True)
class Column:
    """How one column of money is rounded.

    Attributes
    ----------
    unit : Unit
        What it counts in.
    minor : int
        Minor units in one.
    """

    unit: Unit
    minor: int

    def whole(self, amount: float) -> int:
        """Return an amount in whole units, halves to even.

        Parameters
        ----------
        amount : int or float
            Minor units.

        Returns
        -------
        int
            Units.
        """
        return int((Decimal(amount) / self.minor).to_integral_value(ROUND_HALF_EVEN))

    def text(self, amount: float) -> str:
        """Return an amount as the column shows it.

        Parameters
        ----------
        amount : int or float
            Minor units.

        Returns
        -------
        str
            Such as ``4,857K``.
        """
        return f"{self.whole(amount):,}{self.unit.short}"


def column_for(largest: float, digits: int) -> Column:
    """Return the unit of a column: one below the largest that its largest amount fills.

    Parameters
    ----------
    largest : float
        Minor units.
    digits : int
        Decimals of the currency.

    Returns
    -------
    Column
        Between four and six digits for the largest amount, or whole major units.
    """
    size = abs(largest) / 10**digits
    filled = next((index for index, unit in enumerate(UNITS) if size >= unit[0]), len(UNITS) - 1)
    unit = Unit(*UNITS[min(filled + 1, len(UNITS) - 1)])
    return Column(unit, int(unit.size * 10**digits))


def bridge_column(answer: Explanation, bridge: Bridge) -> Column:
    """Return how a bridge's column is rounded.

    Parameters
    ----------
    answer : Explanation
        Names the decimals.
    bridge : Bridge
        Its bridge.

    Returns
    -------
    Column
        For means, steps and percentiles alike.
    """
    states = (bridge.start, *(step.after for step in bridge.steps))
    return column_for(max(abs(state.mean) for state in states), answer.minor_digits)


def shown_steps(bridge: Bridge) -> tuple[BridgeStep, ...]:
    """Return the steps that a page shows: those of every bridge, and others with something in them.

    Parameters
    ----------
    bridge : Bridge
        Any bridge.

    Returns
    -------
    tuple of BridgeStep
        What is left out changed nothing.
    """
    return tuple(step for step in bridge.steps if step.name not in SHOWN_IF_ANY or step.leads or step.total)


def printed_steps(bridge: Bridge, column: Column) -> tuple[int, ...]:
    """Return every step in whole units, as differences of rounded means.

    Parameters
    ----------
    bridge : Bridge
        Any bridge.
    column : Column
        How it is rounded.

    Returns
    -------
    tuple of int
        One per step; they sum to the difference of the printed ends.
    """
    levels = [column.whole(bridge.start.mean), *(column.whole(step.after.mean) for step in bridge.steps)]
    return tuple(later - earlier for earlier, later in pairwise(levels))


def signed(amount: int, column: Column) -> str:
    """Return a step with its sign.

    Parameters
    ----------
    amount : int
        Units.
    column : Column
        How it is rounded.

    Returns
    -------
    str
        Such as ``+174K`` or ``-9K``; ``0`` for nothing.
    """
    return f"{amount:+,}{column.unit.short}" if amount else "0"


def chance_of(answer: Explanation, chance: float) -> str:
    """Return a simulated chance as a percentage.

    Parameters
    ----------
    answer : Explanation
        Says how many replications stand behind it.
    chance : float
        In [0, 1].

    Returns
    -------
    str
        Such as ``62%`` or ``less than 1%``.
    """
    count = answer.run.replications
    return percent_text(chance, (chance * (1 - chance) / count) ** 0.5, count)


def measure_text(answer: Explanation, value: float) -> str:
    """Return a value of the tornado's measure.

    Parameters
    ----------
    answer : Explanation
        Any explanation.
    value : float
        A chance in [0, 1], or minor units.

    Returns
    -------
    str
        A percentage, or an amount.
    """
    if answer.tornado.measure == CHANCE:
        return chance_of(answer, value)
    return money_text(value, answer.minor_digits)


def swing_text(answer: Explanation, bar: DriverBar) -> str:
    """Return how far a driver moves the measure, with its interval.

    Parameters
    ----------
    answer : Explanation
        Any explanation.
    bar : DriverBar
        One of its bars.

    Returns
    -------
    str
        In points of a percentage, or money; without an interval where none is known.
    """

    def show(value: float) -> str:
        if answer.tornado.measure == CHANCE:
            return f"{100 * value:+.0f}"
        return ("+" if value > 0 else "") + money_text(value, answer.minor_digits)

    known = _finite(bar.swing)
    swing = show(bar.high - bar.low)
    return swing if known is None else f"{swing} ({show(known.low)} to {show(known.high)})"


def confidence_text(answer: Explanation) -> str:
    """Return how sure the intervals of the drivers are.

    Parameters
    ----------
    answer : Explanation
        Any explanation.

    Returns
    -------
    str
        Such as ``95 %``, or ``at least 95 %`` for a conservative method.
    """
    known = [bar.swing for bar in answer.tornado.bars if bar.swing is not None]
    return next((one.label for one in known if one.at_least), known[0].label if known else "95 %")


def _finite(interval: Interval | None) -> Interval | None:
    if interval is None or not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return None
    return interval


def lead_text(name: str, lead_id: str) -> str:
    """Return a lead's name, or its id when it has none.

    Parameters
    ----------
    name, lead_id : str
        From the user's file.

    Returns
    -------
    str
        Safe to show, in quotes.
    """
    return f"'{plain(name.strip() or lead_id, NAME_LENGTH)}'"


def window_money(answer: Explanation, minor: float) -> str:
    """Return an amount of the window.

    Parameters
    ----------
    answer : Explanation
        Names currency and decimals.
    minor : float
        Minor units.

    Returns
    -------
    str
        At most three significant digits, with the currency where one is known.
    """
    return money_text(minor, answer.minor_digits, answer.currency)


def as_printed(answer: Explanation, whole: int, minor: float, column: Column) -> str:
    """Return an amount as the bridge's column has it, so that no reader finds two figures for one step.

    Parameters
    ----------
    answer : Explanation
        Names currency and decimals.
    whole : int
        What the column shows, units.
    minor : float
        The same in minor units, which is said where the column shows 0.
    column : Column
        How it is rounded.

    Returns
    -------
    str
        With the currency where one is known.
    """
    if not whole:
        return window_money(answer, minor)
    currency = f"{plain(answer.currency, 12)} " if answer.currency else ""
    return f"{currency}{whole:,}{column.unit.short}"


def leads_text(count: int) -> str:
    """Return a number of leads.

    Parameters
    ----------
    count : int
        At least 0.

    Returns
    -------
    str
        Such as ``1 lead`` or ``2 leads``.
    """
    return f"{count:,} lead" if count == 1 else f"{count:,} leads"
