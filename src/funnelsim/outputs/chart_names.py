"""Names under a chart's bars, its values on the axis, and where a bridge has room for numbers, the same in every form.

The question: where does a bar with an interval say its number?  In its name, because a whisker would cross a label at
the bar's end, and a number at the whisker's end would be taken for the end of the interval.  And the steps of a bridge?
Inside, or all of them above, once one is too low for words.

What it leaves out: how names are broken into lines; each form has its own room.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from funnelsim.model.board_pack import Chart, Series

THIN: Final = 0.06
"""A step lower than this share of its bridge has no room for a number inside."""
WORDS_ROOM: Final = 0.08
"""Room above a step for its number, as a share of the bridge."""


def has_intervals(chart: Chart) -> bool:
    """Tell whether each bar has an interval.

    Parameters
    ----------
    chart : Chart
        Of any kind.

    Returns
    -------
    bool
        True for bars of one series with ends.
    """
    single = sum(one.role == "bar" for one in chart.series) == 1
    return chart.kind == "bars" and single and chart.of("low") is not None and chart.of("high") is not None


def named_with_values(chart: Chart) -> tuple[str, ...]:
    """Return the names of categories, with the number of the bar where it has an interval.

    Parameters
    ----------
    chart : Chart
        Of any kind.

    Returns
    -------
    tuple of str, (category,)
        As the chart shows them.
    """
    bar = chart.of("bar")
    if bar is None or not has_intervals(chart):
        return chart.categories
    return tuple(f"{name}: {value.text}" for name, value in zip(chart.categories, bar.values, strict=True))


def values_of(series: Series | None, chart: Chart) -> list[float | None]:
    """Return a series in the axis's unit.

    Parameters
    ----------
    series : Series or None
        None for one that the chart does not have.
    chart : Chart
        Whose.

    Returns
    -------
    list of float or None, (category,)
        None where nothing is known.
    """
    if series is None:
        return [None] * len(chart.categories)
    return [None if one.value is None else one.value / chart.scale for one in series.values]


def levels_of(chart: Chart) -> list[float]:
    """Return where each bar of a bridge ends.

    Parameters
    ----------
    chart : Chart
        Of kind ``bridge``.

    Returns
    -------
    list of float, (category,)
        In the unit of its values; the first and the last are totals.
    """
    found = [value or 0.0 for value in values_of(chart.of("step"), chart)]
    levels: list[float] = []
    for row, step in enumerate(found):
        levels.append(step if row in {0, len(found) - 1} else levels[-1] + step)
    return [level * chart.scale for level in levels]


def has_thin_steps(chart: Chart) -> bool:
    """Tell whether the numbers of a bridge stand above its bars, because some bar is too low for words inside.

    Parameters
    ----------
    chart : Chart
        Of kind ``bridge``.

    Returns
    -------
    bool
        False for a bridge that goes below 0, where nothing can be stacked above every bar.
    """
    levels = levels_of(chart)
    highest = max(levels, default=0.0)
    moves = [abs(later - earlier) for earlier, later in pairwise(levels[:-1])]
    return min(levels, default=0.0) >= 0.0 and any(0.0 < move < THIN * highest for move in moves)
