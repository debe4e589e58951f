"""Whose lead it is: the gate to Sales, hand-overs, and the rules that give leads back.

What it leaves out: the order in which an owner works (:mod:`funnelsim.kernels.work_queues`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funnelsim.kernels.funnel_arrays import (
    ACCEPTED,
    BY_STAGE,
    CAPABILITY,
    CLEARANCE,
    DELIVERED,
    E_ARRIVE,
    E_PASS,
    EVENTS,
    FAST_TRACK,
    FIRST_QUALIFIED,
    HAND_OFF,
    LOST_ON_THE_WAY,
    NOT_QUALIFIED,
    OPEN,
    PASSES,
    QSL,
    QUALIFIED,
    TRANSIT,
    VETO,
    VETOED,
)
from funnelsim.kernels.funnel_calendar import link_of, schedule, unschedule
from funnelsim.kernels.funnel_clocks import account, cooling, plan_loss, settle_loss, settle_ready
from funnelsim.kernels.funnel_draws import draw, reading_of, second_reading, stated_pc, take_reading, uniform_of
from funnelsim.kernels.funnel_state import BACK, NEVER, RULE, WORK, World, add, is_sales, note
from funnelsim.kernels.jit import inline_step, step
from funnelsim.kernels.lead_stays import lose_lead, plan_first_work, plan_work, rest_lead


@inline_step
def place_lead(world: World, slot: int, day: int, first: int) -> None:
    """Decide who owns a lead that just entered a stage, to be worked from day ``first``."""
    lead = world.state.leads[slot]
    if world.state.cards[lead.team, lead.stage].stays != 0:
        plan_first_work(world, slot, first)
        plan_rule(world, slot)
    else:
        find_owner(world, slot, day, first)


@step
def find_owner(world: World, slot: int, day: int, first: int) -> None:
    """Decide who owns a lead whose owner may not be able to work its stage, or may pass it on.

    Twin    tests/reference/funnel_walk.py
    """
    lead, tables = world.state.leads[slot], world.tables
    owner = tables.stages.team[lead.stage]
    if tables.teams.can[lead.team, lead.stage] == 0:
        hand_over(world, slot, owner, CAPABILITY, day, first)
        return
    if owner != lead.team and is_sales(world, owner) == is_sales(world, lead.team):  # a colleague's stage
        hand_over(world, slot, owner, QUALIFIED, day, first)
        return
    if is_sales(world, lead.team) or not pass_gate(world, slot, day, first):
        plan_first_work(world, slot, first)
        plan_rule(world, slot)


@inline_step
def is_qualified(world: World, lead: Any) -> bool:
    """Tell whether a lead is Sales' business."""
    rules = world.tables.rules
    if rules.rule == BY_STAGE:
        return is_sales(world, world.tables.stages.team[lead.stage])
    if rules.rule == QSL:
        if lead.level < rules.level:
            return False  # before a reading is taken that nobody needs
        pc = stated_pc(world, lead)
        return pc >= rules.pc and lead.pr * pc >= rules.ev
    return reading_of(world, lead) >= world.state.desk[0].score


@step
def pass_gate(world: World, slot: int, day: int, first: int) -> bool:
    """Pass a lead to Sales if it qualifies; remember to ask again if only room, rest or triage is in the way.

    Whoever asks wakes the lead on that day: most have its next day to find anyway.

    Twin    tests/reference/funnel_walk.py
    """
    lead, rules = world.state.leads[slot], world.tables.rules
    lead.retry = -1
    if lead.passes >= rules.most_passes or not is_qualified(world, lead):
        return False
    owner = world.tables.stages.team[lead.stage]
    to = owner if is_sales(world, owner) else np.int64(rules.sales)
    limit = world.tables.teams.max_open[to]
    if lead.came_back != 0 and day < lead.rest_until:
        lead.retry = lead.rest_until
        return False
    if lead.came_back != 0 and cooling(world, lead, day) > 0:
        return False
    if limit > 0 and world.state.teams[to].open >= limit:
        lead.retry = day + 1
        return False
    clear = world.tables.days.clear[day]
    if rules.unreached != 0 and lead.stage < rules.triage_stage and clear > day:
        lead.retry = clear
        return False
    hand_over(world, slot, to, CLEARANCE if lead.came_back != 0 else QUALIFIED, day, first)
    return True


@inline_step
def wait_at_gate(world: World, slot: int) -> None:
    """Wake a lead that was not passed on the day on which the gate is to be asked again, if it is."""
    if world.state.leads[slot].retry >= 0:
        plan_rule(world, slot)


