"""How an answer shows itself: the methods that every public answer has in a notebook, and the door behind them.

The question: what does a person see who ends a cell with an answer, and how do its numbers become a table or a picture
of their own?  The record says that it can be shown; what shows it lives on floors above, which this one may not know.
They are given once, as a way to load them, when ``funnelsim`` is imported, and loaded when somebody looks.

What it leaves out: how anything looks, and what is in the tables (``outputs/notebook``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import polars


class Picture(Protocol):
    """A chart that shows itself as the last line of a cell."""

    @property
    def spec(self) -> dict[str, Any]:
        """The chart as a Vega-Lite specification with its data inside."""
        ...

    @property
    def chart(self) -> Any:
        """The chart as an Altair object, to be changed further."""
        ...

    def png(self) -> bytes:
        """Draw it in pixels."""
        ...

    def svg(self) -> bytes:
        """Draw it in lines."""
        ...

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file whose name ends in ``.png`` or ``.svg``, whole or not at all."""
        ...


class Faces(Protocol):
    """What can show any answer."""

    def html(self, answer: Any) -> str:
        """Return an answer as one piece of HTML."""
        ...

    def polars_frame(self, answer: Any) -> polars.DataFrame:
        """Return an answer's main table."""
        ...

    def pandas_frame(self, answer: Any) -> Any:
        """Return the same for pandas."""
        ...

    def picture(self, answer: Any, name: str | None) -> Picture:
        """Return one of an answer's charts."""
        ...


def _nothing() -> Faces:
    message = "importing funnelsim says how answers are shown"
    raise AssertionError(message)


_load: list[Callable[[], Faces]] = [_nothing]


def show_through(load: Callable[[], Faces]) -> None:
    """Say what shows answers from now on.

    Parameters
    ----------
    load : callable
        Called whenever an answer is to be shown; imports what it needs then, so that saying so costs nothing.
    """
    _load[0] = load


class Showing:
    """An answer that shows itself."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the headline and the main table, the rest folded away, and nothing active."""
        return _load[0]().html(self)

    def to_polars(self) -> polars.DataFrame:
        """Return the main table.

        Returns
        -------
        polars.DataFrame
            Money in major units: exact amounts (percentiles, bookings, PR x PC) as decimals, estimated ones (means,
            their errors, intervals) as doubles.  Days are dates, shares lie in [0, 1], and what does not exist is null.
            Text is as it was read.  Which rows and columns: ``docs/python.md``.
        """
        return _load[0]().polars_frame(self)

    def to_pandas(self) -> Any:
        """Return the main table as a pandas ``DataFrame``.

        Returns
        -------
        pandas.DataFrame
            As :meth:`to_polars` says; exact amounts are ``decimal.Decimal`` objects, dates ``datetime64``.

        Raises
        ------
        ScenarioError
            If pandas is not installed.
        """
        return _load[0]().pandas_frame(self)

    def plot(self, name: str | None = None) -> Picture:
        """Return a chart, which shows itself as the last line of a cell.

        Parameters
        ----------
        name : str, optional
            Which chart, by the name it has in a run folder; the first when left out.

        Returns
        -------
        Picture
            With ``save``, ``png``, ``svg``, ``spec`` (Vega-Lite) and ``chart`` (Altair).

        Raises
        ------
        ScenarioError
            If the answer has no chart, or none of that name.
        """
        return _load[0]().picture(self, name)
