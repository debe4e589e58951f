"""Walking replications of a funnel in threads, in slices short enough to answer Ctrl-C, with the same bits always.

A block writes only its own rows of the outcome and every draw is addressed by replication and lead, so neither threads
nor blocks nor slices can change a bit.  A replication that bears more leads than there is room for is walked again with
twice the room.

What it leaves out: what the outcomes mean (:mod:`funnelsim.engines.funnel_summary`).
"""

from __future__ import annotations

import math
from threading import Event
from time import perf_counter, thread_time

import numpy as np
import numpy.typing as npt

from funnelsim.engines.execution import Execution, fair_block, refuse_beyond, run_blocks
from funnelsim.errors import CheckFailed, Problem, Shown
from funnelsim.kernels.funnel_arrays import (
    BREACHES,
    FLOWS,
    LOG_COLUMNS,
    LOSS_REASONS,
    NO_LOG,
    PASS_REASONS,
    TOO_MANY_LEADS,
    FunnelLog,
    FunnelLuck,
    Out,
    Tables,
)
from funnelsim.kernels.funnel_state import LEAD, PLACE, State, new_state
from funnelsim.kernels.funnel_walk import funnel_walk
from funnelsim.model.scenario_world import LEVELS

SLICE_SECONDS = 0.1
"""A slice is as many replications as take about this long; one alone where it takes longer."""

COPIES = 3
"""Of the outcome, that summing up holds at most."""

LISTS = 104
"""Bytes a lead that a state holds beside its record and its places with teams."""

LIST = 8
"""Bytes a lead and team of the list of leads whose day has come."""


def zero_outcome(tables: Tables, count: int) -> Out:
    """Make room for the outcomes of some replications.

    Parameters
    ----------
    tables : Tables
        Give the sizes.
    count : int
        Number of replications.

    Returns
    -------
    Out
        All zero.
    """
    return Out._make(np.zeros((count, *shape), dtype=kind) for shape, kind in _shapes(tables))


def _shapes(tables: Tables) -> list[tuple[tuple[int, ...], type]]:
    periods, stages = int(tables.days.period[-1]) + 1, len(tables.stages.gain)
    teams, sources = len(tables.teams.heads), tables.sources.stage.size
    whole: list[tuple[int, ...]] = [
        (periods, FLOWS), (sources + 2, periods), (teams, periods), (teams, periods), (teams, periods), (stages + 1,),
        (stages, 4), (stages, LOSS_REASONS, teams), (PASS_REASONS,), (teams,), (sources + 2,), (teams,), (teams,),
        (periods, stages), (periods, stages, LEVELS), (stages, 3), (4,),
    ]  # fmt: skip
    return [*((shape, np.int64) for shape in whole), ((2,), np.float64), ((5,), np.int64), ((), np.int64)]


def bytes_needed(tables: Tables, count: int, execution: Execution) -> int:
    """Return the most memory that simulating some replications takes.

    Parameters
    ----------
    tables : Tables
        Give the sizes.
    count : int
        Number of replications.
    execution : Execution
        Every thread has a state of its own.

    Returns
    -------
    int
        Outcomes, what summing up copies of them, and the states.
    """
    numbers = sum(math.prod(shape) for shape, _ in _shapes(tables))
    return 8 * numbers * count * COPIES + execution.threads * _state_bytes(tables, likely_leads(tables))


def _state_bytes(tables: Tables, leads: int) -> int:
    return leads * (LEAD.itemsize + len(tables.teams.heads) * (2 * PLACE.itemsize + LIST) + LISTS)


def likely_leads(tables: Tables) -> int:
    """Return for how many leads to make room at first.

    Parameters
    ----------
    tables : Tables
        Hold the laws of arrivals.

    Returns
    -------
    int
        Leads at the start, and six standard deviations more than sources bear in the mean; customers' further needs may
        need more.
    """
    sources = tables.sources
    means = (1 - sources.counts).sum(axis=1)
    born = float(means[sources.rate].sum()) if sources.rate.size else 0.0
    if sources.pool:
        born = min(born, float(sources.pool))
    return len(tables.opening.key) + int(born + 6 * math.sqrt(born)) + 64


def no_log() -> FunnelLog:
    """Return a log that nothing is written into.

    Returns
    -------
    FunnelLog
        Without rows.
    """
    return FunnelLog(NO_LOG, np.uint64(0), np.zeros((0, LOG_COLUMNS), dtype=np.int64), np.zeros(1, dtype=np.int64))


def rows_of(out: Out, low: int, high: int) -> Out:
    """Return the outcomes of replications ``[low, high)``, not copied.

    Parameters
    ----------
    out : Out
        Of a range of replications.
    low, high : int
        Places in it.

    Returns
    -------
    Out
        Views.
    """
    return Out._make(field[low:high] for field in out)


