"""A choice of design as a picture: how far every design lies from the best one, and when it fell.

Differences with their ranges, never the designs' own spread: designs share their luck, so only differences tell them
apart.

What it leaves out: pages around the chart.
"""

from __future__ import annotations

import math
from typing import Any, Final

import altair as alt

from funnelsim.model.money import minor_digits
from funnelsim.model.optimum import DesignReport, Optimum
from funnelsim.outputs import selection_sentences as sentences
from funnelsim.outputs.chart_layout import axis_unit
from funnelsim.outputs.chart_style import ACTUAL, INNER, PLAN_WORDS, QUIET, WIDTH, Spec, caption_axis, finished
from funnelsim.outputs.charts import images_of
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.selection_text import design_text, quantity

NAME: Final = "designs"
MOST_DRAWN: Final = 20
ROW_HEIGHT: Final = 30
_PLOT: Final = WIDTH - 320
"""Width of the plot, so that names and words have room beside it."""
_LONGEST: Final = 60


def selection_images(optimum: Optimum) -> dict[str, bytes]:
    """Draw the chart, as PNG and SVG.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    dict of str to bytes
        By file name.
    """
    return images_of({NAME: selection_chart(optimum)})


def selection_chart(optimum: Optimum) -> Spec:
    """Return the differences to the best design, with their ranges.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    dict
        A Vega-Lite specification with its data inside; at most 20 designs, the best first.
    """
    order = optimum.ranking
    shown = [optimum.reports[place] for place in order[:MOST_DRAWN]]
    scale, words = _unit(optimum, shown)
    rows = [_row(optimum, number, report, scale) for number, report in enumerate(shown, 1)]
    names = [row["design"] for row in rows]
    caption = _caption(optimum, len(order))
    axis = caption_axis([f"Difference to the best, {words}.", *caption], tickCount=5)
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    room = max(high - low, 1e-9)
    scale_x = alt.Scale(domain=[low - 0.03 * room, high + 0.03 * room], nice=False)
    x = alt.X("middle:Q", axis=axis, scale=scale_x)
    beside = alt.Axis(title=None, ticks=False, domain=False, labelFontSize=13, labelLimit=430, labelPadding=10)
    y = alt.Y("design:N", axis=beside, scale=alt.Scale(domain=names, padding=0.5))
    chart = alt.layer(*_layers(rows, x, y)).properties(width=_PLOT, height=ROW_HEIGHT * (len(rows) + 1))
    title = [sentences.headline(optimum)]
    parts = [f"{row['design']}: {row['words']}." for row in rows]
    text = " ".join(["Differences of designs to the best one.", *title, *parts, *caption])
    return finished(chart, sentences.footer(optimum), title, text)


def _row(optimum: Optimum, number: int, report: DesignReport, scale: float) -> Spec:
    gap = report.difference
    middle, low, high = (gap.estimate, gap.low, gap.high) if gap else (0.0, 0.0, 0.0)
    if not math.isfinite(high - low):
        low = high = middle
    amount = quantity(optimum, middle, gap.half_width / 50 if gap else 0.0, named=False, signed=True)
    fate = sentences.fate_text(optimum, report)
    return {
        "design": f"{number}: {plain(design_text(optimum, report.design), _LONGEST)}",
        "middle": middle / scale,
        "low": low / scale,
        "high": high / scale,
        "words": f"{amount}; {fate}" if gap else fate,
        "out": report.fate.status == "eliminated",
    }


def _layers(rows: list[Spec], x: alt.X, y: alt.Y) -> list[Any]:
    """Return the marks, from the back to the front: zero, ranges, points, words."""
    zero = alt.Chart(alt.InlineData(values=[{"middle": 0.0}])).encode(x=x)
    marks: list[Any] = [zero.mark_rule(color=QUIET, strokeDash=[2, 3])]
    for out, colour, shape in ((True, PLAN_WORDS, "circle"), (False, INNER, "diamond")):
        some = [row for row in rows if row["out"] is out]
        if not some:
            continue
        chart = alt.Chart(alt.InlineData(values=some))
        marks.append(chart.encode(x=alt.X("low:Q"), x2="high:Q", y=y).mark_rule(color=colour, strokeWidth=2.5))
        point = chart.encode(x=x, y=y)
        marks.append(point.mark_point(color=colour, fill=colour, size=90, shape=shape, opacity=1))
    words = alt.Chart(alt.InlineData(values=rows)).encode(x=alt.value(_PLOT), y=y, text="words:N")
    marks.append(words.mark_text(align="left", dx=14, fontSize=12, color=ACTUAL, clip=False))
    return marks


def _unit(optimum: Optimum, shown: list[DesignReport]) -> tuple[float, str]:
    """Return what one on the axis is worth, and its name."""
    title = optimum.score.title
    if optimum.score.unit != "money":
        return 1.0, title if optimum.score.unit == "leads" else f"{title} in {optimum.score.unit}"
    scale = 10.0 ** minor_digits(optimum.currency)
    ends = [abs(end) for one in shown if one.difference for end in (one.difference.low, one.difference.high)]
    unit = axis_unit(max([end for end in ends if math.isfinite(end)], default=0.0) / scale)
    money = plain(optimum.currency, 20) if optimum.currency else "currency not given"
    return unit.size * scale, f"{title}, {unit.long} {money}".replace("  ", " ")


def _caption(optimum: Optimum, count: int) -> list[str]:
    confidence = sentences.confidence_text(optimum)
    lines = [
        f"Point: mean over the runs that both designs have. Line: all lines together hold the truth in at least "
        f"{confidence} of studies, however early the runs stopped.",
    ]
    if count > MOST_DRAWN:
        lines.append(f"The first {MOST_DRAWN} of {count:,} designs.")
    return lines
