"""Comparing two strategies, or two worlds, on the same luck: one-sided paired tests at 99 %, and their null twins.

A **gain** is what the second arm has more of than the first, replication by replication.  A claim holds when the mean
gain lies more than Student's 99 % quantile of standard errors above 0.  **No gain** means that it does not: the mean
gain is not significantly positive by the same test, so it may be 0, chance, or a loss.  A claim whose null twin shows a
gain is hard-coded, not simulated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from funnelsim.engines.funnel import simulate_scenario
from funnelsim.inputs.opening_leads import no_leads
from funnelsim.kernels import funnel_arrays as codes
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.simulation import Simulation

Floats = npt.NDArray[np.float64]
Figure = Callable[[Simulation], Floats]
"""One number a replication."""

REPLICATIONS = 200
SEED = 11
LEVEL = 0.99


def play(
    scenario: Scenario,
    strategy: str | None = None,
    opening: OpeningLeads | None = None,
    replications: int = REPLICATIONS,
    seed: int = SEED,
) -> Simulation:
    """Simulate a strategy, the first one when none is named; equal seeds are equal luck."""
    name = scenario.strategy_names[0] if strategy is None else strategy
    leads = no_leads(scenario) if opening is None else opening
    return simulate_scenario(scenario, name, leads, replications=replications, seed=seed)


@dataclass(frozen=True)
class Gain:
    """What the second arm has more of.

    Attributes
    ----------
    mean, error : float
        Of the differences, and the standard error of their mean.
    limit : float
        Student's quantile at 99 % for their number.
    """

    mean: float
    error: float
    limit: float

    @property
    def positive(self) -> bool:
        """Whether the gain is significant at 99 %, one-sided."""
        return self.mean > self.limit * self.error

    @property
    def negative(self) -> bool:
        """Whether the loss is."""
        return -self.mean > self.limit * self.error

    def __str__(self) -> str:
        return f"{self.mean:+.6g} +- {self.error:.2g} (99 % needs {self.limit * self.error:.2g})"


def gain(first: Simulation, second: Simulation, figure: Figure) -> Gain:
    """Compare two simulations of the same luck in one figure."""
    assert first.seed == second.seed, "a pair shares its luck"
    assert first.replications == second.replications, "a pair has two of each"
    return gain_of(figure(second) - figure(first))


def gain_of(differences: Floats) -> Gain:
    """Test differences, one a replication."""
    count = len(differences)
    assert count >= 200, "comparisons take at least 200 replications"
    error = float(differences.std(ddof=1)) / math.sqrt(count)
    return Gain(float(differences.mean()), error, float(stdtrit(count - 1, LEVEL)))


def assert_gain(first: Simulation, second: Simulation, figure: Figure) -> Gain:
    """Fail unless the second arm has significantly more."""
    found = gain(first, second, figure)
    assert found.positive, f"no gain: {found}"
    return found


def assert_no_gain(first: Simulation, second: Simulation, figure: Figure) -> Gain:
    """Fail if the second arm has significantly more."""
    found = gain(first, second, figure)
    assert not found.positive, f"a gain that its null twin must not have: {found}"
    return found


def assert_same(first: Simulation, second: Simulation) -> None:
    """Fail unless the two arms are equal in every outcome, to the last bit."""
    different = [name for name in first.outcome if not np.array_equal(first.outcome[name], second.outcome[name])]
    assert not different, f"the arms differ in {different}"


# --- figures ---------------------------------------------------------------------------------------------------------


def flow(code: int, first: int = 0, last: int | None = None) -> Figure:
    """A count of ``funnel_arrays`` over the periods [first, last)."""
    return lambda one: one.outcome["flow"][:, first:last, code].sum(axis=1).astype(np.float64)


revenue: Figure = flow(codes.BOOKED)
wins: Figure = flow(codes.WINS)


def less(figure: Figure) -> Figure:
    """The figure with its sign turned, for claims that something falls."""
    return lambda one: -figure(one)


def neglected(one: Simulation) -> Floats:
    """Lead days beyond the grace without an effective touch."""
    return one.outcome["neglected"].sum(axis=1).astype(np.float64)


def hours(team: int) -> Figure:
    """Hours of a team."""
    return lambda one: one.outcome["ticks"][:, team].sum(axis=1) / codes.TICKS_PER_HOUR


def booked_by(source: int) -> Figure:
    """Bookings from leads of one source."""
    return lambda one: one.outcome["by_source"][:, source].astype(np.float64)


def born(one: Simulation) -> Floats:
    """Leads born."""
    return one.outcome["born"].sum(axis=(1, 2)).astype(np.float64)


def lost(reason: int) -> Figure:
    """Leads lost for one reason."""
    return lambda one: one.outcome["lost"][:, :, reason].sum(axis=(1, 2)).astype(np.float64)


def cost(one: Simulation) -> Floats:
    """Hours and touches of all teams, in major units; without leads and mailings."""
    teams = one.scenario.teams
    ticks, touches = one.outcome["ticks"].sum(axis=2), one.outcome["touches"].sum(axis=2)
    hourly = np.array([team.cost_per_hour for team in teams]) / codes.TICKS_PER_HOUR
    return np.asarray(ticks @ hourly + touches @ np.array([team.cost_per_touch for team in teams]))


def share(part: Figure, whole: Figure) -> Figure:
    """A ratio of sums over replications, spread over them so that paired differences have the delta-method error."""

    def spread(one: Simulation) -> Floats:
        upper, lower = part(one), whole(one)
        assert lower.sum() > 0, "a share of nothing"
        ratio = upper.sum() / lower.sum()
        return np.asarray(ratio + (upper - ratio * lower) / lower.mean())

    return spread


def wasted_ticks(one: Simulation) -> Floats:
    """Ticks of Sales on leads that were not won."""
    return one.outcome["spent"][:, 0].astype(np.float64)


def sales_ticks(one: Simulation) -> Floats:
    """Ticks of Sales on leads, by stage and part of the month, summed."""
    return one.outcome["parts"].sum(axis=(1, 2)).astype(np.float64)


waste: Figure = share(wasted_ticks, sales_ticks)
win_rate: Figure = share(wins, born)
