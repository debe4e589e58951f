"""Everything in a funnel that bends, as tables: thresholds, temperature, neglect, information, readings.

The question: what does a day of cooling, a touch, or a fact do to the pace of a lead?  Each curve is 1, or 0 where it
is added, at the standard state, and everywhere when its force is switched off.

**Temperature.**  ``T(v) = .5 * 2**(-v / half_life)`` after v days of cooling; the factor on the pace of advancing is
``cold`` at T = 0, 1 at .5 and ``hot`` at 1, log-linear between; losses gain ``cold_loss * (1 - T / .5)`` below .5.

**Readings.**  The stated PC has the log-odds of the stage's stated figure, plus the optimism, plus what the reading is
above the usual one of the stage, times its reliability: the share of its variance in the stage that is not noise.

What it leaves out: what a strategy decides (:mod:`funnelsim.engines.funnel_rules`).
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from funnelsim.engines.buyer_rates import FunnelRates
from funnelsim.engines.quantile_tables import CELL_EDGES, CELL_WEIGHTS
from funnelsim.engines.steady_rates import steady_rates
from funnelsim.kernels.funnel_arrays import Curves
from funnelsim.model.opening import STANDARD_TEMPERATURE
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_forces import Information, Reading, Response, Temperature
from funnelsim.model.scenario_policy import Strategy

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SHAPES = (1, 2, 4)
"""Gamma shapes of the rows of ``Curves.threshold``."""
KNOWN = 64
"""Touches that are told apart; what a lead learns later changes nothing."""
COLDEST_HALF_LIVES = 6
LONGEST_HALF_LIFE = 36_500.0
"""Days; interest that halves in more than a century does not cool."""
READINGS = 64
FACTS = 5
KINDS = 2


class CoolingScale(NamedTuple):
    """How days of cooling are counted.

    Attributes
    ----------
    half_life : float
        Days that halve a temperature.
    zero : int
        Days from the hottest to the standard temperature; index of cooling 0.
    coldest : int
        Largest cooling that a lead keeps after a touch.
    """

    half_life: float
    zero: int
    coldest: int

    def cooling(self, temperature: float) -> int:
        """Return the days of cooling at a temperature.

        Parameters
        ----------
        temperature : float
            In [0, 1].

        Returns
        -------
        int
            In [-zero, coldest].
        """
        if temperature <= 0:
            return self.coldest
        days = -self.half_life * math.log2(temperature / STANDARD_TEMPERATURE)
        return min(self.coldest, max(-self.zero, round(days)))

    def temperatures(self, count: int) -> Floats:
        """Return the temperature by cooling, from the hottest on.

        Parameters
        ----------
        count : int
            Number of coolings.

        Returns
        -------
        float64, (cooling,)
            In [0, 1], falling; exactly 1/2 at index ``zero``.
        """
        cooling = np.arange(count) - self.zero
        return np.asarray(STANDARD_TEMPERATURE * 2.0 ** np.minimum(1.0, -cooling / self.half_life))


def cooling_scale(temperature: Temperature) -> CoolingScale:
    """Return how days of cooling are counted.

    Parameters
    ----------
    temperature : Temperature
        Half-lives beyond a century count as one.

    Returns
    -------
    CoolingScale
        Whole days.
    """
    half_life = min(temperature.half_life_days, LONGEST_HALF_LIFE)
    return CoolingScale(half_life, max(1, round(half_life)), math.ceil(COLDEST_HALF_LIVES * half_life))


def lower_curves(scenario: Scenario, strategy: Strategy, rates: FunnelRates, days: int, idle: int) -> Curves:
    """Tabulate everything that bends.

    Parameters
    ----------
    scenario : Scenario
        Gives the forces.
    strategy : Strategy
        Gives what a hand-off keeps, and the relief of parallel nurture.
    rates : FunnelRates
        True chances, and the share of buyers.
    days : int
        Simulated days.
    idle : int
        Longest idle time at the start, days.

    Returns
    -------
    Curves
        Long enough for every index that can come up.
    """
    forces = scenario.forces
    scale = cooling_scale(forces.temperature)
    temperature = scale.temperatures(scale.zero + scale.coldest + idle + days + 2)
    added = forces.temperature.cold_loss * np.maximum(0.0, 1 - temperature / STANDARD_TEMPERATURE)
    warmth = _warmth(forces.temperature, temperature)
    known, share, _ = information_tables(scenario)
    kept = forces.hand_off.kept if strategy.kept is None else strategy.kept
    mean_facts = 4 * (rates.fit * forces.bant.buyers + (1 - rates.fit) * forces.bant.others)
    return Curves(
        threshold=threshold_table(),
        normal=normal_table(),
        warmth=warmth,
        zero=scale.zero,
        coldest=scale.coldest,
        cold_sum=np.concatenate([[0.0], np.cumsum(added)]),
        idle_sum=_idle_sums(scenario, strategy, days + idle + 2),
        grace=int(forces.neglect.grace_days),
        lift=int(forces.temperature.lift_days),
        drift=_drift(scenario, rates, warmth / (1 + added), scale.zero),
        known=known,
        kept=_kept(share, kept),
        share=share,
        response=response_table(forces.response),
        premature=float(forces.premature.odds),
        most_premature=int(forces.premature.most),
        facts=np.power(forces.bant.odds, np.arange(FACTS) - 4 * forces.bant.buyers, dtype=np.float64),
        weight=_weights(forces.reading, rates.fit, mean_facts),
        noise=np.array(forces.reading.noise, dtype=np.float64),
        pc=_stated_pc(scenario, rates),
    )


# --- laws ----------------------------------------------------------------------------------------------------------


def threshold_table() -> Floats:
    """Tabulate the Gamma thresholds with mean 1.

    Returns
    -------
    float64, (law, cell + 1)
        Quantiles at cell edges for the shapes in ``SHAPES``; the last one such that the last cell keeps its mean.
    """
    return _thresholds().copy()


@cache
def _thresholds() -> Floats:
    """Tabulate once a process: it depends on nothing, and takes as long as twenty replications."""
    table = np.empty((len(SHAPES), len(CELL_EDGES)))
    upper = CELL_EDGES > 0.5
    for row, k in enumerate(SHAPES):
        table[row, ~upper] = special.gammaincinv(k, CELL_EDGES[~upper]) / k
        table[row, upper] = special.gammainccinv(k, 1 - CELL_EDGES[upper]) / k
        last = table[row, -2]
        mean = special.gammaincc(k + 1, k * last) / special.gammaincc(k, k * last)
        table[row, -1] = 2 * mean - last
    return table


def normal_table() -> Floats:
    """Tabulate the standard normal.

    Returns
    -------
    float64, (cell + 1,)
        Quantiles at cell edges; both ends such that the outermost cells keep their means.
    """
    table = np.asarray(special.ndtri(CELL_EDGES))
    inner = table[-2]
    mean = math.exp(-inner * inner / 2) / math.sqrt(2 * math.pi) / CELL_WEIGHTS[-1]
    table[-1] = 2 * mean - inner
    table[0] = -table[-1]
    return table


# --- temperature and neglect ---------------------------------------------------------------------------------------


def _warmth(force: Temperature, temperature: Floats) -> Floats:
    colder = np.log(force.cold) * np.maximum(0.0, 1 - temperature / STANDARD_TEMPERATURE)
    hotter = np.log(force.hot) * np.maximum(0.0, temperature / STANDARD_TEMPERATURE - 1)
    return np.asarray(np.exp(colder + hotter))


def _idle_sums(scenario: Scenario, strategy: Strategy, most: int) -> Floats:
    """Return the losses added by idleness, summed below each number of idle days; relieved in row 1."""
    neglect = scenario.forces.neglect
    added = neglect.rise_per_week / 7 * np.maximum(0, np.arange(most) - neglect.grace_days)
    plain = np.concatenate([[0.0], np.cumsum(added)])
    return np.stack([plain, plain * (1 - strategy.nurture.relief)])


def _drift(scenario: Scenario, rates: FunnelRates, odds: Floats, zero: int) -> Floats:
    """Return how far the true PC moves when a lead stays at a cooling for the rest of its stage."""
    drift = np.zeros((len(scenario.stages), len(odds)))
    for number, stage in enumerate(scenario.stages):
        if stage.conversion < 1:
            clock = stage.shape * steady_rates(stage.conversion, stage.shape).ratio * odds
            moved = (clock / (clock + 1)) ** stage.shape
            drift[number] = rates.true_pc[number] * (moved - moved[zero]) / stage.conversion
    return drift


# --- information ---------------------------------------------------------------------------------------------------


def information_tables(scenario: Scenario) -> tuple[Floats, Floats, Ints]:
    """Tabulate what touches teach and what it is good for.

    Parameters
    ----------
    scenario : Scenario
        Gives ``forces.information``, hours and touches.

    Returns
    -------
    known : float64, (stage, known)
        Factor on the pace of advancing.
    share : float64, (known,)
        Share of the facts known after so many touches.
    expected : int64, (stage,)
        Touches that an always-worked lead had before entering, counted from the sources' first stage.
    """
    force: Information = scenario.forces.information
    share = 1 - (1 - force.per_touch) ** np.arange(KNOWN, dtype=np.float64)
    entry = min((scenario.stage_names.index(source.stage) for source in scenario.sources), default=0)
    touches = np.array([stage.hours / stage.touch_hours for stage in scenario.stages])
    touches[:entry] = 0.0
    before = np.concatenate([[0.0], np.cumsum(touches)[:-1]])
    expected = np.minimum(KNOWN - 1, np.rint(before)).astype(np.int64)
    known = np.ones((len(expected), KNOWN))
    for number, wanted in enumerate(share[expected].tolist()):
        if wanted > 0:
            known[number] = 1 - force.needed * (1 - np.minimum(1.0, share / wanted))
    return known, share, expected


def _kept(share: Floats, kept: float) -> Ints:
    """Return the number of touches whose knowledge is nearest to what arrives."""
    if kept == 1:
        return np.arange(KNOWN, dtype=np.int64)
    return np.asarray(np.abs(share[None, :] - kept * share[:, None]).argmin(axis=1), dtype=np.int64)


# --- odds and readings ---------------------------------------------------------------------------------------------


def response_table(force: Response) -> Floats:
    """Tabulate the factor on the odds of hand-raisers by whole days until the first call.

    Parameters
    ----------
    force : Response
        The curve falls within hours, so that one whole day already has its floor.

    Returns
    -------
    float64, (2,)
        On the day itself, and on any later day.
    """
    return np.array([1.0, force.floor**force.exponent])


def _weights(force: Reading, fit: float, mean_facts: float) -> Floats:
    buyer = np.arange(KINDS, dtype=np.float64)[:, None]
    return force.buyer_weight * (buyer - fit) + force.fact_weight * (np.arange(FACTS) - mean_facts)


def _stated_pc(scenario: Scenario, rates: FunnelRates) -> Floats:
    """Return the stated PC by stage and cell of the reading, each cell read at its middle."""
    force, bant = scenario.forces.reading, scenario.forces.bant
    middle = (np.arange(READINGS) + 0.5) / 4 - 8
    table = np.empty((len(scenario.stages), READINGS))
    for number, stage in enumerate(scenario.stages):
        share = rates.buyers[number]
        facts = sum(weight * 4 * one * (1 - one) for weight, one in ((share, bant.buyers), (1 - share, bant.others)))
        shift = force.buyer_weight + force.fact_weight * 4 * (bant.buyers - bant.others)
        told = share * (1 - share) * shift**2 + force.fact_weight**2 * facts
        noise = force.noise[stage.levels[0]] ** 2
        reliability = told / (told + noise) if told > 0 else 0.0
        usual = (share - rates.fit) * shift  # buyers gather along the funnel, and readings rise with them
        stated = rates.true_pc[number] if stage.stated_pc is None else stage.stated_pc
        table[number] = special.expit(special.logit(stated) + force.optimism + reliability * (middle - usual))
    return table
