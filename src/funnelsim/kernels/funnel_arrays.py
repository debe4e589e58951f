"""The arrays that a funnel simulation reads and writes, and the codes in them.

Everything a strategy or the world decides arrives here as a table: the walk multiplies, compares and adds.  Days count
from 0, the day after the as-of day; the as-of day is -1.  Hours are whole **ticks**, 3,600,000 to the hour, so that no
team can spend a fraction more than it has.  Money is in whole minor units.

Axis names: ``day, period, source, stage, team, level, word cell``; ``stages`` is their number, and stage number
``stages`` is the customer.

What it leaves out: how the tables are made (``engines/funnel_lowering.py``) and what happens
(:mod:`funnelsim.kernels.funnel_walk`; docs/funnel.md tells it in words).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

TICKS_PER_HOUR = 3_600_000

# --- what a draw is for (continues keyed_random) ---------------------------------------------------------------------
ARRIVALS, POOL, BIRTH, TRAITS, READY, PURCHASE = 5, 6, 7, 8, 9, 10
CLOCK, READING, HAND_OFF, RESURRECT, NURTURE, RESELL, STAFF = 11, 12, 13, 14, 15, 16, 17
BORN_KEY, CHILD_KEY = 0x66756E6E656C0001, 0x66756E6E656C0002
"""First key word of the hash that names leads born inside: they do not depend on the seed."""

# --- status -----------------------------------------------------------------------------------------------------------
OPEN, TRANSIT, NURTURED, WON, LOST = 0, 1, 2, 3, 4

# --- causes that end a stay in a stage, and reasons of losses ---------------------------------------------------------
COMPETITOR, NO_DECISION, REGRESS = 0, 1, 2
NOT_QUALIFIED, UNSUBSCRIBED, LOST_ON_THE_WAY = 3, 4, 5
LOSS_REASONS = 6
"""Codes 0, 1, 3, 4, 5 are reasons of losses; 2 is never one."""

# --- reasons of passes ------------------------------------------------------------------------------------------------
QUALIFIED, IDLE, MEETING, TRIAGE, BALANCE, VETO, REQUALIFY, CAPABILITY, CLEARANCE, FAST_TRACK = range(10)
PASS_REASONS = 10

# --- qualification rules ----------------------------------------------------------------------------------------------
BY_STAGE, BY_THRESHOLD, TWO_TIER, QSL, ADAPTIVE = range(5)

# --- orders of work ---------------------------------------------------------------------------------------------------
FIFO, NEWEST, STAGE, PC, EV, EV_PER_HOUR, CLOSE_SOONEST, ANYTHING, TEMPERATURE = range(9)

# --- what a period counts ---------------------------------------------------------------------------------------------
(
    ARRIVED,  # leads born of sources
    FIRST_QUALIFIED,  # leads that came to Sales for the first time (or were born there)
    DELIVERED,  # arrivals at Sales, each time
    ACCEPTED,  # of those, not refused
    VETOED,
    WINS,
    BOOKED,  # minor units
    LOSSES,
    PARKED,  # leads that went to nurture
    REGENERATED,  # dormant leads that ripened
    RESURRECTED,
    RESOLD,  # leads born of customers
    PASSES,
    TOUCHES,
    FIRST_CALLS,  # first touches by Sales of a lead
    CALL_DELAY,  # days from coming to Sales until then, summed
    NEVER_CALLED,  # leads lost after coming to Sales, never touched by it
    PURCHASES,  # true buyers who bought from somebody, us included
    RULE_CHANGES,  # steps of an adaptive score
    MONTH_END_WINS,  # wins in the last five working days of a month
    NURTURE_DAYS,  # lead days in nurture, and of Sales' leads under parallel nurture
    EVENTS,  # everything that happened: births, stage entries, touches, passes, ends
) = range(22)
FLOWS = 22

# --- events of the log ------------------------------------------------------------------------------------------------
(
    E_BORN,  # stage, team, source (-1 opening, -2 child)
    E_ENTER,  # stage, team, level
    E_TOUCH,  # team, touches, ticks
    E_PASS,  # from, to, reason
    E_ARRIVE,  # team, 0, 0
    E_PARK,  # stage, team, 0 dormant or 1 parked
    E_RIPEN,  # stage, team, 0
    E_LOST,  # stage, reason, team
    E_WON,  # team, amount, stage
    E_RESURRECT,  # stage, team, 0
    E_REQUALIFY,  # 1 kept or 0 not, team, 0
    E_RULE,  # step of an adaptive score, +1 or -1; lead -1
) = range(12)
LOG_COLUMNS = 6
"""day, lead (slot), event, and its three numbers."""


class Days(NamedTuple):
    """The calendar, ``(day,)`` unless said otherwise; strategies differ in ``triage`` and ``meeting`` only."""

    period: Ints  # index of the period
    work: Ints  # 1 on working days
    worked: Ints  # (day + 1,): working days before this one
    work_day: Ints  # (working day + 1,): day of the n-th working day; the number of days past the last
    triage: Ints  # 1 where late stages come first
    clear: Ints  # (day + 1,): first day at or after this one with triage 0; the number of days if none
    meeting: Ints  # (day + 1,): first meeting day at or after this one; the number of days if none
    week: Ints  # 1 on the first working day of a week, when an adaptive score moves
    part: Ints  # 1 in the first five working days of a month, 2 in the last five, else 0


class Sources(NamedTuple):
    """Where leads are born, ``(source,)`` unless said otherwise."""

    rate: Ints  # (source, day): row of ``counts``
    counts: Floats  # (rate, n): P(N <= n), rising; the last entry is 1
    stage: Ints
    level: Ints
    team: Ints  # owner at birth
    buyer: Floats  # chance of being a true buyer
    hot: Floats
    raiser: Floats  # asked to be called
    download: Floats  # chance on top of ``raiser``, so that the two exclude each other
    scale: Floats  # minor units: PR = rint(scale * shape)
    shape: Floats  # (source, word cell)
    pool: int  # suspects at the start; 0 for no limit


class Stages(NamedTuple):
    """The stages, ``(stage,)`` unless said otherwise."""

    gain: Floats  # advance clock per effective hour of a buyer in the standard state
    other: Floats  # factor on it for non-buyers; 0 where only ready buyers advance
    gated: Ints  # 1 where only ready buyers advance
    law: Ints  # row of ``Curves.threshold``: law of the advance threshold
    loss: Floats  # (stage, cause): rate a day, or an effective hour where ``by_work``
    by_work: Ints
    touch: Ints  # ticks of one touch
    pace: Ints  # ticks a lead absorbs a working day
    team: Ints  # owner on entering, under this strategy
    low: Ints  # lowest level
    high: Ints  # highest level
    climb: Ints  # effective touches a level takes
    expected: Ints  # expected days until the end of a stay, for close_soonest
    hours: Floats  # effective hours still to come until a win, for ev_per_hour
    known: Ints  # index of ``Curves.known`` that the stage expects on entering
    part: Floats  # true PC of a lead in the stage, for the mean drift of neglected leads


class Teams(NamedTuple):
    """The teams, ``(team,)`` unless said otherwise."""

    sales: Ints  # 1 for sales
    heads: Ints
    ticks: Ints  # productive ticks a head and working day
    unlimited: Ints
    charge: Ints  # (team, stage): ticks charged a touch
    effect: Floats  # (team, stage): effective hours a touch; 0 for none
    can: Ints  # (team, stage): 1 where the team can work
    order: Ints  # order of work
    max_open: Ints  # open leads of the whole team; 0 for no limit
    leave: Floats  # departures a day and head
    vacancy: Ints  # days
    ramp: Ints  # days


class Curves(NamedTuple):
    """Everything that bends, tabulated."""

    threshold: (
        Floats  # (law, word cell + 1): quantiles at cell edges, read with linear interpolation; row 0 exponential
    )
    normal: Floats  # (word cell + 1,): the same for the standard normal
    warmth: Floats  # (cooling,): factor on the pace of advancing; index is cooling + zero
    zero: int  # index of cooling 0
    coldest: int  # largest cooling after a touch
    cold_sum: Floats  # (cooling + 1,): losses added by cold, summed below the index
    idle_sum: Floats  # (2, idle + 1): losses added by idleness, summed below the index; row 1 under parallel nurture
    grace: int  # idle days that do no harm
    lift: int  # days of cooling that one effective touch undoes
    drift: Floats  # (stage, cooling): true PC at that cooling minus at 0
    known: Floats  # (stage, known): factor on the pace of advancing
    kept: Ints  # (known,): what arrives of it at a hand-off
    share: Floats  # (known,): share of the facts known
    response: Floats  # (days,): factor on the odds of hand-raisers by days to the first call; the last goes on
    premature: float  # factor on the odds per early call
    most_premature: int
    facts: Floats  # (5,): factor on the odds by number of true facts
    weight: Floats  # (2, 5): what a lead is worth on the score's scale, by buyer and number of true facts
    noise: Floats  # (level,): sd of the reading
    pc: Floats  # (stage, 64): stated PC by the reading: cell int((reading + 8) * 4), clipped


class Forces(NamedTuple):
    """Single numbers of the world."""

    sources: int
    fact_buyer: float  # chance that a fact is true for a buyer
    fact_other: float
    ready_now: float
    ready_never: float
    ready_rate: float  # a day
    nurtured_rate: float  # added a day while nurtured
    purchase_days: float
    latent: int  # 1: competitors win on the purchase day of an idle lead
    inactive: int  # idle days that count as inactive
    hand_off_days: int
    hand_off_ticks: int
    hand_off_lost: float
    regenerate_rate: float  # a day
    unsubscribe_rate: float  # a day in nurture
    resurrect_share: float
    resurrect_days: float
    most_resurrections: int
    resell_rate: float  # a day and customer
    resell_pr: float
    resell_odds: float
    resell_stage: int


class Rules(NamedTuple):
    """Single numbers of the strategy."""

    rule: int  # one of the qualification rules
    score: float
    level: int
    pc: float
    ev: float  # minor units
    bands: int
    veto: int
    agreement: float
    disagreement: float  # sqrt(1 - agreement**2)
    refused_lost: int
    loosen: float
    tighten: float
    step: float
    marketing: int  # team that leads go back to
    sales: int  # team that leads are passed to
    idle_days: int  # -1 for never
    meeting_idle: int  # -1 for no meeting
    unreached: int
    max_load: int  # open leads of all Sales; -1 for none
    rest: int
    most_passes: int
    triage_stage: int  # stages from here on are late
    sla: int
    parallel: int
    park: int
    requalify: int  # days; -1 for never
    regenerate: int
    resurrect: int
    resell: int
    fast_track: int


class Opening(NamedTuple):
    """The leads that are open at the start, ``(lead,)``."""

    key: Words
    pr: Ints
    pc: Floats
    stage: Ints
    team: Ints
    idle: Ints  # days since the last touch
    cooling: Ints  # at that touch
    buyer: Floats  # chance of being a true buyer


class Tables(NamedTuple):
    """A scenario under one strategy."""

    days: Days
    sources: Sources
    stages: Stages
    teams: Teams
    curves: Curves
    forces: Forces
    rules: Rules
    opening: Opening


class FunnelLuck(NamedTuple):
    """Where the draws come from."""

    seed: np.uint64
    first: int  # number of the first replication
    odds: Floats  # (replication,): factor on the pace of advancing
    arrivals: Floats  # (replication,): share of the tabulated arrivals that are kept, in (0, 1]


class Out(NamedTuple):
    """What a block of replications leaves, all int64, first axis ``replication``; added to, so zero at the start."""

    flow: Ints  # (replication, period, FLOWS)
    born: Ints  # (replication, source + 2, period): by source, then children, then opening leads (all in period 0)
    ticks: Ints  # (replication, team, period): spent
    room: Ints  # (replication, team, period): there to be spent
    touches: Ints  # (replication, team, period)
    entered: Ints  # (replication, stage + 1): entries; the last are customers
    stayed: Ints  # (replication, stage, 4): ended stays: advanced, others, days summed, days squared and summed
    lost: Ints  # (replication, stage, LOSS_REASONS, team)
    passes: Ints  # (replication, PASS_REASONS)
    booked: Ints  # (replication, team)
    by_source: Ints  # (replication, source + 2): bookings
    owned: Ints  # (replication, team): lead days
    neglected: Ints  # (replication, team): lead days beyond the grace without an effective touch
    open_at: Ints  # (replication, period, stage): open leads at its end
    ev_at: Ints  # (replication, period, stage, level): minor units
    parts: Ints  # (replication, stage, 3): Sales' ticks by part of the month
    spent: (
        Ints  # (replication, 4): Sales' ticks on leads not won; leads idle > 14 days ever; > 30 days; first win's day
    )
    drift: Floats  # (replication, 2): neglected leads seen at period ends; their change of true PC, summed
    ends: Ints  # (replication, 5): leads by status at the end
    breach: Ints  # (replication,): 0, or which identity broke


class FunnelLog(NamedTuple):
    """Where events are written down, in the order in which they happen."""

    mode: int  # NO_LOG, ONE_LEAD or ALL_LEADS
    lead: np.uint64  # key of the one lead
    rows: Ints  # (event, LOG_COLUMNS)
    count: Ints  # type: ignore[assignment]  # (1,): events so far; more than there are rows if there was no room


NO_LOG, ONE_LEAD, ALL_LEADS = 0, 1, 2

# --- what ``Out.breach`` says -----------------------------------------------------------------------------------------
(
    LEADS_LEAK,
    HOURS_LEAK,
    MONEY_LEAKS,
    STAGES_LEAK,
    PASSES_LEAK,
    CLOCKS_LEAK,
) = range(1, 7)
TOO_MANY_LEADS = 9
BREACHES = {
    LEADS_LEAK: "Leads born are not the leads that were won, were lost or are still there.",
    HOURS_LEAK: "A team spent more hours than it had.",
    MONEY_LEAKS: "Bookings by period, by owner, by source and by won lead differ.",
    STAGES_LEAK: "The entries of a stage are not the stays that ended or go on.",
    PASSES_LEAK: "Passes by reason are not the passes made and vetoes cast.",
    CLOCKS_LEAK: "A clock of an open lead ran past its threshold without an event.",
    TOO_MANY_LEADS: "More leads were there at once than there is room for: repeat the block with a larger state.",
}
"""A sentence for each code; 0 is none of them."""
