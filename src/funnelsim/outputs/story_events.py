"""A lead's log in words: each row of numbers becomes an event with names and a date.

What it leaves out: sentences (:mod:`funnelsim.outputs.story_lines`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from funnelsim.model import funnel_words as words
from funnelsim.model.calendar import Calendar
from funnelsim.model.money import minor_digits
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_policy import Strategy
from funnelsim.model.simulation import Story


@dataclass(frozen=True, eq=False)
class StorySetting:
    """What a story is read against.

    Attributes
    ----------
    scenario : Scenario
        With the horizon that was simulated.
    strategy : Strategy
        The one that was followed.
    opening : OpeningLeads
        Leads at the start.
    replication, seed : int
        Which future.
    """

    scenario: Scenario
    strategy: Strategy
    opening: OpeningLeads
    replication: int
    seed: int

    @property
    def calendar(self) -> Calendar:
        """Days and periods."""
        section = self.scenario.calendar
        return Calendar(section.as_of, section.period, section.horizon, section.fiscal_start)

    @property
    def digits(self) -> int:
        """Decimals of the currency."""
        return minor_digits(self.scenario.currency)

    def date_of(self, day: int) -> date:
        """Return the date of a simulated day.

        Parameters
        ----------
        day : int
            0 for the day after the as-of day.

        Returns
        -------
        date
            Its date.
        """
        return self.scenario.calendar.as_of + timedelta(days=day + 1)

    def is_sales(self, team: str | None) -> bool:
        """Tell whether a team is Sales.

        Parameters
        ----------
        team : str or None
            Its name.

        Returns
        -------
        bool
            False for None.
        """
        return any(one.name == team and one.role == "sales" for one in self.scenario.teams)

    def idle_before(self, lead_id: str) -> int:
        """Return for how long a lead had not been touched when the simulation started.

        Parameters
        ----------
        lead_id : str
            Any lead.

        Returns
        -------
        int
            Days; 0 for a lead that was born later.
        """
        ids = self.opening.leads.lead_id
        return int(self.opening.idle_days[ids.index(lead_id)]) if lead_id in ids else 0


@dataclass(frozen=True)
class Event:
    """One thing that happened to a lead.

    Attributes
    ----------
    day : int
        0 for the day after the as-of day.
    date : date
        The same as a date.
    name : str
        One of ``funnel_words.EVENTS``.
    stage, team, to, reason, source : str or None
        Names, where the event has them.
    touches, level, amount : int or None
        Count, qualification level, minor units.
    hours : float or None
        Charged for the touches.
    kept : bool or None
        Whether a test was passed; for a parked lead whether it is dormant.
    """

    day: int
    date: date
    name: str
    stage: str | None = None
    team: str | None = None
    to: str | None = None
    reason: str | None = None
    source: str | None = None
    touches: int | None = None
    level: int | None = None
    amount: int | None = None
    hours: float | None = None
    kept: bool | None = None


def events_of(story: Story, setting: StorySetting) -> tuple[Event, ...]:
    """Return the events of a story.

    Parameters
    ----------
    story : Story
        Any story.
    setting : StorySetting
        Names and dates.

    Returns
    -------
    tuple of Event
        In order; steps of an adaptive score, which are nobody's, are left out.
    """
    return tuple(_event(setting, *row) for row in story.events if row[1] != words.RULE)


def _event(setting: StorySetting, day: int, code: int, a: int, b: int, c: int) -> Event:
    scenario = setting.scenario
    stages, teams = scenario.stage_names, scenario.team_names
    head = (day, setting.date_of(day), words.EVENTS[code])
    if code == words.BORN:
        return Event(*head, stage=stages[a], team=teams[b], source=_source(scenario, c))
    if code == words.ENTER:
        return Event(*head, stage=stages[a], team=teams[b], level=c)
    if code == words.TOUCH:
        return Event(*head, team=teams[a], touches=b, hours=c / words.TICKS_PER_HOUR)
    if code == words.PASS:
        return Event(*head, team=teams[a], to=teams[b], reason=words.PASS_REASONS[c])
    if code == words.ARRIVE:
        return Event(*head, team=teams[a])
    if code == words.PARK:
        return Event(*head, stage=stages[a], team=teams[b], kept=c == 0)
    if code == words.LOST:
        return Event(*head, stage=stages[a], reason=words.LOSS_REASONS[b], team=teams[c])
    if code == words.WON:
        return Event(*head, team=teams[a], amount=b, stage=stages[c])
    if code == words.REQUALIFY:
        return Event(*head, kept=a == 1, team=teams[b])
    return Event(*head, stage=stages[a], team=teams[b])


def _source(scenario: Scenario, number: int) -> str:
    if number == words.FROM_OPENING:
        return "open at the start"
    return "a customer" if number == words.FROM_CUSTOMER else scenario.sources[number].name