@step
def hand_over(world: World, slot: int, to: int, reason: int, day: int, first: int) -> None:
    """Pass a lead to another team; days before ``first`` still belong to the old one.

    Twin    tests/reference/funnel_walk.py
    """
    lead, forces = world.state.leads[slot], world.tables.forces
    account(world, lead, first)
    settle_loss(world, lead, first)
    settle_ready(world, lead, first)
    number = lead.passes
    note(world, day, slot, E_PASS, (lead.team, to, reason))
    world.out.passes[reason] += 1
    add(world, PASSES, day, 1)
    add(world, EVENTS, day, 1)
    change_owner(world, slot, to, first)
    if reason == FAST_TRACK:
        take_over(world, slot, reason, day, first)
        return
    if forces.hand_off_lost > 0.0:
        word, _ = draw(world, HAND_OFF, lead.key, 0, 0, number)
        if uniform_of(word) < forces.hand_off_lost:
            lose_lead(world, slot, LOST_ON_THE_WAY, day, first)
            return
    if lead.stale != 0 and world.tables.rules.bands != 0:
        take_reading(world, lead)  # it read what was known before this pass
    lead.known = world.tables.curves.kept[lead.known]
    if forces.hand_off_days == 0:
        take_over(world, slot, reason, day, first)
    else:
        lead.status, lead.reason = TRANSIT, reason
        schedule(world, slot, BACK, max(first, day + forces.hand_off_days))
        plan_loss(world, slot)
        plan_rule(world, slot)


@inline_step
def change_owner(world: World, slot: int, to: int, first: int) -> None:
    """Let a lead belong to another team from day ``first``."""
    lead, teams = world.state.leads[slot], world.state.teams
    lead.passes += 1
    if is_sales(world, lead.team) and not is_sales(world, to):
        lead.came_back, lead.rest_until = 1, first + world.tables.rules.rest
    teams[lead.team].open -= 1
    teams[to].open += 1
    lead.team, lead.queued, lead.retry = to, 0, -1
    unschedule(world, slot, WORK)


@step
def take_over(world: World, slot: int, reason: int, day: int, first: int) -> None:
    """Let the new owner of a lead begin, or refuse.

    Twin    tests/reference/funnel_walk.py
    """
    lead, tables = world.state.leads[slot], world.tables
    lead.status, lead.since, lead.tested = OPEN, first, first
    unschedule(world, slot, BACK)
    note(world, day, slot, E_ARRIVE, (lead.team, 0, 0))
    add(world, EVENTS, day, 1)
    if reason != FAST_TRACK:
        world.state.teams[lead.team].debt += tables.forces.hand_off_ticks
    lead.stale = 1
    if is_sales(world, lead.team):
        deliver(world, lead, day)
        if refuses(world, lead, reason):
            add(world, VETOED, day, 1)
            world.out.passes[VETO] += 1
            if tables.rules.refused_lost != 0:
                lose_lead(world, slot, NOT_QUALIFIED, day, first)
            else:
                rest_lead(world, slot, day, first, True)
            return
        lead.accepted = 1
        add(world, ACCEPTED, day, 1)
    elif lead.came_back != 0:
        lead.retry = max(lead.rest_until, day + 1)
    plan_loss(world, slot)
    plan_rule(world, slot)
    if tables.teams.can[lead.team, lead.stage] != 0:
        plan_work(world, slot, first)


@inline_step
def refuses(world: World, lead: Any, reason: int) -> bool:
    """Tell whether Sales refuses a lead that it was given for the first time."""
    if world.tables.rules.veto == 0 or lead.accepted != 0 or reason == FAST_TRACK:
        return False
    return second_reading(world, lead) < world.state.desk[0].score


@inline_step
def deliver(world: World, lead: Any, day: int) -> None:
    """Count a lead that comes to Sales."""
    add(world, DELIVERED, day, 1)
    if lead.delivered == 0:
        lead.delivered, lead.sales_day = 1, day
        add(world, FIRST_QUALIFIED, day, 1)


@inline_step
def give_back(world: World, slot: int, reason: int, day: int, first: int) -> None:
    """Give a lead back to Marketing, if it may go."""
    if may_go_back(world, world.state.leads[slot]):
        hand_over(world, slot, world.tables.rules.marketing, reason, day, first)


@inline_step
def may_go_back(world: World, lead: Any) -> bool:
    """Tell whether a lead was not passed too often, and Marketing can work its stage."""
    rules = world.tables.rules
    return lead.passes < rules.most_passes and world.tables.teams.can[rules.marketing, lead.stage] != 0


@inline_step
def plan_rule(world: World, slot: int) -> None:
    """Wake a lead on the next day on which a rule of ownership or its own purchase can act on it, if any ever can."""
    waits = link_of(world, slot, RULE).due >= 0
    if waits or world.state.desk[0].ruled != 0 or world.state.leads[slot].retry >= 0:
        find_rule(world, slot)


@step
def find_rule(world: World, slot: int) -> None:
    """Find the next day on which a rule of ownership or its own purchase can act on a lead.

    Twin    tests/reference/funnel_walk.py
    """
    lead, rules, today = world.state.leads[slot], world.tables.rules, world.state.desk[0].rule_day
    due = np.int64(NEVER)
    if world.tables.forces.latent != 0 and lead.purchase >= today:
        due = lead.purchase
    if lead.status == OPEN and not is_sales(world, lead.team):
        if lead.retry >= today:
            due = min(due, lead.retry)
    elif lead.status == OPEN:
        if may_go_back(world, lead):
            idle_from = max(lead.touched, lead.since)
            if rules.idle_days >= 0:
                due = min(due, idle_from + rules.idle_days)
            meeting = max(today, idle_from + rules.meeting_idle)
            if rules.meeting_idle >= 0 and meeting < world.tables.days.meeting.size:
                due = min(due, world.tables.days.meeting[meeting])
        if rules.requalify >= 0:
            due = min(due, lead.tested + rules.requalify)
    schedule(world, slot, RULE, max(due, today))
