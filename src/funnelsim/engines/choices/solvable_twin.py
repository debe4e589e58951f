"""The solvable twin of a scenario: the same leads with the same luck in a world in which leads never meet.

Every team has all the hours it can use, all forces are off, hand-offs are free, every day is worked, clocks are
exponential, a lead takes one touch a day, competitors win by the clock, the pool of suspects has no end, and there are
no rules.  Then a lead is an absorbing Markov chain in days, and the mean of what is booked over the horizon is known
without simulating: arrivals of each day, and the leads at the start, times their chances to be won in time.

Readiness stays, because it can be solved: a buyer who will be ready some day is in a state of its own.  So do the two
shared shocks: births are linear in the factor on arrivals, whose mean is a gamma integral, and the shock on advancing
is integrated out by Gauss-Hermite quadrature, which is refused where it has not converged.

What it leaves out: what the twin is good for (:mod:`funnelsim.engines.choices.controlled`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from funnelsim.engines.funnel_closed_form import DailyChances, daily_chances
from funnelsim.engines.funnel_luck import largest_arrivals
from funnelsim.engines.funnel_runs import FunnelRun
from funnelsim.engines.quantile_tables import CELL_WEIGHTS
from funnelsim.engines.steady_rates import mean_stay
from funnelsim.kernels.funnel_arrays import COMPETITOR, NO_DECISION, REGRESS, TICKS_PER_HOUR, Tables
from funnelsim.model.scenario import Forces, Scenario
from funnelsim.model.scenario_forces import Force, Shocks
from funnelsim.model.scenario_policy import Strategy
from funnelsim.model.scenario_world import WEEKDAYS, StageSection

Floats = npt.NDArray[np.float64]

STRATEGY: Final = "solvable twin"
"""Name of the twin's only strategy."""
_NODES: Final = (48, 64)
"""Points of the two quadratures that have to agree."""
_CONVERGED: Final = 1e-9
_READY, _LATER, _NEVER, _OTHER = range(4)


@dataclass(frozen=True)
class TwinMeans:
    """True means of the twin, over the horizon.

    Attributes
    ----------
    booked : float
        Minor units.
    wins : float
        Leads.
    """

    booked: float
    wins: float


def solvable_twin(scenario: Scenario) -> Scenario:
    """Return the world in which leads never meet.

    Parameters
    ----------
    scenario : Scenario
        Checked; stays as it is.

    Returns
    -------
    Scenario
        Same leads and same luck; one strategy, :data:`STRATEGY`, the same whatever strategies the scenario has.
    """
    names = scenario.stage_names
    teams = tuple(
        team.model_copy(update={"effectiveness": dict.fromkeys(names, 1.0), "max_open": 0, "departures_per_month": 0.0})
        for team in scenario.teams
    )
    calendar = scenario.calendar.model_copy(update={"workdays": WEEKDAYS, "holidays": ()})
    twin = scenario.model_copy(
        update={
            "calendar": calendar,
            "market": scenario.market.model_copy(update={"suspects": 0, "competition": "clock"}),
            "stages": tuple(_daily_touch(stage) for stage in scenario.stages),
            "teams": teams,
            "forces": _calm(scenario.forces),
            "strategies": (Strategy(name=STRATEGY, unlimited=scenario.team_names),),
        }
    )
    for name in ("strategy_names", "stage_names", "team_names", "gate_stage"):
        twin.__dict__.pop(name, None)  # a copy takes along what was asked for before
    return twin


def _daily_touch(stage: StageSection) -> StageSection:
    """Return a stage in which a lead takes exactly one touch a day, so that every day of a stay is like every other."""
    stay = mean_stay(stage.conversion, stage.median_days, 1)
    pace = max(1, round(stage.hours / stay * TICKS_PER_HOUR))
    changes = {"shape": 1, "decided_by": "time", "paced": True, "touch_hours": pace / TICKS_PER_HOUR}
    return stage.model_copy(update=changes)


def _calm(forces: Forces) -> Forces:
    """Return the forces off, hand-offs free; what leads share stays, because its mean effect is known."""
    changes: dict[str, Force] = {}
    for name in Forces.model_fields:
        section: Force = getattr(forces, name)
        changes[name] = section if isinstance(section, Shocks) else section.off()
    changes["hand_off"] = changes["hand_off"].model_copy(update={"days": 0, "hours": 0.0})
    return forces.model_copy(update=changes)


def twin_means(run: FunnelRun) -> TwinMeans | None:
    """Return what the twin books in the mean, and how many leads it wins.

    Parameters
    ----------
    run : FunnelRun
        Of a scenario from :func:`solvable_twin`.

    Returns
    -------
    TwinMeans or None
        Exact to rounding without a shock on advancing, by quadrature to ``1e-9`` with one; None where the quadrature
        has not converged, as with enormous shocks.
    """
    sd = run.setting.scenario.forces.shocks.conversion_sd
    if sd == 0:
        return TwinMeans(*_given_odds(run, 1.0))
    rough, fine = (_integrated(run, sd, count) for count in _NODES)
    if any(abs(one - other) > _CONVERGED * other for one, other in zip(rough, fine, strict=True)):
        return None
    return TwinMeans(*fine)


