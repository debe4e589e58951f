"""Who must be woken on which day: a list of leads for each timer and day, so that leads that wait cost nothing.

A lead is in at most one list of each timer; putting it in and taking it out touches its neighbours only.  A list may
wake a lead too early, never too late: whoever is woken looks again and goes back to sleep.  The order in a list is
that of scheduling and therefore sorted by key before anything depends on it.

What it leaves out: what a lead does when it wakes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.funnel_state import TIMERS, World
from funnelsim.kernels.jit import inline_step, step

NEXT, PREVIOUS, DUE = range(3)


@inline_step
def unschedule(world: World, slot: int, timer: int) -> None:
    """Take a lead off a timer's calendar, if it is on it."""
    links = world.state.links
    day = links[slot, timer, DUE]
    if day >= 0:
        after, before = links[slot, timer, NEXT], links[slot, timer, PREVIOUS]
        if before >= 0:
            links[before, timer, NEXT] = after
        else:
            world.state.heads[timer, day] = after
        if after >= 0:
            links[after, timer, PREVIOUS] = before
        links[slot, timer, DUE] = -1


@inline_step
def schedule(world: World, slot: int, timer: int, day: int) -> None:
    """Let a timer wake a lead on a day; a day past the last is never."""
    links, heads = world.state.links, world.state.heads
    if links[slot, timer, DUE] == day:
        return
    unschedule(world, slot, timer)
    if day < world.tables.days.period.size:
        first = heads[timer, day]
        links[slot, timer, NEXT] = first
        links[slot, timer, PREVIOUS] = -1
        links[slot, timer, DUE] = day
        if first >= 0:
            links[first, timer, PREVIOUS] = slot
        heads[timer, day] = slot


@step
def wake(world: World, timer: int, day: int, woken: npt.NDArray[np.int64]) -> int:
    """Take all leads of a day off a timer's calendar and list them; return how many.

    Twin    tests/reference/funnel_walk.py
    """
    links = world.state.links
    slot = world.state.heads[timer, day]
    world.state.heads[timer, day] = -1
    count = 0
    while slot >= 0:
        woken[count] = slot
        count += 1
        links[slot, timer, DUE] = -1
        slot = links[slot, timer, NEXT]
    return count


@inline_step
def forget_timers(world: World, slot: int) -> None:
    """Clear the timers of a slot that a new lead takes."""
    for timer in range(TIMERS):
        world.state.links[slot, timer, DUE] = -1


@step
def sort_by_key(world: World, slots: npt.NDArray[np.int64], count: int) -> None:
    """Sort slots by the keys of their leads: insertion with gaps, for the few of a day.

    Twin    tests/reference/funnel_walk.py
    """
    leads = world.state.leads
    gap = 1
    while 3 * gap + 1 < count // 4:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, count):
            slot = slots[i]
            key = leads[slot].key
            j = i
            while j >= gap and leads[slots[j - gap]].key > key:
                slots[j] = slots[j - gap]
                j -= gap
            slots[j] = slot
        gap //= 3
