"""The rates of a simulated funnel: S2's three, the stages' conversions and times, and whose leads were lost where.

The *Complete Guide for B2B Marketers* defines ``response rate = responses / prospects promoted``, ``qualification rate
= qualified leads / inquiries`` and ``conversion rate = closed leads / qualified leads delivered to sales``.  A lead
counts as qualified when it comes to Sales for the first time; an inquiry is a lead that a source brings or a customer
who needs more.

*Within a period* a rate divides what happened in the period by what happened in the same period, as the guide does.
*Over the horizon* leads that were open at the start count in the denominators too: those with Sales as delivered, the
others as inquiries, because they can qualify and close like all others.

What it leaves out: rates of cohorts.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from funnelsim.engines.estimates import mean_of, plain_ratio, ratio_of
from funnelsim.engines.funnel_setting import Setting
from funnelsim.kernels.funnel_arrays import ARRIVED, FIRST_QUALIFIED, RESOLD, TICKS_PER_HOUR, WINS, Out
from funnelsim.model.funnel_reports import Estimate, FunnelRates, LossReport, StageReport
from funnelsim.model.funnel_words import LOSS_REASONS

Ints = npt.NDArray[np.int64]


def funnel_rates(setting: Setting, out: Out) -> FunnelRates:
    """Return response, qualification and conversion.

    Parameters
    ----------
    setting : Setting
        What was asked.
    out : Out
        What happened.

    Returns
    -------
    FunnelRates
        As this module defines them.
    """
    qualified, wins = out.flow[:, :, FIRST_QUALIFIED], out.flow[:, :, WINS]
    inquiries = out.flow[:, :, ARRIVED] + out.flow[:, :, RESOLD]
    periods = range(out.flow.shape[1])
    waiting = len(setting.opening) - setting.opening_with_sales
    return FunnelRates(
        response=_response(setting, out),
        qualification=ratio_of(qualified.sum(axis=1), inquiries.sum(axis=1) + waiting),
        conversion=ratio_of(wins.sum(axis=1), delivered_leads(setting, out)),
        qualification_by_period=tuple(plain_ratio(qualified[:, one], inquiries[:, one]) for one in periods),
        conversion_by_period=tuple(plain_ratio(wins[:, one], qualified[:, one]) for one in periods),
    )


def delivered_leads(setting: Setting, out: Out) -> Ints:
    """Return how many leads Sales ever had, each counted once.

    Parameters
    ----------
    setting : Setting
        Leads at the start.
    out : Out
        What happened.

    Returns
    -------
    int64, (replication,)
        First deliveries, and the leads that Sales had at the start.
    """
    first: Ints = out.flow[:, :, FIRST_QUALIFIED].sum(axis=1)
    return first + setting.opening_with_sales


def _response(setting: Setting, out: Out) -> Estimate | None:
    """Return responses / prospects promoted over the sources that say how many they promote."""
    responses, promoted = np.zeros(len(out.born)), np.zeros(len(out.born))
    for number, source in enumerate(setting.scenario.sources):
        if source.promoted_per_lead > 0:
            born = out.born[:, number].sum(axis=1)
            responses += born
            promoted += born * source.promoted_per_lead
    counted = any(source.promoted_per_lead > 0 for source in setting.scenario.sources)
    return ratio_of(responses, promoted) if counted else None


def stage_reports(setting: Setting, out: Out) -> tuple[StageReport, ...]:
    """Return what happened in each stage.

    Parameters
    ----------
    setting : Setting
        Names and stated figures.
    out : Out
        What happened.

    Returns
    -------
    tuple of StageReport
        In order.  Stays that the horizon cut off count neither in conversions nor in days.
    """
    return tuple(_stage_report(setting, out, stage) for stage in range(len(setting.scenario.stages)))


def _stage_report(setting: Setting, out: Out, stage: int) -> StageReport:
    stated = setting.scenario.stages[stage]
    stayed = out.stayed[:, stage]
    ended = stayed[:, 0] + stayed[:, 1]
    days, spread = stay_moments(int(ended.sum()), int(stayed[:, 2].sum()), int(stayed[:, 3].sum()))
    hours = tuple(mean_of(out.parts[:, stage, part]).mean / TICKS_PER_HOUR for part in range(3))
    return StageReport(
        name=stated.name,
        entered=mean_of(out.entered[:, stage]),
        stated_conversion=stated.conversion,
        conversion=ratio_of(stayed[:, 0], ended),
        days=days,
        days_sd=spread,
        open_at_end=mean_of(out.open_at[:, -1, stage]),
        sales_hours=(hours[0], hours[1], hours[2]),
    )


def stay_moments(count: int, days: int, squares: int) -> tuple[float, float]:
    """Return mean and standard deviation of stays from their exact sums.

    Parameters
    ----------
    count, days, squares : int
        Number of stays, their days summed, their days squared and summed.

    Returns
    -------
    tuple of float
        Days; ``nan`` without stays.
    """
    if count == 0:
        return math.nan, math.nan
    return days / count, math.sqrt(count * squares - days * days) / count


def loss_reports(setting: Setting, out: Out) -> tuple[LossReport, ...]:
    """Return where, why and under whom leads were lost.

    Parameters
    ----------
    setting : Setting
        Names.
    out : Out
        What happened.

    Returns
    -------
    tuple of LossReport
        In falling order of leads, then as stages, reasons and teams are numbered; combinations that never came are left
        out.  The shares add up to 1.
    """
    sums = out.lost.sum(axis=0)
    total = int(sums.sum())
    stages, teams = setting.scenario.stage_names, setting.scenario.team_names
    cells = [
        (-int(sums[stage, reason, team]), stage, reason, team)
        for stage in range(len(stages))
        for reason in range(len(LOSS_REASONS))
        for team in range(len(teams))
        if sums[stage, reason, team]
    ]
    return tuple(
        LossReport(
            stage=stages[stage],
            reason=LOSS_REASONS[reason],
            team=teams[team],
            leads=mean_of(out.lost[:, stage, reason, team]),
            share=-negative / total,
        )
        for negative, stage, reason, team in sorted(cells)
    )
