"""Names of categories in a picture: side by side below a plot, or beside lying bars, in lines and never cut.

The question: where does every name fit?  Names break between words; where three lines do not hold them, bars lie.

What it leaves out: values and their axis (:mod:`funnelsim.outputs.pictures.picture_frame`).
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Final

import altair as alt

from funnelsim.model.board_pack import Chart
from funnelsim.outputs.chart_layout import wrapped
from funnelsim.outputs.chart_names import named_with_values
from funnelsim.outputs.chart_style import Spec
from funnelsim.outputs.pictures.picture_frame import LABEL_SIZE, LETTER, SMALL_CAPTION, plot_width
from funnelsim.outputs.plain_text import plain

_NARROW: Final = 6.6
"""The same for lower-case letters."""
_MOST_LINES: Final = 3
MOST_SLANTED: Final = 26
"""Categories whose names are all shown; of more, some are."""
LONGEST_LABEL: Final = 90
_NAME_LETTERS: Final = 34
_MANY_NAMES: Final = 14
_LINE_BREAK: Final = "split(datum.label, '\\n')"


def labels_of(chart: Chart) -> list[str]:
    """Return the categories as labels that differ: equal names are numbered.

    Parameters
    ----------
    chart : Chart
        Any chart.

    Returns
    -------
    list of str
        One a category, at most 40 characters and a number.
    """
    found: dict[str, int] = {}
    labels = []
    for name in named_with_values(chart):
        shown = plain(name, LONGEST_LABEL)
        found[shown] = found.get(shown, 0) + 1
        labels.append(shown if found[shown] == 1 else f"{shown} ({found[shown]})")
    return labels


def category_axis(labels: Sequence[str], caption: Sequence[str], right: int, *, over_time: bool = False) -> alt.Axis:
    """Return the axis of categories below a plot: all names where they differ in kind, some where they are days.

    Parameters
    ----------
    labels : sequence of str
        Different; a line break starts a new line.
    caption : sequence of str
        Sentences below the labels.
    right : int
        Points to the right of the plot.
    over_time : bool
        Whether one category follows the other, so that a reader needs only some names; ticks stand at these.

    Returns
    -------
    altair.Axis
        No label touches the next one: names that have too little room are slanted, days are thinned.
    """
    width = plot_width(right)
    longest = max((len(line) for label in labels for line in label.split("\n")), default=1)
    needed = len(labels) * (longest * LETTER + 10 if over_time else longest * _NARROW + 8)
    tight = needed > width
    slanted = tight and not over_time and len(labels) <= MOST_SLANTED
    stride = 1 if slanted else max(1, -(-int(needed) // width))
    kept = list(labels[::-1][::stride][::-1])
    look: dict[str, Any] = {"labelAngle": 0, "labelLimit": 0, "labelExpr": _LINE_BREAK}
    if slanted:  # a limit is for labels of one line: on broken ones it leaves the whole picture blank
        look = {"labelAngle": -35, "labelAlign": "right", "labelLimit": 150}
    return alt.Axis(
        title=wrapped(list(caption), int((width - 10) / 5.9)),
        values=kept,
        labelFontSize=LABEL_SIZE,
        labelLineHeight=16,
        labelOverlap=False,
        labelPadding=8,
        ticks=over_time,
        grid=False,
        **{**look, **SMALL_CAPTION},
    )


def broken(labels: Sequence[str], right: int) -> list[str]:
    """Return labels with line breaks where a category has too little room for one line.

    Parameters
    ----------
    labels : sequence of str
        Of the categories.
    right : int
        Points to the right of the plot.

    Returns
    -------
    list of str
        As they were where they fit, or where three lines would not hold them: the axis slants those.
    """
    letters = int((plot_width(right) / max(len(labels), 1) - 8) / _NARROW)
    if letters < 7 or max(map(len, labels), default=0) <= letters:
        return list(labels)
    lines = [textwrap.wrap(label, letters, break_long_words=False) or [label] for label in labels]
    fits = all(len(some) <= _MOST_LINES and max(map(len, some)) <= letters + 2 for some in lines)
    return ["\n".join(some) for some in lines] if fits else list(labels)


def lying(labels: Sequence[str], right: int) -> bool:
    """Tell whether names are too long to stand side by side below columns, even in several lines.

    Parameters
    ----------
    labels : sequence of str
        As :func:`broken` returns them.
    right : int
        Points to the right of the plot.

    Returns
    -------
    bool
        Whether bars should lie, so that no name is slanted or cut.
    """
    longest = max((len(line) for label in labels for line in label.split("\n")), default=1)
    return len(labels) <= MOST_SLANTED and len(labels) * (longest * _NARROW + 8) > plot_width(right)


def name_axis(labels: Sequence[str]) -> alt.Axis:
    """Return the axis of categories left of lying bars, long names in several lines.

    Parameters
    ----------
    labels : sequence of str
        As :func:`stacked` returns them.

    Returns
    -------
    altair.Axis
        Without ticks and lines.
    """
    size = LABEL_SIZE if len(labels) <= _MANY_NAMES else LABEL_SIZE - 2
    look: dict[str, Any] = {"labelLimit": 0, "labelExpr": _LINE_BREAK, "labelLineHeight": size + 2, "labelPadding": 10}
    return alt.Axis(title=None, ticks=False, domain=False, grid=False, labelFontSize=size, **look)


def stacked(labels: Sequence[str]) -> list[str]:
    """Return names for lying bars.

    Parameters
    ----------
    labels : sequence of str
        Of the categories.

    Returns
    -------
    list of str
        With line breaks between words where they are long.
    """
    return ["\n".join(textwrap.wrap(label, _NAME_LETTERS)[:3] or [label]) for label in labels]


def rows_of(chart: Chart, columns: dict[str, Sequence[Any]]) -> list[Spec]:
    """Return one row of data a category.

    Parameters
    ----------
    chart : Chart
        The chart.
    columns : dict of str to sequence
        Values by field, one a category.

    Returns
    -------
    list of dict
        With the category's label as ``at``.
    """
    return [
        {"at": label, **{name: values[row] for name, values in columns.items()}}
        for row, label in enumerate(labels_of(chart))
    ]
