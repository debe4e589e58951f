"""Books of a handful of leads, written as the slow twin reads them and as the engines do."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.quantile_tables import CELL_WEIGHTS
from funnelsim.engines.shocked_odds import log_odds_with_mean
from funnelsim.kernels.cell_layout import CELLS
from funnelsim.kernels.walk_arrays import LawTables, LeadArrays

HALVES = np.repeat([0.0, 1.0], CELLS // 2)


def tiny_book(leads, shock_sd=0.0, group_sd=0.0, shapes=()):
    """Lower leads, each a list of rows ``(chance, group, reached, atoms)``.

    ``atoms`` is one amount with weight 1, or two with weight 1/2 each, which become a table of two halves.
    """
    rows = [(key, row) for key, lead in enumerate(leads) for row in lead]
    chances, cell = np.unique([float(row[0]) for _, row in rows], return_inverse=True)
    bins = len(rows[0][1][2])
    reached = np.array([[float(one) for one in row[2]] for _, row in rows])
    amount, table, shape = [], [], []
    for _, (_, _, _, atoms) in rows:
        if len(atoms) == 1:
            amount.append(atoms[0][1])
            table.append(-1)
        else:
            amount.append(0)
            table.append(len(shape))
            low, high = atoms[0][1], atoms[1][1]
            shape.append(low + (high - low) * HALVES)
    sd = float(np.hypot(shock_sd, group_sd))
    groups = [row[1] for _, row in rows]
    edges = np.where(reached >= 1, 2.0**63, reached * 2.0**64).astype(np.uint64)
    return LoweredBook(
        rows=LeadArrays(
            key=np.array([key for key, _ in rows], dtype=np.uint64),
            chance_cell=cell.astype(np.int64),
            day_cell=np.arange(len(rows)),
            amount=np.array(amount, dtype=np.int64),
            amount_table=np.array(table, dtype=np.int64),
            amount_scale=np.ones(len(rows)),
            group=np.array(groups, dtype=np.int64),
        ),
        tables=LawTables(
            probability=chances[None, :],
            odds=np.exp(log_odds_with_mean(chances, sd))[None, :],
            day_edges=edges[:, None, :],
            day_first=(reached <= 0).sum(axis=1)[:, None],
            day_last=(reached < 1).sum(axis=1)[:, None],
            shapes=np.array(shape).reshape(-1, CELLS),
        ),
        shock_sd=shock_sd,
        group_sd=group_sd,
        group_keys=np.arange(max(groups) + 1, dtype=np.uint64) if group_sd else np.empty(0, dtype=np.uint64),
        bins=bins,
    )


def random_leads(rng, leads, bins=3, most_rows=3, groups=1, drawn=True):
    """Return leads in dyadic Fractions, so that the twin is exact and the doubles of the book are too."""

    def row(group):
        chance = Fraction(int(rng.integers(0, 65)), 64)
        cuts = sorted(int(cut) for cut in rng.integers(0, 65, size=bins))
        reached = tuple(Fraction(cut, 64) for cut in cuts)
        amount = int(rng.integers(1, 50))
        if drawn and rng.random() < 0.3:
            half = Fraction(1, 2)
            return chance, group, reached, ((half, amount), (half, amount + int(rng.integers(1, 50))))
        return chance, group, reached, ((Fraction(1), amount),)

    found = []
    for _ in range(leads):
        count = int(rng.integers(1, most_rows + 1))
        found.append([row(int(rng.integers(0, groups))) for _ in range(count)])
    return found


def log_odds_of(leads, sd):
    """Return the log-odds of every row, as the twin wants them."""
    return [log_odds_with_mean([float(row[0]) for row in lead], sd).tolist() for lead in leads]


assert CELL_WEIGHTS[: CELLS // 2].sum() == 0.5
