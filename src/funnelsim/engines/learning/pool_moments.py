"""Exact mean and variance of a learned forecast: open leads and new business under the same parameter sets.

Given a set, leads are independent and new wins are Poisson; sets are an equal mixture.  So every run of a learned
forecast is held against its own law, as any other forecast is.

What it leaves out: percentiles.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.closed_form import WindowMoments, pair_terms
from funnelsim.engines.learning.new_business import NewBusiness, new_business_moments
from funnelsim.engines.row_laws import amount_moments, checked_windows, day_spans, line_items

Floats = npt.NDArray[np.float64]


def learned_moments(book: LoweredBook, new: NewBusiness | None, windows: npt.ArrayLike) -> WindowMoments:
    """Return mean and variance of the money in each window.

    Parameters
    ----------
    book : LoweredBook
        Open leads: no shocks of its own, a chance cell for each day cell; rows may be a selection.
    new : NewBusiness or None
        With as many sets; None for open leads alone.
    windows : array_like of bool, (window, bin) or (window, bin + 1)
        Each a run of adjacent bins; the last column is the bin past the horizon.

    Returns
    -------
    WindowMoments
        Exact to rounding for the tables; ``largest_lead`` is the most that one lead or win can bring in any window.
    """
    matrix = checked_windows(windows, book.bins)
    means, inner = moments_given_sets(book, new, matrix)
    largest = _largest(book)
    if new is not None:
        largest = max(largest, new_business_moments(new, matrix).largest)
    variance = inner.mean(axis=0) + np.square(means - means.mean(axis=0)).mean(axis=0)
    return WindowMoments(means.mean(axis=0), np.maximum(variance, 0.0), np.full(len(matrix), largest))


def moments_given_sets(book: LoweredBook, new: NewBusiness | None, windows: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return mean and variance of the money in each window under each parameter set.

    Parameters
    ----------
    book : LoweredBook
        Open leads: no shocks of its own, a chance cell for each day cell; rows may be a selection.
    new : NewBusiness or None
        With as many sets; None for open leads alone.
    windows : array_like of bool, (window, bin) or (window, bin + 1)
        Each a run of adjacent bins; the last column is the bin past the horizon.

    Returns
    -------
    mean, variance : float64, (set, window)
        Minor units; what is left is the luck of single leads.
    """
    matrix = checked_windows(windows, book.bins)
    means, inner = _given_sets(book, matrix)
    if new is None:
        return means, inner
    brought = new_business_moments(new, matrix)
    return means + brought.mean, inner + brought.variance


def _given_sets(book: LoweredBook, matrix: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return mean and variance of open leads given each set, (set, window): rows of one law are added up first."""
    amounts = amount_moments(book)
    cells = book.tables.probability.shape[1]
    law = book.rows.chance_cell
    total, square, squared = (
        np.bincount(law, weights=what, minlength=cells) for what in (amounts.mean, amounts.square, amounts.mean**2)
    )
    several = line_items(book)
    means, inner = np.empty((2, book.sets, len(matrix)))
    for chosen in range(book.sets):
        spans = day_spans(book, matrix, chosen)
        chance = book.tables.probability[chosen][:, None] * spans.chance
        means[chosen] = total @ chance
        inner[chosen] = square @ chance - squared @ np.square(chance)
        if several:
            inner[chosen] += pair_terms(book, chosen, spans, amounts, several)
    return means, inner


def _largest(book: LoweredBook) -> float:
    """Return the most that one lead can bring, line items of a lead together."""
    if not book.rows.key.size:
        return 0.0
    _, which = np.unique(book.rows.key, return_inverse=True)
    return float(np.bincount(which.ravel(), weights=amount_moments(book).largest).max())
