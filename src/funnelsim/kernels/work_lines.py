"""Who stands before a team on a day: nobody's turn matters, all stand in one line, or the heaps say who is next.

Most teams reach all their leads on most days, or work them first come, first served; then no heap is needed.

What it leaves out: what a visit does (:mod:`funnelsim.kernels.work_day`), and heaps
(:mod:`funnelsim.kernels.work_queues`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funnelsim.kernels.funnel_calendar import sort_by_key
from funnelsim.kernels.funnel_state import FEW, World, is_sales
from funnelsim.kernels.jit import inline_step, step
from funnelsim.kernels.work_queues import drop_first, is_before, is_valid, put_in_queue, queue_size, value_of


@inline_step
def there_is_enough(world: World, team: int, day: int, count: int, rest: int) -> bool:
    """Tell whether a team can work all its leads today, so that their order does not matter."""
    record, cards, need = world.state.teams[team], world.state.cards[team], 0.0
    index = world.tables.days.worked[day]
    if world.state.desk[0].turns != 0 or record.urgent + record.normal > 0:
        return False
    for i in range(count):
        lead = world.state.leads[world.state.fresh[team, i]]
        card = cards[lead.stage]
        if card.small != 0:
            need += absorbed(card, lead.carry + card.pace * (index - lead.last_work)) * card.charge
        else:
            need += card.most
        if need > rest:
            return False
    return True


@inline_step
def absorbed(card: Any, allowed: int) -> int:
    """Return the whole touches in what a lead can absorb where that is two at most."""
    return np.int64(allowed >= card.touch) + np.int64(allowed >= card.cap)


@inline_step
def line_up(world: World, team: int, day: int, count: int) -> int:
    """Let a team's fresh leads queue: in a line if all have the same value, else in the heaps.

    Returns how many stand in the line, sorted.
    """
    fresh, leads, rules, same = world.state.fresh[team], world.state.leads, world.tables.rules, True
    order, first = world.tables.teams.order[team], 0.0
    for i in range(count):
        lead = leads[fresh[i]]
        value = value_of(world, lead, order, day)
        first = value if i == 0 else first
        same &= value == first
        lead.value = value
    urgency = world.tables.days.triage[day] != 0 or rules.sla != 0 or rules.fast_track != 0
    if same and not (urgency and is_sales(world, team)):
        sort_by_key(world, fresh, count)
        return join_line(world, team, count)
    for i in range(count):
        put_in_queue(world, fresh[i], day)
    return 0


@step
def join_line(world: World, team: int, count: int) -> int:
    """Let the few leads that a team did not reach yesterday stand before its line, if they wait in order.

    A heap that was filled in order is in order, so nobody need be sought in it.  Returns how many stand in the line.

    Twin    tests/reference/work_day.py
    """
    record, fresh, waiting = world.state.teams[team], world.state.fresh[team], world.state.spare
    heap, found, last = world.state.queues[2 * team + 1], 0, 0
    if record.urgent > 0 or record.normal > FEW:
        return count
    for i in range(record.normal):
        if is_valid(world, heap[i]):
            if found > 0 and not is_before(heap[last], heap[i]):
                return count
            waiting[found] = heap[i].slot
            last = i
            found += 1
    if found > 0 and count > 0 and not is_before(heap[last], world.state.leads[fresh[0]]):
        return count
    record.normal = 0
    for i in range(count - 1, -1, -1):
        fresh[found + i] = fresh[i]
    for i in range(found):
        fresh[i] = waiting[i]
    return found + count


@inline_step
def first_of(world: World, queue: int, in_line: int) -> int:
    """Return whose turn it is, of a heap and the first in line (-1: nobody stands there); -1 if nobody waits."""
    heap = world.state.queues[queue]
    while queue_size(world, queue) > 0 and not is_valid(world, heap[0]):
        drop_first(world, queue)
    if queue_size(world, queue) == 0:
        return in_line
    if in_line >= 0 and not is_before(heap[0], world.state.leads[in_line]):
        return in_line
    return np.int64(heap[0].slot)


@inline_step
def queue_all(world: World, slots: Any, first: int, end: int, day: int) -> None:
    """Let some leads of a list queue in the heaps."""
    for i in range(first, end):
        put_in_queue(world, slots[i], day)
