"""In which order a team works its leads: two binary heaps a team, urgent leads and the rest.

Entries are never searched for: a lead that leaves its queue, or takes a new place, leaves a stale entry behind, which
is dropped when it comes to the top.  Urgency is decided when a lead queues; where triage begins or ends, all queues of
Sales are made anew.  Leads whose day has come go past the heaps where they can: in any order if there are hours for
all, in a line sorted by key if all have the same value (:mod:`funnelsim.kernels.work_day`).

What it leaves out: what a visit does (:mod:`funnelsim.kernels.work_day`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funnelsim.kernels.funnel_arrays import (
    ANYTHING,
    CLOSE_SOONEST,
    EV,
    EV_PER_HOUR,
    FIFO,
    NEWEST,
    PC,
    STAGE,
)
from funnelsim.kernels.funnel_clocks import cooling
from funnelsim.kernels.funnel_draws import stated_pc
from funnelsim.kernels.funnel_state import World, is_sales
from funnelsim.kernels.jit import inline_step, step


@inline_step
def is_urgent(world: World, lead: Any, day: int) -> bool:
    """Tell whether Sales works a lead before all others on a day."""
    rules = world.tables.rules
    if not is_sales(world, lead.team):
        return False
    waits = lead.called == 0 and ((rules.sla != 0 and lead.raiser != 0) or (rules.fast_track != 0 and lead.hot != 0))
    return waits or (world.tables.days.triage[day] != 0 and lead.stage >= rules.triage_stage)


@inline_step
def value_of(world: World, lead: Any, order: int, day: int) -> float:
    """Return a lead's place in its team's order; the smallest comes first."""
    stages = world.tables.stages
    if order == FIFO:
        return float(max(lead.since, lead.stage_since))
    if order == NEWEST:
        return -float(max(lead.since, lead.stage_since))
    if order == STAGE:
        return -float(lead.stage)
    if order == PC:
        return -stated_pc(world, lead)
    if order == EV:
        return -(lead.pr * stated_pc(world, lead))
    if order == EV_PER_HOUR:
        return -(lead.pr * stated_pc(world, lead)) / stages.hours[lead.stage]
    if order == CLOSE_SOONEST:
        return float(lead.stage_since + stages.expected[lead.stage])
    if order == ANYTHING:
        return -float(lead.touched)
    return float(cooling(world, lead, day))


@inline_step
def is_before(one: Any, other: Any) -> bool:
    """Tell whether one entry of a queue comes before another."""
    return one.value < other.value or (one.value == other.value and one.key < other.key)


@inline_step
def move_entry(source: Any, target: Any) -> None:
    """Copy an entry of a queue."""
    target.value, target.key, target.slot, target.stamp = source.value, source.key, source.slot, source.stamp


@inline_step
def is_valid(world: World, entry: Any) -> bool:
    """Tell whether an entry of a queue is still its lead's place."""
    lead = world.state.leads[entry.slot]
    return lead.queued != 0 and lead.stamp == entry.stamp


@inline_step
def queue_size(world: World, queue: int) -> int:
    """Return the entries of a queue, stale ones included; queue ``2 * team`` is the urgent one."""
    team = world.state.teams[queue >> 1]
    return team.urgent if queue & 1 == 0 else team.normal


@inline_step
def set_queue_size(world: World, queue: int, size: int) -> None:
    """Write the number of entries of a queue."""
    team = world.state.teams[queue >> 1]
    if queue & 1 == 0:
        team.urgent = size
    else:
        team.normal = size


@step
def put_in_queue(world: World, slot: int, day: int) -> None:
    """Give a lead with a value a place in its owner's queue.

    Twin    tests/reference/funnel_walk.py
    """
    lead = world.state.leads[slot]
    lead.stamp += 1
    queue = 2 * lead.team + (0 if is_urgent(world, lead, day) else 1)
    lead.queued = 0  # its older entries are stale from here on
    if queue_size(world, queue) == world.state.queues.shape[1]:
        drop_stale(world, queue)
    lead.queued = 1
    heap, place = world.state.queues[queue], queue_size(world, queue)
    set_queue_size(world, queue, place + 1)
    while place > 0:
        above = heap[(place - 1) >> 1]
        if above.value < lead.value or (above.value == lead.value and above.key < lead.key):
            break
        move_entry(above, heap[place])
        place = (place - 1) >> 1
    entry = heap[place]
    entry.value, entry.key, entry.slot, entry.stamp = lead.value, lead.key, slot, lead.stamp


@inline_step
def drop_first(world: World, queue: int) -> None:
    """Take the first entry out of a queue."""
    heap, size = world.state.queues[queue], queue_size(world, queue) - 1
    set_queue_size(world, queue, size)
    if size > 0:
        sift_down(heap, size, 0, heap[size])


@inline_step
def later_child(heap: Any, child: int) -> int:
    """Return 1 if the second of two children comes first, without a jump: nobody can guess which it is."""
    one, other = heap[child + 1], heap[child]
    same = np.int64(one.value == other.value) & np.int64(one.key < other.key)
    return np.int64(one.value < other.value) | same


@inline_step
def sift_down(heap: Any, size: int, place: int, entry: Any) -> None:
    """Let an entry that is not in the heap's first ``size`` sink from a place that is free."""
    child = 2 * place + 1
    while child < size:
        if child + 1 < size:
            child += later_child(heap, child)
        if not is_before(heap[child], entry):
            break
        move_entry(heap[child], heap[place])
        place = child
        child = 2 * place + 1
    move_entry(entry, heap[place])


@step
def drop_stale(world: World, queue: int) -> None:
    """Keep only the valid entries of a queue.

    Twin    tests/reference/funnel_walk.py
    """
    heap, kept = world.state.queues[queue], 0
    for i in range(queue_size(world, queue)):
        if is_valid(world, heap[i]):
            move_entry(heap[i], heap[kept])
            kept += 1
    set_queue_size(world, queue, kept)
    spare = heap[kept]
    for place in range(kept // 2 - 1, -1, -1):
        move_entry(heap[place], spare)
        sift_down(heap, kept, place, spare)


@step
def list_waiting(world: World, waiting: Any) -> int:
    """List all leads in the queues of Sales, in no order; return how many.

    Twin    tests/reference/funnel_walk.py
    """
    count = 0
    for queue in range(world.state.queues.shape[0]):
        if is_sales(world, queue >> 1):
            heap = world.state.queues[queue]
            for i in range(queue_size(world, queue)):
                if is_valid(world, heap[i]):
                    waiting[count] = heap[i].slot
                    count += 1
    return count


@step
def order_anew(world: World, day: int) -> None:
    """Decide anew which leads of Sales are urgent: triage began or ended.

    Twin    tests/reference/funnel_walk.py
    """
    waiting = world.state.again
    count = list_waiting(world, waiting)
    for team in range(world.state.teams.size):
        if is_sales(world, team):
            world.state.teams[team].urgent = 0
            world.state.teams[team].normal = 0
    for i in range(count):
        put_in_queue(world, waiting[i], day)
