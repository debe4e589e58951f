"""What the teams and the sources did in a simulated funnel, and what they cost.

What it leaves out: single people.  The walk knows a team's hours, not whose they are.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from funnelsim.engines.estimates import mean_of, ratio_of
from funnelsim.engines.funnel_money import (
    mailing_parts,
    over_horizon,
    priced,
    source_parts,
    source_spend,
    team_parts,
)
from funnelsim.engines.funnel_setting import Setting, minor_units
from funnelsim.kernels.funnel_arrays import TICKS_PER_HOUR, Out
from funnelsim.model.funnel_reports import Estimate, SourceReport, TeamReport

CUSTOMERS = "customers"
AT_START = "open at the start"


def team_reports(setting: Setting, out: Out) -> tuple[TeamReport, ...]:
    """Return what each team did.

    Parameters
    ----------
    setting : Setting
        Names, prices, quotas.
    out : Out
        What happened.

    Returns
    -------
    tuple of TeamReport
        In order.
    """
    return tuple(_team_report(setting, out, team) for team in range(len(setting.scenario.teams)))


def _team_report(setting: Setting, out: Out, team: int) -> TeamReport:
    spent, room = out.ticks[:, team], out.room[:, team]
    hour = TICKS_PER_HOUR
    periods = range(spent.shape[1])
    return TeamReport(
        name=setting.scenario.teams[team].name,
        hours=mean_of(spent.sum(axis=1), hour),
        room=mean_of(room.sum(axis=1), hour),
        utilisation=ratio_of(spent.sum(axis=1), room.sum(axis=1)),
        touches=mean_of(out.touches[:, team].sum(axis=1)),
        cost=mean_of(priced(over_horizon(team_parts(setting, out, team)))),
        owned_days=mean_of(out.owned[:, team]),
        neglected_days=mean_of(out.neglected[:, team]),
        by_period=tuple((mean_of(spent[:, one], hour).mean, mean_of(room[:, one], hour).mean) for one in periods),
        quota_reached=_quota_reached(setting, out, team),
    )


def _quota_reached(setting: Setting, out: Out, team: int) -> Estimate | None:
    """Return the share of replications in which a team books what its people are asked for together."""
    section = setting.scenario.teams[team]
    quota = minor_units(section.quota, setting.digits) * section.heads
    if quota == 0:
        return None
    reached = np.array([booked >= quota for booked in out.booked[:, team].tolist()], dtype=np.int64)
    return mean_of(reached)


def source_reports(setting: Setting, out: Out) -> tuple[SourceReport, ...]:
    """Return what each source brought.

    Parameters
    ----------
    setting : Setting
        Names and prices.
    out : Out
        What happened.

    Returns
    -------
    tuple of SourceReport
        In order, customers and leads open at the start last; those that brought nothing and cost nothing are left out.
    """
    names = [source.name for source in setting.scenario.sources]
    reports = []
    for number, name in enumerate([*names, CUSTOMERS, AT_START]):
        born = out.born[:, number].sum(axis=1)
        cost = np.zeros_like(born)
        if number < len(names):
            cost = priced(
                over_horizon(source_parts(setting, out, number)), sum(source_spend(setting, number), Fraction(0))
            )
        if born.any() or cost.any():
            reports.append(SourceReport(name, mean_of(born), mean_of(out.by_source[:, number]), mean_of(cost)))
    return tuple(reports)


def mailing_cost(setting: Setting, out: Out) -> Estimate:
    """Return what mailings to leads in nurture cost over the horizon.

    Parameters
    ----------
    setting : Setting
        Mailings a month and their price.
    out : Out
        What happened.

    Returns
    -------
    Estimate
        Minor units; with the cost of the teams and of the sources it makes up the whole cost.
    """
    return mean_of(priced(over_horizon(mailing_parts(setting, out))))
