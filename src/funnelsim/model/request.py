"""What a forecast is asked: calendar, assumptions, luck, plan.

A request and a table of leads determine the answer to the last bit; how many threads work on it is not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.leads import Bookings
from funnelsim.model.track_record import TrackRecord

DEFAULT_REPLICATIONS = 10_000
MOST_REPLICATIONS = 2**31 - 1
LARGEST_SEED = 2**64 - 1


@dataclass(frozen=True)
class Plan:
    """Money the business means to book.

    Attributes
    ----------
    target : int
        Minor units over the whole window.
    by_period : tuple of (date, int)
        First day and minor units of each planned period, when the plan came as a file; empty for a plan of the fiscal
        year that holds the first forecast day.
    """

    target: int
    by_period: tuple[tuple[date, int], ...] = ()

    def window(self, calendar: Calendar) -> Period:
        """Return the days the plan speaks about.

        Parameters
        ----------
        calendar : Calendar
            Gives the fiscal year and the length of a period.

        Returns
        -------
        Period
            The fiscal year, or from the first to the last planned period.
        """
        if not self.by_period:
            return calendar.fiscal_year
        starts = [start for start, _ in self.by_period]
        return Period(calendar.period_of(min(starts)).start, calendar.period_of(max(starts)).end)


@dataclass(frozen=True, eq=False)
class ForecastRequest:
    """One forecast to make.

    Attributes
    ----------
    calendar : Calendar
        As-of day and periods.
    assumptions : ForecastAssumptions
        Shocks and push law, or everything as stated.
    seed : int
        In [0, 2**64).
    replications : int
        At least 1; where the precision loop starts when ``precision`` is given.
    precision : float or None
        Largest 95 % half-width of the total's P10, P50 and P90, as a share of its mean, in (0, 1).
    plan : Plan or None
        What the chance is asked of.
    by : str or None
        Column whose values get bands of their own.
    exact : bool
        Whether to add the law in closed form.
    actuals : Bookings or None
        Replaces the won rows of the file; None keeps them.
    added_actuals : Bookings
        Bookings that are not in the file, added to them.
    track_record : TrackRecord or None
        How earlier forecasts of this kind did; printed, without influence on any number.
    """

    calendar: Calendar
    assumptions: ForecastAssumptions = field(default_factory=ForecastAssumptions)
    seed: int = 0
    replications: int = DEFAULT_REPLICATIONS
    precision: float | None = None
    plan: Plan | None = None
    by: str | None = None
    exact: bool = False
    actuals: Bookings | None = None
    added_actuals: Bookings = field(default_factory=Bookings)
    track_record: TrackRecord | None = None

    def __post_init__(self) -> None:
        problems = []
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed <= LARGEST_SEED:
            problems.append(Problem("forecast", "seed", "an integer in [0, 2**64)", self.seed))
        if isinstance(self.replications, bool) or not 1 <= self.replications <= MOST_REPLICATIONS:
            problems.append(
                Problem("forecast", "replications", f"an integer in [1, {MOST_REPLICATIONS}]", self.replications)
            )
        if self.precision is not None and not 0 < self.precision < 1:
            hint = "write 0.5% for half a percent of the mean"
            problems.append(Problem("forecast", "precision", "a share in (0, 1)", self.precision, hint))
        problems += self._plan_problems()
        raise_if_any(problems, ScenarioError)

    def _plan_problems(self) -> list[Problem]:
        if self.plan is None:
            return []
        window, covered = self.plan.window(self.calendar), self.calendar.window
        problems = []
        if window.end > covered.end:
            periods = 1
            while (
                Calendar(self.calendar.as_of, self.calendar.unit, periods, self.calendar.fiscal_start).window.end
                < window.end
            ):
                periods += 1
            rule = f"long enough to reach {window.end}, the end of the plan"
            hint = f"use --horizon {periods}"
            problems.append(Problem("forecast", "horizon", rule, Shown(f"one that ends on {covered.end}"), hint))
        if window.end <= self.calendar.as_of:
            hint = "plan periods that are still to come, or choose an earlier --as-of"
            rule = f"after the as-of day {self.calendar.as_of}"
            problems.append(Problem("plan", "last period", rule, Shown(window.end), hint))
        for start, _ in self.plan.by_period:
            if start != self.calendar.period_of(start).start:
                rule = f"the first day of a {self.calendar.unit}"
                problems.append(
                    Problem("plan", "period", rule, str(start), "write that day, or pass the matching --period")
                )
        return problems
