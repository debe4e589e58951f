r"""The full law of the money in a window: every percentile without simulation.

Independent leads: the law of their sum (a generalised Poisson-binomial) is a product of Fourier transforms on a grid of
money.  An amount between two points of the grid is split between both so that its mean stays; leads of few cells are
multiplied out first, block by block, and only long blocks are transformed.  The grid covers what money can be but for
a chance of 1e-8 at each end (Chernoff's bound), so wrapping around moves no chance by more than that.

Shared shock: the mixture over a uniform grid of z in [-5, 5] (the tails beyond hold 6e-7), halved until the law moves
by less than 1e-4; Gauss-Hermite would leave a staircase.  Group shocks: mixed within each group given z, then
multiplied.

What it leaves out: books too large for the time a person waits; they have mean and variance only, and say so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.closed_form import shocked_chances
from funnelsim.engines.grid_law import GridLaw
from funnelsim.engines.row_laws import checked_windows, day_spans, line_items
from funnelsim.engines.window_leads import WindowLead, leads_in

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Complexes = npt.NDArray[np.complex128]

INDEPENDENT_CELLS = 1 << 16
SHOCKED_CELLS = 1 << 14
GROUP_CELLS = 1 << 12
BLOCK_SHARE = 8
"""A block of leads is transformed for good once it is an eighth of the grid long."""

SHORT_BLOCK = 256
"""Up to this length leads are multiplied into a block one by one, beyond it block by block."""

Z_REACH = 5.0
FIRST_STEP = 1.0
LAST_STEP = 1.0 / 64
FIRST_GROUP_STEP = 1.0
LAST_GROUP_STEP = 0.125
ENOUGH = 1e-4
TAIL = 1e-8
NODES_AT_ONCE = 40

MOST_SETS = 8
MOST_GROUP_LEADS = 2_000
MOST_SHOCKED_LEADS = 20_000
MOST_LINE_ITEMS = 100
MOST_ATOMS = 24
"""Leads with more possible amounts are transformed on their own instead of multiplied out."""


@dataclass(frozen=True, eq=False)
class _GridLead:
    """A lead on the grid.

    cells : chance cells, likeliest first, as positions among the window's cells
    places : int64, (atom,)          cells of the grid, 0 left out
    chances : float64, (atom, state) chance of each place given the state
    """

    cells: Ints
    places: Ints
    chances: Floats


def exact_laws(book: LoweredBook, windows: npt.ArrayLike) -> tuple[tuple[GridLaw | None, ...], str]:
    """Return the law of the money in each window.

    Parameters
    ----------
    book : LoweredBook
        Any book.
    windows : array_like of bool, (window, bin) or (window, bin + 1)
        Each a run of adjacent bins; equal ones are computed once.

    Returns
    -------
    laws : tuple of GridLaw or None
        One per window; None where only mean and variance are known.
    method : str
        How, in one sentence.
    """
    matrix = checked_windows(windows, book.bins)
    refusal = why_moments_only(book)
    if refusal:
        return (None,) * len(matrix), f"mean and variance only: {refusal}"
    known: dict[bytes, GridLaw] = {}
    for window in matrix:
        if window.tobytes() not in known:
            known[window.tobytes()] = window_law(book, window)
    laws = tuple(known[window.tobytes()] for window in matrix)
    return laws, max(laws, key=lambda law: law.pmf.size).method


def why_moments_only(book: LoweredBook) -> str:
    """Tell why a book's full law is not computed.

    Parameters
    ----------
    book : LoweredBook
        Any book.

    Returns
    -------
    str
        A clause for a sentence; empty when the law is computed.
    """
    rows = book.rows.key.size
    if book.sets > MOST_SETS:
        return f"the law is computed for at most {MOST_SETS} parameter sets, and there are {book.sets}"
    if book.group_sd > 0 and rows > MOST_GROUP_LEADS:
        return f"with a group shock the law is computed for at most {MOST_GROUP_LEADS:,} rows, and there are {rows:,}"
    if book.shocked and rows > MOST_SHOCKED_LEADS:
        return f"with a shock the law is computed for at most {MOST_SHOCKED_LEADS:,} rows, and there are {rows:,}"
    leads = line_items(book)
    if any(items.size > MOST_LINE_ITEMS for items in leads):
        return f"some leads have more than {MOST_LINE_ITEMS} line items"
    if book.group_sd > 0 and any(np.unique(book.rows.group[items]).size > 1 for items in leads):
        return "some leads have line items in two groups of the group shock"
    return ""


def window_law(book: LoweredBook, window: npt.ArrayLike) -> GridLaw:
    """Return the law of the money in one window.

    Parameters
    ----------
    book : LoweredBook
        One for which :func:`why_moments_only` is empty.
    window : array_like of bool, (bin,) or (bin + 1,)
        A run of adjacent bins.

    Returns
    -------
    GridLaw
        Its mean is off by less than 1e-7 of itself (wrapping around), its sd is wider by at most half a cell per won
        lead, added in quadrature (splitting).
    """
    matrix = checked_windows(window, book.bins)
    parts = []
    for chosen in range(book.sets):
        spans = day_spans(book, matrix, chosen)
        parts.append(_Part(book, chosen, leads_in(book, spans.start[:, 0], spans.end[:, 0], chosen)))
    low, high = min(part.bounds[0] for part in parts), max(part.bounds[1] for part in parts)
    if high == 0:
        return GridLaw(1.0, np.ones(1), "no lead can bring anything here")
    size = GROUP_CELLS if book.group_sd > 0 else SHOCKED_CELLS if book.shocked else INDEPENDENT_CELLS
    # splitting can lift each lead by a cell; all of them at once only where there are few
    cell = (high - low) / (size - 2 - min(max(len(part.leads) for part in parts), size // 4))
    grids = [part.on_grid(cell, size) for part in parts]
    first = int(low / cell)
    grid = f"product of Fourier transforms on {size:,} cells with mean-preserving splits"
    if not book.shocked:
        calm = np.zeros(1)
        transforms = [_product(one, part.chances(calm), size)[0] for one, part in zip(grids, parts, strict=True)]
        pmf, sentence = _pmf(np.mean(transforms, axis=0), size), "independent leads"
    else:
        pmf, sentence = _mixed(book, parts, grids, size)
    return GridLaw(cell, np.roll(pmf, -(first % size)), f"{grid}, {sentence}", first)


class _Part:
    """The leads of a window under one parameter set."""

    def __init__(self, book: LoweredBook, chosen: int, leads: list[WindowLead]) -> None:
        self.book = book
        self.chosen = chosen
        self.leads = leads
        self.cells = np.unique(np.array([cell for lead in leads for cell in lead.cells], dtype=np.int64))
        self.bounds = self._bounds()

    def chances(self, shock: Floats) -> Floats:
        """Return the chance of each of the window's cells, ``(cell, node)``, under shocks on log-odds."""
        return shocked_chances(self.book, self.chosen, self.cells, shock)

    def on_grid(self, cell: float, size: int) -> dict[int, list[_GridLead]]:
        """Return the leads on the grid by group, shortest first; one group without a group shock."""
        groups: dict[int, list[_GridLead]] = {}
        for lead in self.leads:
            placed = _placed(lead, np.searchsorted(self.cells, lead.cells), cell, size)
            groups.setdefault(lead.group if self.book.group_sd > 0 else 0, []).append(placed)
        for members in groups.values():
            members.sort(key=lambda one: int(one.places.max()))
        return groups

    def _bounds(self) -> tuple[float, float]:
        """Return money that the window misses and exceeds with a chance below TAIL each, averaged over shocks."""
        # Chernoff's bound, each lead being all or nothing of its largest amount: the same mean, and more spread
        if not self.leads:
            return 0.0, 0.0
        largest = np.array([lead.largest for lead in self.leads])
        nodes = np.arange(0.0, Z_REACH + 0.01, 0.5) if self.book.shocked else np.zeros(1)
        nodes = np.unique(np.concatenate([-nodes, nodes]))
        sd = float(np.hypot(self.book.shock_sd, self.book.group_sd))
        chances = self.chances(sd * nodes)
        share = np.array([_mean_given(lead, self.cells, chances) for lead in self.leads]) / largest[:, None]
        share = np.minimum(share, 1.0)
        spread = math.sqrt(float((share * (largest**2)[:, None]).sum(axis=0).max()))
        likely = math.log(1 / TAIL) - nodes**2 / 2
        below, above = np.zeros(nodes.size), np.full(nodes.size, largest.sum())
        top = min(30 / spread + 60 / largest.max(), 300 / largest.max())
        with np.errstate(divide="ignore"):
            won, lost = np.log(share), np.log1p(-share)
        for rate in np.geomspace(min(0.3 / spread, top / 2), top, 32):
            step = (rate * largest)[:, None]
            above = np.minimum(above, (np.logaddexp(lost, won + step).sum(axis=0) + likely) / rate)
            below = np.maximum(below, -(np.logaddexp(lost, won - step).sum(axis=0) + likely) / rate)
        return float(below.min()), float(above.max())


