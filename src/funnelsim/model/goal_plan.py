"""What planning back from a goal answers: the smallest change that reaches the chance of the goal, and how sure it is.

All money is in minor units.  A chance is the share of simulated futures that reach the goal; its interval says how well
the simulation knows it, not how well the world does.  What it leaves out: how the change is found
(``engines/choices/goal_seeking.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from funnelsim.model.calendar import Period
from funnelsim.model.intervals import Interval
from funnelsim.model.plan_settings import PlanSettings
from funnelsim.model.required_planning import Coverage, ExtraLeads, RequiredPlanning
from funnelsim.model.showing import Showing

SOURCES: Final = "sources"
"""Lever of a scenario: the rates of all its sources together, as a factor on today's."""

LEADS, PC, PR, TIME = "leads", "pc", "pr", "time"
FILE_LEVERS: Final = {
    LEADS: "leads like today's, as a factor on their number",
    PC: "added to the log-odds of every stated PC",
    PR: "factor on every PR",
    TIME: "days by which every lead closes sooner",
}
"""Levers of a file of leads, and what their number means."""

FACTORS: Final = (SOURCES, LEADS, PR)
"""Levers whose number is a factor on today's, so that today is 1."""

LARGEST_FACTOR: Final = 8.0
"""How far a lever without a range is tried: from an eighth of the present value to eight times it."""

CONFIDENCE: Final = 0.95
"""Of every interval here."""

Status = Literal["reached", "already reached", "not reached"]


@dataclass(frozen=True)
class PlanLever:
    """One lever as it was asked for.

    Attributes
    ----------
    path : str
        Dotted path into the scenario, ``sources``, or one of ``FILE_LEVERS``.
    present : float
        What it is now; 1 for a factor, 0 for what is added.
    low, high : float or None
        Ends of the range to be tried, ``low < high``; None for the default range.
    whole : bool
        Whether only whole numbers make sense.
    cost : float
        What the change from one end to the other costs, major units, evenly in between; 0 when nobody said.
    paid_down : bool
        Whether the cost buys the way from ``high`` to ``low``, as of hours that a stage takes.
    """

    path: str
    present: float
    low: float | None = None
    high: float | None = None
    whole: bool = False
    cost: float = 0.0
    paid_down: bool = False

    @property
    def start(self) -> float | None:
        """The end of the range at which nothing is spent; None without a range."""
        return self.high if self.paid_down else self.low

    @property
    def end(self) -> float | None:
        """The end of the range at which all of the cost is spent."""
        return self.low if self.paid_down else self.high

    def spent(self, value: float) -> float:
        """Return what a value costs.

        Parameters
        ----------
        value : float
            In the range.

        Returns
        -------
        float
            Major units; 0 without a range.
        """
        if self.start is None or self.end is None:
            return 0.0
        return self.cost * (value - self.start) / (self.end - self.start)


@dataclass(frozen=True)
class Trial:
    """One setting of the levers, simulated.

    Attributes
    ----------
    values : tuple of float
        One per lever.
    replications : int
        Futures; the first ones of the same luck for every setting.
    chance : Interval
        Of the goal, in [0, 1].
    mean : float
        Money towards the goal, minor units.
    p10, p50, p90 : int
        Of the same.
    cost : float or None
        Mean cost of the funnel, minor units; None for a file of leads.
    spent : float
        What the change costs by the user's own words, major units.
    """

    values: tuple[float, ...]
    replications: int
    chance: Interval
    mean: float
    p10: int
    p50: int
    p90: int
    cost: float | None
    spent: float = 0.0


@dataclass(frozen=True)
class Verification:
    """The answer run forward on luck of its own.

    Attributes
    ----------
    seed : int
        Root of that luck, derived from the user's seed by a fixed rule.
    trial : Trial
        What came out.
    held : bool
        Whether the asked chance is not above the interval.
    """

    seed: int
    trial: Trial
    held: bool


@dataclass(frozen=True)
class Fall:
    """A stretch in which more of a lever makes the goal less likely, beyond chance.

    Attributes
    ----------
    from_value, to_value : float
        Where the chance is higher, and where it is lower; in the direction in which the lever helps.
    from_chance, to_chance : float
        On the same futures.
    """

    from_value: float
    to_value: float
    from_chance: float
    to_chance: float


@dataclass(frozen=True, eq=False)
class GoalPlan(Showing):
    """One answered plan.

    Attributes
    ----------
    kind : str
        ``scenario`` or ``leads``: what it was made from.
    name, sha256 : str
        Of the scenario or file.
    strategy : str
        Of the scenario; empty for a file of leads.
    as_of : date
        The day it stands on.
    window : Period
        The days that count.
    currency, minor_digits : str or None, int
        Of all money, and its decimals.
    goal : int
        Minor units, more than 0.
    booked : int
        Already booked in the window, minor units; 0 for a scenario.
    asked : float
        The chance that was asked for, in (0, 1).
    seed, replications : int
        Luck of the search, and futures of its finest trials.
    levers : tuple of PlanLever
        As asked.
    status : str
        Whether some setting reaches the asked chance, and whether the present one does.
    present : Trial
        As things are now.
    values : tuple of float or None
        The answer, one per lever; None when it is not reached.
    low, high : float or None
        Ends of the 95 % interval of the only lever's least sufficient value; None where an end lies outside of what
        was tried, or there are several levers.
    answer : Trial or None
        The answer on the luck it was found with.
    best : Trial
        The setting with the highest chance found.
    verifications : tuple of Verification
        The answer on other luck; the last one is of the answer, earlier ones of what it was before.
    trials : tuple of Trial
        Every setting tried, in rising order of values.
    falls : tuple of Fall
        Where moving the only lever on makes the goal less likely: in the direction in which it helps, and without an
        answer also the other way from the best value.
    required : RequiredPlanning or None
        None for a file of leads.
    coverage : Coverage or None
        As in ``required``, or of the file of leads.
    extra : ExtraLeads or None
        What the answer means in leads; None unless ``leads`` is the only lever.
    notes : tuple of str
        What was assumed or found on the way, one sentence each.
    content_hash : str
        SHA-256 over everything found; equal for equal inputs, whatever the threads.
    settings : PlanSettings or None
        What was asked, in words; not part of the hash.
    """

    kind: Literal["scenario", "leads"]
    name: str
    sha256: str
    strategy: str
    as_of: date
    window: Period
    currency: str | None
    minor_digits: int
    goal: int
    booked: int
    asked: float
    seed: int
    replications: int
    levers: tuple[PlanLever, ...]
    status: Status
    present: Trial
    values: tuple[float, ...] | None
    low: float | None
    high: float | None
    answer: Trial | None
    best: Trial
    verifications: tuple[Verification, ...]
    trials: tuple[Trial, ...] = field(repr=False)
    falls: tuple[Fall, ...]
    required: RequiredPlanning | None
    coverage: Coverage | None
    extra: ExtraLeads | None
    notes: tuple[str, ...]
    content_hash: str = ""
    settings: PlanSettings | None = None

    @property
    def verified(self) -> Trial | None:
        """The answer on luck of its own; None without an answer."""
        return self.verifications[-1].trial if self.verifications else None

    @property
    def held(self) -> bool:
        """Whether the verified interval does not lie below the asked chance."""
        return bool(self.verifications) and self.verifications[-1].held
