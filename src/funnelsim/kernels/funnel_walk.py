"""A funnel under one strategy, day by day: every lead from birth to win or loss, every hour that is spent on it.

A day has five steps: leads arrive; leads come back; rules of ownership act; teams work; clocks fire.  Leads that only
wait cost nothing: each is woken on the day on which something can happen to it.  Within a step leads take their turns
by key, never by the order in which they came to be, so that one lead more or less changes nobody else's luck.

What it leaves out: how a scenario becomes tables (``engines/funnel_lowering.py``), and all comparisons.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from funnelsim.kernels.by_reference import by_reference, never_inlined
from funnelsim.kernels.funnel_arrays import (
    CAPABILITY,
    NO_DECISION,
    NO_LOG,
    REGRESS,
    STAFF,
    TOO_MANY_LEADS,
    FunnelLog,
    FunnelLuck,
    Out,
    Tables,
)
from funnelsim.kernels.funnel_books import books_balance
from funnelsim.kernels.funnel_calendar import sort_by_key, take_turns, wake
from funnelsim.kernels.funnel_clocks import account, cooling, loss_falls, loss_fraction, plan_loss
from funnelsim.kernels.funnel_draws import draw, exponential, later, stated_pc
from funnelsim.kernels.funnel_state import ADVANCED, BATCH, GONE, LOSS, NOT_FIRED, State, World, is_alive
from funnelsim.kernels.jit import inline_step, kernel, step
from funnelsim.kernels.lead_births import arrive, come_back, open_opening
from funnelsim.kernels.lead_stays import (
    count_lead,
    draw_stays,
    enter_stage,
    leave_stage,
    lose_lead,
    plan_first_work,
    rest_lead,
    win_lead,
)
from funnelsim.kernels.ownership import hand_over, place_lead, plan_rule
from funnelsim.kernels.return_rules import follow_rules
from funnelsim.kernels.team_cards import fill_capacity, fill_cards
from funnelsim.kernels.work_day import work_day


@kernel
def funnel_walk(tables: Tables, luck: FunnelLuck, out: Out, state: State, log: FunnelLog) -> None:
    """Walk a block of replications.

    tables : Tables      a scenario under one strategy
    luck : FunnelLuck    one entry of odds and arrivals per replication
    out : Out            zero at the start; ``breach`` says what went wrong, and then nothing else counts
    state : State        of :func:`funnelsim.kernels.funnel_state.new_state`; nothing in it outlives a call
    log : FunnelLog      events of all replications, one after the other

    Draws       ARRIVALS .. STAFF, keyed by (replication, lead), source, or head.
    Assumes     what ``engines.funnel_lowering`` checked: sums of losses that bend upwards, tables long enough.
    Twin        tests/reference/funnel_walk.py
    """
    desk = state.desk[0]
    fill_capacity(tables, state)
    fill_cards(tables, state)
    desk.turns = np.int64(log.mode != NO_LOG or tables.teams.max_open.max() > 0)
    desk.causes = np.int64(tables.stages.loss[:, NO_DECISION].max() > 0.0 or tables.stages.loss[:, REGRESS].max() > 0.0)
    rules = tables.rules
    desk.ruled = np.int64(tables.forces.latent != 0 or max(rules.idle_days, rules.meeting_idle, rules.requalify) >= 0)
    for row in range(luck.odds.size):
        desk.seed, desk.replication = luck.seed, np.uint64(luck.first + row)
        desk.odds, desk.arrivals = luck.odds[row], luck.arrivals[row]
        desk.score, desk.pool_left = tables.rules.score, tables.sources.pool
        world = by_reference(World(tables, state, out_of(out, row), log))
        replicate(world)


@inline_step
def out_of(out: Out, row: int) -> Out:
    """Return what one replication leaves."""
    return Out(
        out.flow[row],
        out.born[row],
        out.ticks[row],
        out.room[row],
        out.touches[row],
        out.entered[row],
        out.stayed[row],
        out.lost[row],
        out.passes[row],
        out.booked[row],
        out.by_source[row],
        out.owned[row],
        out.neglected[row],
        out.open_at[row],
        out.ev_at[row],
        out.parts[row],
        out.spent[row],
        out.drift[row],
        out.ends[row],
        out.breach[row : row + 1],
    )


@step
def replicate(world: World) -> None:
    """Walk all days of one replication.

    Twin    tests/reference/funnel_walk.py
    """
    never_inlined()
    days, desk = world.tables.days, world.state.desk[0]
    clear_state(world)
    draw_staff(world)
    world.out.spent[3] = -1
    open_opening(world)
    end = days.period.size
    for day in range(end):
        desk.rule_day, desk.loss_day, desk.fired = day, day, 0
        arrive(world, day)
        come_back(world, day)
        if desk.full != 0:
            world.out.breach[0] = TOO_MANY_LEADS
            return
        follow_rules(world, day)
        if days.work[day] != 0:
            work_day(world, day)
        run_clocks(world, day)
        if day + 1 == end or days.period[day + 1] != days.period[day]:
            close_period(world, day)
    if desk.full != 0:
        world.out.breach[0] = TOO_MANY_LEADS
        return
    for slot in range(desk.used):
        if world.state.leads[slot].status != GONE:
            count_lead(world, slot)
    world.out.breach[0] = books_balance(world)


@step
def clear_state(world: World) -> None:
    """Forget the replication before.

    Twin    tests/reference/funnel_walk.py
    """
    desk, teams, heads = world.state.desk[0], world.state.teams, world.state.heads
    desk.week_spent, desk.week_room, desk.count, desk.used, desk.free = 0, 0, 0, 0, 0
    desk.full, desk.won_money = 0, 0
    desk.rule_day, desk.loss_day, desk.fired, desk.triage = 0, 0, 0, 0
    desk.soon, desk.soon_day = 0, world.tables.days.work_day[0]
    for team in range(teams.size):
        record = teams[team]
        record.leftover, record.debt, record.open, record.urgent, record.normal = 0, 0, 0, 0, 0
        record.fresh, record.touches, record.calls, record.delay = 0, 0, 0, 0
    for timer in range(heads.shape[0]):
        for day in range(heads.shape[1]):
            heads[timer, day] = -1


@step
def draw_staff(world: World) -> None:
    """Write the ticks of every team whose people leave: departures, vacancies, and hires who learn.

    Twin    tests/reference/funnel_walk.py
    """
    teams, work, capacity = world.tables.teams, world.tables.days.work, world.state.capacity
    for team in range(teams.heads.size):
        if teams.leave[team] <= 0.0:
            continue
        capacity[team, :] = 0
        full, ramp = teams.ticks[team], teams.ramp[team]
        for head in range(teams.heads[team]):
            hired, number = np.int64(0), 0
            while hired < work.size:
                word, _ = draw(world, STAFF, np.uint64(head), team, 0, number)
                leaves = later(hired, exponential(world, word) / teams.leave[team])
                for day in range(hired, min(leaves, work.size)):
                    served = day - hired + 1
                    share = full if number == 0 or served >= ramp else full * served // ramp
                    capacity[team, day] += share * work[day]
                hired = leaves + teams.vacancy[team] + 1
                number += 1


@step
def run_clocks(world: World, day: int) -> None:
    """Step 5: whatever reached its threshold first today, happens.

    Twin    tests/reference/funnel_walk.py
    """
    desk, fired, woken = world.state.desk[0], world.state.fired, world.state.popped
    count = desk.fired
    desk.loss_day = day + 1
    for i in range(wake(world, LOSS, day, woken)):
        lead = world.state.leads[woken[i]]
        if lead.fired == NOT_FIRED and lead.doomed != day:
            if loss_falls(world, lead, day):
                fired[count] = woken[i]
                count += 1
            else:
                plan_loss(world, woken[i])
    if desk.turns != 0:
        take_turns(world, fired, count)
        foresee(world, fired, count)
        for i in range(count):
            let_fire(world, fired[i], day)
    else:
        let_all_fire(world, fired, count, day)


@step
def foresee(world: World, fired: Any, count: int) -> None:
    """Draw the clocks of all leads that may advance today, before they take their turns.

    Twin    tests/reference/funnel_walk.py
    """
    leads, chosen, last = world.state.leads, world.state.again, world.tables.stages.gain.size - 1
    found = 0
    for i in range(count):
        lead = leads[fired[i]]
        chosen[found] = fired[i]
        found += np.int64(lead.fired == ADVANCED and lead.stage < last)
    for first in range(0, found, BATCH):
        draw_stays(world, chosen, first, min(BATCH, found - first))


@inline_step
def let_fire(world: World, slot: int, day: int) -> None:
    """Let the clock of a lead that fired first be heard."""
    lead = world.state.leads[slot]
    fraction = part_of_day(world, lead, day)
    if lead.fired == ADVANCED and lead.fraction <= fraction:
        advance_lead(world, slot, day)
    elif lead.fired != NOT_FIRED or fraction < np.inf:
        end_stay(world, slot, lead.cause, day)


@inline_step
def part_of_day(world: World, lead: Any, day: int) -> float:
    """Return at which part of a day a loss clock of the calendar fires; infinity if none does."""
    if lead.doomed == day:
        return lead.doom
    if loss_falls(world, lead, day):
        return loss_fraction(world, lead, day)
    return np.inf


@step
def let_all_fire(world: World, fired: Any, count: int, day: int) -> None:
    """Let all clocks be heard where nobody's turn matters: who advances, who buys, who is lost, each kind at once.

    Nobody can guess which clock of a lead is first, so leads are told apart without a jump, and only once.

    Twin    tests/reference/funnel_walk.py
    """
    state, last = world.state, world.tables.stages.gain.size - 1
    leads, advancing, buying, ending = state.leads, state.again, state.spare, state.popped
    advanced, bought, ended = 0, 0, 0
    for i in range(count):
        slot = fired[i]
        lead = leads[slot]
        fraction = part_of_day(world, lead, day)
        first = np.int64(lead.fired == ADVANCED) & np.int64(lead.fraction <= fraction)
        at_end = np.int64(lead.stage == last)
        advancing[advanced], buying[bought], ending[ended] = slot, slot, slot
        advanced += first & ~at_end
        bought += first & at_end
        ended += (first ^ 1) & (np.int64(lead.fired != NOT_FIRED) | np.int64(fraction < np.inf))
    for begin in range(0, advanced, BATCH):
        draw_stays(world, advancing, begin, min(BATCH, advanced - begin))
    for i in range(advanced):
        go_on(world, advancing[i], day)
    for i in range(bought):
        buy(world, buying[i], day)
    for i in range(ended):
        end_stay(world, ending[i], leads[ending[i]].cause, day)


@step
def advance_lead(world: World, slot: int, day: int) -> None:
    """Let a lead enter the next stage, or buy.

    Twin    tests/reference/funnel_walk.py
    """
    if world.state.leads[slot].stage + 1 == world.tables.stages.gain.size:
        buy(world, slot, day)
    else:
        go_on(world, slot, day)


@inline_step
def go_on(world: World, slot: int, day: int) -> None:
    """Let a lead enter the next stage."""
    lead = world.state.leads[slot]
    account(world, lead, day + 1)
    leave_stage(world, slot, day + 1, True)
    enter_stage(world, slot, lead.stage + 1, day + 1)
    place_lead(world, slot, day, day + 1)


@inline_step
def buy(world: World, slot: int, day: int) -> None:
    """Let a lead leave the last stage."""
    account(world, world.state.leads[slot], day + 1)
    leave_stage(world, slot, day + 1, True)
    win_lead(world, slot, day)


@inline_step
def end_stay(world: World, slot: int, cause: int, day: int) -> None:
    """Let a loss clock end a stay."""
    if cause == REGRESS:
        fall_back(world, slot, day)
    elif cause == NO_DECISION and world.tables.rules.regenerate != 0:
        rest_lead(world, slot, day, day + 1, True)
    else:
        lose_lead(world, slot, cause, day, day + 1)


@step
def fall_back(world: World, slot: int, day: int) -> None:
    """Let a lead enter the stage before its own again.

    Twin    tests/reference/funnel_walk.py
    """
    lead, tables = world.state.leads[slot], world.tables
    account(world, lead, day + 1)
    leave_stage(world, slot, day + 1, False)
    enter_stage(world, slot, lead.stage - 1, day + 1)
    if tables.teams.can[lead.team, lead.stage] != 0:
        plan_first_work(world, slot, day + 1)
        plan_rule(world, slot)
    else:
        hand_over(world, slot, tables.stages.team[lead.stage], CAPABILITY, day, day + 1)


@step
def close_period(world: World, day: int) -> None:
    """Look at the leads that are open at the end of a period.

    Twin    tests/reference/funnel_walk.py
    """
    desk, leads, curves, out = world.state.desk[0], world.state.leads, world.tables.curves, world.out
    period = world.tables.days.period[day]
    idle, count = world.state.popped, 0
    for slot in range(desk.used):
        lead = leads[slot]
        if is_alive(lead):
            out.open_at[period, lead.stage] += 1
            out.ev_at[period, lead.stage, lead.level] += np.int64(np.rint(lead.pr * stated_pc(world, lead)))
            idle[count] = slot
            count += np.int64(day + 1 - lead.touched > curves.grace)
    sort_by_key(world, idle, count)  # broken numbers add up to what their order says
    for i in range(count):
        lead = leads[idle[i]]
        place = min(cooling(world, lead, day + 1), curves.coldest) + curves.zero
        out.drift[0] += 1.0
        out.drift[1] += curves.drift[lead.stage, place]
