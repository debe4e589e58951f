"""Step 3 of a day: purchases elsewhere, returns, tests, asking again, adaptive scores and balance.

What it leaves out: returns that triage causes (:mod:`funnelsim.kernels.work_day`).
"""

from __future__ import annotations

from typing import Any

from funnelsim.kernels.funnel_arrays import (
    ADAPTIVE,
    BALANCE,
    COMPETITOR,
    E_REQUALIFY,
    E_RULE,
    EVENTS,
    IDLE,
    MEETING,
    NURTURED,
    OPEN,
    REQUALIFY,
    RULE_CHANGES,
)
from funnelsim.kernels.funnel_calendar import take_turns, wake
from funnelsim.kernels.funnel_state import RULE, World, add, is_alive, is_sales, note
from funnelsim.kernels.jit import inline_step, step
from funnelsim.kernels.lead_stays import lose_lead
from funnelsim.kernels.ownership import give_back, is_qualified, may_go_back, pass_gate, plan_rule, wait_at_gate
from funnelsim.kernels.work_queues import is_urgent, list_waiting


@step
def follow_rules(world: World, day: int) -> None:
    """Let every rule act whose day it is.

    Twin    tests/reference/funnel_walk.py
    """
    rules, desk, days = world.tables.rules, world.state.desk[0], world.tables.days
    woken = world.state.popped
    count = wake(world, RULE, day, woken)
    take_turns(world, woken, count)
    desk.rule_day = day + 1
    for i in range(count):
        follow_rule(world, woken[i], day)
    if rules.rule == ADAPTIVE and days.week[day] != 0:
        adapt_score(world, day)
    if rules.max_load >= 0 and days.work[day] != 0:
        balance_load(world, day)


@step
def follow_rule(world: World, slot: int, day: int) -> None:
    """Let the rules act on one lead, then wait for the next day on which they can.

    Twin    tests/reference/funnel_walk.py
    """
    lead, rules = world.state.leads[slot], world.tables.rules
    passes = lead.passes
    if buys_elsewhere(world, lead, day):
        lose_lead(world, slot, COMPETITOR, day, day)
        return
    if lead.status == OPEN and not is_sales(world, lead.team):
        if lead.retry == day and pass_gate(world, slot, day, day):
            return
    elif lead.status == OPEN:
        idle = day - max(lead.touched, lead.since)
        may_go = may_go_back(world, lead)
        if may_go and 0 <= rules.idle_days <= idle:
            give_back(world, slot, IDLE, day, day)
        elif may_go and 0 <= rules.meeting_idle <= idle and world.tables.days.meeting[day] == day:
            give_back(world, slot, MEETING, day, day)
        elif 0 <= rules.requalify <= day - lead.tested:
            test_again(world, slot, day)
    if lead.passes == passes:
        plan_rule(world, slot)


@inline_step
def buys_elsewhere(world: World, lead: Any, day: int) -> bool:
    """Tell whether a buyer buys from a competitor today because we left it alone."""
    forces = world.tables.forces
    if forces.latent == 0 or lead.purchase != day:
        return False
    if lead.status == NURTURED:
        return True
    return is_alive(lead) and day - lead.touched > forces.inactive


@inline_step
def test_again(world: World, slot: int, day: int) -> None:
    """Ask whether a lead of Sales still qualifies, and give it back if not."""
    lead = world.state.leads[slot]
    lead.tested = day
    if world.tables.stages.gated[lead.stage] == 0:
        kept = is_qualified(world, lead)
        note(world, day, slot, E_REQUALIFY, (1 if kept else 0, lead.team, 0))
        add(world, EVENTS, day, 1)
        if not kept:
            give_back(world, slot, REQUALIFY, day, day)


@step
def adapt_score(world: World, day: int) -> None:
    """Move the adaptive score by last week's use of Sales' hours, and test every open lead against it.

    Twin    tests/reference/funnel_walk.py
    """
    rules, desk = world.tables.rules, world.state.desk[0]
    step = 0
    if desk.week_room > 0:
        use = desk.week_spent / desk.week_room
        step = 1 if use > rules.tighten else -1 if use < rules.loosen else 0
    desk.week_spent, desk.week_room = 0, 0
    if step == 0:
        return
    desk.score = min(8.0, max(-8.0, desk.score + step * rules.step))
    add(world, RULE_CHANGES, day, 1)
    note(world, day, -1, E_RULE, (step, 0, 0))
    chosen, count = world.state.popped, 0
    for slot in range(desk.used):
        if world.state.leads[slot].status == OPEN:
            chosen[count] = slot
            count += 1
    take_turns(world, chosen, count)
    for i in range(count):
        if is_sales(world, world.state.leads[chosen[i]].team):
            test_again(world, chosen[i], day)
        else:
            if not pass_gate(world, chosen[i], day, day):
                wait_at_gate(world, chosen[i])


@step
def balance_load(world: World, day: int) -> None:
    """Give the last leads of the queues back while Sales has more than it may have.

    Twin    tests/reference/funnel_walk.py
    """
    excess = -world.tables.rules.max_load
    for team in range(world.state.teams.size):
        if is_sales(world, team):
            excess += world.state.teams[team].open
    if excess <= 0:
        return
    waiting = world.state.popped
    count = 0
    for i in range(list_waiting(world, waiting)):
        if may_go_back(world, world.state.leads[waiting[i]]):
            waiting[count] = waiting[i]
            count += 1
    for _ in range(min(excess, count)):
        last = 0
        for i in range(1, count):
            if comes_after(world, waiting[i], waiting[last], day):
                last = i
        slot = waiting[last]
        count -= 1
        waiting[last] = waiting[count]
        give_back(world, slot, BALANCE, day, day)


@inline_step
def comes_after(world: World, slot: int, other_slot: int, day: int) -> bool:
    """Tell whether one waiting lead comes after another in the order of a day."""
    lead, other = world.state.leads[slot], world.state.leads[other_slot]
    urgent, other_urgent = is_urgent(world, lead, day), is_urgent(world, other, day)
    if urgent != other_urgent:
        return other_urgent
    return lead.value > other.value or (lead.value == other.value and lead.key > other.key)
