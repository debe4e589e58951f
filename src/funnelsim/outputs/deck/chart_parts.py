"""What the native charts of a deck share: colours, series in the axis's unit, fills, labels and legends.

What it leaves out: the charts themselves (the modules beside this one).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_LEGEND_POSITION
from pptx.util import Pt

from funnelsim.model.board_pack import Chart, Quantity, Series
from funnelsim.outputs.chart_names import values_of
from funnelsim.outputs.deck.chart_xml import hide_legend_entries
from funnelsim.outputs.plain_text import plain

INNER, MIDDLE, OUTER = "2171B5", "6BAED6", "C6DBEF"
MEDIAN, PLAN, GREY, UP, DOWN, ACTUAL = "08306B", "D55E00", "8C8C8C", "0072B2", "E69F00", "000000"
BARS: Final = ("0072B2", "E69F00", "333333")
"""Dark, light, black: told apart in greyscale, too."""
EDGE: Final = "404040"
"""Round light fills, which white paper would swallow."""
SMALL: Final = Pt(12)
MOST_LABELS: Final = 16

Column = tuple[str, list[float | None]]
"""A series of the chart's workbook: its name, and one value a category in the axis's unit."""
Drawing = Callable[[Any, Chart], None]
Plan = tuple[Any, list[Column], Drawing]
"""A kind of native chart, its series, and what makes it look as it should."""


def known(series: Series | None, chart: Chart) -> list[float]:
    """Return a series in the axis's unit, with 0 where nothing is known.

    Parameters
    ----------
    series : Series or None
        As :func:`values_of` takes it.
    chart : Chart
        Whose.

    Returns
    -------
    list of float, (category,)
        Numbers to stack.
    """
    return [value or 0.0 for value in values_of(series, chart)]


def steps(high: Sequence[float], low: Sequence[float]) -> list[float | None]:
    """Return how far one series stands above another.

    Parameters
    ----------
    high, low : sequence of float, (category,)
        In the same unit.

    Returns
    -------
    list of float, (category,)
        Their differences.
    """
    return [one - other for one, other in zip(high, low, strict=True)]


def fill(part: Any, colour: str) -> None:
    """Fill a bar or an area, with an edge where the colour is light.

    Parameters
    ----------
    part : pptx series or point
        What.
    colour : str
        Six hex digits.
    """
    part.format.fill.solid()
    part.format.fill.fore_color.rgb = RGBColor.from_string(colour)
    if colour == BARS[1]:
        part.format.line.color.rgb, part.format.line.width = RGBColor.from_string(EDGE), Pt(1)


def legend_below(native: Any, hidden: Sequence[int] = ()) -> None:
    """Put a legend below a chart.

    Parameters
    ----------
    native : pptx Chart
        Whose.
    hidden : sequence of int
        Series that it leaves out.
    """
    native.has_legend = True
    native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    native.legend.font.size = SMALL
    hide_legend_entries(native, hidden)


def label(drawn: Any, values: Sequence[Quantity], position: Any) -> None:
    """Write its number at every bar of a series, unless there are too many.

    Parameters
    ----------
    drawn : pptx series
        Which.
    values : sequence of Quantity, (category,)
        What is printed.
    position : XL_LABEL_POSITION
        Where.
    """
    if len(values) <= MOST_LABELS:
        for row, value in enumerate(values):
            if value.value is not None:
                one_label(drawn, row, value.text, position)


def one_label(drawn: Any, row: int, words: str, position: Any, colour: str = "000000") -> None:
    """Write words at one bar.

    Parameters
    ----------
    drawn : pptx series
        Which.
    row : int
        Its category.
    words : str
        Nothing is written for none.
    position : XL_LABEL_POSITION
        Where.
    colour : str
        Six hex digits.
    """
    if not words:
        return
    text = drawn.points[row].data_label
    text.has_text_frame = True
    text.text_frame.text = plain(words)
    text.text_frame.word_wrap = False
    run = text.text_frame.paragraphs[0].runs[0]
    run.font.size, run.font.color.rgb = SMALL, RGBColor.from_string(colour)
    text.position = position
