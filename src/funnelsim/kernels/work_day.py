"""Step 4 of a working day: every team spends its hours on the leads it owns, touch by touch, in its order.

A team never spends more than it has; what is too little for a touch is kept for the next day.  A lead absorbs no more
than its pace.  Whatever a touch sets off fires in step 5.

What it leaves out: the order (:mod:`funnelsim.kernels.work_queues`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funnelsim.kernels.funnel_arrays import CALL_DELAY, E_TOUCH, EVENTS, FIRST_CALLS, OPEN, TOUCHES, TRIAGE
from funnelsim.kernels.funnel_calendar import begin_soon, is_due, link_of, take_turns, wake
from funnelsim.kernels.funnel_clocks import account, cooling, is_ready, loss_falls, loss_fraction, settle_loss
from funnelsim.kernels.funnel_state import (
    ADVANCED,
    LOSS,
    LOST_AT_WORK,
    NOT_FIRED,
    WORK,
    World,
    add,
    is_sales,
    note,
)
from funnelsim.kernels.jit import inline_step, step
from funnelsim.kernels.lead_stays import plan_work, rest_lead
from funnelsim.kernels.ownership import give_back, pass_gate, wait_at_gate
from funnelsim.kernels.work_lines import absorbed, first_of, line_up, queue_all, there_is_enough
from funnelsim.kernels.work_queues import drop_first, is_urgent, list_waiting, order_anew

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
    woken, soon = world.state.popped, world.state.soon
    for i in range(wake(world, WORK, day, woken)):
        come_forward(world, woken[i])
    for i in range(desk.soon):
        if is_due(world, soon[i], day):
            come_forward(world, soon[i])
    begin_soon(world, day)
    for team in range(world.state.teams.size):
        work_team(world, team, day)
    if world.tables.rules.unreached != 0 and triage != 0:
        return_unreached(world, day)


@inline_step
def come_forward(world: World, slot: int) -> None:
    """Let an open lead whose day has come stand before its team."""
    lead = world.state.leads[slot]
    if lead.status == OPEN:
        record = world.state.teams[lead.team]
        world.state.fresh[lead.team, record.fresh] = slot
        record.fresh += 1
        lead.queued = 1
        lead.stamp += 1  # its older places are stale from here on


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
    take_turns(world, waiting, unreached)
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
    write_work(world, team, day)
    if sales:
        desk.week_spent += paid + used
        desk.week_room += there


@inline_step
def write_work(world: World, team: int, day: int) -> None:
    """Write down what the visits of a team's day came to."""
    record, cards, part = world.state.teams[team], world.state.cards, world.tables.days.part[day]
    world.out.touches[team, world.tables.days.period[day]] += record.touches
    add(world, TOUCHES, day, record.touches)
    add(world, EVENTS, day, record.touches)
    add(world, FIRST_CALLS, day, record.calls)
    add(world, CALL_DELAY, day, record.delay)
    record.touches, record.calls, record.delay = 0, 0, 0
    for stage in range(world.out.parts.shape[0]):
        world.out.parts[stage, part] += cards[team, stage].spent
        cards[team, stage].spent = 0


@step
def work_queue(world: World, team: int, day: int, rest: int) -> int:
    """Visit the leads of a team in their order; return the ticks spent.

    Twin    tests/reference/work_day.py
    """
    record, fresh, left = world.state.teams[team], world.state.fresh[team], rest
    count, record.fresh = record.fresh, 0
    if not there_is_enough(world, team, day, count, rest):
        count = line_up(world, team, day, count)
    served, kept, again, short = 0, 0, world.state.again, False
    for queue in range(2 * team, 2 * team + 2):
        while not short:
            in_line = fresh[served] if queue & 1 != 0 and served < count else np.int64(-1)
            slot = first_of(world, queue, in_line)
            if slot < 0:
                break
            used = visit(world, slot, team, day, left)
            if used < 0:
                record.leftover, short = left, True
                break
            left -= used
            if slot == in_line:
                served += 1
            else:
                drop_first(world, queue)
            again[kept] = slot
            kept += np.int64(world.state.leads[slot].queued)
    queue_all(world, again, 0, kept, day)  # what a visit left in the queue is served again tomorrow, not today
    queue_all(world, fresh, served, count, day)
    return rest - left


@inline_step
def pace_of(world: World, lead: Any, card: Any, cool: int, day: int) -> float:
    """Return the advance clock run by one touch of a lead that has cooled by so many days."""
    stages, curves, stage = world.tables.stages, world.tables.curves, lead.stage
    if card.gated != 0 and not (lead.buyer != 0 and is_ready(world, lead, day)):
        return 0.0
    speed = card.speed * lead.odds
    speed *= curves.warmth[cool + curves.zero]
    speed *= curves.known[stage, lead.known]
    return speed if lead.buyer != 0 else speed * stages.other[stage]


@inline_step
def falls_today(world: World, slot: int, day: int) -> bool:
    """Tell whether a loss clock fires today; asked only of leads whose day it may be."""
    due = link_of(world, slot, LOSS).due
    return 0 <= due <= day and loss_falls(world, world.state.leads[slot], day)


