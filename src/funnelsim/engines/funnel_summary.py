"""From the outcomes of a simulated funnel to everything that is said about it.

What it leaves out: walking (:mod:`funnelsim.engines.funnel_blocks`) and comparing strategies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from funnelsim.engines.estimates import NOTHING, mean_of, money_bands, ratio_of
from funnelsim.engines.funnel_money import cost_by_period, goal_outcome
from funnelsim.engines.funnel_rates import delivered_leads, funnel_rates, loss_reports, stage_reports
from funnelsim.engines.funnel_setting import Setting
from funnelsim.engines.funnel_teams import mailing_cost, source_reports, team_reports
from funnelsim.engines.funnel_value import funnel_value
from funnelsim.kernels.funnel_arrays import (
    BOOKED,
    CALL_DELAY,
    FIRST_CALLS,
    FIRST_QUALIFIED,
    MONTH_END_WINS,
    NEVER_CALLED,
    PURCHASES,
    WINS,
    Out,
)
from funnelsim.model.funnel_reports import Estimate, FunnelCounts
from funnelsim.model.funnel_words import FLOWS, PASS_REASONS
from funnelsim.model.simulation import Simulation

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def summarise(setting: Setting, out: Out, seconds: float = 0.0) -> Simulation:
    """Sum a simulation up.

    Parameters
    ----------
    setting : Setting
        What was asked.
    out : Out
        What happened, one row a replication.
    seconds : float
        Spent in the kernel.

    Returns
    -------
    Simulation
        Determined by ``setting`` and ``out``, except for the seconds.
    """
    booked = np.ascontiguousarray(out.flow[:, :, BOOKED])
    cost = cost_by_period(setting, out)
    periods = setting.calendar.periods
    outcome: Mapping[str, Ints | Floats] = out._asdict()
    return Simulation(
        scenario=setting.scenario,
        strategy=setting.strategy,
        opening=setting.opening,
        calendar=setting.calendar,
        seed=setting.seed,
        replications=len(out.breach),
        currency=setting.scenario.currency,
        minor_digits=setting.digits,
        bookings=money_bands(booked, periods),
        cost=money_bands(cost, periods),
        profit=money_bands(booked - cost, periods),
        goal=goal_outcome(setting, booked.sum(axis=1)),
        value=funnel_value(setting, out),
        stages=stage_reports(setting, out),
        teams=team_reports(setting, out),
        sources=source_reports(setting, out),
        losses=loss_reports(setting, out),
        rates=funnel_rates(setting, out),
        counts=funnel_counts(setting, out, cost.sum(axis=1)),
        implied=setting.implied,
        notes=(*setting.notes, *_notes(setting)),
        content_hash=content_hash(setting.seed, out),
        outcome=outcome,
        seconds=seconds,
    )


def funnel_counts(setting: Setting, out: Out, cost: Ints) -> FunnelCounts:
    """Return what happened, a replication.

    Parameters
    ----------
    setting : Setting
        What was asked.
    out : Out
        What happened.
    cost : int64, (replication,)
        Over the horizon, minor units.

    Returns
    -------
    FunnelCounts
        Waste is a share of Sales' hours on leads, so hours of taking leads over are not in it; days of the first win
        count from 1, the day after the as-of day; ``cost_per_qsl`` divides the whole cost by the leads that came to
        Sales for the first time.
    """
    flow = out.flow.sum(axis=1)
    wins = flow[:, WINS]
    everybody = out.born.sum(axis=(1, 2))
    passes = {name: out.passes[:, code] for code, name in enumerate(PASS_REASONS)}
    return FunnelCounts(
        flows={name: mean_of(flow[:, code]) for code, name in enumerate(FLOWS)},
        passes={name: mean_of(counts) for name, counts in passes.items() if counts.any()},
        waste=ratio_of(out.spent[:, 0], out.parts.sum(axis=(1, 2))),
        never_called=ratio_of(flow[:, NEVER_CALLED], delivered_leads(setting, out)),
        call_delay_days=ratio_of(flow[:, CALL_DELAY], flow[:, FIRST_CALLS]),
        neglect_drift=ratio_of(out.drift[:, 1], out.drift[:, 0]),
        idle_over_14=ratio_of(out.spent[:, 1], everybody),
        idle_over_30=ratio_of(out.spent[:, 2], everybody),
        market_share=ratio_of(wins, flow[:, PURCHASES]),
        first_win_days=_first_win(out.spent[:, 3]),
        month_end_share=ratio_of(flow[:, MONTH_END_WINS], wins),
        cost_per_win=ratio_of(cost, wins),
        cost_per_qsl=ratio_of(cost, flow[:, FIRST_QUALIFIED]),
        reps_at_quota=None,
        mailing_cost=mailing_cost(setting, out),
    )


def _first_win(day: Ints) -> Estimate:
    return mean_of(day[day >= 0] + 1) if (day >= 0).any() else NOTHING


def _notes(setting: Setting) -> tuple[str, ...]:
    asked = [team.name for team in setting.scenario.teams if team.quota]
    if not asked:
        return ()
    names = ", ".join(repr(name) for name in asked)
    return (
        f"Quota is held against the bookings of a whole team ({names}): whose lead was won is not simulated, so the "
        "share of people at quota is not known.",
    )


def content_hash(seed: int, out: Out) -> str:
    """Return the fingerprint of an outcome: equal inputs give equal fingerprints, whatever the threads and blocks.

    Parameters
    ----------
    seed : int
        Root of all luck.
    out : Out
        What happened.

    Returns
    -------
    str
        SHA-256 as hex, over names, shapes and little-endian values of every field.  The strategy's name is not in it:
        two strategies with the same rules have the same fingerprint.
    """
    text = hashlib.sha256(f"seed {seed}".encode())
    for name, field in out._asdict().items():
        text.update(f"{name} {field.shape}".encode())
        text.update(np.ascontiguousarray(field).astype(field.dtype.newbyteorder("<"), copy=False).tobytes())
    return text.hexdigest()
