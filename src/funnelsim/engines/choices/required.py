"""Required leads, qualified leads, hours and coverage, from a scenario's own conversion (requirement R20).

The question: how many leads and qualified leads a month does the goal need, how many hours do they take, and how much
pipeline is enough?  Not by the conversion that a stage states, nor by a rule such as "three times": the rates of all
sources are multiplied until the mean of the simulated bookings is the goal, so that full calendars, neglect, season and
the leads that are open already all count.  Fed forward, the required leads bring the goal in the mean.

What it leaves out: levers of other kinds (:mod:`funnelsim.engines.choices.goal_seeking`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from funnelsim.engines.choices.goal_seeking_scenario import ScenarioFutures, under_levers
from funnelsim.engines.choices.goal_seeking_trials import Values
from funnelsim.engines.estimates import mean_of
from funnelsim.engines.funnel_runs import FunnelRun
from funnelsim.engines.funnel_setting import calendar_of, months_in
from funnelsim.kernels.funnel_arrays import BOOKED, FIRST_QUALIFIED, TICKS_PER_HOUR, Out
from funnelsim.model.funnel_reports import Estimate
from funnelsim.model.goal_plan import LARGEST_FACTOR, SOURCES
from funnelsim.model.required_planning import Coverage, RequiredFigures, RequiredPlanning, RequiredTeam

MOST_STEPS = 8
"""Factors tried, at most, until the mean is the goal."""

HOURS_SHARE = 4
"""Hours wanted take one future in this many: they hardly differ from future to future."""


@dataclass(frozen=True, eq=False)
class _Run:
    """One setting, run forward."""

    values: Values
    run: FunnelRun
    out: Out

    @property
    def bookings(self) -> Estimate:
        return mean_of(self.out.flow[:, :, BOOKED].sum(axis=1))


class Requirements:
    """Runs a scenario forward until its leads are what the goal needs.

    Parameters
    ----------
    futures : ScenarioFutures
        Under any levers.
    seed : int
        Root of the luck.
    replications : int
        Futures of each run.
    """

    def __init__(self, futures: ScenarioFutures, seed: int, replications: int) -> None:
        self.futures, self.seed, self.replications = futures, seed, replications
        self.months = float(sum((months_in(one) for one in calendar_of(futures.scenario).periods), Fraction(0)))

    def planning(self, answer: Values | None) -> RequiredPlanning:
        """Return what the goal requires.

        Parameters
        ----------
        answer : tuple of float or None
            Values of the futures' own levers, to be told beside it.

        Returns
        -------
        RequiredPlanning
            Monte Carlo estimates, all on the same luck.
        """
        by_rate = under_levers(self.futures, (SOURCES,))
        today = self._run(by_rate, (1.0,))
        brings = any(source.per_day > 0 for source in self.futures.scenario.sources)
        plain = self._by_arithmetic(today) if brings else None
        found = self._in_mean(by_rate, today, plain) if brings else None
        at_answer = None
        if answer is not None:
            factor = answer[0] if self.futures.paths == (SOURCES,) else None
            at_answer = self.figures(self.futures, self._run(self.futures, answer), "at the answer", factor)
        return RequiredPlanning(
            today=self.figures(by_rate, today, "today", 1.0),
            in_mean=None
            if found is None
            else self.figures(by_rate, found, "for the goal in the mean", found.values[0]),
            by_arithmetic=plain,
            answer=at_answer,
            coverage=self._coverage(today),
        )

    def figures(self, futures: ScenarioFutures, one: _Run, title: str, factor: float | None) -> RequiredFigures:
        """Return what runs through the funnel at one setting.

        Parameters
        ----------
        futures : ScenarioFutures
            Under the levers of the setting.
        one : _Run
            The setting, run forward.
        title : str
            What it is.
        factor : float or None
            On the rates of all sources.

        Returns
        -------
        RequiredFigures
            Hours wanted come from one more run in which every team has hours for every lead.
        """
        names = [source.name for source in one.run.setting.scenario.sources]
        born = one.out.born[:, : len(names)].sum(axis=2).mean(axis=0) / self.months
        money = one.out.flow[:, :, BOOKED].sum(axis=1)
        return RequiredFigures(
            title=title,
            factor=factor,
            leads={name: float(leads) for name, leads in zip(names, born, strict=True)},
            qsl=_a_month(mean_of(one.out.flow[:, :, FIRST_QUALIFIED].sum(axis=1)), self.months),
            bookings=one.bookings,
            chance=float(np.count_nonzero(money >= self.futures.goal)) / len(money),
            teams=self._teams(futures, one),
        )

    def _teams(self, futures: ScenarioFutures, one: _Run) -> tuple[RequiredTeam, ...]:
        few = max(1, self.replications // HOURS_SHARE)
        wanted = _with_hours(futures).simulated(one.values, 0, few, self.seed)[1].ticks
        names = one.run.setting.scenario.team_names
        hours = [
            [float(ticks[:, team].sum(axis=1).mean()) / TICKS_PER_HOUR / self.months for team in range(len(names))]
            for ticks in (one.out.room, one.out.ticks, wanted)
        ]
        return tuple(RequiredTeam(name, *figures) for name, *figures in zip(names, *hours, strict=True))

    def _run(self, futures: ScenarioFutures, values: Values) -> _Run:
        return _Run(values, *futures.simulated(values, 0, self.replications, self.seed))

    def _by_arithmetic(self, today: _Run) -> float | None:
        """Return the factor on new leads under which the goal is met if each brings what one brings today."""
        opening = float(today.out.by_source[:, -1].mean())
        new = today.bookings.mean - opening
        return max(0.0, (self.futures.goal - opening) / new) if new > 0 else None

    def _in_mean(self, futures: ScenarioFutures, today: _Run, plain: float | None) -> _Run | None:
        """Return the run whose mean is the goal within a fifth of its standard error, by secants kept in a bracket."""
        goal, low, high = float(self.futures.goal), 0.0, LARGEST_FACTOR
        known = nearest = today
        guess = LARGEST_FACTOR if plain is None else plain
        slope = None
        for _ in range(MOST_STEPS):
            off = known.bookings.mean - goal
            if abs(off) <= 0.2 * known.bookings.standard_error:
                return known
            factor = known.values[0]
            low, high = (low, min(high, factor)) if off > 0 else (max(low, factor), high)
            if slope is not None and slope > 0:
                guess = factor - off / slope
            if not low < guess < high:
                guess = (low + high) / 2 if high < LARGEST_FACTOR or slope is not None else high
            if high - low < 1e-4:
                break
            following = self._run(futures, (float(f"{guess:.6g}"),))
            moved = following.values[0] - factor
            slope = (following.bookings.mean - known.bookings.mean) / moved if moved else None
            known = following
            nearest = min(nearest, known, key=lambda one: abs(one.bookings.mean - goal))
        off = abs(nearest.bookings.mean - goal)
        return nearest if off <= nearest.bookings.standard_error else None

    def _coverage(self, today: _Run) -> Coverage | None:
        leads = self.futures.opening.leads
        pipeline, goal = int(leads.pr.sum()), self.futures.goal
        if not pipeline:
            return None
        booked = float(today.out.by_source[:, -1].mean())
        new = today.bookings.mean - booked
        return Coverage(
            window=calendar_of(self.futures.scenario).window,
            pipeline=pipeline,
            expected_value=round(leads.expected_value()),
            remaining=goal,
            booked=booked,
            new_business=new,
            required=max(0.0, goal - new) * pipeline / booked / goal if booked > 0 else None,
        )


def _with_hours(futures: ScenarioFutures) -> ScenarioFutures:
    """Return the twin in which every team has hours for every lead."""
    scenario = futures.scenario
    every = tuple(one.model_copy(update={"unlimited": scenario.team_names}) for one in scenario.strategies)
    twin = scenario.model_copy(update={"strategies": every})
    return ScenarioFutures(twin, futures.strategy, futures.opening, futures.paths, futures.goal, futures.execution)


def _a_month(estimate: Estimate, months: float) -> Estimate:
    error = estimate.standard_error
    return Estimate(estimate.mean / months, error / months if math.isfinite(error) else error)
