"""A chart that shows itself as the last line of a notebook's cell.

The question: how does a specification become something to look at, to keep, and to change?  It is shown as the picture
that run folders hold, drawn by the renderer that is installed with the package: the same bytes everywhere, no script
and no network, also where a notebook is only read.

What it leaves out: what is drawn (:mod:`funnelsim.outputs.notebook.answer_charts`).
"""

from __future__ import annotations

import base64
import os
import struct
from pathlib import Path
from typing import Any, Final

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.outputs.atomic import write_bytes_atomically
from funnelsim.outputs.chart_style import Spec
from funnelsim.outputs.charts import PIXELS_PER_POINT, chart_png, chart_svg
from funnelsim.outputs.notebook.answer_charts import charts_of

_SIZE: Final = struct.Struct(">II")
_SIZE_AT: Final = 16
"""Where a PNG says its width and height."""


class ChartPicture:
    """A chart that shows itself.

    Parameters
    ----------
    spec : dict
        Vega-Lite with its data inside.
    """

    def __init__(self, spec: Spec) -> None:
        self._spec = spec

    def __repr__(self) -> str:
        """Return what the chart shows, in words."""
        return f"<chart: {self._words}>"

    @property
    def spec(self) -> Spec:
        """The chart as a Vega-Lite specification with its data inside."""
        return self._spec

    @property
    def chart(self) -> Any:
        """The chart as an Altair object, to be changed further; Altair shows it its own way."""
        import altair as alt

        return alt.Chart.from_dict(self._spec)

    def png(self) -> bytes:
        """Draw it in pixels.

        Returns
        -------
        bytes
            PNG, two pixels to a point.
        """
        return chart_png(self._spec)

    def svg(self) -> bytes:
        """Draw it in lines.

        Returns
        -------
        bytes
            SVG, UTF-8.
        """
        return chart_svg(self._spec)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, whole or not at all.

        Parameters
        ----------
        path : path
            Ends in ``.png`` or ``.svg``.

        Raises
        ------
        ScenarioError
            If the name ends in something else.
        """
        draw = {".png": self.png, ".svg": self.svg}.get(Path(path).suffix.lower())
        if draw is None:
            raise ScenarioError(Problem("save", "path", "a name that ends in .png or .svg", os.fspath(path)))
        write_bytes_atomically(path, draw())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict[str, str], Spec]:
        """Return the picture for a notebook: the PNG at its size in points, and its words for those who cannot see."""
        data = self.png()
        wide, high = _SIZE.unpack_from(data, _SIZE_AT)
        size = {"width": round(wide / PIXELS_PER_POINT), "height": round(high / PIXELS_PER_POINT), "alt": self._words}
        shown = {"image/png": base64.b64encode(data).decode("ascii"), "text/plain": repr(self)}
        return shown, {"image/png": size}

    @property
    def _words(self) -> str:
        return str(self._spec["description"])


def picture_of(answer: Any, name: str | None) -> ChartPicture:
    """Return one of an answer's charts.

    Parameters
    ----------
    answer : Forecast, Simulation, Optimum, Sweep, Comparison, GoalPlan, Backtest, Track, Calibration or explanation
        Any.
    name : str or None
        Which; None for the first.

    Returns
    -------
    ChartPicture
        Drawn when it is looked at.

    Raises
    ------
    ScenarioError
        If the answer has no chart, or none of that name.
    """
    charts = charts_of(answer)
    if not charts:
        raise ScenarioError(Problem("plot", "the answer", "one with something to draw", Shown("nothing that differs")))
    chosen = next(iter(charts)) if name is None else name
    if chosen not in charts:
        raise ScenarioError(Problem("plot", "the chart", f"one of {', '.join(charts)}", name))
    return ChartPicture(charts[chosen]())
