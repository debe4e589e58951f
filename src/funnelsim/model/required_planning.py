"""Required leads, qualified leads, hours and coverage: what a goal asks of sources, teams and pipeline.

All money is in minor units.  What it leaves out: how it is worked out (``engines/choices/required.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from funnelsim.model.calendar import Period
from funnelsim.model.funnel_reports import Estimate


@dataclass(frozen=True)
class RequiredTeam:
    """Hours of one team, a month.

    Attributes
    ----------
    name : str
        Of the team.
    there : float
        Hours there are to be spent.
    spent : float
        Hours spent on leads.
    wanted : float
        Hours spent if every lead got all the work it absorbs.
    """

    name: str
    there: float
    spent: float
    wanted: float


@dataclass(frozen=True)
class RequiredFigures:
    """What runs through the funnel at one setting.

    Attributes
    ----------
    title : str
        ``today``, ``for the goal in the mean``, ``for the asked chance`` or ``at the answer``.
    factor : float or None
        On the rates of all sources; None where a lever of another kind was moved.
    leads : mapping of str to float
        Source to leads a month.
    qsl : Estimate
        Leads that come to Sales for the first time, a month.
    bookings : Estimate
        Over the horizon, minor units.
    chance : float
        Of the goal.
    teams : tuple of RequiredTeam
        In order.
    """

    title: str
    factor: float | None
    leads: Mapping[str, float]
    qsl: Estimate
    bookings: Estimate
    chance: float
    teams: tuple[RequiredTeam, ...]


@dataclass(frozen=True)
class Coverage:
    """Open pipeline against what is still to be booked, beside what the own conversion asks for.

    Attributes
    ----------
    window : Period
        The days the goal counts.
    pipeline : int
        PR of the leads open now that count, minor units.
    expected_value : int
        Their PR times stated PC, minor units.
    remaining : int
        Goal less what is booked to date, minor units.
    booked : float
        What those leads bring in the window in the mean, minor units: pipeline times own conversion.
    new_business : float
        What leads that are not open yet bring in the mean, minor units; 0 for a file of leads.
    required : float or None
        Pipeline over remaining goal at which the mean reaches the goal; None where the pipeline brings nothing.
    required_asked : float or None
        The same for the asked chance, with more leads like today's; None where that was not sought or not reached.
    """

    window: Period
    pipeline: int
    expected_value: int
    remaining: int
    booked: float
    new_business: float
    required: float | None
    required_asked: float | None = None

    @property
    def now(self) -> float | None:
        """Pipeline over remaining goal; None when nothing remains."""
        return self.pipeline / self.remaining if self.remaining > 0 else None


@dataclass(frozen=True)
class RequiredPlanning:
    """Required leads, qualified leads, hours and coverage, from own conversion (requirement R20).

    Attributes
    ----------
    today : RequiredFigures
        As things are.
    in_mean : RequiredFigures or None
        With the rates of all sources at the factor under which the mean of bookings is the goal; None where no factor
        up to ``LARGEST_FACTOR`` does it.
    by_arithmetic : float or None
        The factor that today's bookings a lead imply, hours left aside; None where new leads book nothing.
    answer : RequiredFigures or None
        At the answer; None where there is none.
    coverage : Coverage or None
        None where no lead is open at the start.
    """

    today: RequiredFigures
    in_mean: RequiredFigures | None
    by_arithmetic: float | None
    answer: RequiredFigures | None
    coverage: Coverage | None


@dataclass(frozen=True)
class ExtraLeads:
    """What a factor on the number of leads means.

    Attributes
    ----------
    leads : float
        More leads than today, in the mean; below 0 for fewer.
    pr, expected_value : float
        Of them together, minor units.
    """

    leads: float
    pr: float
    expected_value: float
