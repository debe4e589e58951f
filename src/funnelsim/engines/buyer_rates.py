"""Who converts: buyers and others, stage after stage, so that all leads together convert as stated.

The question: a scenario states what share of *all* leads advances, as a CRM shows it.  From ``ready_from`` on only
buyers advance; before it others advance too, at ``nonbuyer_rate`` times the pace of buyers.  How fast must buyers be in
each stage, and how many of the leads in it are buyers?

**How.**  Leads of the sources enter evenly over the days of the week, mixed by their rates at full pool.  Stage after
stage :func:`~funnelsim.engines.stage_rates.solve_stage` finds the gain and the loss rate for the mix that comes in, by
kind and weekday, and hands on what advances; with stages that fall back the sweep is repeated until nothing changes.
A ``nonbuyer_rate`` that was left out is the one under which the largest conversion of buyers is smallest, by the
formulas for steady work; where whole touches spoil that, the best of its halves, quarters and so on.

What it leaves out: readiness (the stated conversions hold for leads that are ready now), seasons, children of customers
and the leads at the start, which may be another mix.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize

from funnelsim.engines.stage_rates import WEEK, StageProblem, StageRates, solve_stage
from funnelsim.engines.steady_rates import advancing, mean_stay, steady_rates
from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.kernels.funnel_arrays import TICKS_PER_HOUR
from funnelsim.model.funnel_reports import ImpliedStage
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_world import WEEKDAYS, SourceSection, StageSection

Floats = npt.NDArray[np.float64]

MOST_SWEEPS = 200
SETTLED = 1e-13
"""Relative change of the flows below which a sweep was the last."""
MOST_PACE = 10**12
"""Ticks a working day, 277,778 hours: more than any lead is ever worked."""
ROUNDING = 1e-12
WORSE = 0.05
MOST_HALVINGS = 8
"""Whole touches let others advance more easily than steady work.  Where that makes the largest conversion of buyers
larger than by the formulas, by more than ``WORSE``, half their pace is tried, a quarter, and so on while it helps."""


class FunnelRates(NamedTuple):
    """What the stated figures of all stages imply.

    Attributes
    ----------
    stages : tuple of StageRates
        In order.
    paces : tuple of int
        Ticks a lead absorbs a working day at the standard pace, unpaced stages included.
    nonbuyer_rate : float
        Pace of others against buyers before the gate.
    fit : float
        Share of buyers among all leads of the sources.
    buyers : tuple of float
        Share of buyers among the leads that enter each stage.
    true_pc : tuple of float
        Chance that a lead entering the stage is won.
    """

    stages: tuple[StageRates, ...]
    paces: tuple[int, ...]
    nonbuyer_rate: float
    fit: float
    buyers: tuple[float, ...]
    true_pc: tuple[float, ...]


def implied_funnel(scenario: Scenario) -> tuple[ImpliedStage, ...]:
    """Tell what the stated figures of each stage imply.

    Parameters
    ----------
    scenario : Scenario
        Checked.

    Returns
    -------
    tuple of ImpliedStage
        In the order of the stages.

    Raises
    ------
    ScenarioError
        If the stated conversions cannot come from so few buyers.
    """
    rates = solve_funnel(scenario)
    return tuple(
        ImpliedStage(
            name=stage.name,
            advance_per_hour=one.gain,
            loss_per_day=one.loss,
            pace_hours=pace / TICKS_PER_HOUR,
            buyer_share=share,
            buyer_conversion=one.buyer_conversion,
            other_conversion=one.other_conversion,
            true_pc=won,
            stated_pc=won if stage.stated_pc is None else stage.stated_pc,
        )
        for stage, one, pace, share, won in zip(
            scenario.stages, rates.stages, rates.paces, rates.buyers, rates.true_pc, strict=True
        )
    )


def source_fit(scenario: Scenario, source: SourceSection) -> float:
    """Return the share of true buyers among the leads of a source.

    Parameters
    ----------
    scenario : Scenario
        Gives the market's share.
    source : SourceSection
        May have its own, and leads without any intent.

    Returns
    -------
    float
        In [0, 1].
    """
    fit = scenario.market.fit if source.fit is None else source.fit
    return fit * (1 - source.gaming)


def source_rate(source: SourceSection) -> float:
    """Return the mean leads a calendar day at the source's spend, before season and trend.

    Parameters
    ----------
    source : SourceSection
        With or without a spend.

    Returns
    -------
    float
        At least 0.
    """
    if source.spend is None or source.half_spend is None:
        return source.per_day
    return source.per_day * source.spend / (source.spend + source.half_spend)


def solve_funnel(scenario: Scenario) -> FunnelRates:
    """Solve all stages of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Checked.

    Returns
    -------
    FunnelRates
        Depends on stages, sources, ``market.fit``, ``ready_from``, ``nonbuyer_rate`` and ``calendar.workdays`` only.

    Raises
    ------
    ScenarioError
        If the stated conversions cannot come from so few buyers.
    """
    births = _births(scenario)
    total = births.sum(axis=0)
    fit = float(total[0] / total.sum())
    paces = tuple(_pace(stage, len(scenario.calendar.workdays)) for stage in scenario.stages)
    other, solved, inflow = _best_sweep(scenario, births, paces, fit)
    shares = tuple(_buyer_share(one, fit) for one in inflow)
    return FunnelRates(solved, paces, other, fit, shares, _true_pc(scenario, solved, shares))


def _best_sweep(
    scenario: Scenario, births: Floats, paces: tuple[int, ...], fit: float
) -> tuple[float, tuple[StageRates, ...], Floats]:
    """Return the pace of others, as given or chosen, with the rates and the inflow that follow from it."""
    given = scenario.nonbuyer_rate
    if given is not None or fit >= 1 or scenario.gate_stage == 0:
        other = 1.0 if given is None else given
        return (other, *_swept(scenario, births, other, paces, fit))
    steady = tuple((stage.conversion, int(stage.shape)) for stage in scenario.stages)
    born = tuple(map(tuple, births.tolist()))
    best = _best_other(steady, scenario.gate_stage, born)
    hoped = _largest_conversion(steady, scenario.gate_stage, born, best) + WORSE
    found: list[tuple[float, float, tuple[StageRates, ...], Floats]] = []
    problems: list[Problem] = []
    for halved in range(MOST_HALVINGS + 1 if best > 0 else 1):
        other = best / 2**halved
        try:
            solved, inflow = _swept(scenario, births, other, paces, fit)
        except ScenarioError as error:
            problems.extend(error.problems)
            continue
        uncertain = [one.buyer_conversion for one, (stated, _) in zip(solved, steady, strict=True) if stated < 1]
        found.append((max(uncertain, default=0.0), other, solved, inflow))
        if found[-1][0] <= hoped or (len(found) > 1 and found[-1][0] > found[-2][0]):
            break
    if not found:
        raise ScenarioError(problems[0])
    return min(found, key=lambda one: one[0])[1:]


def _births(scenario: Scenario) -> Floats:
    """Return buyers and others born into each stage, ``(stage, 2)``, a day; one lead into the first where none are."""
    births = np.zeros((len(scenario.stages), 2))
    for source in scenario.sources:
        rate, fit = source_rate(source), source_fit(scenario, source)
        births[scenario.stage_names.index(source.stage)] += rate * fit, rate * (1 - fit)
    if not births.any():
        births[0] = scenario.market.fit, 1 - scenario.market.fit
    return births


def _pace(stage: StageSection, workdays: int) -> int:
    stay = mean_stay(stage.conversion, stage.median_days, stage.shape)
    return min(MOST_PACE, max(1, round(stage.hours / stay * WEEK / workdays * TICKS_PER_HOUR)))


def _buyer_share(inflow: Floats, fit: float) -> float:
    buyers, others = float(inflow[0].sum()), float(inflow[1].sum())
    return buyers / (buyers + others) if buyers + others > 0 else fit


# --- the pace of others --------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 14)
def _best_other(stages: tuple[tuple[float, int], ...], gate: int, births: tuple[tuple[float, ...], ...]) -> float:
    """Return the pace of others under which the largest conversion of buyers is smallest, steady work taken for all."""

    def burden(other: float) -> float:
        return _largest_conversion(stages, gate, births, other)

    tried = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 81)]).tolist()
    loads = [burden(one) for one in tried]
    best = int(np.argmin(loads))
    low, high = tried[max(0, best - 1)], tried[min(len(tried) - 1, best + 1)]
    found = optimize.minimize_scalar(burden, bounds=(low, high), method="bounded", options={"xatol": 1e-9})
    return float(found.x) if found.fun < loads[best] else float(tried[best])


def _largest_conversion(
    stages: tuple[tuple[float, int], ...], gate: int, births: tuple[tuple[float, ...], ...], other: float
) -> float:
    """Return the largest conversion of buyers; at least 1 where it is impossible."""
    buyers = others = largest = 0.0
    for number, (conversion, shape) in enumerate(stages):
        buyers, others = buyers + births[number][0], others + births[number][1]
        if buyers + others == 0:
            continue
        share, pace = buyers / (buyers + others), other if number < gate else 0.0
        if not _possible(conversion, share, pace):
            return max(largest, 1.0, conversion / share if share > 0 else math.inf)
        steady = steady_rates(conversion, shape, share, pace)
        ratio = steady.ratio
        advance = 1.0 if math.isinf(ratio) else advancing(ratio, shape)
        if conversion < 1:
            largest = max(largest, advance)
        through = (buyers + others) * conversion
        buyers *= advance
        others = max(0.0, through - buyers) if pace > 0 else 0.0
    return largest


def _possible(conversion: float, share: float, other: float) -> bool:
    """Whether so many can advance: all leads, or fewer than all buyers where others never do."""
    if other > 0 or share >= 1 - ROUNDING:
        return share > 0
    return conversion < share * (1 - ROUNDING)


# --- the exact sweep -----------------------------------------------------------------------------------------------


def _swept(
    scenario: Scenario, births: Floats, other: float, paces: tuple[int, ...], fit: float
) -> tuple[tuple[StageRates, ...], Floats]:
    """Solve stage after stage until the flows between them settle; return rates and inflow ``(stage, 2, weekday)``."""
    born = np.repeat(births[:, :, None] / WEEK, WEEK, axis=2)
    backward = _falling_back(scenario)
    fallen = np.zeros_like(born)  # what falls back into each stage
    inflow = np.zeros_like(born)
    for _ in range(MOST_SWEEPS):
        before, solved = inflow.copy(), []
        advanced = np.zeros((2, WEEK))
        lost = np.zeros_like(born)
        for number in range(len(scenario.stages)):
            inflow[number] = born[number] + advanced + fallen[number]
            one = solve_stage(_problem(scenario, number, inflow[number], other, paces[number], fit))
            volume = float(inflow[number].sum())
            advanced = volume * np.array(one.advanced).reshape(2, WEEK)
            lost[number] = volume * np.array(one.lost).reshape(2, WEEK)
            solved.append(one)
        if not any(backward):
            break
        fallen[:-1] = lost[1:] * np.array(backward)[1:, None, None]
        if np.abs(inflow - before).max() <= SETTLED * inflow.max():
            break
    return tuple(solved), inflow


def _falling_back(scenario: Scenario) -> tuple[float, ...]:
    """Return the share of losses of each stage that fall back one stage."""
    weights = [(stage.losses.regress, stage.losses) for stage in scenario.stages]
    return tuple(
        regress / (losses.competitor + losses.no_decision + losses.regress) if regress > 0 else 0.0
        for regress, losses in weights
    )


def _problem(scenario: Scenario, number: int, inflow: Floats, other: float, pace: int, fit: float) -> StageProblem:
    stage = scenario.stages[number]
    speed = other if number < scenario.gate_stage else 0.0
    volume = float(inflow.sum())
    if volume == 0.0:  # nobody comes: as if the sources' own mix came
        inflow, volume = np.repeat([[fit], [1 - fit]], WEEK, axis=1), float(WEEK)
    share = _buyer_share(inflow, fit)
    if not _possible(stage.conversion, share, speed):
        raise ScenarioError(_impossible(scenario, number, share))
    return StageProblem(
        conversion=stage.conversion,
        median=stage.median_days,
        hours=stage.hours,
        touch=touch_ticks(stage),
        pace=pace,
        shape=int(stage.shape),
        by_work=stage.decided_by == "work",
        workdays=tuple(day in scenario.calendar.workdays for day in WEEKDAYS),
        other=speed,
        inflow=tuple((inflow / volume).ravel().tolist()),
    )


def touch_ticks(stage: StageSection) -> int:
    """Return the ticks of one touch.

    Parameters
    ----------
    stage : StageSection
        Any stage.

    Returns
    -------
    int
        At least 1.
    """
    return max(1, round(stage.touch_hours * TICKS_PER_HOUR))


def _impossible(scenario: Scenario, number: int, share: float) -> Problem:
    stage = scenario.stages[number]
    passing = math.prod(one.conversion for one in scenario.stages[: scenario.gate_stage + 1])
    name, path = scenario.stages[scenario.gate_stage].name, f"stages[{number}].conversion"
    rule = f"below {share:.3g}, the share of true buyers (market.fit) among the leads that come to {stage.name!r}"
    hint = (
        f"only buyers advance from {name!r} on, and the conversions up to it multiply to {passing:.3g}, which the "
        f"share of buyers must exceed by a margin: make market.fit larger, or conversions smaller"
    )
    if scenario.nonbuyer_rate is not None:
        hint += ", or leave nonbuyer_rate out to have it solved"
    return Problem("scenario", path, rule, Shown(f"{stage.conversion:g}"), hint, f"in {stage.name!r}")


def _true_pc(scenario: Scenario, solved: tuple[StageRates, ...], shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return the chance of a win from each stage on, leads that fall back included."""
    count, back = len(solved), _falling_back(scenario)
    wins = np.zeros((2, count))
    for kind in range(2):
        chances = np.array([(one.buyer_conversion, one.other_conversion)[kind] for one in solved])
        matrix = np.eye(count)
        for number in range(count):
            if number + 1 < count:
                matrix[number, number + 1] = -chances[number]
            if number > 0:
                matrix[number, number - 1] -= (1 - chances[number]) * back[number]
        last = np.zeros(count)
        last[-1] = chances[-1]
        wins[kind] = np.linalg.solve(matrix, last)
    mixed = (share * wins[0, n] + (1 - share) * wins[1, n] for n, share in enumerate(shares))
    return tuple(min(1.0, max(0.0, float(one))) for one in mixed)