@inline_step
def visit(world: World, slot: int, team: int, day: int, rest: int) -> int:
    """Work one lead; return the ticks spent, or -1 if the team has too few left for a touch."""
    lead, days = world.state.leads[slot], world.tables.days
    card, index = world.state.cards[team, lead.stage], days.worked[day]
    allowed = min(lead.carry + card.pace * (index - lead.last_work), card.cap)
    if allowed < card.touch or rest < card.charge:
        return -1
    if card.sales != 0:
        call_for_sales(world, lead, day)
    cool = cooling(world, lead, day)
    speed = pace_of(world, lead, card, cool, day)
    touches = end_at_work(world, slot, card, speed, allowed, rest)
    if touches == 0:
        touches = run_work_clocks(world, slot, card, speed, touches_in(card, allowed, rest))
        lead.carry, lead.last_work = allowed - touches * card.touch, index
    used = touches * card.charge
    if card.sales != 0:
        lead.sales_ticks += used
        card.spent += used
    world.state.teams[team].touches += touches
    note(world, day, slot, E_TOUCH, (team, touches, used))
    if card.by_work == 0 and falls_today(world, slot, day):  # the touch comes too late to slow today's losses
        if lead.fired == NOT_FIRED:
            fire(world, slot)
        lead.doomed, lead.doom = day, loss_fraction(world, lead, day)
    if card.effect > 0.0:
        impress(world, lead, card, cool, day, touches)
    after_visit(world, slot, card.sales != 0, day)
    return used


@inline_step
def touches_in(card: Any, allowed: int, rest: int) -> int:
    """Return the whole touches in what a lead can absorb and a team can spend, with as few divisions as can be."""
    if card.small == 0 and rest < card.safe:
        touches = quotient(rest, card.charge)
        return touches if touches * card.touch <= allowed else quotient(allowed, card.touch)
    touches = absorbed(card, allowed) if card.small != 0 else quotient(allowed, card.touch)
    return touches if touches * card.charge <= rest else quotient(rest, card.charge)


@inline_step
def quotient(upper: int, lower: int) -> int:
    """Divide whole numbers of which neither is negative."""
    return np.int64(np.uint64(upper) // np.uint64(lower))


@inline_step
def end_at_work(world: World, slot: int, card: Any, speed: float, allowed: int, rest: int) -> int:
    """Return the touches after which a stay that only hours can end is over today; 0 if it may go on.

    Nobody asks any more what its clocks still had to run, nor what the lead could still absorb: neither is written.
    """
    lead = world.state.leads[slot]
    if card.quick == 0:
        return np.int64(0)
    to_win = lead.left / speed if speed > 0.0 else np.inf
    to_lose = lead.loss_left / card.effect
    first = min(to_win, to_lose)
    if first > card.quick:
        return np.int64(0)
    touches = max(1, np.int64(np.ceil(first)))
    if touches * card.charge > rest or touches * card.touch > allowed:
        return np.int64(0)
    lead.fired = ADVANCED if to_win <= to_lose else LOST_AT_WORK
    fire(world, slot)
    return touches


@inline_step
def run_work_clocks(world: World, slot: int, card: Any, speed: float, touches: int) -> int:
    """Run the clocks that run in hours, until one fires; return the touches it took."""
    lead, effect = world.state.leads[slot], card.effect
    to_win = lead.left / speed if speed > 0.0 else np.inf
    to_lose = lead.loss_left / effect if card.by_work != 0 and effect > 0.0 else np.inf
    first = min(to_win, to_lose)
    done = touches
    if first <= touches:
        done = max(1, np.int64(np.ceil(first)))
        lead.fired = ADVANCED if to_win <= to_lose else LOST_AT_WORK
        lead.fraction = first / touches
        fire(world, slot)
    lead.left -= done * speed
    if card.by_work != 0:
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
    curves, record = world.tables.curves, world.state.teams[lead.team]
    first = np.int64(lead.called == 0)  # nobody can guess whether it is: counted without a jump
    record.calls += first
    record.delay += first * (day - lead.sales_day)
    if lead.raiser != 0 and lead.called == 0:
        lead.odds *= curves.response[min(day - lead.born, curves.response.size - 1)]
    lead.called = 1
    if lead.download != 0 and lead.level < 3 and lead.early < curves.most_premature:
        if not is_ready(world, lead, day):
            lead.early += 1
            lead.odds *= curves.premature


@inline_step
def impress(world: World, lead: Any, card: Any, cool: int, day: int, touches: int) -> None:
    """Leave what an effective touch leaves: no longer idle, warmer, better known, higher in level."""
    curves = world.tables.curves
    account(world, lead, day + 1)
    if card.by_work == 0 and lead.doomed != day:
        settle_loss(world, lead, day + 1)
    if cool > 0:
        cool = max(0, cool - curves.lift * touches)
    lead.cool = min(cool, curves.coldest)
    lead.touched = day
    lead.known = min(lead.known + touches, curves.share.size - 1)
    lead.climbed += touches
    if lead.level < card.high:
        lead.level = max(lead.level, min(card.high, card.low + quotient(lead.climbed, card.climb)))
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
    else:
        if pass_gate(world, slot, day, day + 1):
            return
        wait_at_gate(world, slot)
    if lead.carry < world.tables.stages.touch[lead.stage]:
        plan_work(world, slot, day + 1)
