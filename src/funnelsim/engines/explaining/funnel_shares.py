"""Where the width of the band comes from: what all leads share, how many come, and each lead's own luck.

The question: would better forecasts of demand narrow the band, or is it plain luck?  Futures are simulated in groups of
four that have something in common - the shared shocks, or the shocks and every arrival - and everything else their own.
How alike they are within a group is the share of what they have in common (intraclass correlation, from the mean
squares between and within groups: the law of total variance with the noise of few futures a group taken out).

Causes are added from the outside in - shock on advancing, factor on arrivals, chance in arrivals, luck of leads - each
with what it adds to those before it, so the shares are exactly 1 together.  Errors come from leaving out one block of
groups at a time (jackknife).

What it leaves out: how wrong the scenario's numbers may be; no law of that is in a scenario, and the tornado tries them
one by one.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from threading import Event
from typing import Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.bands import moments_of
from funnelsim.engines.execution import Execution, run_blocks
from funnelsim.engines.funnel_blocks import refuse_broken, simulate_outcomes
from funnelsim.engines.funnel_luck import funnel_luck
from funnelsim.engines.funnel_runs import FunnelRun
from funnelsim.kernels.funnel_arrays import BOOKED, FunnelLuck, Tables
from funnelsim.model.funnel_explanation import WidthShare, WidthShares

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CONVERSION, FACTOR, ARRIVALS, LUCK = (
    "shared shock on advancing", "shared factor on arrivals", "chance in arrivals", "luck of leads",
)  # fmt: skip
GROUPS: Final = 200
MEMBERS: Final = 4
"""Futures a group: with few in common more in a group tell more, with much in common more groups do."""
MOST_BLOCKS: Final = 20
_DRAWS: Final = 0x73686172657300
"""Purpose of the draws of common arrivals; they belong to nothing else."""


def width_shares(run: FunnelRun, bookings: Ints, execution: Execution) -> WidthShares:
    """Split the variance of total bookings by cause.

    Parameters
    ----------
    run : FunnelRun
        What is explained.
    bookings : int64, (replication,)
        Its totals; for the width that is split.
    execution : Execution
        How to run; without influence on the answer.

    Returns
    -------
    WidthShares
        Without parts where nothing varies.  A finite pool of suspects is emptied by the arrivals, which then have less
        in common than they could.
    """
    shocks = run.setting.scenario.forces.shocks
    groups = max(2, min(GROUPS, len(bookings)))
    luck = funnel_luck(run.setting.scenario, run.setting.seed, 0, groups * MEMBERS)
    by_chance = bool(((run.tables.sources.counts > 0) & (run.tables.sources.counts < 1)).any())
    designs = [shocks.conversion_sd > 0, shocks.arrivals_cv > 0, by_chance]
    how = replace(execution, progress=lambda share: execution.progress(share / max(1, sum(designs))))
    none = np.zeros((1 if groups < 2 * MOST_BLOCKS else 1 + MOST_BLOCKS,))
    alike = [none]
    for number, on in enumerate(designs):
        alike.append(_alike(_grouped(run, luck, number, groups, how)) if on else alike[-1])
    sd = moments_of(np.ascontiguousarray(bookings)).sd
    if sd == 0:
        return WidthShares(0.0, groups * MEMBERS, ())
    added = [after - before for before, after in pairwise(alike)]
    added.append(1.0 - alike[-1])
    names = (CONVERSION, FACTOR, ARRIVALS, LUCK)
    parts = [WidthShare(name, float(way[0]), _error(way)) for name, way in zip(names, added, strict=True)]
    last = 1.0 - math.fsum(part.share for part in parts[:-1])
    return WidthShares(sd, groups * MEMBERS, (*parts[:-1], replace(parts[-1], share=last)))


def _grouped(run: FunnelRun, luck: FunnelLuck, design: int, groups: int, execution: Execution) -> Ints:
    """Return bookings by group and member: with the shock, with both shocks, or with the arrivals too in common."""
    found = np.zeros((groups, MEMBERS), dtype=np.int64)
    alone = replace(execution, threads=1, progress=lambda share: None)

    def work(first: int, end: int, stop: Event) -> None:
        for group in range(first, end):
            if stop.is_set():
                return
            tables, shared = _shared(run.tables, luck, design, group)
            out, _ = simulate_outcomes(tables, shared, alone)
            refuse_broken(out.breach, shared.first, run.setting.strategy.name)
            found[group] = out.flow[:, :, BOOKED].sum(axis=1)
            execution.progress(1 / groups)

    run_blocks(work, groups, replace(execution, block=min(execution.block, 4)))
    return found


def _shared(tables: Tables, luck: FunnelLuck, design: int, group: int) -> tuple[Tables, FunnelLuck]:
    first = group * MEMBERS
    odds = np.full(MEMBERS, luck.odds[first])
    arrivals = luck.arrivals[first : first + MEMBERS] if design == 0 else np.full(MEMBERS, luck.arrivals[first])
    if design == 2:
        tables = with_arrivals(tables, arrivals_of(tables, float(arrivals[0]), int(luck.seed), group))
        arrivals = np.ones(MEMBERS)
    return tables, FunnelLuck(luck.seed, first, odds, np.ascontiguousarray(arrivals))


def arrivals_of(tables: Tables, kept: float, seed: int, group: int) -> Ints:
    """Draw how many leads each source brings on each day.

    Parameters
    ----------
    tables : Tables
        Hold the laws of arrivals.
    kept : float
        Share of the tabulated arrivals that a future keeps, in (0, 1].
    seed : int
        In [0, 2**64).
    group : int
        Which draw.

    Returns
    -------
    int64, (source, day)
        A pure function of seed and group.
    """
    draws = np.random.Generator(
        np.random.Philox(key=np.array([seed, _DRAWS], dtype=np.uint64), counter=[0, 0, 0, group])
    )
    rate, counts = tables.sources.rate, tables.sources.counts
    uniform = draws.random(rate.shape)
    born = (uniform[..., None] >= counts[rate]).sum(axis=-1)
    found: Ints = draws.binomial(born, kept) if kept < 1 else born
    return found.astype(np.int64)


def with_arrivals(tables: Tables, born: Ints) -> Tables:
    """Return tables under which every source brings on every day as many leads as said.

    Parameters
    ----------
    tables : Tables
        Of a scenario.
    born : int64, (source, day)
        At least 0.

    Returns
    -------
    Tables
        Everything else as it was.
    """
    most = int(born.max(initial=0))
    steps = np.arange(most + 1)
    counts = np.ascontiguousarray((steps[None, :] >= steps[:, None]).astype(np.float64))
    return tables._replace(sources=tables.sources._replace(rate=np.ascontiguousarray(born), counts=counts))


def _alike(totals: Ints) -> Floats:
    """Return the intraclass correlation, of all groups and with one block of groups left out at a time."""
    values = totals.astype(np.float64)
    groups = len(values)
    blocks = MOST_BLOCKS if groups >= 2 * MOST_BLOCKS else 0
    found = [_intraclass(values)]
    for block in range(blocks):
        left = np.r_[0 : groups * block // blocks, groups * (block + 1) // blocks : groups]
        found.append(_intraclass(values[left]))
    return np.array(found)


def _intraclass(values: Floats) -> float:
    groups, members = values.shape
    means = values.mean(axis=1)
    between = members * float(((means - means.mean()) ** 2).sum()) / (groups - 1)
    within = float(((values - means[:, None]) ** 2).sum()) / (groups * (members - 1))
    whole = between + (members - 1) * within
    return (between - within) / whole if whole > 0 else 0.0


def _error(ways: Floats) -> float:
    """Return the jackknife's standard error; ``nan`` where there are too few groups to leave any out."""
    blocks = len(ways) - 1
    if blocks < 2:
        return 0.0 if not ways.any() else math.nan
    without = ways[1:]
    return math.sqrt((blocks - 1) / blocks * float(((without - without.mean()) ** 2).sum()))
