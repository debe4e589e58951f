"""A board pack's charts as pictures: Vega-Lite specifications, PNG and SVG, 1920 pixels wide.

Every number is the pack's value in the unit of the axis, every label its printed text; the message stands above, where
the numbers come from below it.  Nothing of a user's text reaches an expression, and nothing is fetched.

What it leaves out: tables, points and notes, which a picture has no room for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import altair as alt

from funnelsim.model.board_pack import Chart, Exhibit, Pack
from funnelsim.outputs.chart_layout import wrapped
from funnelsim.outputs.chart_style import CONDITION, Spec, finished
from funnelsim.outputs.charts import chart_png, chart_svg
from funnelsim.outputs.pictures.band_marks import fan, lines, periods
from funnelsim.outputs.pictures.bar_marks import bars, bridge
from funnelsim.outputs.pictures.lying_marks import ranges
from funnelsim.outputs.pictures.picture_frame import PICTURE_HEIGHT, PICTURE_WIDTH, Drawing
from funnelsim.outputs.plain_text import plain

DRAWINGS: Final[dict[str, Callable[[Chart], Drawing]]] = {
    "fan": fan,
    "periods": periods,
    "bars": bars,
    "bridge": bridge,
    "ranges": ranges,
    "lines": lines,
}
"""What draws each kind of chart."""
HAPPENED: Final = frozenset({"backtest", "track", "calibrate"})
"""Commands whose answers tell what happened, whatever is assumed."""
_TITLE_SIZE, _TITLE_LETTERS, _SUBTITLE_LETTERS, _LONGEST_TITLE = 19, 94, 150, 350


def picture_spec(exhibit: Exhibit, pack: Pack) -> Spec | None:
    """Return an exhibit's chart as a specification.

    Parameters
    ----------
    exhibit : Exhibit
        One of the pack's.
    pack : Pack
        For the line that says where the numbers come from.

    Returns
    -------
    dict or None
        Vega-Lite with its data inside; None for an exhibit without a chart, or with an empty one.
    """
    chart = exhibit.chart
    if chart is None or not chart.categories or not chart.series:
        return None
    drawing = DRAWINGS[_kind(chart)](chart)
    layers = alt.layer(*drawing.layers).properties(
        width=PICTURE_WIDTH, height=PICTURE_HEIGHT, autosize=alt.AutoSizeParams(type="fit", contains="padding")
    )
    title, words = plain(exhibit.title, _LONGEST_TITLE), plain(exhibit.alt or exhibit.title)
    condition = "" if pack.command in HAPPENED else CONDITION
    spec = finished(layers, _made(pack), [title], words, condition=condition)
    spec["padding"] = {"left": 20, "top": 16, "bottom": 14, "right": 16 + drawing.right}
    spec["title"].update(
        text=wrapped([title], _TITLE_LETTERS) or [""],
        subtitle=wrapped([" ".join(spec["title"]["subtitle"])], _SUBTITLE_LETTERS),
        fontSize=_TITLE_SIZE,
        lineHeight=24,
        subtitleFontSize=12.5,
        offset=26,
        frame="bounds",
    )
    return spec


def picture_png(exhibit: Exhibit, pack: Pack) -> bytes | None:
    """Return an exhibit's chart as PNG.

    Parameters
    ----------
    exhibit : Exhibit
        One of the pack's.
    pack : Pack
        For the line that says where the numbers come from.

    Returns
    -------
    bytes or None
        1920 x 1080 pixels, the same bytes for the same pack; None for an exhibit without a chart.
    """
    spec = picture_spec(exhibit, pack)
    return None if spec is None else chart_png(spec)


def picture_svg(exhibit: Exhibit, pack: Pack) -> bytes | None:
    """Return an exhibit's chart as SVG.

    Parameters
    ----------
    exhibit : Exhibit
        One of the pack's.
    pack : Pack
        For the line that says where the numbers come from.

    Returns
    -------
    bytes or None
        UTF-8, 960 x 540 points with the chart in words as its description; None for an exhibit without a chart.
    """
    spec = picture_spec(exhibit, pack)
    return None if spec is None else chart_svg(spec)


def _kind(chart: Chart) -> str:
    """Return how a chart is drawn: separate periods, and a fan of one period, as floating columns."""
    alone = not chart.running or len(chart.categories) == 1
    return "periods" if chart.kind == "fan" and alone else chart.kind


def _made(pack: Pack) -> str:
    made = pack.provenance
    words = [
        f"As of {made.as_of}.",
        f"{plain(made.input_name, 40)} {made.input_sha256[:12]},",
        *([f"{made.replications:,} futures, seed {made.seed},"] if made.replications else []),
        f"funnelsim {made.version}.",
        plain(pack.track, 260),
    ]
    return " ".join(words)
