"""Names under a chart's bars, its values on the axis, and where a bridge has room for numbers, the same in every form.

The question: where does a bar with an interval say its number?  In its name, because a whisker would cross a label at
the bar's end, and a number at the whisker's end would be taken for the end of the interval.  And the steps of a bridge?
Inside, or all of them above, once one is too low for words.

What it leaves out: how names are broken into lines; each form has its own room.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from funnelsim.model.board_pack import Chart, Quantity, Series
from funnelsim.outputs.plain_text import plain

THIN: Final = 0.06
"""A step lower than this share of its bridge has no room for a number inside."""
NEAR_THE_END: Final = 0.8
"""From here on programs that choose an axis themselves may choose one beyond 100 %."""
FAR_FROM_ZERO: Final = 0.5
"""Share of their largest value that floating bars lie above 0 at least, where an axis leaves 0 out."""
RANGE_WORDS: Final = 0.35
"""Room beyond floating bars for their ends in words, as a share of how far they reach."""
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


def axis_end(chart: Chart) -> float | None:
    """Return where an axis must end, whatever room its values or words would like beyond.

    Parameters
    ----------
    chart : Chart
        Of any kind.

    Returns
    -------
    float or None
        1 for chances and shares that reach near it, and none beyond; else None.
    """
    most = _most(chart)
    if chart.unit not in {"chance", "share"} or most > 1.0:
        return None
    return 1.0 if most + _words_beside(chart) > NEAR_THE_END else None


def is_far_from_zero(chart: Chart) -> bool:
    """Tell whether an axis may leave 0 out, because floating bars lie so far above it that they would be slivers.

    Parameters
    ----------
    chart : Chart
        Of any kind.

    Returns
    -------
    bool
        False for other kinds, whose bars stand on 0 or whose lines are read against it.
    """
    values = [one.value for series in chart.series for one in series.values if one.value is not None]
    return chart.kind == "ranges" and min(values, default=0.0) > FAR_FROM_ZERO * max(values, default=0.0)


def has_full_ranges(chart: Chart) -> bool:
    """Tell whether ranges leave no room for their ends in words, because their axis must not go beyond 100 %.

    Parameters
    ----------
    chart : Chart
        Of any kind.

    Returns
    -------
    bool
        False for other kinds, and for ranges that stay clear of the end.
    """
    return axis_end(chart) is not None and chart.kind == "ranges" and _most(chart) + _words_beside(chart) > 1.0


def _most(chart: Chart) -> float:
    levels = [one.value for series in chart.series for one in series.values if one.value is not None]
    levels += [chart.reference.value] if chart.reference is not None and chart.reference.value is not None else []
    return max(levels, default=0.0)


def _words_beside(chart: Chart) -> float:
    """Return the room that words need beyond the highest of ranges, in the unit of the values."""
    if chart.kind != "ranges":
        return 0.0
    ends = [one.value for series in chart.series for one in series.values if one.value is not None]
    return RANGE_WORDS * (max(ends, default=0.0) - min([*ends, 0.0]))


def from_to(least: Quantity, most: Quantity) -> str:
    """Return both ends of a range, their unit once, and one of them where both print alike.

    Parameters
    ----------
    least, most : Quantity
        Its ends.

    Returns
    -------
    str
        Such as ``30% to 58%``.
    """
    unit = " points"
    if least.text == most.text:
        return most.text
    first = least.text.removesuffix(unit) if most.text.endswith(unit) else least.text
    return f"{first} to {most.text}"


def native_names(chart: Chart, most: int | None = None) -> tuple[str, ...]:
    """Return the names of categories as charts have them that other programs draw, and cannot be told to make room.

    Parameters
    ----------
    chart : Chart
        Of any kind.
    most : int, optional
        Letters of a name; its numbers are never cut.

    Returns
    -------
    tuple of str, (category,)
        With the ends of each range where no room for them is left beside it.
    """
    low, high = chart.of("low"), chart.of("high")
    if not has_full_ranges(chart) or low is None or high is None:
        return tuple(plain(name, most) for name in named_with_values(chart))
    said = [from_to(least, largest) for least, largest in zip(low.values, high.values, strict=True)]
    return tuple(
        f"{plain(name, None if most is None else most - len(words) - 2)}: {words}"
        for name, words in zip(chart.categories, said, strict=True)
    )


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
