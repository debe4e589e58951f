"""A scenario whose levers are moved and whose funnel is run forward.

What it leaves out: which values the levers take (:mod:`funnelsim.engines.choices.goal_seeking`).
"""

from __future__ import annotations

import math
import types
import typing
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pydantic import BaseModel

from funnelsim.engines.choices.goal_seeking_trials import Outcomes, Values
from funnelsim.engines.execution import Execution
from funnelsim.engines.funnel_money import cost_by_period
from funnelsim.engines.funnel_runs import FunnelRun, prepare_run
from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.kernels.funnel_arrays import BOOKED, Out
from funnelsim.model.goal_plan import SOURCES, PlanLever
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_changes import changed, full_path
from funnelsim.model.scenario_paths import known_path, path_parts, value_of_path

MOST_KEPT = 8
"""Settings whose lowered tables are kept: a rough look is often followed by a fine one."""

_WHERE = "--vary"


@dataclass(frozen=True)
class KeyLimits:
    """What a key of a scenario may be.

    Attributes
    ----------
    low, high : float
        Least and largest value; infinite for none.
    whole : bool
        Whether only whole numbers are.
    """

    low: float = -math.inf
    high: float = math.inf
    whole: bool = False


@dataclass(frozen=True, eq=False)
class ScenarioFutures:
    """One strategy of a scenario under settings of some levers.

    Attributes
    ----------
    scenario : Scenario
        As it is now.
    strategy : str
        One of its strategies.
    opening : OpeningLeads
        Leads at the start.
    paths : tuple of str
        One per lever; ``sources`` for the rates of all sources together.
    goal : int
        Bookings over the horizon, minor units.
    execution : Execution
        How to run; without influence on the answer.
    """

    scenario: Scenario
    strategy: str
    opening: OpeningLeads
    paths: tuple[str, ...]
    goal: int
    execution: Execution
    _kept: OrderedDict[Values, FunnelRun] = field(default_factory=OrderedDict, repr=False)

    def changed(self, values: Values) -> Scenario:
        """Return the scenario at a setting.

        Parameters
        ----------
        values : tuple of float
            One per lever.

        Returns
        -------
        Scenario
            Checked; all luck stays where it was.
        """
        changes: list[tuple[str, object]] = []
        for path, value in zip(self.paths, values, strict=True):
            changes += source_changes(self.scenario, value) if path == SOURCES else [(path, value)]
        return changed(self.scenario, changes, _WHERE)

    def possible(self, values: Values) -> bool:
        """Tell whether a setting can be simulated: whether the scenario holds, and its figures can all be so."""
        try:
            self._run(values)
        except ScenarioError:
            return False
        return True

    def outcomes(self, values: Values, first: int, count: int, seed: int) -> Outcomes:
        """Simulate replications ``[first, first + count)``; bookings over the horizon, and what they cost."""
        run, out = self.simulated(values, first, count, seed)
        return Outcomes(out.flow[:, :, BOOKED].sum(axis=1), cost_by_period(run.setting, out).sum(axis=1))

    def simulated(self, values: Values, first: int, count: int, seed: int) -> tuple[FunnelRun, Out]:
        """Simulate a setting.

        Parameters
        ----------
        values : tuple of float
            One per lever.
        first, count : int
            Which replications.
        seed : int
            Root of their luck.

        Returns
        -------
        tuple of FunnelRun and Out
            What was asked, and everything that happened.
        """
        run = self._run(values)
        if run.setting.seed != seed:
            run = FunnelRun(replace(run.setting, seed=seed), run.tables)
        return run, run.outcome(first, count, self.execution)

    def _run(self, values: Values) -> FunnelRun:
        run = self._kept.get(values)
        if run is None:
            run = self._kept[values] = prepare_run(self.changed(values), self.strategy, self.opening, 0)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return run


def source_changes(scenario: Scenario, factor: float) -> list[tuple[str, object]]:
    """Return the changes that multiply the rates of all sources.

    Parameters
    ----------
    scenario : Scenario
        As it is now.
    factor : float
        At least 0.

    Returns
    -------
    list of (str, object)
        One per source; those of a source that is given by its spend scale what it brings for that spend.
    """
    return [
        (f"sources.{number}.per_day", float(source.per_day * factor)) for number, source in enumerate(scenario.sources)
    ]


