"""The law of one row of a lowered book, as the closed forms need it: when, how much, and with which other rows.

A window is a run of adjacent bins.  A winner's day word, as a uniform v, puts the row into a window when
``start <= v < end``; so the chance is ``end - start``, and two line items of one lead, which share the word, overlap
where their spans do.

What it leaves out: whether the row is won, which is the only thing that shocks move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.quantile_tables import CELL_WEIGHTS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Windows = npt.NDArray[np.bool_]

TABLES_AT_ONCE = 256
"""Rows whose amount tables are spelled out together: about 10 MB."""


@dataclass(frozen=True, eq=False)
class DaySpans:
    """Which day words put a winner into each window, for one parameter set.

    Attributes
    ----------
    start, end : float64, (day_cell, window)
        In [0, 1], ``start <= end``.
    """

    start: Floats
    end: Floats

    @property
    def chance(self) -> Floats:
        """Chance that a winner closes inside the window, ``(day_cell, window)``."""
        return self.end - self.start


@dataclass(frozen=True, eq=False)
class AmountMoments:
    """What rows bring when they are won, in minor units.

    Attributes
    ----------
    mean, square : float64, (row,)
        Means of the amount and of its square, of the rounded amounts that the kernel books.
    largest : float64, (row,)
        The most it can be.
    """

    mean: Floats
    square: Floats
    largest: Floats


def period_windows(period_of_bin: Ints) -> Windows:
    """Return one window per period.

    Parameters
    ----------
    period_of_bin : int64, (bin,)
        Period of each bin inside the horizon, 0 and up, never falling.

    Returns
    -------
    bool, (period, bin + 1)
        The last bin is past the horizon and in none of them.
    """
    periods = np.arange(int(period_of_bin[-1]) + 1)
    inside = period_of_bin[None, :] == periods[:, None]
    return np.concatenate([inside, np.zeros((periods.size, 1), dtype=bool)], axis=1)


def cumulative_windows(period_of_bin: Ints) -> Windows:
    """Return one window per period: everything from the first period to this one.

    Parameters
    ----------
    period_of_bin : int64, (bin,)
        Period of each bin inside the horizon, 0 and up, never falling.

    Returns
    -------
    bool, (period, bin + 1)
        The last row is the horizon.
    """
    return np.asarray(np.logical_or.accumulate(period_windows(period_of_bin), axis=0))


def checked_windows(windows: npt.ArrayLike, bins: int) -> Windows:
    """Return windows as a matrix over all bins, the one past the horizon included.

    Parameters
    ----------
    windows : array_like of bool, (window, bin) or (window, bin + 1)
        Each row a run of adjacent bins, at least one.
    bins : int
        Bins inside the horizon.

    Returns
    -------
    bool, (window, bin + 1)
        False past the horizon where the caller left that column out.
    """
    matrix = np.atleast_2d(np.asarray(windows, dtype=bool))
    assert matrix.shape[1] in {bins, bins + 1}, "windows have one column per bin"
    if matrix.shape[1] == bins:
        matrix = np.concatenate([matrix, np.zeros((len(matrix), 1), dtype=bool)], axis=1)
    turns = np.diff(matrix.astype(np.int8), axis=1, prepend=0, append=0)
    assert np.all((turns == 1).sum(axis=1) == 1), "a window is one run of adjacent bins"
    return matrix


def day_spans(book: LoweredBook, windows: Windows, chosen: int) -> DaySpans:
    """Return the spans of day words for one parameter set.

    Parameters
    ----------
    book : LoweredBook
        Any book.
    windows : bool, (window, bin + 1)
        From :func:`checked_windows`.
    chosen : int
        Parameter set, in [0, M).

    Returns
    -------
    DaySpans
        Exact multiples of 2**-64, as doubles.
    """
    edges = book.tables.day_edges[:, chosen, :]
    surely = np.arange(book.bins)[None, :] >= book.tables.day_last[:, chosen, None]
    reached = np.where(surely, 1.0, edges.astype(np.float64) * 2.0**-64)
    ends = np.concatenate([np.zeros((len(reached), 1)), reached, np.ones((len(reached), 1))], axis=1)
    first = windows.argmax(axis=1)
    last = windows.shape[1] - windows[:, ::-1].argmax(axis=1)
    return DaySpans(ends[:, first], ends[:, last])


def row_amounts(book: LoweredBook, rows: Ints) -> Floats:
    """Return the amount of some drawn rows in every cell of their tables, rounded as the kernel rounds.

    Parameters
    ----------
    book : LoweredBook
        Any book.
    rows : int64, (n,)
        Rows with an amount table.

    Returns
    -------
    float64, (n, cell)
        Whole minor units.
    """
    shapes = book.tables.shapes[book.rows.amount_table[rows]]
    return np.asarray(np.rint(book.rows.amount_scale[rows, None] * shapes))


def amount_moments(book: LoweredBook) -> AmountMoments:
    """Return the moments of every row's amount.

    Parameters
    ----------
    book : LoweredBook
        Any book.

    Returns
    -------
    AmountMoments
        Exact to rounding.
    """
    mean = book.rows.amount.astype(np.float64)
    square, largest = mean**2, mean.copy()
    drawn = np.flatnonzero(book.rows.amount_table >= 0)
    for low in range(0, drawn.size, TABLES_AT_ONCE):
        rows = drawn[low : low + TABLES_AT_ONCE]
        amounts = row_amounts(book, rows)
        mean[rows] = amounts @ CELL_WEIGHTS
        square[rows] = amounts**2 @ CELL_WEIGHTS
        largest[rows] = amounts[:, -1]
    return AmountMoments(mean, square, largest)


def product_means(book: LoweredBook, moments: AmountMoments, one: Ints, other: Ints) -> Floats:
    """Return the mean product of the amounts of pairs of rows that share their amount word.

    Parameters
    ----------
    book : LoweredBook
        Any book.
    moments : AmountMoments
        Of its rows.
    one, other : int64, (pair,)
        Rows.

    Returns
    -------
    float64, (pair,)
        Squared minor units.
    """
    means = moments.mean[one] * moments.mean[other]
    both = np.flatnonzero((book.rows.amount_table[one] >= 0) & (book.rows.amount_table[other] >= 0))
    for low in range(0, both.size, TABLES_AT_ONCE):
        pairs = both[low : low + TABLES_AT_ONCE]
        means[pairs] = (row_amounts(book, one[pairs]) * row_amounts(book, other[pairs])) @ CELL_WEIGHTS
    return means


def line_items(book: LoweredBook) -> list[Ints]:
    """Return the rows of each lead that has more than one.

    Parameters
    ----------
    book : LoweredBook
        Any book.

    Returns
    -------
    list of int64 arrays
        Row numbers, at least two each, in the order of the leads' keys.
    """
    order = np.argsort(book.rows.key, kind="stable")
    keys = book.rows.key[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if keys.size else np.empty(0, dtype=int)
    ends = np.append(starts[1:], keys.size)
    several = np.flatnonzero(ends - starts > 1)
    return [order[starts[lead] : ends[lead]] for lead in several]
