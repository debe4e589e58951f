"""Where a funnel works otherwise than in an earlier run, and what each such place does to bookings by itself.

The question: conversion is down in three stages and wins are down at the end; where is the fault, and what only
starves?  The answer ranks places by money: the earlier run's flow is kept and one place at a time works as in the later
run (:mod:`funnelsim.engines.explaining.funnel_flow`).

A **team** is a place of its own when what it has of hours differs: what its stages lose because each of their leads
gets fewer hours is put down to the team, what they lose otherwise stays with them.

What it leaves out: which numbers of the scenario changed, which the bridge tells.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from funnelsim.engines.explaining.funnel_bridge import Walked
from funnelsim.engines.explaining.funnel_flow import ROUGH, Effects, Flow, effects, flow_of, jackknifed
from funnelsim.engines.statistics.paired import mean_difference, ratio_difference
from funnelsim.kernels.funnel_arrays import BOOKED, TICKS_PER_HOUR, WINS
from funnelsim.model.funnel_explanation import Fault
from funnelsim.model.intervals import Interval

Ints = npt.NDArray[np.int64]


def faults_between(first: Walked, last: Walked, confidence: float) -> tuple[Fault, ...]:
    """Rank the places that work otherwise in the later run.

    Parameters
    ----------
    first, last : Walked
        The two runs, on the same luck.
    confidence : float
        Of every interval, in (0, 1).

    Returns
    -------
    tuple of Fault
        Most harm first, gains last; places where nothing differs are left out.  Stages and teams are those of the
        later run that the earlier one has, too.
    """
    if all(np.array_equal(one, other) for one, other in zip(first.out, last.out, strict=True)):
        return ()
    base, other = flow_of(first), flow_of(last)
    if first.run.setting.scenario.stage_names != last.run.setting.scenario.stage_names:
        return ()
    rooms = _rooms(first, last, confidence)
    moved = np.array([int(np.sign(change.estimate)) if change.known else 0 for change in rooms], dtype=np.int64)
    done = effects(base, other, last.run.tables.stages.team, moved)
    found = [
        *_stages(first, last, done, confidence),
        *_teams(first, last, done, rooms, confidence),
        *_leads(first, last, base, other, confidence),
    ]
    order = sorted((one for one in found if _differs(one)), key=lambda one: one.money.estimate)
    return tuple(order)


def _differs(fault: Fault) -> bool:
    return fault.money.estimate != 0 or fault.change.estimate != 0


def _stages(first: Walked, last: Walked, done: Effects, confidence: float) -> list[Fault]:
    found = []
    for stage, name in enumerate(last.run.setting.scenario.stage_names):
        before, after = first.out.stayed[:, stage], last.out.stayed[:, stage]
        sides = [(side[:, 0], side[:, 0] + side[:, 1]) for side in (before, after)]
        change = ratio_difference(*sides[0], *sides[1], confidence)
        money = jackknifed(done.stages[:, stage], confidence)
        money = replace(money, method=ROUGH) if done.rough[stage] else money
        shares = [_ratio(*side) for side in sides]
        days = [_ratio(side[:, 2], side[:, 0] + side[:, 1]) for side in (before, after)]
        found.append(Fault("stage", name, "conversion", shares[0], shares[1], change, days[0], days[1], money))
    return found


def _ratio(upper: Ints, lower: Ints) -> float:
    below = int(lower.sum())
    return int(upper.sum()) / below if below else math.nan


def _rooms(first: Walked, last: Walked, confidence: float) -> list[Interval]:
    """Return how the ticks that each team has differ; known without doubt where nobody leaves."""
    if first.run.setting.scenario.team_names != last.run.setting.scenario.team_names:
        return [Interval(0.0, 0.0, 0.0, confidence, "paired t")] * len(last.run.setting.scenario.teams)
    teams = range(len(last.run.setting.scenario.teams))
    return [mean_difference(_room(first, team), _room(last, team), confidence) for team in teams]


def _teams(first: Walked, last: Walked, done: Effects, rooms: list[Interval], confidence: float) -> list[Fault]:
    found = []
    for team, (name, change) in enumerate(zip(last.run.setting.scenario.team_names, rooms, strict=True)):
        if not change.known:
            continue
        before, after = (float(_room(side, team).mean()) / TICKS_PER_HOUR for side in (first, last))
        money = jackknifed(done.teams[:, team], confidence)
        hours = _scaled(change, TICKS_PER_HOUR)
        found.append(Fault("team", name, "hours", before, after, hours, math.nan, math.nan, money))
    return found


def _scaled(interval: Interval, size: float) -> Interval:
    estimate, low, high = (one / size for one in (interval.estimate, interval.low, interval.high))
    return replace(interval, estimate=estimate, low=low, high=high)


def _room(walk: Walked, team: int) -> Ints:
    room: Ints = walk.out.room[:, team].sum(axis=1)
    return room


def _leads(first: Walked, last: Walked, base: Flow, other: Flow, confidence: float) -> list[Fault]:
    """Return the places before and after the stages: leads that come, leads at the start, what a win brings."""
    born = [side.out.born[:, :-1].sum(axis=(1, 2)) for side in (first, last)]
    opening = [side.out.born[:, -1].sum(axis=1) for side in (first, last)]
    booked = [side.out.flow[:, :, BOOKED].sum(axis=1) for side in (first, last)]
    wins = [side.out.flow[:, :, WINS].sum(axis=1) for side in (first, last)]
    worth = ratio_difference(booked[0], wins[0], booked[1], wins[1], confidence)
    rows = (
        ("leads coming in", "leads", born, None, replace(base, coming=other.coming)),
        ("leads at the start", "leads", opening, None, replace(base, start=other.start)),
        ("booking a win", "money", booked, worth, replace(base, worth=other.worth)),
    )
    found = []
    for kind, measure, counts, known, changed in rows:
        change = known or mean_difference(counts[0], counts[1], confidence)
        if change.estimate == 0:
            continue
        sides = [_ratio(count, win) if known else float(count.mean()) for count, win in zip(counts, wins, strict=True)]
        money = jackknifed(changed.bookings() - base.bookings(), confidence)
        found.append(Fault(kind, "", measure, sides[0], sides[1], change, math.nan, math.nan, money))  # type: ignore[arg-type]
    return found
