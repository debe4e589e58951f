"""How leads come to be: opening leads, leads born of sources and of customers, and leads that come back.

A lead born inside is named by a hash of its source, day and number, so that it keeps its luck when others are added;
the name is the same in all replications, its luck is not.

What it leaves out: how many leads a source bears (``Sources.counts`` says it).
"""

from __future__ import annotations

import numpy as np

from funnelsim.kernels.funnel_arrays import (
    ACCEPTED,
    ARRIVALS,
    ARRIVED,
    BORN_KEY,
    CHILD_KEY,
    CLOCK,
    E_BORN,
    E_RESURRECT,
    E_RIPEN,
    EVENTS,
    FAST_TRACK,
    LOST,
    NURTURED,
    OPEN,
    REGENERATED,
    RESOLD,
    RESURRECTED,
    TRANSIT,
    UNSUBSCRIBED,
)
from funnelsim.kernels.funnel_calendar import forget_timers, take_turns, unschedule, wake
from funnelsim.kernels.funnel_clocks import account, settle_ready
from funnelsim.kernels.funnel_draws import draw, tag_of, uniform_of
from funnelsim.kernels.funnel_state import (
    BACK,
    BATCH,
    CLOCK_WORDS,
    KEYS,
    NEVER,
    NOT_FIRED,
    TAGS,
    TRAIT_WORDS,
    World,
    add,
    is_sales,
    note,
)
from funnelsim.kernels.jit import inline_step, step
from funnelsim.kernels.keyed_random import threefry2x64
from funnelsim.kernels.lead_stays import (
    begin_stay,
    draw_clocks,
    draw_stay,
    enter_stage,
    lose_lead,
    plan_resell,
    stay_drawn,
)
from funnelsim.kernels.lead_traits import draw_births, draw_pr, set_traits, thin
from funnelsim.kernels.ownership import deliver, hand_over, place_lead, take_over

TWO_32 = 4294967296.0


@inline_step
def new_lead(world: World, key: np.uint64, source: int, day: int, stage: int, team: int) -> int:
    """Give a new lead a slot and the state in which all begin; return -1 if there is no room."""
    slot = take_slot(world)
    if slot < 0:
        return slot
    world.state.teams[team].open += 1
    lead = world.state.leads[slot]
    lead.key, lead.source, lead.stage, lead.team, lead.status = key, source, stage, team, OPEN
    lead.pr, lead.odds, lead.ready_left, lead.purchase, lead.bought, lead.drawn = 0, 1.0, 0.0, NEVER, NEVER, -1
    lead.born, lead.ready_since, lead.settled, lead.counted = day, day, day, day
    lead.since, lead.stage_since, lead.tested, lead.touched, lead.cool = day, day, day, day - 1, 0
    lead.buyer, lead.facts, lead.level, lead.normal_level, lead.known = 0, 0, 0, -1, 0
    lead.normal, lead.reading, lead.pc, lead.pc_fixed, lead.stale = 0.0, 0.0, 0.0, 0, 1
    lead.hot, lead.raiser, lead.download, lead.called, lead.delivered = 0, 0, 0, 0, 0
    lead.accepted, lead.came_back, lead.ripe, lead.dormant, lead.reason = 0, 0, 0, 0, 0
    lead.entries, lead.passes, lead.spells, lead.resurrected, lead.children, lead.early = 0, 0, 0, 0, 0, 0
    lead.queued, lead.fired, lead.doomed = 0, NOT_FIRED, -1  # ``stamp`` goes on: older places stay stale
    lead.fraction, lead.doom, lead.sales_ticks, lead.longest_idle = np.inf, np.inf, 0, 0
    lead.rest_until, lead.retry, lead.sales_day = 0, -1, -1
    return slot


@inline_step
def take_slot(world: World) -> int:
    """Give a new lead a place that was given up, or a new one; -1 if there is none."""
    desk = world.state.desk[0]
    if desk.free > 0:
        desk.free -= 1
        slot = world.state.free[desk.free]
    else:
        slot = desk.used
        if slot == world.state.leads.size:
            desk.full = 1
            return -1
        desk.used += 1
        forget_timers(world, slot)
    world.state.leads[slot].number = desk.count
    desk.count += 1
    return slot


