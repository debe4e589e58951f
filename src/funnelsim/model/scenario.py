"""The scenario document: a world and the strategies that are tried in it, as a planner writes it.

One document is one TOML file (with a CSV of opening leads beside it), or the ``funnelsim.scenario`` metadata of one
Parquet file.  It is data only: nothing in it is ever executed.

What it leaves out: the opening leads, which are rows beside the document, and reading either.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field

from funnelsim.model.scenario_fields import Name, Section, given
from funnelsim.model.scenario_forces import (
    Bant,
    HandOff,
    Information,
    Loops,
    Mailing,
    Neglect,
    Premature,
    Readiness,
    Reading,
    Response,
    Shocks,
    Temperature,
)
from funnelsim.model.scenario_policy import Strategy
from funnelsim.model.scenario_world import (
    CalendarSection,
    GoalSection,
    MarketSection,
    OpeningSection,
    SourceSection,
    StageSection,
    TeamSection,
)

SCHEMA: Literal["funnelsim/scenario/1"] = "funnelsim/scenario/1"


class Provenance(Section):
    """Where a number that is not the user's own comes from."""

    source: str = given("who says so")
    grade: Literal["A", "B", "C", "D", "ours", "yours"] = given("how far to trust it")


class Forces(Section):
    """The forces of the world; each can be switched off."""

    neglect: Neglect = given("idle leads are lost faster", Neglect())
    temperature: Temperature = given("interest cools", Temperature())
    information: Information = given("what is known is needed", Information())
    hand_off: HandOff = given("passing a lead costs", HandOff())
    response: Response = given("hand-raisers cool fast", Response())
    premature: Premature = given("early calls cost trust", Premature())
    bant: Bant = given("facts change odds", Bant())
    readiness: Readiness = given("not everybody is ready", Readiness())
    reading: Reading = given("scores are noisy", Reading())
    mailing: Mailing = given("mail helps, and annoys", Mailing())
    loops: Loops = given("leads come back", Loops())
    shocks: Shocks = given("what all leads share", Shocks())


class Scenario(Section):
    """A world and its strategies.

    **Invariants** (checked by :func:`funnelsim.model.scenario_problems.scenario_problems`): names are unique, every
    reference names something that is there, every stage can be worked by its owner, steps and journey cover the levels.
    """

    schema_: Literal["funnelsim/scenario/1"] = Field(SCHEMA, alias="schema", description="version of this format")
    name: Name = given("what files and results call it")
    title: str = given("one line for people")
    question: str = given("what it asks", "")
    story: str = given("what the sources say, what is assumed, what to look at", "")
    currency: str | None = given("code of every amount", None)
    calendar: CalendarSection = given("days")
    opening: OpeningSection = given("leads that are open on the as-of day", OpeningSection())
    market: MarketSection = given("who is out there", MarketSection())
    sources: tuple[SourceSection, ...] = given("where leads come from", ())
    stages: tuple[StageSection, ...] = given("the funnel, in order")
    ready_from: Name | None = given("stage whose advance only ready buyers make; the last when left out", None)
    nonbuyer_rate: float | None = given(
        "pace at which others advance before that stage, against buyers; solved when left out", None
    )
    teams: tuple[TeamSection, ...] = given("who works")
    forces: Forces = given("how strongly things work", Forces())
    strategies: tuple[Strategy, ...] = given("what is tried")
    goal: GoalSection = given("what it is measured against", GoalSection())
    provenance: dict[str, Provenance] = given("dotted path to the source of a number", {})

    @cached_property
    def stage_names(self) -> tuple[str, ...]:
        """Names of the stages, in order."""
        return tuple(stage.name for stage in self.stages)

    @cached_property
    def team_names(self) -> tuple[str, ...]:
        """Names of the teams, in order."""
        return tuple(team.name for team in self.teams)

    @cached_property
    def strategy_names(self) -> tuple[str, ...]:
        """Names of the strategies, in order."""
        return tuple(strategy.name for strategy in self.strategies)

    @cached_property
    def gate_stage(self) -> int:
        """Index of the stage whose advance only ready buyers make."""
        return len(self.stages) - 1 if self.ready_from is None else self.stage_names.index(self.ready_from)

    def strategy(self, name: str) -> Strategy:
        """Return a strategy by name.

        Parameters
        ----------
        name : str
            One of ``strategy_names``.

        Returns
        -------
        Strategy
            The record.
        """
        return self.strategies[self.strategy_names.index(name)]