def _mean_given(lead: WindowLead, cells: Ints, chances: Floats) -> Floats:
    """Return the mean of a lead under each shock, ``(node,)``."""
    won = _state_chances(np.searchsorted(cells, lead.cells), chances)
    return np.asarray(np.array([float(values @ given) for values, given in lead.states]) @ won)


def _state_chances(cells: Ints, chances: Floats) -> Floats:
    """Return the chance that exactly the first k rows are won, ``(state, node)``."""
    won = chances[cells]
    if cells.size == 1:
        return won
    won = won.copy()
    won[:-1] -= won[1:]
    return np.maximum(won, 0.0)


def _placed(lead: WindowLead, cells: Ints, cell: float, size: int) -> _GridLead:
    """Split every amount between its two neighbours on the grid so that its mean stays; wrap beyond the end."""
    places, columns, parts = [], [], []
    for state, (values, given) in enumerate(lead.states):
        position = values / cell
        below = np.floor(position)
        above = position - below
        for place, part in ((below, given * (1 - above)), (below + 1, given * above)):
            places.append(place.astype(np.int64) % size)
            columns.append(np.full(values.size, state))
            parts.append(part)
    distinct, where = np.unique(np.concatenate(places), return_inverse=True)
    chances = np.zeros((distinct.size, len(lead.states)))
    np.add.at(chances, (where, np.concatenate(columns)), np.concatenate(parts))
    keep = distinct > 0 if distinct.size > 1 else np.ones(1, dtype=bool)
    return _GridLead(cells, distinct[keep], chances[keep])