@inline_step
def write_birth(world: World, slot: int, day: int) -> None:
    """Write a birth down."""
    lead, sources = world.state.leads[slot], world.tables.forces.sources
    world.out.born[lead.source, world.tables.days.period[day]] += 1
    shown = lead.source if lead.source < sources else lead.source - sources - 2
    note(world, day, slot, E_BORN, (lead.stage, lead.team, shown))
    add(world, EVENTS, day, 1)


@step
def open_opening(world: World) -> None:
    """Let the leads begin that are open at the start.

    Twin    tests/reference/funnel_walk.py
    """
    opening, forces, keys = world.tables.opening, world.tables.forces, world.state.batch[KEYS]
    for i in range(opening.key.size):
        if i % BATCH == 0:
            count = min(BATCH, opening.key.size - i)
            for j in range(count):
                keys[j] = opening.key[i + j]
            draw_births(world, count, True, False)
        slot = new_lead(world, opening.key[i], forces.sources + 1, 0, opening.stage[i], opening.team[i])
        if slot < 0:
            return
        lead = world.state.leads[slot]
        lead.pr = opening.pr[i]
        set_traits(world, lead, opening.buyer[i], 0, i % BATCH)
        lead.touched, lead.cool = -1 - opening.idle[i], opening.cooling[i]
        lead.known = world.tables.stages.known[lead.stage]
        if is_sales(world, lead.team):
            lead.delivered, lead.accepted, lead.sales_day = 1, 1, 0
        write_birth(world, slot, 0)
        lead.pc, lead.pc_fixed = opening.pc[i], 1
        enter_stage(world, slot, lead.stage, 0)
        place_lead(world, slot, 0, 0)


@step
def arrive(world: World, day: int) -> None:
    """Step 1: sources bear leads.

    Twin    tests/reference/funnel_walk.py
    """
    sources, desk = world.tables.sources, world.state.desk[0]
    for source in range(world.tables.forces.sources):
        counts = sources.counts[sources.rate[source, day]]
        word, _ = draw(world, ARRIVALS, np.uint64(source), 0, 0, day)
        u = uniform_of(word)
        born = np.int64(0)
        while born < counts.size and u >= counts[born]:
            born += 1
        for first in range(0, born, BATCH):
            bear_batch(world, source, day, first, min(BATCH, born - first))
            if desk.full != 0:
                return


@step
def bear_batch(world: World, source: int, day: int, first: int, count: int) -> None:
    """Name some leads of a source and a day, draw what they are, and let them be born.

    Twin    tests/reference/funnel_walk.py
    """
    sources, batch = world.tables.sources, world.state.batch
    keys, tags, spare = batch[KEYS], batch[TAGS], batch[CLOCK_WORDS]
    for i in range((count + 7) & -8):
        keys[i], spare[i] = threefry2x64(np.uint64(BORN_KEY), np.uint64(source), np.uint64(day), np.uint64(first + i))
    count = thin(world, source, count)
    shape, traits = sources.shape[source], sources.hot[source] + sources.raiser[source] + sources.download[source]
    drawn = 0.0 < sources.buyer[source] < 1.0 or shape[0] != shape[shape.size - 1]
    draw_births(world, count, drawn, traits > 0.0)
    tag = tag_of(CLOCK, sources.stage[source], 0, 0)
    for i in range((count + 7) & -8):
        tags[i] = tag
    draw_clocks(world, count)
    for i in range(count):
        bear(world, source, day, keys[i], i)
        if world.state.desk[0].full != 0:
            return


@inline_step
def bear(world: World, source: int, day: int, key: np.uint64, i: int) -> None:
    """Let a lead be born of a source."""
    sources = world.tables.sources
    slot = new_lead(world, key, source, day, sources.stage[source], sources.team[source])
    if slot < 0:
        return
    lead = world.state.leads[slot]
    lead.left, lead.loss_left, lead.cause = stay_drawn(world, sources.stage[source], i)
    set_traits(world, lead, sources.buyer[source], day, i)
    lead.pr = draw_pr(world, source, i)
    hot, raiser, download = sources.hot[source], sources.raiser[source], sources.download[source]
    if hot + raiser + download > 0.0:
        other = world.state.batch[TRAIT_WORDS + 1, i]
        high = np.float64(other >> np.uint64(32)) + 0.5
        lead.hot = np.int8(np.float64(other & np.uint64(0xFFFFFFFF)) + 0.5 < hot * TWO_32)
        lead.raiser = np.int8(high < raiser * TWO_32)
        lead.download = np.int8(lead.raiser == 0 and high < (raiser + download) * TWO_32)
    lead.cool = -world.tables.curves.zero if lead.hot != 0 else 0
    lead.level = sources.level[source]
    lead.known = world.tables.stages.known[lead.stage]
    add(world, ARRIVED, day, 1)
    start(world, slot, day)


