"""What a funnel simulation remembers of a replication: one record a lead, one a team, and room to work.

A lead is one record of a few cache lines, and gives its place up when it is won or lost for good: a funnel of a
hundred open leads stays in the fastest cache however many it has seen.  Days are whole numbers from 0, ``NEVER`` is no
day.  The state is made once for a block of replications and used for all of them.

What it leaves out: what the numbers mean over time (:mod:`funnelsim.kernels.funnel_walk`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.kernels.by_reference import constant
from funnelsim.kernels.funnel_arrays import NO_LOG, ONE_LEAD, TRANSIT, FunnelLog, Out, Tables
from funnelsim.kernels.jit import inline_step, step

NEVER = 2**31 - 1

GONE = 5
"""Status of a slot whose lead was won or lost for good: it is free."""

WORK, LOSS, RULE, BACK = range(4)
TIMERS = 4
"""What a lead can wait for: hours that it can absorb, a loss clock, a rule of ownership, its return."""

NOT_FIRED, ADVANCED, LOST_AT_WORK = range(3)

BUCKETS = 64
"""Of keys by their leading bits."""

FEW = 64
"""Leads that are sorted by counting."""

BATCH = 64
BATCH_ROWS = 14
KEYS, TAGS, BIRTH_WORDS, TRAIT_WORDS, READY_WORDS, PURCHASE_WORDS, CLOCK_WORDS, CAUSE_WORDS = 0, 1, 2, 4, 6, 8, 10, 12
"""Rows of ``State.batch``: two for each draw."""

LEAD = np.dtype(
    [
        ("key", "u8"),
        ("left", "f8"),  # advance clock still to run
        ("loss_left", "f8"),  # loss clock still to run since ``settled``
        ("carry", "i8"),  # ticks it could absorb and did not
        ("value", "f8"),  # place in its team's order
        ("odds", "f8"),  # factor on the pace of advancing
        ("ready_left", "f8"),
        ("pr", "i8"),
        ("touched", "i4"),
        ("cool", "i4"),  # cooling at the last touch
        ("settled", "i4"),  # the loss clock is settled for the days before this one
        ("counted", "i4"),  # days before this one are written to whom they belong
        ("stage_since", "i4"),
        ("last_work", "i4"),  # working day up to which it was given hours to absorb
        ("stamp", "i4"),  # number of its latest place in a queue
        ("doomed", "i4"),  # day on which a loss clock fires although it was touched
        ("since", "i4"),  # with this owner
        ("ready_since", "i4"),
        ("climbed", "i4"),
        ("known", "i4"),
        ("longest_idle", "i4"),
        ("stage", "i2"),
        ("team", "i2"),
        ("status", "i1"),
        ("level", "i1"),
        ("stale", "i1"),  # the reading is older than what it reads
        ("fired", "i1"),
        ("queued", "i1"),
        ("called", "i1"),
        ("delivered", "i1"),
        ("buyer", "i1"),
        ("came_back", "i1"),
        ("facts", "i1"),
        ("number", "i8"),  # of its birth
        ("fraction", "f8"),  # of today's touches after which a clock fired
        ("doom", "f8"),  # part of the day at which a loss clock fires
        ("pc", "f8"),
        ("reading", "f8"),
        ("normal", "f8"),  # the normal of the reading on ``normal_level``
        ("sales_ticks", "i8"),
        ("drawn_left", "f8"),  # thresholds drawn for the next stay, if it is the one that ``drawn`` says
        ("drawn_loss", "f8"),
        ("drawn", "i8"),  # stage and entry of that stay; -1 for none
        ("tested", "i4"),
        ("rest_until", "i4"),
        ("retry", "i4"),
        ("sales_day", "i4"),
        ("born", "i4"),
        ("purchase", "i4"),
        ("source", "i4"),
        ("entries", "i4"),
        ("passes", "i4"),
        ("spells", "i4"),
        ("resurrected", "i4"),
        ("children", "i4"),
        ("early", "i4"),
        ("bought", "i4"),  # day on which a buyer buys, if competition is no rule
        ("normal_level", "i1"),
        ("pc_fixed", "i1"),
        ("cause", "i1"),
        ("accepted", "i1"),
        ("hot", "i1"),
        ("raiser", "i1"),
        ("download", "i1"),
        ("ripe", "i1"),
        ("dormant", "i1"),
        ("reason", "i1"),
        ("drawn_cause", "i1"),
    ],
    align=True,
)
TEAM = np.dtype(
    [
        ("leftover", "i8"),  # ticks of yesterday, too few for a touch
        ("debt", "i8"),  # ticks owed for taking leads over
        ("open", "i8"),
        ("urgent", "i8"),  # entries of the heap of urgent leads
        ("normal", "i8"),
        ("fresh", "i8"),  # leads whose day has come, not yet in a heap
        ("touches", "i8"),  # of today
        ("calls", "i8"),  # first calls by Sales of today
        ("delay", "i8"),  # days that they came after the lead
    ],
    align=True,
)
CARD = np.dtype(
    [
        ("touch", "i8"),  # ticks of one touch that a lead absorbs
        ("pace", "i8"),  # ticks a lead absorbs a working day
        ("cap", "i8"),  # most ticks it can have absorbed
        ("cap_touches", "i8"),  # whole touches in those
        ("charge", "i8"),  # ticks charged a touch
        ("effect", "f8"),  # effective hours a touch
        ("speed", "f8"),  # advance clock run by a touch, before what the lead and its day make of it
        ("most", "f8"),  # most ticks that a visit takes
        ("part", "f8"),  # one over the pace
        ("quick", "i8"),  # touches up to which a stay that only hours end is looked at first; 0: it is not
        ("safe", "i8"),  # ticks below which no product here is too large for 64 bits
        ("spent", "i8"),  # ticks of today
        ("high", "i8"),  # highest level
        ("low", "i8"),  # lowest level
        ("climb", "i8"),  # effective touches a level takes
        ("by_work", "i1"),
        ("gated", "i1"),
        ("sales", "i1"),
        ("stays", "i1"),  # 1: a lead that enters the stage stays with the team, whatever it is like
        ("small", "i1"),  # 1: a lead absorbs no more than a touch a day, and never more than two at once
    ],
    align=True,
)
"""What a team needs to know of a stage, in one place."""

LINE = 64
"""Bytes of a line of the cache."""

STAGES = 256
"""Room for stages: a draw's address holds their number in eight bits."""

