"""The difference between two strategies over time, as a picture.

The question: from when on is the other one ahead, by how much, and how sure is that?  A line for the mean difference
with its interval, a paler band for single futures, and 0 drawn: never two fans side by side, which hide that both sides
have the same luck.

What it leaves out: the chart around it, and how it becomes a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt

from funnelsim.model.comparison import Comparison, Contest, PeriodDifference
from funnelsim.model.intervals import Interval
from funnelsim.model.score_words import SCORES
from funnelsim.outputs.chart_layout import Wanted, axis_unit, milliseconds, spread
from funnelsim.outputs.chart_style import HEADROOM, MEDIAN, MIDDLE, OUTER, QUIET, Spec
from funnelsim.outputs.comparison_text import ends_text, signed_text
from funnelsim.outputs.number_text import Unit, money_text
from funnelsim.outputs.plain_text import plain

LABEL_GAP = 17
_NAME_LENGTH = 18
_OTHERS = ("#D55E00", "#009E73", "#AA3377", "#7A5A00", "#666666")
_DASHES: tuple[list[int], ...] = ([8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [14, 5])
MOST_OTHERS = len(_OTHERS)


@dataclass(frozen=True)
class Panel:
    """One panel: differences over days.

    Attributes
    ----------
    low, high : float
        Ends of its axis in the unit.
    rows : list of dict
        ``day`` in milliseconds; ``mean low high p10 p90`` in the unit.
    labels : list of Wanted
        Words beside the last day.
    others : list of (str, list of dict)
        Name and points of the mean differences of the other contests.
    height : int
        Pixels.
    """

    low: float
    high: float
    rows: list[Spec]
    labels: list[Wanted]
    others: list[tuple[str, list[Spec]]]
    height: int


def unit_of(comparison: Comparison, contest: Contest) -> Unit:
    """Return the unit that both panels count in.

    Parameters
    ----------
    comparison : Comparison
        Names the decimals of the currency.
    contest : Contest
        The one that is drawn.

    Returns
    -------
    Unit
        As large as the largest difference from the start asks for.
    """
    ends = [abs(value) for one in contest.cumulative for value in (*one.percentiles.values(), one.mean.low)]
    return axis_unit(max(ends, default=0) / 10**comparison.minor_digits)


def running_panel(comparison: Comparison, contest: Contest, unit: Unit, height: int) -> Panel:
    """Return the difference of everything booked from the start to each day.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.
    contest : Contest
        The one that is drawn with its bands; the others come as lines.
    unit : Unit
        What the axis counts in.
    height : int
        Pixels.

    Returns
    -------
    Panel
        Starts at 0 on the as-of day; its labels name the last day's figures.
    """
    start, last = comparison.calendar.as_of, contest.cumulative[-1]
    size = unit.size * 10**comparison.minor_digits
    first = {"day": milliseconds(start), "mean": 0.0, "low": 0.0, "high": 0.0, "p10": 0.0, "p90": 0.0}
    rows = [first, *_rows(contest.cumulative, size)]
    rivals = [one for one in comparison.contests if one is not contest and not one.identical][:MOST_OTHERS]
    others = [(one.other, _means(start, one.cumulative, size)) for one in rivals]
    score = SCORES["revenue"]
    name = f"{plain(contest.other, _NAME_LENGTH)} " if rivals else ""
    mean = f"{name}{signed_text(comparison, score, last.mean)} ({ends_text(comparison, score, last.mean)})"
    spread_out = (last.percentiles[90] - last.percentiles[10]) / 100
    ends = [
        (f"{word} {_signed(comparison, last.percentiles[percent], spread_out)}", last.percentiles[percent])
        for word, percent in (("P90", 90), ("P10", 10))
    ]
    labels = [Wanted(mean, last.mean.estimate / size, "mean")]
    labels += [Wanted(text, value / size, "edge") for text, value in ends]
    labels += [
        Wanted(f"{plain(rival.other, _NAME_LENGTH)} {signed_text(comparison, score, rival.cumulative[-1].mean)}",
               rival.cumulative[-1].mean.estimate / size, str(k))
        for k, rival in enumerate(rivals)
    ]  # fmt: skip
    low, high = _ends(rows, others)
    return Panel(low, high, rows, labels, others, height)


def monthly_panel(comparison: Comparison, contest: Contest, unit: Unit, height: int) -> Panel:
    """Return the difference of what is booked in each period by itself.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.
    contest : Contest
        The one that is drawn.
    unit : Unit
        What the axis counts in.
    height : int
        Pixels.

    Returns
    -------
    Panel
        Without labels: it has the same marks as the panel above it.
    """
    rows = _rows(contest.periods, unit.size * 10**comparison.minor_digits)
    low, high = _ends(rows, [])
    return Panel(low, high, rows, [], [], height)


def layers(panel: Panel, x: alt.X, axis: alt.Axis) -> list[Any]:
    """Return the marks of a panel, from the back to the front.

    Parameters
    ----------
    panel : Panel
        What to draw.
    x : altair channel
        The axis of ``day``.
    axis : altair axis
        Of amounts.

    Returns
    -------
    list of altair chart
        Bands, the line of 0, means and labels.
    """
    scale = alt.Scale(domain=[panel.low, panel.high], nice=False, zero=False)
    chart = _chart(panel.rows)
    y = alt.Y("p10:Q", axis=axis, scale=scale)
    few = _few(panel)
    marks: list[Any] = []
    if few:  # an area of one point is nothing
        marks.append(chart.mark_rule(color=OUTER, strokeWidth=18).encode(x=x, y=y, y2="p90:Q"))
        marks.append(chart.mark_rule(color=MIDDLE, strokeWidth=12).encode(x=x, y="low:Q", y2="high:Q"))
    else:
        marks.append(chart.mark_area(color=OUTER, opacity=1).encode(x=x, y=y, y2="p90:Q"))
        marks.append(chart.mark_area(color=MIDDLE, opacity=1).encode(x=x, y="low:Q", y2="high:Q"))
    marks.append(_chart([{"amount": 0.0}]).mark_rule(color="#000000", strokeWidth=1.2).encode(y="amount:Q"))
    for k, (_, rows) in enumerate(panel.others):
        line = _chart(rows).mark_line(color=_OTHERS[k], strokeDash=_DASHES[k], strokeWidth=2)
        marks.append(line.encode(x=x, y="mean:Q"))
    mean = chart.encode(x=x, y="mean:Q")
    marks.append(mean.mark_line(color=MEDIAN, strokeWidth=2.2))
    marks.append(mean.mark_point(color=MEDIAN, fill=MEDIAN, size=26, opacity=1))
    return [*marks, *_labels(panel, x)]


def _labels(panel: Panel, x: alt.X) -> list[Any]:
    shifted = [one._replace(value=one.value - panel.low) for one in panel.labels]
    placed = spread(shifted, panel.high - panel.low, panel.height, LABEL_GAP)
    marks = []
    for label in placed:
        colour = MEDIAN if label.kind == "mean" else QUIET if label.kind == "edge" else _OTHERS[int(label.kind)]
        row = [{"day": panel.rows[-1]["day"], "amount": label.place + panel.low, "words": label.text}]
        weight: Any = "normal" if label.kind == "edge" else "bold"
        words = _chart(row).mark_text(
            align="left", dx=18 if _few(panel) else 9, fontSize=13, fontWeight=weight, color=colour, clip=False
        )
        marks.append(words.encode(x=x, y="amount:Q", text="words:N"))
    return marks


def _few(panel: Panel) -> bool:
    """Tell whether there is one period only, whose bands are bars."""
    return len(panel.rows) <= 2


def _rows(stretches: Sequence[PeriodDifference], size: float) -> list[Spec]:
    return [
        {
            "day": milliseconds(one.period.end),
            **_ends_of(one.mean, size),
            **{f"p{percent}": one.percentiles[percent] / size for percent in (10, 90)},
        }
        for one in stretches
    ]


def _means(start: date, stretches: Sequence[PeriodDifference], size: float) -> list[Spec]:
    points = [{"day": milliseconds(one.period.end), "mean": one.mean.estimate / size} for one in stretches]
    return [{"day": milliseconds(start), "mean": 0.0}, *points]


def _ends_of(interval: Interval, size: float) -> Spec:
    return {"mean": interval.estimate / size, "low": interval.low / size, "high": interval.high / size}


def _ends(rows: Sequence[Spec], others: Sequence[tuple[str, list[Spec]]]) -> tuple[float, float]:
    """Return the ends of an axis that holds everything and 0, with some air."""
    values = [row[name] for row in rows for name in ("p10", "p90", "low", "high")]
    values += [row["mean"] for _, points in others for row in points]
    low, high = min(0.0, *values), max(0.0, *values)
    if high <= low:
        return -1.0, 1.0
    air = (high - low) * (HEADROOM - 1)
    return low - air, high + air


def _signed(comparison: Comparison, minor: int, error: float) -> str:
    text = money_text(minor, comparison.minor_digits, None, error)
    return f"+{text}" if minor > 0 and text != "0" else text


def _chart(rows: list[Spec]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=rows))
