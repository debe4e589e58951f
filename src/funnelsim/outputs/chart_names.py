"""Names under a chart's bars, and its values on the axis, the same in every form.

The question: where does a bar with an interval say its number?  In its name, because a whisker would cross a label at
the bar's end, and a number at the whisker's end would be taken for the end of the interval.

What it leaves out: how names are broken into lines; each form has its own room.
"""

from __future__ import annotations

from funnelsim.model.board_pack import Chart, Series


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
