"""How a lead enters a stage and leaves it, and how it leaves the funnel: nurture, loss, win.

Entering draws the thresholds of all clocks of the stay at once; everything later only changes how fast they run.

What it leaves out: who owns the lead (:mod:`funnelsim.kernels.ownership`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funnelsim.kernels.funnel_arrays import (
    BOOKED,
    CLOCK,
    COMPETITOR,
    E_ENTER,
    E_LOST,
    E_PARK,
    E_WON,
    EVENTS,
    LOSSES,
    LOST,
    MONTH_END_WINS,
    NEVER_CALLED,
    NO_DECISION,
    NO_LOG,
    NURTURE,
    NURTURED,
    PARKED,
    PURCHASES,
    REGRESS,
    RESELL,
    RESURRECT,
    WINS,
    WON,
)
from funnelsim.kernels.funnel_calendar import link_of, schedule, schedule_work, unschedule
from funnelsim.kernels.funnel_clocks import account, plan_loss, ready_rate, settle_ready
from funnelsim.kernels.funnel_draws import draw, draw_batch, exponential, later, tag_of, uniform_of
from funnelsim.kernels.funnel_state import (
    BACK,
    CAUSE_WORDS,
    CLOCK_WORDS,
    GONE,
    KEYS,
    LOSS,
    NEVER,
    NOT_FIRED,
    RULE,
    TAGS,
    WORK,
    World,
    add,
    note,
)
from funnelsim.kernels.jit import inline_step, step
from funnelsim.kernels.sampling import interpolated


@inline_step
def enter_stage(world: World, slot: int, stage: int, first: int) -> None:
    """Let a lead enter a stage, whose clocks run from day ``first``."""
    lead = world.state.leads[slot]
    changed = stage != lead.stage
    lead.stage = stage
    draw_thresholds(world, lead, stage)
    begin_stay(world, slot, changed, first)


@inline_step
def begin_stay(world: World, slot: int, changed: bool, first: int) -> None:
    """Let a stay begin whose thresholds are drawn; ``changed``: whether the lead was in another stage before."""
    lead, stages = world.state.leads[slot], world.tables.stages
    stage = lead.stage
    lead.entries += 1
    lead.level = max(lead.level, stages.low[stage])
    lead.climbed, lead.carry = 0, max(0, stages.touch[stage] - stages.pace[stage])  # one touch fits at once
    lead.last_work = world.tables.days.worked[first] - 1
    lead.settled = first
    lead.stage_since = first
    lead.queued, lead.fired = 0, NOT_FIRED
    if changed or lead.entries != 1:
        lead.pc_fixed = 0
    lead.stale = 1
    plan_loss(world, slot)
    world.out.entered[stage] += 1
    add(world, EVENTS, first, 1)
    note(world, first, slot, E_ENTER, (stage, lead.team, lead.level))


@inline_step
def stay_of(stage: int, entry: int) -> int:
    """Return the number of a stay: its stage, and how many the lead entered before."""
    return (entry << 8) | stage


@inline_step
def draw_thresholds(world: World, lead: Any, stage: int) -> None:
    """Draw what the clocks of a stay must run, and which loss comes first; a clock that stands still is not drawn."""
    if lead.drawn == stay_of(stage, lead.entries):
        lead.left, lead.loss_left, lead.cause = lead.drawn_left, lead.drawn_loss, lead.drawn_cause
    else:
        draw_stay(world, lead, stage)


@step
def draw_stay(world: World, lead: Any, stage: int) -> None:
    """Draw the thresholds of one stay that nobody foresaw.

    Twin    tests/reference/funnel_walk.py
    """
    stages, entry = world.tables.stages, lead.entries
    advance, competitor = draw(world, CLOCK, lead.key, stage, 0, entry)
    other, regress = advance, competitor
    if stages.loss[stage, NO_DECISION] > 0.0 or stages.loss[stage, REGRESS] > 0.0:
        other, regress = draw(world, CLOCK, lead.key, stage, 1, entry)
    lead.left = interpolated(world.tables.curves.threshold[stages.law[stage]], advance)
    lead.loss_left, lead.cause = first_loss(world, stage, competitor, other, regress)


@inline_step
def first_loss(
    world: World, stage: int, competitor: np.uint64, other: np.uint64, regress: np.uint64
) -> tuple[float, int]:
    """Return which loss comes first, if none is hastened, and when; infinity if none comes."""
    rates = world.tables.stages.loss
    first, cause = np.inf, np.int64(COMPETITOR)
    if rates[stage, COMPETITOR] > 0.0:
        first = exponential(world, competitor) / rates[stage, COMPETITOR]
    if rates[stage, NO_DECISION] > 0.0:
        limit = exponential(world, other) / rates[stage, NO_DECISION]
        if limit < first:
            first, cause = limit, np.int64(NO_DECISION)
    if rates[stage, REGRESS] > 0.0:
        limit = exponential(world, regress) / rates[stage, REGRESS]
        if limit < first:
            first, cause = limit, np.int64(REGRESS)
    return first, cause


@step
def draw_stays(world: World, slots: Any, first: int, count: int) -> None:
    """Draw the thresholds of leads that are about to advance by a stage.

    Assumes     at most BATCH leads, all before the last stage.
    Twin        tests/reference/funnel_walk.py
    """
    leads, batch = world.state.leads, world.state.batch
    for i in range(count):
        lead = leads[slots[first + i]]
        batch[KEYS, i], batch[TAGS, i] = lead.key, tag_of(CLOCK, lead.stage + 1, 0, lead.entries)
    draw_clocks(world, count)
    for i in range(count):
        lead = leads[slots[first + i]]
        stage = lead.stage + 1
        lead.drawn = stay_of(stage, lead.entries)
        lead.drawn_left, lead.drawn_loss, lead.drawn_cause = stay_drawn(world, stage, i)


@step
def draw_clocks(world: World, count: int) -> None:
    """Draw the words of the clocks of a batch whose tags are those of the first cause.

    Twin    tests/reference/funnel_walk.py
    """
    tags = world.state.batch[TAGS]
    draw_batch(world, CLOCK_WORDS, count)
    if world.state.desk[0].causes != 0:
        for i in range((count + 7) & -8):
            tags[i] |= np.uint64(1 << 24)
        draw_batch(world, CAUSE_WORDS, count)


@inline_step
def stay_drawn(world: World, stage: int, i: int) -> tuple[float, float, int]:
    """Return what the clocks of a stay must run, and which loss comes first, from the words of the batch."""
    batch, curves = world.state.batch, world.tables.curves
    left = interpolated(curves.threshold[world.tables.stages.law[stage]], batch[CLOCK_WORDS, i])
    loss_left, cause = first_loss(
        world, stage, batch[CLOCK_WORDS + 1, i], batch[CAUSE_WORDS, i], batch[CAUSE_WORDS + 1, i]
    )
    return left, loss_left, cause


@inline_step
def forget_work(world: World, slot: int) -> None:
    """Take a lead out of its queue, and off the calendar of work."""
    lead = world.state.leads[slot]
    lead.queued, lead.fired = 0, NOT_FIRED
    unschedule(world, slot, WORK)


@inline_step
def leave_stage(world: World, slot: int, day: int, advanced: bool) -> None:
    """Close a stay that ended before a day."""
    lead = world.state.leads[slot]
    days = day - lead.stage_since
    stayed = world.out.stayed[lead.stage]
    stayed[0 if advanced else 1] += 1
    stayed[2] += days
    stayed[3] += days * days
    forget_work(world, slot)


@inline_step
def plan_first_work(world: World, slot: int, first: int) -> None:
    """Let a lead that just entered a stage, and fits there, be worked from the next day of work: a touch fits at once.

    Assumes     that it is on no calendar of work.
    """
    days = world.tables.days
    if first < days.period.size:
        schedule_work(world, slot, days.work_day[days.worked[first]])


@inline_step
def plan_work(world: World, slot: int, first: int) -> None:
    """Set the first day from ``first`` on which a lead can absorb a touch."""
    lead, days = world.state.leads[slot], world.tables.days
    lead.queued = 0
    if world.tables.teams.can[lead.team, lead.stage] == 0 or first >= days.period.size:
        unschedule(world, slot, WORK)
        return
    card = world.state.cards[lead.team, lead.stage]
    missing = card.touch - lead.carry
    waits = np.int64(1)  # most leads can be worked every day
    if missing > card.pace or missing <= 0:
        waits = np.int64(missing * card.part)
        waits += np.int64(waits * card.pace < missing)  # rounded up, without a division
    index = max(lead.last_work + waits, days.worked[first])
    if index < days.work_day.size:
        schedule_work(world, slot, days.work_day[index])
    else:
        unschedule(world, slot, WORK)


@inline_step
def leave_owner(world: World, slot: int) -> None:
    """Take a lead out of the open leads of its owner, off every calendar but that of its return."""
    world.state.teams[world.state.leads[slot].team].open -= 1
    unschedule(world, slot, LOSS)
    unschedule(world, slot, RULE)


@step
def rest_lead(world: World, slot: int, day: int, first: int, dormant: bool) -> None:
    """Send a lead to nurture: dormant until it ripens, or parked until it is ready.

    Twin    tests/reference/funnel_walk.py
    """
    lead, forces, rules = world.state.leads[slot], world.tables.forces, world.tables.rules
    account(world, lead, first)
    settle_ready(world, lead, first)
    leave_stage(world, slot, first, False)
    leave_owner(world, slot)
    lead.status, lead.team, lead.dormant, lead.retry = NURTURED, rules.marketing, np.int8(dormant), -1
    ripens, leaves = draw(world, NURTURE, lead.key, 0, 0, lead.spells)
    lead.spells += 1
    lead.normal_level = -1  # who comes back is looked at anew
    ripe, gone = np.int64(NEVER), np.int64(NEVER)
    if dormant:
        if lead.buyer != 0 and forces.regenerate_rate > 0.0:
            ripe = later(first + 1, exponential(world, ripens) / forces.regenerate_rate)
    elif lead.ready_left <= 0.0:
        ripe = first + 1
    elif lead.ready_left < np.inf and ready_rate(world, lead) > 0.0:
        ripe = later(first + 1, lead.ready_left / ready_rate(world, lead))
    if forces.unsubscribe_rate > 0.0:
        gone = later(first + 1, exponential(world, leaves) / forces.unsubscribe_rate)
    lead.ripe = np.int8(ripe <= gone)
    schedule(world, slot, BACK, min(ripe, gone))
    if forces.latent != 0 and lead.purchase >= world.state.desk[0].rule_day:
        schedule(world, slot, RULE, lead.purchase)
    add(world, PARKED, day, 1)
    add(world, EVENTS, day, 1)
    note(world, day, slot, E_PARK, (lead.stage, lead.team, 0 if dormant else 1))


@step
def lose_lead(world: World, slot: int, reason: int, day: int, first: int) -> None:
    """Lose a lead; days before ``first`` still count.

    Twin    tests/reference/funnel_walk.py
    """
    lead, forces = world.state.leads[slot], world.tables.forces
    account(world, lead, first)
    if lead.status != NURTURED:
        leave_stage(world, slot, first, False)
        leave_owner(world, slot)
    else:
        unschedule(world, slot, RULE)
    lead.status, lead.retry = LOST, -1
    unschedule(world, slot, BACK)
    world.out.lost[lead.stage, reason, lead.team] += 1
    add(world, LOSSES, day, 1)
    add(world, EVENTS, day, 1)
    if lead.delivered != 0 and lead.called == 0:
        add(world, NEVER_CALLED, day, 1)
    note(world, day, slot, E_LOST, (lead.stage, reason, lead.team))
    again = world.tables.rules.resurrect != 0 and lead.resurrected < forces.most_resurrections
    if reason == COMPETITOR and again and forces.resurrect_share > 0.0:
        coin, delay = draw(world, RESURRECT, lead.key, 0, 0, lead.resurrected)
        if uniform_of(coin) < forces.resurrect_share:
            schedule(world, slot, BACK, later(first + 1, uniform_of(delay) * forces.resurrect_days))
    give_slot_up(world, slot)


@step
def win_lead(world: World, slot: int, day: int) -> None:
    """Book a lead that left the last stage.

    Twin    tests/reference/funnel_walk.py
    """
    lead, out = world.state.leads[slot], world.out
    leave_owner(world, slot)
    lead.status = WON
    out.entered[world.tables.stages.gain.size] += 1
    add(world, WINS, day, 1)
    add(world, EVENTS, day, 1)
    add(world, BOOKED, day, lead.pr)
    if world.tables.days.part[day] == 2:
        add(world, MONTH_END_WINS, day, 1)
    out.booked[lead.team] += lead.pr
    out.by_source[lead.source] += lead.pr
    if out.spent[3] < 0:
        out.spent[3] = day
    if lead.buyer != 0:
        add(world, PURCHASES, day, 1)
    note(world, day, slot, E_WON, (lead.team, lead.pr, lead.stage))
    plan_resell(world, slot, day)


@inline_step
def give_slot_up(world: World, slot: int) -> None:
    """Forget a lead that was won or lost and will not come back, once it is counted."""
    if link_of(world, slot, BACK).due < 0 and world.log.mode == NO_LOG:  # a story ends with its lead to be seen
        count_lead(world, slot)
        desk = world.state.desk[0]
        world.state.leads[slot].status = GONE
        world.state.free[desk.free] = slot
        desk.free += 1


@inline_step
def count_lead(world: World, slot: int) -> None:
    """Count a lead as it stands when nothing more can happen to it."""
    lead, out = world.state.leads[slot], world.out
    end = world.tables.days.period.size
    if lead.status <= NURTURED:
        account(world, lead, end)
    out.ends[lead.status] += 1
    if lead.longest_idle > 14:
        out.spent[1] += 1
        out.spent[2] += np.int64(lead.longest_idle > 30)
    if lead.status == WON:
        world.state.desk[0].won_money += lead.pr
        return
    out.spent[0] += lead.sales_ticks
    bought = np.int64(lead.buyer != 0) & np.int64(lead.bought < end)
    add(world, PURCHASES, lead.bought, bought)  # nobody can guess it: counted without a jump


@inline_step
def plan_resell(world: World, slot: int, day: int) -> None:
    """Let a customer come back with another need."""
    lead, forces = world.state.leads[slot], world.tables.forces
    unschedule(world, slot, BACK)
    if world.tables.rules.resell != 0 and forces.resell_rate > 0.0:
        word, _ = draw(world, RESELL, lead.key, 0, 0, lead.children)
        schedule(world, slot, BACK, later(day + 1, exponential(world, word) / forces.resell_rate))
    give_slot_up(world, slot)