def _integrated(run: FunnelRun, sd: float, count: int) -> tuple[float, float]:
    points, weights = special.roots_hermitenorm(count)
    found = np.array([_given_odds(run, math.exp(sd * point)) for point in points.tolist()])
    booked, wins = (weights @ found / weights.sum()).tolist()
    return booked, wins


def _given_odds(run: FunnelRun, odds: float) -> tuple[float, float]:
    """Return mean bookings and wins, given the shared factor on the odds of advancing."""
    tables = run.tables
    born, opening = mean_births(run), tables.opening
    chance = _win_chances(tables, odds, born.shape[1])
    booked, wins = 0.0, 0.0
    for source, row in enumerate(born):
        stage = tables.sources.stage[source]
        found = float(row @ _mixed(tables, chance[:, :, stage], float(tables.sources.buyer[source])))
        wins += found
        booked += found * _mean_pr(tables, source)
    if opening.stage.size:
        each = _mixed(tables, chance[:, 0, opening.stage], opening.buyer)
        wins += math.fsum(each)
        booked += math.fsum(each * opening.pr)
    return booked, wins


def mean_births(run: FunnelRun) -> Floats:
    """Return the true mean of births while the pool of suspects has no end.

    Parameters
    ----------
    run : FunnelRun
        Of any scenario; its pool is left out of account.

    Returns
    -------
    float64, (source, day)
        Read off the tables that births are drawn from, times the mean of the shared factor.
    """
    counts, cv = run.tables.sources.counts, run.setting.scenario.forces.shocks.arrivals_cv
    means = np.array([math.fsum(1 - row) for row in counts])
    return np.asarray(means[run.tables.sources.rate] * mean_arrivals(cv), dtype=np.float64)


def mean_arrivals(cv: float) -> float:
    """Return the mean of the shared factor on arrivals, as a share of the largest one.

    Parameters
    ----------
    cv : float
        Coefficient of variation of the Gamma law, at least 0.

    Returns
    -------
    float
        Of the law cut off at the largest factor, in (0, 1]; 1 without variation.
    """
    if cv == 0:
        return 1.0
    shape, most = cv**-2, largest_arrivals(cv)
    mean = special.gammainc(shape + 1, shape * most) + most * special.gammaincc(shape, shape * most)
    return float(mean) / most


def _mean_pr(tables: Tables, source: int) -> float:
    """Return the mean of what a source's leads are worth, rounded to minor units as they are."""
    return math.fsum(CELL_WEIGHTS * np.rint(tables.sources.scale[source] * tables.sources.shape[source]))


def _mixed(tables: Tables, chance: Floats, buyer: Floats | float) -> Floats:
    """Return the chance of a lead of unknown kind, from those of the four kinds in the first axis."""
    now, never = tables.forces.ready_now, tables.forces.ready_never
    later = max(0.0, 1 - now - never)
    buying = now * chance[_READY] + later * chance[_LATER] + min(never, 1 - now) * chance[_NEVER]
    return np.asarray(buyer * buying + (1 - np.asarray(buyer)) * chance[_OTHER], dtype=np.float64)


def _win_chances(tables: Tables, odds: float, days: int) -> Floats:
    """Return the chance to be won by the horizon of a lead in a stage on a morning, ``(kind, day, stage)``."""
    kinds = _chances(tables, odds)
    moves, wins = [one.moves for one in kinds], [one.wins for one in kinds]
    ripens = -math.expm1(-tables.forces.ready_rate)
    found = np.zeros((len(kinds), days + 1, len(wins[0])))
    for day in range(days - 1, -1, -1):
        after = found[:, day + 1]
        for kind in range(len(kinds)):
            then = after[kind]
            if kind == _LATER:
                then = (1 - ripens) * after[_LATER] + ripens * after[_READY]
            found[kind, day] = wins[kind] + moves[kind] @ then
    return found[:, :days]


def _chances(tables: Tables, odds: float) -> list[DailyChances]:
    """Return what a lead of each kind does on a day: ready buyer, buyer ready later, buyer never ready, other."""
    stages = tables.stages
    advance = stages.gain * stages.pace / TICKS_PER_HOUR * odds
    lost, back = stages.loss[:, [COMPETITOR, NO_DECISION]].sum(axis=1), stages.loss[:, REGRESS]
    early = np.where(stages.gated != 0, 0.0, advance)
    speeds = {_READY: advance, _LATER: early, _NEVER: early, _OTHER: early * stages.other}
    return [daily_chances(speeds[kind], lost, back) for kind in range(len(speeds))]
