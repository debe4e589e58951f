"""Step 4 of a working day: every team spends its hours on the leads it owns, touch by touch, in its order.

A team never spends more than it has; what is too little for a touch is kept for the next day.  A lead absorbs no more
than its pace.  Whatever a touch sets off fires in step 5.

What it leaves out: the order (:mod:`funnelsim.kernels.work_queues`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funnelsim.kernels.funnel_arrays import (
    CALL_DELAY,
    E_TOUCH,
    EVENTS,
    FIRST_CALLS,
    OPEN,
    TOUCHES,
    TRIAGE,
)
from funnelsim.kernels.funnel_calendar import DUE, sort_by_key, wake
from funnelsim.kernels.funnel_clocks import account, cooling, is_ready, loss_falls, loss_fraction, settle_loss
from funnelsim.kernels.funnel_state import ADVANCED, LOSS, LOST_AT_WORK, NOT_FIRED, WORK, World, add, is_sales, note
from funnelsim.kernels.jit import inline_step, step
from funnelsim.kernels.lead_stays import plan_work, rest_lead
from funnelsim.kernels.ownership import give_back, pass_gate
from funnelsim.kernels.work_queues import (
    drop_first,
    is_urgent,
    is_valid,
    list_waiting,
    order_anew,
    put_in_queue,
    value_of,
)

FOREVER = 1 << 60
"""Ticks that a team without limits has."""


@step
def work_day(world: World, day: int) -> None:
    """Let every team work a day.

    Assumes     a working day.
    Twin        tests/reference/work_day.py
    """
    desk, triage = world.state.desk[0], world.tables.days.triage[day]
    if triage != desk.triage:
        desk.triage = triage
        order_anew(world, day)
    woken = world.state.popped
    for i in range(wake(world, WORK, day, woken)):
        lead = world.state.leads[woken[i]]
        if lead.status == OPEN:
            lead.value = value_of(world, lead, day)
            put_in_queue(world, woken[i], day)
    for team in range(world.state.teams.size):
        work_team(world, team, day)
    if world.tables.rules.unreached != 0 and triage != 0:
        return_unreached(world, day)


@step
def return_unreached(world: World, day: int) -> None:
    """Give back what triage left without hours.

    Twin    tests/reference/work_day.py
    """
    waiting = world.state.popped
    count = list_waiting(world, waiting)
    unreached = 0
    for i in range(count):
        slot = waiting[i]
        lead = world.state.leads[slot]
        early = lead.stage < world.tables.rules.triage_stage and not is_urgent(world, lead, day)
        if early and lead.touched != day and not falls_today(world, slot, day):
            waiting[unreached] = slot
            unreached += 1
    sort_by_key(world, waiting, unreached)
    for i in range(unreached):
        give_back(world, waiting[i], TRIAGE, day, day + 1)


@step
def work_team(world: World, team: int, day: int) -> None:
    """Let a team pay what it owes, then work its queue until its hours are spent.

    Twin    tests/reference/work_day.py
    """
    desk, record = world.state.desk[0], world.state.teams[team]
    limitless, sales = world.tables.teams.unlimited[team] != 0, is_sales(world, team)
    period = world.tables.days.period[day]
    there = world.state.capacity[team, day]
    world.out.room[team, period] += there
    available = there + record.leftover
    paid = record.debt if limitless else min(record.debt, available)
    record.debt -= paid
    record.leftover = 0
    rest = np.int64(FOREVER) if limitless else available - paid
    used = work_queue(world, team, day, rest)
    world.out.ticks[team, period] += paid + used
    if sales:
        desk.week_spent += paid + used
        desk.week_room += there


@step
def work_queue(world: World, team: int, day: int, rest: int) -> int:
    """Visit the leads of a team in their order; return the ticks spent.

    Twin    tests/reference/work_day.py
    """
    record, again, left = world.state.teams[team], world.state.again, rest
    count, short = 0, False
    for queue in range(2 * team, 2 * team + 2):
        heap = world.state.queues[queue]
        while not short and (record.urgent if queue == 2 * team else record.normal) > 0:
            slot = np.int64(heap[0].slot)
            if not is_valid(world, heap[0]):
                drop_first(world, queue)
                continue
            used = visit(world, slot, team, day, left)
            if used < 0:
                record.leftover, short = left, True
                continue
            left -= used
            drop_first(world, queue)
            if world.state.leads[slot].queued != 0:
                again[count] = slot
                count += 1
    for i in range(count):  # what a visit left in the queue is served again tomorrow, not today
        put_in_queue(world, again[i], day)
    return rest - left


@inline_step
def pace_of(world: World, lead: Any, team: int, day: int) -> float:
    """Return the advance clock run by one touch."""
    tables, stage = world.tables, lead.stage
    stages, curves = tables.stages, tables.curves
    if stages.gated[stage] != 0 and not (lead.buyer != 0 and is_ready(world, lead, day)):
        return 0.0
    speed = tables.teams.effect[team, stage] * stages.gain[stage] * lead.odds
    speed *= curves.warmth[cooling(world, lead, day) + curves.zero]
    speed *= curves.known[stage, lead.known]
    return speed if lead.buyer != 0 else speed * stages.other[stage]


@inline_step
def falls_today(world: World, slot: int, day: int) -> bool:
    """Tell whether a loss clock fires today; asked only of leads whose day it may be."""
    due = world.state.links[slot, LOSS, DUE]
    return 0 <= due <= day and loss_falls(world, world.state.leads[slot], day)


@step
def visit(world: World, slot: int, team: int, day: int, rest: int) -> int:
    """Work one lead; return the ticks spent, or -1 if the team has too few left for a touch.

    Twin    tests/reference/work_day.py
    """
    lead, tables = world.state.leads[slot], world.tables
    stages, stage = tables.stages, np.int64(lead.stage)
    touch, pace = stages.touch[stage], stages.pace[stage]
    index = tables.days.worked[day]
    allowed = min(lead.carry + pace * (index - lead.last_work), max(pace, touch) + touch)
    charge, effect = tables.teams.charge[team, stage], tables.teams.effect[team, stage]
    touches = allowed // touch
    if touches * charge > rest:
        touches = rest // charge
    if touches == 0:
        return -1
    sales = is_sales(world, team)
    if sales:
        call_for_sales(world, lead, day)
    touches = run_work_clocks(world, slot, pace_of(world, lead, team, day), effect, touches)
    used = touches * charge
    lead.carry, lead.last_work = allowed - touches * touch, index
    if sales:
        lead.sales_ticks += used
        world.out.parts[stage, tables.days.part[day]] += used
    world.out.touches[team, tables.days.period[day]] += touches
    add(world, TOUCHES, day, touches)
    add(world, EVENTS, day, touches)
    note(world, day, slot, E_TOUCH, (team, touches, used))
    if falls_today(world, slot, day):  # the touch comes too late to slow today's losses
        if lead.fired == NOT_FIRED:
            fire(world, slot)
        lead.doomed, lead.doom = day, loss_fraction(world, lead, day)
    if effect > 0.0:
        impress(world, lead, day, touches)
    after_visit(world, slot, sales, day)
    return used


@inline_step
def run_work_clocks(world: World, slot: int, speed: float, effect: float, touches: int) -> int:
    """Run the clocks that run in hours, until one fires; return the touches it took."""
    lead, by_work = world.state.leads[slot], world.tables.stages.by_work
    to_win = lead.left / speed if speed > 0.0 else np.inf
    to_lose = lead.loss_left / effect if by_work[lead.stage] != 0 and effect > 0.0 else np.inf
    first = min(to_win, to_lose)
    done = touches
    if first <= touches:
        done = max(1, np.int64(np.ceil(first)))
        lead.fired = ADVANCED if to_win <= to_lose else LOST_AT_WORK
        lead.fraction = first / touches
        fire(world, slot)
    lead.left -= done * speed
    if by_work[lead.stage] != 0:
        lead.loss_left -= done * effect
    return done


@inline_step
def fire(world: World, slot: int) -> None:
    """Remember that a clock of a lead fires in step 5."""
    desk = world.state.desk[0]
    world.state.fired[desk.fired] = slot
    desk.fired += 1


@inline_step
def call_for_sales(world: World, lead: Any, day: int) -> None:
    """Count the first call by Sales, and let it be late or early."""
    curves = world.tables.curves
    if lead.called == 0:
        lead.called = 1
        add(world, FIRST_CALLS, day, 1)
        add(world, CALL_DELAY, day, day - lead.sales_day)
        if lead.raiser != 0:
            lead.odds *= curves.response[min(day - lead.born, curves.response.size - 1)]
    if lead.download != 0 and lead.level < 3 and lead.early < curves.most_premature:
        if not is_ready(world, lead, day):
            lead.early += 1
            lead.odds *= curves.premature


@inline_step
def impress(world: World, lead: Any, day: int, touches: int) -> None:
    """Leave what an effective touch leaves: no longer idle, warmer, better known, higher in level."""
    curves, stages, stage = world.tables.curves, world.tables.stages, lead.stage
    account(world, lead, day + 1)
    if lead.doomed != day:
        settle_loss(world, lead, day + 1)
    cool = cooling(world, lead, day)
    if cool > 0:
        cool = max(0, cool - curves.lift * touches)
    lead.cool = min(cool, curves.coldest)
    lead.touched = day
    lead.known = min(lead.known + touches, curves.share.size - 1)
    lead.climbed += touches
    if lead.level < stages.high[stage]:
        lead.level = max(lead.level, min(stages.high[stage], stages.low[stage] + lead.climbed // stages.climb[stage]))
    lead.stale = 1


@inline_step
def after_visit(world: World, slot: int, sales: bool, day: int) -> None:
    """Decide where a lead that was worked goes from here."""
    lead = world.state.leads[slot]
    if lead.fired != NOT_FIRED or lead.doomed == day:
        lead.queued = 0
        return
    if sales:
        if world.tables.rules.park != 0 and not is_ready(world, lead, day):
            rest_lead(world, slot, day, day + 1, False)
            return
    elif pass_gate(world, slot, day, day + 1):
        return
    if lead.carry < world.tables.stages.touch[lead.stage]:
        plan_work(world, slot, day + 1)
