"""Where leads come from, as tables: births by source and day, amounts, and the leads open at the start.

The question: how many leads does a source bring on this day, who owns them, what are they worth?  Rates follow spend
(``spend / (spend + half_spend)``), season (by calendar month) and trend (compounding, taken at the middle of each
calendar month), times the largest shared factor on arrivals; the walk thins them by the factor drawn and by the pool.

What it leaves out: costs, which need no simulation.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt
from scipy import special

from funnelsim.engines.buyer_rates import FunnelRates, source_fit, source_rate
from funnelsim.engines.funnel_curves import CoolingScale
from funnelsim.engines.funnel_luck import largest_arrivals
from funnelsim.engines.quantile_tables import shape_table
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.kernels.cell_layout import CELLS
from funnelsim.kernels.funnel_arrays import Opening, Sources
from funnelsim.model.calendar import Calendar
from funnelsim.model.distribution_words import distribution
from funnelsim.model.money import minor_digits
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NEVER = 1e-15
"""Counts of arrivals with a chance below this are left out."""
MOST_A_DAY = 10_000
"""Arrivals of a source on one day, at the largest."""
LARGEST_PR_MINOR = 10**15
LONGEST_IDLE = 400
"""Idle days of leads at the start beyond which nothing changes any more."""
DAYS_PER_YEAR = 365.25


def lower_sources(scenario: Scenario, calendar: Calendar, owners: Ints) -> Sources:
    """Make the tables of births.

    Parameters
    ----------
    scenario : Scenario
        Its sources may be none.
    calendar : Calendar
        Days.
    owners : int64, (stage,)
        Team that has a lead on entering, under the strategy.

    Returns
    -------
    Sources
        Amounts in minor units.

    Raises
    ------
    ScenarioError
        If a source brings more leads a day, or larger ones, than there is room for.
    """
    sources = scenario.sources
    rates = _rates(scenario, calendar)
    scale = float(10 ** minor_digits(scenario.currency))
    shape = np.array([shape_table(distribution(one.pr)) for one in sources]).reshape(len(sources), CELLS)
    _refuse(scenario, rates, shape[:, -1] * scale)
    distinct, row = np.unique(rates, return_inverse=True)
    stage = np.array([scenario.stage_names.index(one.stage) for one in sources], dtype=np.int64)
    return Sources(
        rate=np.ascontiguousarray(row.reshape(rates.shape), dtype=np.int64),
        counts=poisson_table(distinct),
        stage=stage,
        level=np.array([one.level for one in sources], dtype=np.int64),
        team=owners[stage].astype(np.int64),
        buyer=np.array([source_fit(scenario, one) for one in sources], dtype=np.float64),
        hot=np.array([one.hot for one in sources], dtype=np.float64),
        raiser=np.array([one.hand_raisers for one in sources], dtype=np.float64),
        download=np.array([one.downloads for one in sources], dtype=np.float64),
        scale=np.full(len(sources), scale),
        shape=np.ascontiguousarray(shape, dtype=np.float64),
        pool=int(scenario.market.suspects),
    )


def poisson_table(rates: Floats) -> Floats:
    """Tabulate P(N <= n) of Poisson counts.

    Parameters
    ----------
    rates : float64, (rate,)
        Means, at least 0.

    Returns
    -------
    float64, (rate, n)
        Rising to exactly 1 where what is left has a chance below ``NEVER``; one row of a single 1 without rates.
    """
    if len(rates) == 0:
        return np.ones((1, 1))
    most = 0
    while special.pdtrc(most, rates.max()) >= NEVER:
        most += max(1, most // 8)
    n = np.arange(most + 1)
    table = special.pdtr(n[None, :], rates[:, None])
    table[special.pdtrc(n[None, :], rates[:, None]) < NEVER] = 1.0
    return np.ascontiguousarray(np.maximum.accumulate(table, axis=1))


def _rates(scenario: Scenario, calendar: Calendar) -> Floats:
    """Return the mean births by source and day, at the largest shared factor."""
    start = calendar.window.start
    days = [start + timedelta(days=day) for day in range(calendar.window.days)]
    month = np.array([day.month - 1 for day in days], dtype=np.int64)
    middle = np.array([(day.replace(day=15) - start).days for day in days]) / DAYS_PER_YEAR
    rates = np.zeros((len(scenario.sources), len(days)))
    for number, source in enumerate(scenario.sources):
        season = np.array(source.season)[month] if source.season else np.ones(len(days))
        rates[number] = source_rate(source) * season * (1 + source.trend_per_year) ** middle
    return rates * largest_arrivals(scenario.forces.shocks.arrivals_cv)


def _refuse(scenario: Scenario, rates: Floats, largest: Floats) -> None:
    problems = []
    for number, source in enumerate(scenario.sources):
        path, also = f"sources[{number}]", f"in {source.name!r}"
        most = float(rates[number].max())
        if most > MOST_A_DAY:
            rule = f"at most {MOST_A_DAY:,} leads on any day, season, trend and shared factor included"
            problems.append(Problem("scenario", f"{path}.per_day", rule, Shown(f"{most:,.0f}"), "", also))
        if largest[number] > LARGEST_PR_MINOR:
            rule = f"at most {LARGEST_PR_MINOR:.0e} minor units for any lead"
            value = Shown(f"{largest[number]:.3g} for the largest")
            problems.append(Problem("scenario", f"{path}.pr", rule, value, "is the spread too wide?", also))
    raise_if_any(problems, ScenarioError)


def lower_opening(opening: OpeningLeads, rates: FunnelRates, owners: Ints, scale: CoolingScale) -> Opening:
    """Make the columns of the leads that are open at the start.

    Parameters
    ----------
    opening : OpeningLeads
        May be none.
    rates : FunnelRates
        Give the share of buyers by stage.
    owners : int64, (stage,)
        Team of a stage under the strategy.
    scale : CoolingScale
        Turns temperatures into days of cooling.

    Returns
    -------
    Opening
        Fresh arrays; a temperature is taken as that after the last touch.
    """
    stage = np.array(opening.stage, dtype=np.int64)
    team = np.where(opening.team < 0, owners[stage], opening.team)
    cooling = [scale.cooling(temperature) for temperature in opening.temperature.tolist()]
    return Opening(
        key=np.array(opening.leads.key, dtype=np.uint64),
        pr=np.array(opening.leads.pr, dtype=np.int64),
        pc=np.array(opening.leads.pc_float, dtype=np.float64),
        stage=stage,
        team=np.ascontiguousarray(team, dtype=np.int64),
        idle=np.minimum(opening.idle_days, LONGEST_IDLE).astype(np.int64),
        cooling=np.array(cooling, dtype=np.int64),
        buyer=np.array(rates.buyers, dtype=np.float64)[stage],
    )
