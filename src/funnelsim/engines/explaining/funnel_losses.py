"""Where leads are lost, what goes with them, and which stages fall short of what is stated about them.

A lead that is lost in a stage takes with it what a lead that enters the stage is worth: its **true PC** there (the
chance that it is won when all leads get the work they absorb) times its **mean PR** (over the leads that can come to
the stage: sources and leads at the start, each weighed by how many it brings and by the stated conversions on the way).

A stage's shortfall is measured in the flow of the run (:mod:`funnelsim.engines.explaining.funnel_flow`): what bookings
would be if this stage alone converted as stated.

What it leaves out: leads of customers, whose PR is that of the sale before times ``resell_pr``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from funnelsim.engines.estimates import ratio_of
from funnelsim.engines.explaining.funnel_bridge import Walked
from funnelsim.engines.explaining.funnel_flow import flow_of, jackknifed
from funnelsim.engines.funnel_rates import loss_reports
from funnelsim.engines.funnel_setting import Setting
from funnelsim.engines.statistics.moments import student_quantile, unknown
from funnelsim.engines.statistics.paired import mean_difference
from funnelsim.kernels.funnel_arrays import Out
from funnelsim.model.distribution_words import distribution
from funnelsim.model.funnel_explanation import LossCell, StageShortfall
from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.funnel_words import LOSS_REASONS
from funnelsim.model.intervals import Interval

Floats = npt.NDArray[np.float64]


def stage_worth(setting: Setting, out: Out) -> Floats:
    """Return what a lead that enters each stage is worth.

    Parameters
    ----------
    setting : Setting
        What was asked.
    out : Out
        What happened; says how many leads each source brought.

    Returns
    -------
    float64, (stage,)
        True PC times mean PR, minor units; 0 for a stage that no lead can come to.
    """
    scenario, opening = setting.scenario, setting.opening
    scale = float(10**setting.digits)
    stages = scenario.stage_names
    count, money = np.zeros(len(stages)), np.zeros(len(stages))
    for number, source in enumerate(scenario.sources):
        born, stage = float(out.born[:, number].sum()) / len(out.born), stages.index(source.stage)
        count[stage] += born
        money[stage] += born * distribution(source.pr).mean() * scale
    np.add.at(count, opening.stage, 1.0)
    np.add.at(money, opening.stage, opening.leads.pr.astype(np.float64))
    for stage in range(1, len(stages)):  # who is in a stage came into it, or went on from the one before
        count[stage] += count[stage - 1] * scenario.stages[stage - 1].conversion
        money[stage] += money[stage - 1] * scenario.stages[stage - 1].conversion
    pr = np.divide(money, count, out=np.zeros_like(money), where=count > 0)
    worth: Floats = pr * np.array([one.true_pc for one in setting.implied])
    return worth


def loss_cells(last: Walked, first: Walked | None, confidence: float) -> tuple[LossCell, ...]:
    """Return the losses by stage, reason and owner, with the money that went with them.

    Parameters
    ----------
    last : Walked
        The run to explain.
    first : Walked, optional
        The earlier one, on the same luck; its losses are compared where it has the same stages and teams.
    confidence : float
        Of every interval, in (0, 1).

    Returns
    -------
    tuple of LossCell
        Most money first; combinations that never came are left out.
    """
    setting, lost = last.run.setting, last.out.lost
    worth = stage_worth(setting, last.out)
    stages, teams = setting.scenario.stage_names, setting.scenario.team_names
    before = None
    if first is not None:
        other = first.run.setting.scenario
        before = first.out.lost if (other.stage_names, other.team_names) == (stages, teams) else None
    found = []
    for report in loss_reports(setting, last.out):
        at = (stages.index(report.stage), LOSS_REASONS.index(report.reason), teams.index(report.team))
        change = None
        if before is not None:
            change = mean_difference(before[(slice(None), *at)], lost[(slice(None), *at)], confidence)
        money = report.leads.mean * float(worth[at[0]])
        found.append(LossCell(report.stage, report.reason, report.team, report.leads, money, 0.0, 0.0, change))
    return _shared(sorted(found, key=lambda one: -one.money))


def _shared(cells: list[LossCell]) -> tuple[LossCell, ...]:
    """Return cells with their share of all money, and what they come to with those before them."""
    total = sum(one.money for one in cells)
    shares = [one.money / total if total > 0 else 0.0 for one in cells]
    running = np.cumsum(shares).tolist()
    return tuple(
        replace(one, share=share, cumulative=min(1.0, upto))
        for one, share, upto in zip(cells, shares, running, strict=True)
    )


def shortfalls(walk: Walked, confidence: float) -> tuple[StageShortfall, ...]:
    """Hold every stage against what is stated about it.

    Parameters
    ----------
    walk : Walked
        The run to explain.
    confidence : float
        Of every interval, in (0, 1).

    Returns
    -------
    tuple of StageShortfall
        Most missing money first; stages that no lead left are left out.
    """
    setting, out, flow = walk.run.setting, walk.out, flow_of(walk)
    now = flow.bookings()
    found = []
    for number, stage in enumerate(setting.scenario.stages):
        advanced, others = out.stayed[:, number, 0], out.stayed[:, number, 1]
        if not (advanced.any() or others.any()):
            continue
        team = int(walk.run.tables.stages.team[number])
        owner = setting.scenario.teams[team]
        found.append(
            StageShortfall(
                stage=stage.name,
                team=owner.name,
                stated=stage.conversion,
                conversion=_interval(ratio_of(advanced, advanced + others), len(advanced), confidence),
                missing=jackknifed(flow.with_conversion(number, stage.conversion).bookings() - now, confidence),
                share=0.0,
                utilisation=utilisation(walk, team),
                effect=owner.effectiveness.get(stage.name, 0.0),
            )
        )
    total = sum(max(0.0, one.missing.estimate) for one in found)
    shared = [replace(one, share=max(0.0, one.missing.estimate) / total if total > 0 else 0.0) for one in found]
    return tuple(sorted(shared, key=lambda one: -one.missing.estimate))


def utilisation(walk: Walked, team: int) -> Estimate:
    """Return how much of a team's hours is spent.

    Parameters
    ----------
    walk : Walked
        Any.
    team : int
        Which one.

    Returns
    -------
    Estimate
        In [0, 1]; ``nan`` for a team without hours.
    """
    return ratio_of(walk.out.ticks[:, team].sum(axis=1), walk.out.room[:, team].sum(axis=1))


def _interval(estimate: Estimate, count: int, confidence: float) -> Interval:
    if count < 2:
        return unknown(estimate.mean, confidence, "t of a ratio")
    half = student_quantile(count - 1, confidence) * estimate.standard_error
    return Interval(estimate.mean, estimate.mean - half, estimate.mean + half, confidence, "t of a ratio")
