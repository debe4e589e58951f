"""Running blocks of replications here: in threads, in slices short enough to answer Ctrl-C, with the same bits always.

A block writes only its own rows of the answer and its draws are addressed by replication, so neither the number of
threads nor the size of a block can change a single bit.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event, Thread

from funnelsim.errors import Problem, ResourceError, ScenarioError, Shown
from funnelsim.kernels.pipeline_walk import TILE

Progress = Callable[[float], None]


def no_progress(share: float) -> None:
    """Ignore progress.

    Parameters
    ----------
    share : float
        Share of the work done since the last call.
    """


@dataclass(frozen=True)
class Execution:
    """How to run, never what to compute.

    Attributes
    ----------
    threads : int
        At least 1; by default every core this process may use.
    block : int
        Replications walked at once, at least 1.
    memory_budget : int
        Bytes the answer may take; 0 for no limit.
    progress : callable
        Told the share of the work done since its last call; called from worker threads.
    """

    threads: int = field(default_factory=lambda: available_cores())
    block: int = TILE
    memory_budget: int = 0
    progress: Progress = no_progress

    def __post_init__(self) -> None:
        for name, value in (("threads", self.threads), ("block", self.block)):
            if value < 1:
                raise ScenarioError(Problem("execution", name, "an integer, at least 1", value))


def available_cores() -> int:
    """Return the number of cores this process may use, at least 1.

    Returns
    -------
    int
        The affinity mask's size where the system has one.
    """
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def blocks_of(count: int, block: int) -> Iterator[tuple[int, int]]:
    """Cut ``count`` things into runs of at most ``block``.

    Parameters
    ----------
    count, block : int
        At least 0 and 1.

    Yields
    ------
    tuple of int
        First and one past the last, adjacent and in order.
    """
    for first in range(0, count, block):
        yield first, min(first + block, count)


def fair_block(count: int, execution: Execution) -> int:
    """Return a block size that gives every thread as many blocks as the others.

    Parameters
    ----------
    count : int
        Number of replications.
    execution : Execution
        Largest block, and threads.

    Returns
    -------
    int
        At most the largest block, at least 1; a multiple of 4 where that fits, because win words come in fours.
    """
    turns = -(-count // (execution.block * execution.threads))
    fair = -(-count // max(1, turns * execution.threads))
    return max(1, min(execution.block, -(-fair // 4) * 4))


def run_blocks(work: Callable[[int, int, Event], None], count: int, execution: Execution) -> None:
    """Call ``work(first, end, stop)`` for every block, in threads.

    Parameters
    ----------
    work : callable
        Computes replications ``[first, end)``; looks at ``stop`` between slices of at most 100 ms and returns when set.
    count : int
        Number of replications.
    execution : Execution
        Threads and block size.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, as soon as the running slices end.
    """
    stop = Event()
    blocks = list(blocks_of(count, fair_block(count, execution)))
    if execution.threads == 1 or len(blocks) == 1:
        for first, end in blocks:
            work(first, end, stop)
        return
    turns = _Turns(work, deque(blocks), stop)
    helpers = [Thread(target=turns.take) for _ in range(min(execution.threads, len(blocks)) - 1)]
    try:
        for helper in helpers:
            helper.start()
        turns.take()  # the caller works too: one thread less to start
        for helper in helpers:
            helper.join()
    finally:  # also when Ctrl-C meets the waiting
        stop.set()
        for helper in helpers:
            if helper.is_alive():
                helper.join()
    if turns.failures:
        raise turns.failures[0]


@dataclass(frozen=True)
class _Turns:
    """Blocks that several threads take, one after the other; the first failure stops all."""

    work: Callable[[int, int, Event], None]
    todo: deque[tuple[int, int]]
    stop: Event
    failures: list[BaseException] = field(default_factory=list)

    def take(self) -> None:
        try:
            while not self.stop.is_set():
                block = self._next()
                if block is None:
                    return
                self.work(*block, self.stop)
        except BaseException as error:  # raised again by the caller of all threads
            self.failures.append(error)
            self.stop.set()

    def _next(self) -> tuple[int, int] | None:
        try:
            return self.todo.popleft()
        except IndexError:  # another thread took the last one
            return None


def refuse_beyond(needed: int, execution: Execution, what: str, where: str = "forecast") -> None:
    """Refuse, before anything is allocated, an answer that would not fit in memory.

    Parameters
    ----------
    needed : int
        Bytes the answer will take.
    execution : Execution
        Holds the budget.
    what : str
        What needs them, in the user's words.
    where : str
        The command that would need them.

    Raises
    ------
    ResourceError
        If ``needed`` exceeds the budget.
    """
    budget = execution.memory_budget
    if budget and needed > budget:
        rule = f"within {budget / 2**30:.2f} GiB, the memory budget"
        problem = Problem(
            where,
            f"memory for {what}",
            rule,
            Shown(f"{needed / 2**30:.2f} GiB"),
            "ask for fewer replications or periods",
        )
        raise ResourceError(problem)