def luck_of(luck: FunnelLuck, low: int, high: int) -> FunnelLuck:
    """Return the luck of replications ``[low, high)``.

    Parameters
    ----------
    luck : FunnelLuck
        Of a range of replications.
    low, high : int
        Places in it.

    Returns
    -------
    FunnelLuck
        With its own first replication.
    """
    return FunnelLuck(luck.seed, luck.first + low, luck.odds[low:high], luck.arrivals[low:high])


def simulate_outcomes(tables: Tables, luck: FunnelLuck, execution: Execution) -> tuple[Out, float]:
    """Walk a range of replications.

    Parameters
    ----------
    tables : Tables
        A scenario under one strategy.
    luck : FunnelLuck
        The replications.
    execution : Execution
        Threads and block size; without influence on the answer.

    Returns
    -------
    out : Out
        One row a replication.
    seconds : float
        Of processor time in the kernel, all threads together.

    Raises
    ------
    ResourceError
        If the outcomes would not fit in the memory budget; nothing is allocated then.
    KeyboardInterrupt
        On Ctrl-C, after at most one slice.
    """
    count = len(luck.odds)
    refuse_beyond(bytes_needed(tables, count, execution), execution, f"{count:,} replications", "simulate")
    out = zero_outcome(tables, count)
    block = fair_block(count, execution)
    seconds = np.zeros(-(-count // block))

    def work(first: int, end: int, stop: Event) -> None:
        state = state_for(tables, likely_leads(tables))
        low, size = first, 1
        while low < end and not stop.is_set():
            high = min(low + size, end)
            started, used = perf_counter(), thread_time()
            state = _walk(tables, luck_of(luck, low, high), rows_of(out, low, high), state, execution)
            took = perf_counter() - started
            seconds[first // block] += thread_time() - used
            size = max(1, min(2 * size, int((high - low) * SLICE_SECONDS / max(took, 1e-9))))
            execution.progress((high - low) / count)
            low = high

    run_blocks(work, count, execution)
    return out, float(seconds.sum())


def state_for(tables: Tables, leads: int) -> State:
    """Make room for one replication at a time.

    Parameters
    ----------
    tables : Tables
        Give days and teams.
    leads : int
        For how many leads.

    Returns
    -------
    State
        Fresh.
    """
    return new_state(leads, len(tables.days.period), len(tables.teams.heads))


def _walk(tables: Tables, luck: FunnelLuck, out: Out, state: State, execution: Execution) -> State:
    """Walk some replications; return the state, larger if one of them needed more room."""
    funnel_walk(tables, luck, out, state, no_log())
    for row in np.flatnonzero(out.breach == TOO_MANY_LEADS).tolist():
        one, its_luck = rows_of(out, row, row + 1), luck_of(luck, row, row + 1)
        state = walk_with_room(tables, its_luck, one, state, no_log(), execution)
    return state


def walk_with_room(
    tables: Tables, luck: FunnelLuck, out: Out, state: State, log: FunnelLog, execution: Execution
) -> State:
    """Walk one replication anew until all its leads have room.

    Parameters
    ----------
    tables : Tables
        A scenario under one strategy.
    luck : FunnelLuck
        Of one replication.
    out : Out
        Its row, overwritten.
    state : State
        Too small, perhaps.
    log : FunnelLog
        Where its events go; started anew with every attempt.
    execution : Execution
        Holds the memory budget.

    Returns
    -------
    State
        As it is after the replication.

    Raises
    ------
    ResourceError
        If so many leads would not fit in the memory budget.
    """
    while True:
        for field in out:
            field[...] = 0
        log.count[0] = 0
        funnel_walk(tables, luck, out, state, log)
        if out.breach[0] != TOO_MANY_LEADS:
            return state
        leads = 2 * len(state.leads)
        needed = execution.threads * _state_bytes(tables, leads)
        refuse_beyond(needed, execution, f"{leads:,} leads in one replication", "simulate")
        state = state_for(tables, leads)


def refuse_broken(breach: npt.NDArray[np.int64], first: int, strategy: str) -> None:
    """Refuse outcomes in which an identity broke.

    Parameters
    ----------
    breach : int64, (replication,)
        Codes of ``funnel_arrays.BREACHES``; 0 for none.
    first : int
        Number of the first replication.
    strategy : str
        Which one was followed.

    Raises
    ------
    CheckFailed
        Naming the identity, the first replication in which it broke, and the strategy.
    """
    broken = np.flatnonzero(breach)
    if not broken.size:
        return
    code = int(breach[broken[0]])
    sentence = BREACHES.get(code, f"Identity {code} broke.").rstrip(".")
    raise CheckFailed(
        Problem(
            f"simulate, strategy {strategy!r}",
            f"the accounts of replication {first + int(broken[0])}",
            "in balance",
            Shown(f"this: {sentence[0].lower()}{sentence[1:]}"),
            "this is a bug of funnelsim: please report it with the scenario and the seed",
            f"({broken.size:,} of {breach.size:,} replications)" if broken.size > 1 else "",
        )
    )
