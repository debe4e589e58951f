"""Who must be woken on which day: a list of leads for each timer and day, so that leads that wait cost nothing.

A lead is in at most one list of each timer; putting it in and taking it out touches its neighbours only.  A list may
wake a lead too early, never too late: whoever is woken looks again and goes back to sleep.  The order in a list is
that of scheduling and therefore sorted by key before anything depends on it.

What it leaves out: what a lead does when it wakes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.funnel_state import BUCKETS, FEW, TIMERS, WORK, World
from funnelsim.kernels.jit import inline_step, step

IN_SOON = -2
"""Stands for the neighbour of a lead in ``State.soon``."""

LARGEST = np.uint32(2**32 - 1)

SHIFT = np.uint64(58)
"""Leaves the bits of a key that name its bucket."""


@inline_step
def link_of(world: World, slot: int, timer: int) -> Any:
    """Return the place of a lead on a timer's calendar."""
    return world.state.links[slot * TIMERS + timer]


@inline_step
def unschedule(world: World, slot: int, timer: int) -> None:
    """Take a lead off a timer's calendar, if it is on it."""
    if link_of(world, slot, timer).due >= 0:
        take_off(world, slot, timer)


@step
def take_off(world: World, slot: int, timer: int) -> None:
    """Take a lead off a timer's calendar that it is on.

    Twin    tests/reference/funnel_walk.py
    """
    link = link_of(world, slot, timer)
    after, before = link.next, link.previous
    if before >= 0:
        link_of(world, before, timer).next = after
    elif before != IN_SOON:
        world.state.heads[timer, link.due] = after
    if before != IN_SOON and after >= 0:
        link_of(world, after, timer).previous = before
    link.due = -1


@inline_step
def schedule_work(world: World, slot: int, day: int) -> None:
    """Let a lead be worked from a day of work on; most can be on the very next, which is a list without neighbours."""
    desk, soon = world.state.desk[0], world.state.soon
    link = link_of(world, slot, WORK)
    if day != desk.soon_day or desk.soon == soon.size:
        schedule(world, slot, WORK, day)
    elif link.due != day:
        unschedule(world, slot, WORK)
        link.due, link.previous = day, IN_SOON
        soon[desk.soon] = slot
        desk.soon += 1


@inline_step
def is_due(world: World, slot: int, day: int) -> bool:
    """Tell whether a lead of ``State.soon`` can be worked today, and let it wait no longer."""
    link = link_of(world, slot, WORK)
    if link.due != day:  # it left the list, or was listed twice
        return False
    link.due = -1
    return True


@inline_step
def begin_soon(world: World, day: int) -> None:
    """Begin the list of leads that can be worked on the day of work after this one."""
    days, desk = world.tables.days, world.state.desk[0]
    desk.soon, desk.soon_day = 0, days.work_day[days.worked[day] + 1]


@inline_step
def schedule(world: World, slot: int, timer: int, day: int) -> None:
    """Let a timer wake a lead on a day; a day past the last is never."""
    heads, link = world.state.heads, link_of(world, slot, timer)
    if link.due == day:
        return
    unschedule(world, slot, timer)
    if day < world.tables.days.period.size:
        first = heads[timer, day]
        link.next, link.previous, link.due = first, -1, day
        if first >= 0:
            link_of(world, first, timer).previous = slot
        heads[timer, day] = slot


@step
def wake(world: World, timer: int, day: int, woken: npt.NDArray[np.int64]) -> int:
    """Take all leads of a day off a timer's calendar and list them; return how many.

    Twin    tests/reference/funnel_walk.py
    """
    slot = world.state.heads[timer, day]
    world.state.heads[timer, day] = -1
    count = 0
    while slot >= 0:
        woken[count] = slot
        count += 1
        link = link_of(world, slot, timer)
        link.due = -1
        slot = link.next
    return count


@inline_step
def forget_timers(world: World, slot: int) -> None:
    """Clear the timers of a slot that a new lead takes."""
    for timer in range(TIMERS):
        link_of(world, slot, timer).due = -1


@step
def sort_by_key(world: World, slots: npt.NDArray[np.int64], count: int) -> None:
    """Sort slots by the keys of their leads: a few by counting, many by leading bits first, then by insertion.

    Twin    tests/reference/funnel_walk.py
    """
    if count < 2 or (count <= FEW and rank_by_key(world, slots, count)):
        return
    keys = world.state.keys
    spread_by_key(world, slots, count)
    for i in range(1, count):
        slot, key = slots[i], keys[i]
        j = i
        while j > 0 and keys[j - 1] > key:
            slots[j], keys[j] = slots[j - 1], keys[j - 1]
            j -= 1
        slots[j], keys[j] = slot, key


@step
def rank_by_key(world: World, slots: npt.NDArray[np.int64], count: int) -> bool:
    """Sort a few slots by counting the smaller keys of each, whole vectors at a time; False if two begin the same.

    Twin    tests/reference/funnel_walk.py
    """
    leads, heads, places, spare = world.state.leads, world.state.beginnings, world.state.places, world.state.spare
    total = np.int64(0)
    for i in range(count):
        spare[i], heads[i] = slots[i], np.uint32(leads[slots[i]].key >> np.uint64(32))
    for i in range(count, FEW):
        heads[i] = LARGEST  # smaller than none
    places[:] = 0
    for j in range(0, count, 4):
        one, two, three, four = heads[j], heads[j + 1], heads[j + 2], heads[j + 3]
        for i in range(FEW):
            key = heads[i]
            places[i] += np.int32(one < key) + np.int32(two < key) + np.int32(three < key) + np.int32(four < key)
    for i in range(count):
        slots[places[i]] = spare[i]
        total += places[i]
    if total == count * (count - 1) // 2:
        return True
    for i in range(count):
        slots[i] = spare[i]
    return False


@step
def spread_by_key(world: World, slots: npt.NDArray[np.int64], count: int) -> None:
    """Sort slots by the leading bits of their keys, and write the keys beside them.

    Twin    tests/reference/funnel_walk.py
    """
    leads, keys, spare, ends = world.state.leads, world.state.keys, world.state.spare, world.state.ends
    ends[:] = 0
    for i in range(count):
        spare[i] = slots[i]
        ends[np.int64(leads[slots[i]].key >> SHIFT)] += 1
    for bucket in range(1, BUCKETS):
        ends[bucket] += ends[bucket - 1]
    for i in range(count):
        key = leads[spare[i]].key
        bucket = np.int64(key >> SHIFT)
        place = ends[bucket] - 1
        ends[bucket] = place
        slots[place], keys[place] = spare[i], key


@inline_step
def take_turns(world: World, slots: npt.NDArray[np.int64], count: int) -> None:
    """Sort slots by the keys of their leads, unless nobody's turn matters to anybody."""
    if world.state.desk[0].turns != 0:
        sort_by_key(world, slots, count)