def _product(groups: dict[int, list[_GridLead]], chances: Floats, size: int) -> Complexes:
    """Return the transform of the sum of all leads under each shock, ``(node, frequency)``."""
    transform = np.ones((chances.shape[1], size // 2 + 1), dtype=np.complex128)
    for members in groups.values():
        _multiply(transform, members, chances, size)
    return transform


def _multiply(transform: Complexes, leads: list[_GridLead], chances: Floats, size: int) -> None:
    """Multiply the transform by those of the leads, shortest first."""
    blocks = []
    block = np.ones((chances.shape[1], 1))
    for lead in leads:
        won = _state_chances(lead.cells, chances)
        longest = int(lead.places[-1])
        if longest >= size // BLOCK_SHARE or lead.places.size > MOST_ATOMS:
            density = np.zeros((lead.chances.shape[1], size))
            density[:, lead.places] = lead.chances.T
            own = np.fft.rfft(density, axis=1) - lead.chances.sum(axis=0)[:, None]
            transform *= 1 + won.T @ own
            continue
        if block.shape[1] + longest > SHORT_BLOCK and block.shape[1] > 1:
            blocks.append(block)
            block = np.ones((chances.shape[1], 1))
        block = _with_lead(block, lead, lead.chances @ won)
    blocks.append(block)
    for long in _merged(blocks, size // BLOCK_SHARE):
        transform *= np.fft.rfft(long, n=size, axis=1)


def _with_lead(block: Floats, lead: _GridLead, brought: Floats) -> Floats:
    """Return the law of a block, ``(node, cell)``, and one more lead that brings its places with these chances."""
    length = block.shape[1]
    grown = np.zeros((block.shape[0], length + int(lead.places[-1])))
    grown[:, :length] = block * (1 - brought.sum(axis=0))[:, None]
    for place, chance in zip(lead.places.tolist(), brought, strict=True):
        grown[:, place : place + length] += block * chance[:, None]
    return grown


def _merged(blocks: list[Floats], longest: int) -> list[Floats]:
    """Multiply neighbouring blocks until they are about as long as ``longest``."""
    while len(blocks) > 1 and blocks[0].shape[1] + blocks[1].shape[1] <= longest:
        pairs = zip(blocks[::2], blocks[1::2], strict=False)
        blocks = [_convolved(one, other) for one, other in pairs] + blocks[len(blocks) // 2 * 2 :]
    return blocks


def _convolved(one: Floats, other: Floats) -> Floats:
    """Return the law of the sum of two blocks."""
    length = one.shape[1] + other.shape[1] - 1
    room = 1 << (length - 1).bit_length()
    product = np.fft.rfft(one, n=room, axis=1) * np.fft.rfft(other, n=room, axis=1)
    return np.asarray(np.fft.irfft(product, n=room, axis=1)[:, :length])


def _pmf(transform: Complexes, size: int) -> Floats:
    """Return the law that belongs to a transform; what rounding made negative (1e-17) is 0."""
    pmf = np.maximum(np.fft.irfft(transform, n=size), 0.0)
    return np.asarray(pmf / pmf.sum())


def _mixed(
    book: LoweredBook, parts: list[_Part], grids: list[dict[int, list[_GridLead]]], size: int
) -> tuple[Floats, str]:
    """Return the law under shocks: a mixture over a grid of z that is halved until the law stays."""
    grouped = book.group_sd > 0
    step, last_step = (FIRST_GROUP_STEP, LAST_GROUP_STEP) if grouped else (FIRST_STEP, LAST_STEP)
    total = np.zeros(size // 2 + 1, dtype=np.complex128)
    weight = 0.0
    before: Floats | None = None
    nodes = _nodes(step, midpoints=False) if book.shock_sd > 0 else np.zeros(1)
    while True:
        density = np.exp(-(nodes**2) / 2)
        for part, grid in zip(parts, grids, strict=True):
            for low in range(0, nodes.size, NODES_AT_ONCE):
                some = slice(low, low + NODES_AT_ONCE)
                given = _given_shared(book, part, grid, nodes[some], step, size)
                total += density[some] @ given / len(parts)
        weight += float(density.sum())
        pmf = _pmf(total / weight, size)
        moved = 1.0 if before is None else float(np.abs(np.cumsum(pmf - before)).max())
        if moved < ENOUGH or step <= last_step:
            shocks = "shared and group shocks" if grouped else "the shared shock"
            return (
                pmf,
                f"mixed over a uniform grid of {shocks} (step {step:g}; the last halving moved it by {moved:.1g})",
            )
        before, step = pmf, step / 2
        if grouped:  # a finer grid of group shocks changes what is known at every z
            total, weight = np.zeros_like(total), 0.0
        nodes = np.zeros(1) if book.shock_sd == 0 else _nodes(step, midpoints=not grouped)


def _nodes(step: float, *, midpoints: bool) -> Floats:
    """Return the grid of z, or only the points that halving the step to this one has added."""
    half = round(Z_REACH / step)
    count = np.arange(-half, half + 1)
    return step * (count[count % 2 == 1] if midpoints else count).astype(np.float64)


def _given_shared(
    book: LoweredBook, part: _Part, grid: dict[int, list[_GridLead]], nodes: Floats, step: float, size: int
) -> Complexes:
    """Return the transform given each shared shock, ``(node, frequency)``, group shocks mixed within each group."""
    if book.group_sd == 0:
        return _product(grid, part.chances(book.shock_sd * nodes), size)
    own = _nodes(step, midpoints=False)
    weights = np.exp(-(own**2) / 2)
    weights /= weights.sum()
    transforms = np.ones((nodes.size, size // 2 + 1), dtype=np.complex128)
    for index, node in enumerate(nodes):
        chances = part.chances(book.shock_sd * node + book.group_sd * own)
        for members in grid.values():
            transforms[index] *= weights @ _product({0: members}, chances, size)
    return transforms
