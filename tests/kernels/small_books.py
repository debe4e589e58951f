"""Small random books for kernel and engine tests, and their translation for the slow twin."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from funnelsim.engines.book import LoweredBook
from funnelsim.kernels.cell_layout import CELLS
from funnelsim.kernels.walk_arrays import LawTables, LeadArrays

CERTAIN = 2**64


@st.composite
def books(draw, shocked=None):
    """A book of up to 6 rows, 3 bins, 1-3 parameter sets, constant and drawn amounts, PC 0 and 1 included."""
    seed = draw(st.integers(0, 2**32))
    rng = np.random.default_rng(seed)
    return random_book(
        rng,
        rows=draw(st.integers(0, 6)),
        sets=draw(st.sampled_from([1, 1, 2, 3])),
        bins=draw(st.integers(1, 3)),
        sd=draw(st.sampled_from([0.0, 0.25, 1.5])) if shocked is None else shocked,
        group_sd=draw(st.sampled_from([0.0, 0.5])),
    )


def random_book(rng, *, rows, sets=1, bins=3, sd=0.25, group_sd=0.0, drawn=True):
    """Build a book from a numpy generator."""
    chances = np.array([0.0, 1.0, 0.5, 0.123, 1e-7, 0.999])
    cells = len(chances)
    probability = np.repeat(chances[None, :], sets, axis=0)
    probability[:, 3] = rng.random(sets)
    with np.errstate(divide="ignore"):
        odds = probability / (1 - probability)
    edges, first, last = [], [], []
    for _ in range(4 * sets):
        begin = int(rng.integers(0, bins + 1))
        end = int(rng.integers(begin, bins + 1))
        inner = np.sort(rng.integers(1, 2**63, size=end - begin).astype(np.uint64) * np.uint64(2))
        line = np.zeros(bins, dtype=np.uint64)
        line[begin:end] = inner
        line[end:] = np.uint64(2**64 - 1)
        edges.append(line)
        first.append(begin)
        last.append(end)
    shapes = np.sort(rng.lognormal(0, 0.5, size=(2, CELLS)), axis=1)
    return LoweredBook(
        rows=LeadArrays(
            key=rng.integers(0, 2**63, size=rows).astype(np.uint64) * np.uint64(2) + np.uint64(1),
            chance_cell=rng.integers(0, cells, size=rows),
            day_cell=rng.integers(0, 4, size=rows),
            amount=rng.integers(0, 10**12, size=rows),
            amount_table=rng.integers(-1, 2, size=rows) if drawn else np.full(rows, -1),
            amount_scale=rng.random(rows) * 1e6,
            group=rng.integers(0, 2, size=rows) if group_sd else np.zeros(rows, dtype=np.int64),
        ),
        tables=LawTables(
            probability=probability,
            odds=odds,
            day_edges=np.array(edges).reshape(4, sets, bins),
            day_first=np.array(first).reshape(4, sets),
            day_last=np.array(last).reshape(4, sets),
            shapes=shapes,
        ),
        shock_sd=sd,
        group_sd=group_sd,
        group_keys=np.array([3, 5], dtype=np.uint64) if group_sd else np.empty(0, dtype=np.uint64),
        bins=bins,
    )


def for_twin(book):
    """Return rows and tables as the plain lists that the twin reads."""
    names = book.rows._fields
    rows = [
        dict(zip(names, values, strict=True)) for values in zip(*(column.tolist() for column in book.rows), strict=True)
    ]
    tables = book.tables
    edges = []
    for cell in range(tables.day_edges.shape[0]):
        edges.append([])
        for chosen in range(book.sets):
            line = [int(edge) for edge in tables.day_edges[cell, chosen]]
            last = int(tables.day_last[cell, chosen])
            edges[cell].append(line[:last] + [CERTAIN] * (book.bins - last))
    return rows, {
        "probability": tables.probability.tolist(),
        "odds": tables.odds.tolist(),
        "edges": edges,
        "shapes": tables.shapes.tolist(),
    }
