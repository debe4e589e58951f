"""Small funnels with every rule switchable: tables made by hand, not by the product's lowering."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np
from scipy.special import gammaincinv, ndtri, pdtr

from funnelsim.kernels.cell_layout import CELLS_PER_OCTAVE, OCTAVES
from funnelsim.kernels.funnel_arrays import (
    ALL_LEADS,
    FLOWS,
    LOG_COLUMNS,
    LOSS_REASONS,
    NO_LOG,
    PASS_REASONS,
    TICKS_PER_HOUR,
    TWO_TIER,
    Curves,
    Days,
    Forces,
    FunnelLog,
    FunnelLuck,
    Opening,
    Out,
    Rules,
    Sources,
    Stages,
    Tables,
    Teams,
)
from funnelsim.kernels.funnel_state import new_state
from funnelsim.kernels.funnel_walk import funnel_walk
from reference.funnel_walk import FunnelTwin

HOUR = TICKS_PER_HOUR
LEVELS = 7
MARKETING, SALES = 0, 1


def cell_edges():
    """The uniforms at which cells begin and end; the outermost stand for one more halving."""
    tail = 0.5 ** (OCTAVES + 1)
    lower = [tail * i / CELLS_PER_OCTAVE for i in range(CELLS_PER_OCTAVE)]
    for octave in range(OCTAVES, 0, -1):
        bottom = 0.5 ** (octave + 1)
        lower += [bottom * (1 + i / CELLS_PER_OCTAVE) for i in range(CELLS_PER_OCTAVE)]
    lower[0] = tail / CELLS_PER_OCTAVE / 4
    return np.array(lower)


LOWER = cell_edges()
NORMAL = np.concatenate([ndtri(LOWER), [0.0], -ndtri(LOWER[::-1])])
EXPONENTIAL = np.concatenate([-np.log1p(-LOWER), [np.log(2.0)], -np.log(LOWER[::-1])])


def gamma_edges(shape):
    """Quantiles of a Gamma law with mean 1 at the edges of the cells."""
    upper = np.concatenate([LOWER, [0.5], 1.0 - LOWER[::-1]])
    return gammaincinv(shape, upper) / shape


@dataclass(frozen=True)
class Funnel:
    """What a small funnel is made of; every field is a switch."""

    days: int = 80
    week: tuple = (1, 1, 1, 1, 1, 0, 0)
    period: int = 30
    month: int = 21
    late_days: int = 5
    meeting_every: int = 7
    # sources
    rates: tuple = (0.4, 0.3)
    source_stage: tuple = (0, 0)
    source_team: tuple = (MARKETING, MARKETING)
    source_level: tuple = (0, 1)
    buyer: float = 0.6
    hot: float = 0.0
    raiser: float = 0.0
    download: float = 0.0
    pool: int = 0
    pr_sd: float = 0.5
    # stages
    stages: int = 3
    gain: tuple = (0.3, 0.2, 0.15)
    other: float = 0.4
    gated_from: int = 9
    gamma: float = 0.0
    loss: tuple = ((0.01, 0.0, 0.0), (0.012, 0.0, 0.0), (0.015, 0.0, 0.0))
    by_work: bool = False
    touch: tuple = (0.5, 0.5, 0.5)
    pace: tuple = (2.0, 2.0, 2.0)
    sales_stage: int = 1
    high: tuple = (2, 4, 6)
    low: tuple = (0, 2, 4)
    climb: int = 2
    # teams
    heads: tuple = (2, 3)
    hours: tuple = (4.0, 4.0)
    unlimited: bool = False
    effect: tuple = ((0.3, 0.2, 0.1), (0.5, 0.5, 0.5))
    charge: tuple = (0.1, 0.5)
    can: tuple = ((1, 1, 1), (1, 1, 1))
    order: tuple = (0, 0)
    max_open: tuple = (0, 0)
    leave: float = 0.0
    vacancy: int = 5
    ramp: int = 10
    # curves
    cold: float = 0.0
    idle: float = 0.0
    grace: int = 3
    zero: int = 4
    coldest: int = 60
    lift: int = 4
    half_life: float = 0.0
    most_known: int = 8
    facts_matter: bool = False
    kept: float = 1.0
    late_answer: float = 1.0
    premature: float = 1.0
    noise: float = 0.0
    # forces
    ready_now: float = 1.0
    ready_never: float = 0.0
    ready_rate: float = 0.0
    nurtured_rate: float = 0.0
    purchase_days: float = 200.0
    latent: int = 0
    inactive: int = 10
    hand_off_days: int = 0
    hand_off_hours: float = 0.0
    hand_off_lost: float = 0.0
    regenerate_rate: float = 0.0
    unsubscribe_rate: float = 0.0
    resurrect_share: float = 0.0
    resurrect_days: float = 20.0
    most_resurrections: int = 2
    resell_rate: float = 0.0
    resell_stage: int = 1
    # rules
    rules: dict = field(default_factory=dict)
    # opening
    opening: int = 10
    opening_idle: int = 20


def calendar(funnel):
    """Working days by a week, months of working days, triage in their last days."""
    end = funnel.days
    work = np.array([funnel.week[day % len(funnel.week)] for day in range(end)], dtype=np.int64)
    worked = np.concatenate([[0], np.cumsum(work)])
    in_month = worked[:-1] % funnel.month
    part = np.where(in_month < 5, 1, np.where(in_month >= funnel.month - 5, 2, 0))
    triage = ((in_month >= funnel.month - funnel.late_days) & (work == 1)).astype(np.int64)
    meetings = [day for day in range(end) if funnel.meeting_every and day % funnel.meeting_every == 0]
    return Days(
        period=np.arange(end, dtype=np.int64) // funnel.period,
        work=work,
        worked=worked,
        work_day=np.append(np.nonzero(work)[0], end).astype(np.int64),
        triage=triage,
        clear=following(np.nonzero(triage == 0)[0], end),
        meeting=following(np.array(meetings), end),
        week=np.array([int(work[day] and day % 7 == 0) for day in range(end)], dtype=np.int64),
        part=part.astype(np.int64),
    )


def following(chosen, end):
    """First chosen day at or after each day, ``end`` if none."""
    places = np.searchsorted(chosen, np.arange(end + 1))
    return np.append(chosen, end)[places].astype(np.int64)


def floats(*values):
    return np.ascontiguousarray(np.broadcast_arrays(*values) if len(values) > 1 else values[0], dtype=np.float64)


def sources_of(funnel):
    count = len(funnel.rates)
    most = 3 + int(max(funnel.rates, default=0) * 2 + 12 * max(funnel.rates, default=0) ** 0.5)
    counts = np.array([pdtr(np.arange(most), rate) for rate in funnel.rates]).reshape(count, most)
    counts[:, -1] = 1.0
    same = np.ones(count)
    shape = np.exp(funnel.pr_sd * (NORMAL[:-1] + NORMAL[1:]) / 2)
    return Sources(
        rate=np.repeat(np.arange(count, dtype=np.int64)[:, None], funnel.days, axis=1),
        counts=counts,
        stage=np.array(funnel.source_stage[:count], dtype=np.int64),
        level=np.array(funnel.source_level[:count], dtype=np.int64),
        team=np.array(funnel.source_team[:count], dtype=np.int64),
        buyer=funnel.buyer * same,
        hot=funnel.hot * same,
        raiser=funnel.raiser * same,
        download=funnel.download * same,
        scale=1e6 * same,
        shape=np.repeat(shape[None, :], count, axis=0),
        pool=funnel.pool,
    )


def stages_of(funnel):
    count = funnel.stages
    whole = np.arange(count, dtype=np.int64)
    loss = np.array(funnel.loss[:count], dtype=np.float64).reshape(count, 3)
    loss[0, 2] = 0.0  # nothing lies before the first stage
    return Stages(
        gain=floats(funnel.gain[:count]),
        other=np.where(whole >= funnel.gated_from, 0.0, funnel.other),
        gated=(whole >= funnel.gated_from).astype(np.int64),
        law=np.full(count, int(funnel.gamma > 0), dtype=np.int64),
        loss=loss,
        by_work=np.full(count, int(funnel.by_work), dtype=np.int64),
        touch=np.array([round(hours * HOUR) for hours in funnel.touch[:count]], dtype=np.int64),
        pace=np.array([round(hours * HOUR) for hours in funnel.pace[:count]], dtype=np.int64),
        team=(whole >= funnel.sales_stage).astype(np.int64),
        low=np.array(funnel.low[:count], dtype=np.int64),
        high=np.array(funnel.high[:count], dtype=np.int64),
        climb=np.full(count, funnel.climb, dtype=np.int64),
        expected=20 - 5 * whole,
        hours=floats([10.0, 6.0, 3.0, 2.0][:count]),
        known=np.minimum(whole, funnel.most_known),
        part=floats([0.1, 0.3, 0.6, 0.8][:count]),
    )


def teams_of(funnel):
    count = funnel.stages
    effect = floats([row[:count] for row in funnel.effect])
    charge = np.array([[round(hours * HOUR)] * count for hours in funnel.charge], dtype=np.int64)
    whole = np.ones(2)
    return Teams(
        sales=np.array([0, 1], dtype=np.int64),
        heads=np.array(funnel.heads, dtype=np.int64),
        ticks=np.array([round(hours * HOUR) for hours in funnel.hours], dtype=np.int64),
        unlimited=np.full(2, int(funnel.unlimited), dtype=np.int64),
        charge=charge,
        effect=effect,
        can=np.array([row[:count] for row in funnel.can], dtype=np.int64),
        order=np.array(funnel.order, dtype=np.int64),
        max_open=np.array(funnel.max_open, dtype=np.int64),
        leave=funnel.leave * whole,
        vacancy=np.full(2, funnel.vacancy, dtype=np.int64),
        ramp=np.full(2, funnel.ramp, dtype=np.int64),
    )


def curves_of(funnel):
    reach = funnel.coldest + funnel.days + funnel.opening_idle + 2
    cooled = np.maximum(0, np.arange(-funnel.zero, reach))
    half = 0.5 ** (cooled / funnel.half_life) if funnel.half_life > 0 else np.ones(len(cooled))
    over = np.maximum(0, np.arange(funnel.days + funnel.opening_idle + 3) - funnel.grace)
    idle = np.stack([funnel.idle * over / 7.0, 0.25 * funnel.idle * over / 7.0])
    steps = np.arange(funnel.most_known + 1)
    rows = np.arange(funnel.stages)[:, None]
    facts = np.array([0.5, 0.8, 1.0, 1.25, 1.6]) if funnel.facts_matter else np.ones(5)
    worth = np.linspace(-1.0, 1.0, 5)
    readings = (np.arange(64) + 0.5) / 4.0 - 8.0
    return Curves(
        threshold=np.stack([EXPONENTIAL, gamma_edges(funnel.gamma or 2.0)]),
        normal=NORMAL,
        warmth=half,
        zero=funnel.zero,
        coldest=funnel.coldest,
        cold_sum=np.concatenate([[0.0], np.cumsum(funnel.cold * (1.0 - half))]),
        idle_sum=np.concatenate([np.zeros((2, 1)), np.cumsum(idle, axis=1)], axis=1),
        grace=funnel.grace,
        lift=funnel.lift,
        drift=np.ascontiguousarray(0.1 * (rows + 1) * (half - 1.0)),
        known=1.0 + 0.05 * (steps - rows),
        kept=np.floor(funnel.kept * steps).astype(np.int64),
        share=steps / (funnel.most_known + 1),
        response=funnel.late_answer ** np.arange(10.0),
        premature=funnel.premature,
        most_premature=3,
        facts=facts,
        weight=np.stack([worth - 0.5, worth + 0.5]),
        noise=funnel.noise * 0.8 ** np.arange(LEVELS),
        pc=np.ascontiguousarray(1.0 / (1.0 + np.exp(1.5 - 0.7 * rows - readings))),
    )


def forces_of(funnel):
    return Forces(
        sources=len(funnel.rates),
        fact_buyer=0.7 if funnel.facts_matter else 1.0,
        fact_other=0.3 if funnel.facts_matter else 0.0,
        ready_now=funnel.ready_now,
        ready_never=funnel.ready_never,
        ready_rate=funnel.ready_rate,
        nurtured_rate=funnel.nurtured_rate,
        purchase_days=funnel.purchase_days,
        latent=funnel.latent,
        inactive=funnel.inactive,
        hand_off_days=funnel.hand_off_days,
        hand_off_ticks=round(funnel.hand_off_hours * HOUR),
        hand_off_lost=funnel.hand_off_lost,
        regenerate_rate=funnel.regenerate_rate,
        unsubscribe_rate=funnel.unsubscribe_rate,
        resurrect_share=funnel.resurrect_share,
        resurrect_days=funnel.resurrect_days,
        most_resurrections=funnel.most_resurrections,
        resell_rate=funnel.resell_rate,
        resell_pr=0.4,
        resell_odds=1.3,
        resell_stage=funnel.resell_stage,
    )


RELAY = Rules(
    rule=0,
    score=0.0,
    level=2,
    pc=0.2,
    ev=2e5,
    bands=0,
    veto=0,
    agreement=0.8,
    disagreement=0.6,
    refused_lost=0,
    loosen=0.6,
    tighten=0.9,
    step=0.25,
    marketing=MARKETING,
    sales=SALES,
    idle_days=-1,
    meeting_idle=-1,
    unreached=0,
    max_load=-1,
    rest=0,
    most_passes=6,
    triage_stage=9,
    sla=0,
    parallel=0,
    park=0,
    requalify=-1,
    regenerate=0,
    resurrect=0,
    resell=0,
    fast_track=0,
)


def opening_of(funnel):
    rng = np.random.default_rng(funnel.opening)
    count = funnel.opening
    stage = rng.integers(0, funnel.stages, size=count)
    return Opening(
        key=rng.integers(1, 2**63, size=count).astype(np.uint64) * np.uint64(2),
        pr=rng.integers(10**4, 10**7, size=count),
        pc=rng.random(count),
        stage=stage,
        team=(stage >= funnel.sales_stage).astype(np.int64),
        idle=rng.integers(0, funnel.opening_idle + 1, size=count),
        cooling=rng.integers(0, 5, size=count),
        buyer=rng.random(count),
    )


def tables_of(funnel):
    """Make the tables of a small funnel."""
    return Tables(
        days=calendar(funnel),
        sources=sources_of(funnel),
        stages=stages_of(funnel),
        teams=teams_of(funnel),
        curves=curves_of(funnel),
        forces=forces_of(funnel),
        rules=RELAY._replace(**funnel.rules),
        opening=opening_of(funnel),
    )


def new_out(tables, replications):
    """Room for what a block leaves, all zero."""
    periods, stages = int(tables.days.period.max(initial=-1)) + 1, len(tables.stages.gain)
    teams, sources = len(tables.teams.heads), tables.forces.sources + 2
    shapes = {
        "flow": (periods, FLOWS),
        "born": (sources, periods),
        "ticks": (teams, periods),
        "room": (teams, periods),
        "touches": (teams, periods),
        "entered": (stages + 1,),
        "stayed": (stages, 4),
        "lost": (stages, LOSS_REASONS, teams),
        "passes": (PASS_REASONS,),
        "booked": (teams,),
        "by_source": (sources,),
        "owned": (teams,),
        "neglected": (teams,),
        "open_at": (periods, stages),
        "ev_at": (periods, stages, LEVELS),
        "parts": (stages, 3),
        "spent": (4,),
        "ends": (5,),
        "breach": (),
    }
    made = {name: np.zeros((replications, *shape), dtype=np.int64) for name, shape in shapes.items()}
    return Out(**made, drift=np.zeros((replications, 2)))


def luck_of(seed, first, replications, shock=0.0):
    normal = np.array([np.random.default_rng([seed, first + row]).standard_normal(2) for row in range(replications)])
    normal = normal.reshape(replications, 2)
    odds, arrivals = np.exp(shock * normal[:, 0]), np.exp(-np.abs(shock * normal[:, 1]))
    return FunnelLuck(np.uint64(seed), first, np.ascontiguousarray(odds), np.ascontiguousarray(arrivals))


def new_log(mode=NO_LOG, rows=0, lead=0):
    return FunnelLog(mode, np.uint64(lead), np.zeros((rows, LOG_COLUMNS), dtype=np.int64), np.zeros(1, dtype=np.int64))


def state_of(tables, leads=3000):
    return new_state(leads, len(tables.days.period), len(tables.teams.heads))


def walked(tables, luck, log=None, state=None):
    """Walk a block with the kernel."""
    out = new_out(tables, len(luck.odds))
    log = new_log() if log is None else log
    funnel_walk(tables, luck, out, state_of(tables) if state is None else state, log)
    return out


def twin_walked(tables, luck):
    """Walk a block with the slow twin."""
    out, log = new_out(tables, len(luck.odds)), []
    for row in range(len(luck.odds)):
        walk = FunnelTwin(tables, int(luck.seed), luck.first + row, luck.odds[row], luck.arrivals[row], out, row)
        log += walk.replicate()
    return out, log


def assert_equal_to_twin(tables, luck):
    """Walk both ways; every array and every event must be the same."""
    expected, events = twin_walked(tables, luck)
    log = new_log(ALL_LEADS, len(events) + 10)
    found = walked(tables, luck, log)
    assert not found.breach.any(), found.breach
    count = int(log.count[0])
    rows = [tuple(row) for row in log.rows[:count].tolist()]
    for number, (one, other) in enumerate(zip(rows, events, strict=False)):
        assert one == other, (number, one, other)
    assert count == len(events)
    for name, one, other in zip(Out._fields, found, expected, strict=True):
        assert np.array_equal(one, other), (name, np.argwhere(one != other)[:5], one.sum(), other.sum())
    quiet = walked(tables, luck)
    for name, one, other in zip(Out._fields, quiet, expected, strict=True):
        assert np.array_equal(one, other), f"{name} differs without a log"


def altered(funnel, **changes):
    """Return a funnel with other switches; unknown names are strategy rules."""
    known = {one.name for one in fields(Funnel)}
    rules = {**funnel.rules, **{name: value for name, value in changes.items() if name not in known}}
    return replace(funnel, **{name: value for name, value in changes.items() if name in known}, rules=rules)


def common_workload(days=250, touch=0.1):
    """The workload that every engine is timed on, in whole days: 20 leads a day, 4 stages, one pool of 80 hours."""
    four = (1.0,) * 4
    funnel = Funnel(
        days=days,
        week=(1,),
        period=21,
        rates=(20.0,),
        source_team=(SALES,),
        source_level=(0,),
        buyer=1.0,
        pr_sd=0.0,
        stages=4,
        gain=tuple(0.6 / 1.6 * one for one in four),
        loss=((0.4 / 1.6, 0.0, 0.0),) * 4,
        by_work=True,
        touch=tuple(touch * one for one in four),
        pace=tuple(1000.0 * one for one in four),
        low=(0, 1, 2, 3),
        high=(3, 4, 5, 6),
        sales_stage=0,
        heads=(0, 10),
        hours=(8.0, 8.0),
        effect=((0.0,) * 4, (touch,) * 4),
        charge=(touch, touch),
        can=((1,) * 4, (1,) * 4),
        opening=0,
    )
    tables = tables_of(funnel)
    curves = tables.curves
    return tables._replace(curves=curves._replace(known=np.ones_like(curves.known)))


def flagship(days=252):
    """A funnel of 2 leads a day and 40 at the start, under every rule at once."""
    funnel = altered(
        Funnel(),
        days=days,
        rates=(1.2, 0.8),
        period=21,
        opening=40,
        heads=(1, 2),
        hours=(6.0, 4.2),
        charge=(0.05, 0.5),
        effect=((0.25, 0.1, 0.05), (0.5, 0.5, 0.5)),
        pace=(1.0, 1.0, 1.5),
        gain=(0.25, 0.2, 0.1),
        hot=0.1,
        raiser=0.1,
        download=0.3,
        gated_from=2,
        loss=((0.01, 0.005, 0.0), (0.01, 0.01, 0.005), (0.01, 0.01, 0.005)),
        idle=0.6,
        cold=0.3,
        half_life=14.0,
        noise=0.7,
        facts_matter=True,
        kept=0.6,
        late_answer=0.9,
        premature=0.9,
        ready_now=0.5,
        ready_never=0.1,
        ready_rate=0.0024,
        nurtured_rate=0.005,
        hand_off_days=1,
        hand_off_hours=0.1,
        hand_off_lost=0.02,
        regenerate_rate=0.01,
        unsubscribe_rate=0.001,
        resurrect_share=0.2,
        resell_rate=0.003,
        latent=1,
        rule=TWO_TIER,
        score=-0.5,
        bands=1,
        veto=1,
        idle_days=5,
        meeting_idle=3,
        unreached=1,
        max_load=120,
        rest=5,
        triage_stage=2,
        sla=1,
        parallel=1,
        park=1,
        requalify=14,
        regenerate=1,
        resurrect=1,
        resell=1,
        fast_track=1,
    )
    return tables_of(funnel)