LINK = np.dtype([("next", "i4"), ("previous", "i4"), ("due", "i4")], align=True)
"""Next and previous lead of a day, and the day; -1 for none."""

PLACE = np.dtype([("value", "f8"), ("key", "u8"), ("slot", "i4"), ("stamp", "i4")], align=True)
DESK = np.dtype(
    [
        ("seed", "u8"),
        ("replication", "u8"),
        ("odds", "f8"),
        ("arrivals", "f8"),
        ("score", "f8"),
        ("pool_left", "i8"),
        ("week_spent", "i8"),
        ("week_room", "i8"),
        ("count", "i8"),  # leads born so far
        ("used", "i8"),  # slots that were ever taken
        ("free", "i8"),  # entries of ``free``
        ("won_money", "i8"),  # what the won leads are worth whose slots were given up
        ("full", "i8"),  # 1: a lead found no room
        ("rule_day", "i8"),  # next day whose rules are still to come
        ("loss_day", "i8"),  # next day whose clocks are still to come
        ("fired", "i8"),  # entries of ``fired``
        ("triage", "i8"),  # whether the queues are ordered for triage
        ("ruled", "i8"),  # whether time alone makes a rule act on a lead
        ("causes", "i8"),  # whether any stage loses to other causes than a competitor
        ("soon_day", "i8"),  # next day whose work is still to come
        ("soon", "i8"),  # entries of ``soon``
        ("turns", "i8"),  # whether it matters to anybody in which order leads take their turns
    ],
    align=True,
)


constant(Tables)