@inline_step
def start(world: World, slot: int, day: int) -> None:
    """Let a lead that was just born begin, whose first stay is drawn."""
    lead, rules = world.state.leads[slot], world.tables.rules
    write_birth(world, slot, day)
    begin_stay(world, slot, False, day)
    if is_sales(world, lead.team):
        deliver(world, lead, day)
        lead.accepted = 1
        add(world, ACCEPTED, day, 1)
    elif rules.fast_track != 0 and lead.hot != 0:
        hand_over(world, slot, rules.sales, FAST_TRACK, day, day)
        return
    place_lead(world, slot, day, day)


@step
def come_back(world: World, day: int) -> None:
    """Step 2: leads on the way arrive, dormant ones ripen, lost ones re-open, customers need more.

    Twin    tests/reference/funnel_walk.py
    """
    woken = world.state.popped
    count = wake(world, BACK, day, woken)
    take_turns(world, woken, count)
    for i in range(count):
        slot = woken[i]
        lead = world.state.leads[slot]
        if lead.status == TRANSIT:
            take_over(world, slot, lead.reason, day, day)
        elif lead.status == NURTURED and lead.ripe == 0:
            lose_lead(world, slot, UNSUBSCRIBED, day, day)
        elif lead.status == NURTURED:
            ripen(world, slot, day)
        elif lead.status == LOST:
            lead.resurrected += 1
            lead.counted = day
            settle_ready(world, lead, day)
            lead.team = world.tables.rules.marketing
            add(world, RESURRECTED, day, 1)
            note(world, day, slot, E_RESURRECT, (lead.stage, lead.team, 0))
            reopen(world, slot, lead.stage, day)
        else:
            resell(world, slot, day)
            if world.state.desk[0].full != 0:
                return


@inline_step
def ripen(world: World, slot: int, day: int) -> None:
    """Take a lead out of nurture."""
    lead = world.state.leads[slot]
    account(world, lead, day)
    settle_ready(world, lead, day)
    stage = np.int64(0)
    if lead.dormant == 0:
        lead.ready_left = 0.0
        stage = np.int64(lead.stage)
    add(world, REGENERATED, day, 1)
    note(world, day, slot, E_RIPEN, (stage, lead.team, 0))
    reopen(world, slot, stage, day)


@step
def reopen(world: World, slot: int, stage: int, day: int) -> None:
    """Let a lead begin again.

    Twin    tests/reference/funnel_walk.py
    """
    lead = world.state.leads[slot]
    world.state.teams[lead.team].open += 1
    unschedule(world, slot, BACK)
    lead.status, lead.came_back, lead.pc_fixed = OPEN, 0, 0
    lead.touched, lead.cool, lead.since, lead.tested = day - 1, 0, day, day
    enter_stage(world, slot, stage, day)
    place_lead(world, slot, day, day)


@step
def resell(world: World, parent_slot: int, day: int) -> None:
    """Let a customer bear a lead.

    Twin    tests/reference/funnel_walk.py
    """
    tables = world.tables
    forces, stage = tables.forces, tables.forces.resell_stage
    parent = world.state.leads[parent_slot]
    key, _ = threefry2x64(np.uint64(CHILD_KEY), np.uint64(parent.children), parent.key, np.uint64(0))
    slot = new_lead(world, key, forces.sources, day, stage, tables.stages.team[stage])
    if slot < 0:
        return
    lead = world.state.leads[slot]
    lead.pr = np.int64(np.rint(parent.pr * forces.resell_pr))
    parent.children += 1
    lead.facts = parent.facts
    plan_resell(world, parent_slot, day)
    lead.buyer, lead.level = 1, tables.stages.low[stage]
    lead.odds = tables.curves.facts[lead.facts] * world.state.desk[0].odds * forces.resell_odds
    lead.known = tables.stages.known[stage]
    add(world, RESOLD, day, 1)
    draw_stay(world, lead, stage)
    start(world, slot, day)