def scenario_lever(scenario: Scenario, asked: PlanLever) -> tuple[PlanLever, KeyLimits]:
    """Return a lever with its present value, and what its key may be.

    Parameters
    ----------
    scenario : Scenario
        As it is now.
    asked : PlanLever
        Its ``present`` is ignored.

    Returns
    -------
    tuple of PlanLever and KeyLimits
        The path in full.

    Raises
    ------
    ScenarioError
        If the path leads to no number, or there is nothing to take a range from.
    """
    if asked.path == SOURCES:
        if not any(source.per_day > 0 for source in scenario.sources):
            hint = "name another lever with --vary, or give a source a rate"
            raise ScenarioError(
                Problem(_WHERE, "the scenario", "one with sources that bring leads", Shown("none"), hint)
            )
        return replace(asked, present=1.0), KeyLimits(0.0)
    path = full_path(scenario, asked.path)
    rule, hint = known_path(scenario, path)
    if rule:
        raise ScenarioError(Problem(_WHERE, "the key", rule, asked.path, hint))
    if path_parts(path)[0] == "goal":
        hint = "--goal says what is asked; a lever is what may be done about it"
        raise ScenarioError(Problem(_WHERE, "the key", "something else than the goal itself", asked.path, hint))
    present = value_of_path(scenario, path)
    if isinstance(present, bool) or not isinstance(present, int | float):
        hint = "such as sources.web.rate, teams.sales.heads or stages.C.conversion"
        raise ScenarioError(Problem(_WHERE, f"what {asked.path} leads to", "a number", _shown(present), hint))
    limits = key_limits(scenario, path)
    if present <= 0 and asked.low is None:
        hint = f"write {asked.path}=LOW..HIGH"
        raise ScenarioError(Problem(_WHERE, f"{asked.path}, now {present:g},", "given with a range", asked.path, hint))
    return replace(asked, path=path, present=float(present), whole=limits.whole), limits


def _shown(value: object) -> object:
    return Shown("a section") if isinstance(value, BaseModel | tuple | dict) else value


def key_limits(scenario: Scenario, path: str) -> KeyLimits:
    """Return what a key of a scenario may be, by the document's own rules.

    Parameters
    ----------
    scenario : Scenario
        Where the path leads.
    path : str
        A known one, in full.

    Returns
    -------
    KeyLimits
        Without limits where the document gives none for a single key; it is checked again when it is set.
    """
    *above, last = path_parts(path)
    section = value_of_path(scenario, ".".join(above)) if above else scenario
    if not isinstance(section, BaseModel):
        return KeyLimits()
    fields = type(section).model_fields
    info = next((one for name, one in fields.items() if last in {name, one.alias}), None)
    if info is None:
        return KeyLimits()
    kinds, rules = _kinds(info.annotation), list(info.metadata)
    for kind in (info.annotation, *typing.get_args(info.annotation)):
        rules += [rule for one in getattr(kind, "__metadata__", ()) for rule in getattr(one, "metadata", [one])]
    lows = [getattr(rule, name) for rule in rules for name in ("ge", "gt") if getattr(rule, name, None) is not None]
    highs = [getattr(rule, name) for rule in rules for name in ("le", "lt") if getattr(rule, name, None) is not None]
    return KeyLimits(max(lows, default=-math.inf), min(highs, default=math.inf), int in kinds and float not in kinds)


def _kinds(annotation: object) -> set[object]:
    """Return the plain types that an annotation allows."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _kinds(typing.get_args(annotation)[0])
    if origin in {typing.Union, types.UnionType}:
        return {kind for part in typing.get_args(annotation) for kind in _kinds(part)}
    if origin is typing.Literal:
        return {type(one) for one in typing.get_args(annotation)}
    return {annotation}


def under_levers(futures: ScenarioFutures, paths: Sequence[str]) -> ScenarioFutures:
    """Return the same futures under other levers."""
    return replace(futures, paths=tuple(paths), _kept=OrderedDict())