class State(NamedTuple):
    """Room for one replication, used by all replications of a block."""

    leads: Any  # (slot,): LEAD
    teams: Any  # (team,): TEAM
    desk: Any  # (1,): DESK
    heads: npt.NDArray[np.int32]  # (timer, day): first lead that waits for the day, -1 for none
    links: Any  # (slot * TIMERS + timer,): LINK
    queues: Any  # (2 * team + urgent, slot + 1): PLACE, binary heaps
    capacity: npt.NDArray[np.int64]  # (team, day): ticks
    popped: npt.NDArray[np.int64]  # (slot,): leads whose turn it is
    fired: npt.NDArray[np.int64]  # (slot,): leads whose clocks fired today
    again: npt.NDArray[np.int64]  # (slot,): leads to be queued again
    free: npt.NDArray[np.int64]  # (slot,): slots that were given up
    batch: npt.NDArray[np.uint64]  # (row, BATCH): keys, and words drawn for them side by side
    soon: npt.NDArray[np.int64]  # (slot,): leads that can be worked on the next day of work, some no longer
    fresh: npt.NDArray[np.int64]  # (team, slot): leads whose day has come
    cards: Any  # (team, stage): CARD
    keys: npt.NDArray[np.uint64]  # (slot + BATCH,): keys being sorted
    spare: npt.NDArray[np.int64]  # (slot,): slots being sorted
    beginnings: npt.NDArray[np.uint32]  # (FEW,): leading bits of keys being sorted
    places: npt.NDArray[np.int32]  # (FEW,): where they go
    ends: npt.NDArray[np.int64]  # (bucket,): where each bucket of keys ends


class World(NamedTuple):
    """Everything, for one replication; passed by reference."""

    tables: Tables
    state: State
    out: Out  # without the first axis
    log: FunnelLog


def new_state(leads: int, days: int, teams: int) -> State:
    """Make room for the replications of a block.

    Parameters
    ----------
    leads : int
        Leads that may be there at once (open, in nurture, or to come back), at least 1; with more, ``Out.breach`` says
        ``TOO_MANY_LEADS``.
    days : int
        Length of the calendar.
    teams : int
        Number of teams.

    Returns
    -------
    State
        About ``400 + 56 * teams`` bytes a lead.
    """
    heads, links = _room((TIMERS, days + 1), np.int32), _room(leads * TIMERS, LINK)
    heads[...], links.view(np.int32)[...] = -1, -1
    return State(
        leads=_room(leads, LEAD),
        teams=_room(teams, TEAM),
        desk=_room(1, DESK),
        heads=heads,
        links=links,
        queues=_room((2 * teams, leads + 1), PLACE),
        capacity=_room((teams, days), np.int64),
        popped=_room(leads, np.int64),
        fired=_room(leads, np.int64),
        again=_room(leads, np.int64),
        free=_room(leads, np.int64),
        batch=_room((BATCH_ROWS, BATCH), np.uint64),
        soon=_room(leads, np.int64),
        fresh=_room((teams, leads), np.int64),
        cards=_room((teams, STAGES), CARD),
        keys=_room(leads + BATCH, np.uint64),
        spare=_room(leads, np.int64),
        beginnings=_room(FEW, np.uint32),
        places=_room(FEW, np.int32),
        ends=_room(BUCKETS, np.int64),
    )


def _room(shape: int | tuple[int, ...], kind: Any) -> Any:
    """Make room, all zero, that begins where a line of the cache does; else whole vectors are slow by bad luck."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    room = np.zeros(size + LINE, dtype=np.uint8)
    start = -room.ctypes.data % LINE
    return room[start : start + size].view(kind).reshape(shape)


@inline_step
def add(world: World, flow: int, day: int, amount: int) -> None:
    """Count something in the period of a day; days past the last belong to it."""
    days = world.tables.days.period
    world.out.flow[days[min(day, days.size - 1)], flow] += amount


@inline_step
def note(world: World, day: int, slot: int, event: int, numbers: tuple[int, int, int]) -> None:
    """Write an event down, if somebody wants to read it."""
    if world.log.mode != NO_LOG:
        write_event(world, day, slot, event, numbers)


@step
def write_event(world: World, day: int, slot: int, event: int, numbers: tuple[int, int, int]) -> None:
    """Write an event of a lead that is asked for; past the last row it is only counted.

    Twin    tests/reference/funnel_walk.py
    """
    log = world.log
    if log.mode == ONE_LEAD and (slot < 0 or world.state.leads[slot].key != log.lead):
        return
    number = log.count[0]
    log.count[0] += 1
    if number < log.rows.shape[0]:
        row = log.rows[number]
        row[0], row[1], row[2] = day, world.state.leads[slot].number if slot >= 0 else -1, event
        row[3], row[4], row[5] = numbers


@inline_step
def is_sales(world: World, team: int) -> bool:
    """Tell whether a team sells."""
    return world.tables.teams.sales[team] != 0


@inline_step
def is_alive(lead: Any) -> bool:
    """Tell whether a lead is open or on the way to an owner."""
    return lead.status <= TRANSIT
