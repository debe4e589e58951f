r"""Exact mean and variance of the money in any window of a lowered book.

Given the shared shock z and the group shocks, leads are independent.  With S the money in a window and m its
conditional mean,

.. math:: \mathrm{Var}\,S = E\,\mathrm{Var}(S \mid z) + \mathrm{Var}\,m(z).

The first term is a sum over rows, in which shocks enter only through ``E p`` (the stated chance) and ``E p**2``; line
items of one lead share their words, so each pair adds ``min(p, p')`` times the overlap of their days times the mean
product of their amounts.  The second term needs only the sums of rows per chance and group, on a grid of shocks.
Several parameter sets are an equal mixture.

What it leaves out: percentiles (:mod:`funnelsim.engines.exact_law`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.row_laws import (
    AmountMoments,
    DaySpans,
    Windows,
    amount_moments,
    checked_windows,
    day_spans,
    line_items,
    product_means,
)
from funnelsim.engines.shocked_odds import normal_grid

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROWS_AT_ONCE = 8192
NUMBERS_AT_ONCE = 1 << 21
"""Largest block of shocked chances held at once: 16 MB."""


@dataclass(frozen=True, eq=False)
class WindowMoments:
    """Money in each window, in minor units.

    Attributes
    ----------
    mean, variance : float64, (window,)
        Of one replication's total.
    largest_lead : float64, (window,)
        The most that one lead, all its line items, can bring in the window.
    """

    mean: Floats
    variance: Floats
    largest_lead: Floats

    @property
    def sd(self) -> Floats:
        """Standard deviation, ``(window,)``."""
        return np.sqrt(self.variance)


@dataclass(frozen=True, eq=False)
class _Sums:
    """Rows added up per group and chance cell, each ``(cell, window)`` with q the chance of the window, A the amount.

    mean is the sum of q E A; square that of q E A**2; mean_squared that of (q E A)**2.
    """

    chance_cell: Ints
    group: Ints
    mean: Floats
    square: Floats
    mean_squared: Floats


def window_moments(book: LoweredBook, windows: npt.ArrayLike) -> WindowMoments:
    """Return mean and variance of the money in each window.

    Parameters
    ----------
    book : LoweredBook
        Any book; shocks, amount tables, line items and parameter sets included.
    windows : array_like of bool, (window, bin) or (window, bin + 1)
        Each a run of adjacent bins; the last column is the bin past the horizon.

    Returns
    -------
    WindowMoments
        Exact to rounding, for the law of the book's tables.
    """
    matrix = checked_windows(windows, book.bins)
    amounts = amount_moments(book)
    leads = line_items(book)
    means, variances = [], []
    for chosen in range(book.sets):
        spans = day_spans(book, matrix, chosen)
        sums = _sums(book, spans, amounts)
        chance = book.tables.probability[chosen, sums.chance_cell]
        means.append(chance @ sums.mean)
        inner = chance @ sums.square - _mean_square_chance(book, chosen, sums.chance_cell) @ sums.mean_squared
        inner += pair_terms(book, chosen, spans, amounts, leads)
        variances.append(inner + _variance_of_mean(book, chosen, sums))
    mean = np.mean(means, axis=0)
    variance = np.mean(variances, axis=0) + np.mean((np.array(means) - mean) ** 2, axis=0)
    return WindowMoments(mean, np.maximum(variance, 0.0), _largest_lead(book, matrix, amounts, leads))


def mean_with_probabilities(book: LoweredBook, windows: npt.ArrayLike, probability: Floats) -> Floats:
    """Return the mean money in each window if the chances were others and everything else stayed.

    Parameters
    ----------
    book : LoweredBook
        Any book.
    windows : array_like of bool, (window, bin) or (window, bin + 1)
        Each a run of adjacent bins.
    probability : float64, (set, chance_cell)
        Chances of ever closing, in place of ``book.tables.probability``.

    Returns
    -------
    float64, (window,)
        Minor units.
    """
    matrix = checked_windows(windows, book.bins)
    amounts = amount_moments(book)
    means = []
    for chosen in range(book.sets):
        sums = _sums(book, day_spans(book, matrix, chosen), amounts)
        means.append(probability[chosen, sums.chance_cell] @ sums.mean)
    return np.asarray(np.mean(means, axis=0))


def _sums(book: LoweredBook, spans: DaySpans, amounts: AmountMoments) -> _Sums:
    """Add up the rows of each group and chance cell, a block of rows at a time."""
    order = np.lexsort((book.rows.chance_cell, book.rows.group))
    pairs = np.stack([book.rows.group[order], book.rows.chance_cell[order]])
    new = np.ones(order.size, dtype=bool)
    new[1:] = np.any(pairs[:, 1:] != pairs[:, :-1], axis=0)
    which = np.cumsum(new) - 1
    cells = int(new.sum())
    mean, square, mean_squared = np.zeros((3, cells, spans.start.shape[1]))
    for low in range(0, order.size, ROWS_AT_ONCE):
        rows = order[low : low + ROWS_AT_ONCE]
        part = which[low : low + ROWS_AT_ONCE]
        starts = np.flatnonzero(np.diff(part, prepend=-1))
        day = book.rows.day_cell[rows]
        inside = spans.end[day] - spans.start[day]
        brought = inside * amounts.mean[rows, None]
        mean[part[starts]] += np.add.reduceat(brought, starts)
        mean_squared[part[starts]] += np.add.reduceat(brought**2, starts)
        square[part[starts]] += np.add.reduceat(inside * amounts.square[rows, None], starts)
    return _Sums(pairs[1, new], pairs[0, new], mean, square, mean_squared)


def shocked_chances(book: LoweredBook, chosen: int, cells: Ints, shock: Floats) -> Floats:
    """Return the chance of winning under given shocks.

    Parameters
    ----------
    book : LoweredBook
        Any book.
    chosen : int
        Parameter set.
    cells : int64, (cell,)
        Chance cells.
    shock : float64, any shape
        Added to the log-odds; ignored by a book without shocks.

    Returns
    -------
    float64, (cell, *shape of shock)
        In [0, 1]; PC 0 and 1 are untouched by shocks.
    """
    if not book.shocked:
        stated = book.tables.probability[chosen, cells]
        return np.broadcast_to(stated.reshape((-1,) + (1,) * shock.ndim), (cells.size, *shock.shape))
    with np.errstate(divide="ignore"):
        log_odds = np.log(book.tables.odds[chosen, cells])
    return np.asarray(special.expit(np.add.outer(log_odds, shock)))


def _mean_square_chance(book: LoweredBook, chosen: int, cells: Ints) -> Floats:
    """Return the mean of p**2 over the shocks, per cell."""
    return _mean_product(book, chosen, cells, cells)


def _mean_product(book: LoweredBook, chosen: int, one: Ints, other: Ints) -> Floats:
    """Return the mean of p p' over the shocks for pairs of chance cells within one group."""
    sd = float(np.hypot(book.shock_sd, book.group_sd))
    nodes, weights = normal_grid(sd)
    distinct, inverse = np.unique(np.stack([one, other]), axis=1, return_inverse=True)
    found = np.empty(distinct.shape[1])
    step = max(1, NUMBERS_AT_ONCE // nodes.size)
    for low in range(0, found.size, step):
        first, second = distinct[:, low : low + step]
        chances = shocked_chances(book, chosen, first, sd * nodes)
        others = chances if first is second else shocked_chances(book, chosen, second, sd * nodes)
        found[low : low + step] = (chances * others) @ weights
    return found[inverse.ravel()]


def _variance_of_mean(book: LoweredBook, chosen: int, sums: _Sums) -> Floats:
    """Return the variance, over shared and group shocks, of the conditional mean of each window."""
    if not book.shocked or not sums.group.size:
        return np.zeros(sums.mean.shape[1])
    nodes, weights = normal_grid(book.shock_sd)
    group_nodes, group_weights = normal_grid(book.group_sd)
    shock = np.add.outer(book.shock_sd * nodes, book.group_sd * group_nodes)
    given_shared = np.zeros((sums.mean.shape[1], nodes.size))
    within = np.zeros(sums.mean.shape[1])
    starts = np.flatnonzero(np.diff(sums.group, prepend=-1))
    for low, high in zip(starts, np.append(starts[1:], sums.group.size), strict=True):
        means = np.zeros((sums.mean.shape[1], *shock.shape))
        for first in range(low, high, max(1, NUMBERS_AT_ONCE // shock.size)):
            cells = slice(first, min(high, first + max(1, NUMBERS_AT_ONCE // shock.size)))
            chances = shocked_chances(book, chosen, sums.chance_cell[cells], shock)
            means += np.tensordot(sums.mean[cells], chances, axes=(0, 0))
        of_group = means @ group_weights
        within += ((means - of_group[:, :, None]) ** 2 @ group_weights) @ weights
        given_shared += of_group
    centred = given_shared - (given_shared @ weights)[:, None]
    return np.asarray(within + centred**2 @ weights)


def pair_terms(book: LoweredBook, chosen: int, spans: DaySpans, amounts: AmountMoments, leads: list[Ints]) -> Floats:
    """Return what pairs of line items add to the mean conditional variance of each window.

    Parameters
    ----------
    book : LoweredBook
        Any book.
    chosen : int
        Parameter set.
    spans : DaySpans
        Of that set.
    amounts : AmountMoments
        Of the rows.
    leads : list of int64 arrays
        From :func:`funnelsim.engines.row_laws.line_items`.

    Returns
    -------
    float64, (window,)
        Squared minor units.
    """
    total = np.zeros(spans.start.shape[1])
    for one, other in _pairs(leads):
        day, day_other = book.rows.day_cell[one], book.rows.day_cell[other]
        overlap = np.minimum(spans.end[day], spans.end[day_other]) - np.maximum(
            spans.start[day], spans.start[day_other]
        )
        both_win, product = _joint_chances(book, chosen, one, other)
        joint = (both_win * product_means(book, amounts, one, other)) @ np.maximum(overlap, 0.0)
        chance = spans.chance
        apart = (product * amounts.mean[one] * amounts.mean[other]) @ (chance[day] * chance[day_other])
        total += 2 * (joint - apart)
    return total


def _pairs(leads: list[Ints]) -> Iterator[tuple[Ints, Ints]]:
    """Yield the pairs of rows within each lead, some thousands at a time however many items one lead has."""
    ones, others, waiting = [], [], 0
    for rows in leads:
        for place in range(rows.size - 1):
            others.append(rows[place + 1 :])
            ones.append(np.full(others[-1].size, rows[place]))
            waiting += others[-1].size
            if waiting >= ROWS_AT_ONCE:
                yield np.concatenate(ones), np.concatenate(others)
                ones, others, waiting = [], [], 0
    if waiting:
        yield np.concatenate(ones), np.concatenate(others)


def _joint_chances(book: LoweredBook, chosen: int, one: Ints, other: Ints) -> tuple[Floats, Floats]:
    """Return the means of min(p, p') and of p p' over the shocks, for pairs of rows."""
    cell, cell_other = book.rows.chance_cell[one], book.rows.chance_cell[other]
    chance = book.tables.probability[chosen]
    both_win = np.minimum(chance[cell], chance[cell_other])  # shocks keep the order of chances within a group
    product = _mean_product(book, chosen, cell, cell_other)
    across = book.rows.group[one] != book.rows.group[other]
    if book.group_sd > 0 and across.any():
        distinct, inverse = np.unique(np.stack([cell[across], cell_other[across]]), axis=1, return_inverse=True)
        found = np.array([_across_groups(book, chosen, int(c), int(d)) for c, d in distinct.T])
        both_win[across], product[across] = found[inverse.ravel()].T
    return both_win, product


def _across_groups(book: LoweredBook, chosen: int, cell: int, other: int) -> tuple[float, float]:
    """Return the means of min(p, p') and of p p' when the two rows have different group shocks."""
    chance, chance_other = (float(book.tables.probability[chosen, one]) for one in (cell, other))
    if min(chance, chance_other) <= 0 or max(chance, chance_other) >= 1:
        return min(chance, chance_other), chance * chance_other
    nodes, weights = normal_grid(book.shock_sd)
    group_nodes, group_weights = normal_grid(book.group_sd)
    shock = np.add.outer(book.shock_sd * nodes, book.group_sd * group_nodes)
    chances = shocked_chances(book, chosen, np.array([cell, other]), shock) @ group_weights
    a, b = (float(np.log(book.tables.odds[chosen, one])) for one in (cell, other))
    reach = 9 * book.group_sd + (9 + book.shock_sd) * book.shock_sd
    step = min(0.1, book.group_sd / 3)
    x = np.arange(min(a, b, 0.0) - reach - 40, max(a, b, 0.0) + reach, step)
    centre = book.shock_sd * nodes[:, None] - x
    above = special.ndtr((a + centre) / book.group_sd) * special.ndtr((b + centre) / book.group_sd)
    density = special.expit(x) * special.expit(-x)
    # given z, E min(p, p') is the integral over t of P(p > t) P(p' > t), with t = expit(x)
    return float(weights @ (above @ density)) * step, float(weights @ (chances[0] * chances[1]))


def _largest_lead(book: LoweredBook, windows: Windows, amounts: AmountMoments, leads: list[Ints]) -> Floats:
    """Return the most that one lead can bring in each window, over all parameter sets."""
    largest = np.zeros(len(windows))
    if book.rows.key.size == 0:
        return largest
    possible = np.zeros((book.tables.day_edges.shape[0], len(windows)), dtype=bool)
    for chosen in range(book.sets):
        possible |= day_spans(book, windows, chosen).chance > 0
    ever = np.asarray(np.any(book.tables.probability > 0, axis=0))
    alive = ever[book.rows.chance_cell] * amounts.largest
    for low in range(0, alive.size, ROWS_AT_ONCE):
        rows = slice(low, low + ROWS_AT_ONCE)
        here = possible[book.rows.day_cell[rows]] * alive[rows, None]
        largest = np.maximum(largest, here.max(axis=0))
    for rows_of_lead in leads:
        here = possible[book.rows.day_cell[rows_of_lead]] * alive[rows_of_lead, None]
        largest = np.maximum(largest, here.sum(axis=0))
    return largest
