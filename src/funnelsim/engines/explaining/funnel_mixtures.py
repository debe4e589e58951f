"""Scenarios between an earlier and a later one: some parts from the one, the rest from the other.

The question: if only this part had changed, what would be simulated?  Parts have a fixed order, in which a bridge walks
over them.  A mixture must stand by itself as a scenario file does; where it cannot, because a stage was renamed or a
team is gone, parts are changed together.

What it leaves out: simulating (:mod:`funnelsim.engines.explaining.funnel_bridge`).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from funnelsim.engines.funnel_runs import FunnelRun, prepare_run
from funnelsim.engines.funnel_setting import calendar_of
from funnelsim.errors import Problem, ScenarioError
from funnelsim.model.calendar import Calendar, Period
from funnelsim.model.funnel_explanation import ExplainedRun
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Forces, Scenario
from funnelsim.model.scenario_changes import Difference
from funnelsim.model.scenario_checks import checked

OPENING, MARKET, STAGES, TEAMS, CALENDAR, STRATEGY, OTHER = (
    "leads at the start", "market and sources", "the list of stages", "the list of teams", "working days",
    "strategy", "everything else",
)  # fmt: skip
_SPAN = ("as_of", "period", "horizon", "fiscal_start")
"""What the calendar says about which days are counted; both sides are cut to the same days."""
_OTHERS = ("ready_from", "nonbuyer_rate")
_LABELS = ("name", "title")
LONGEST = 100_000
"""Periods; a horizon that is not reached within so many is none."""

Plain = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Mixer:
    """Two runs, cut to the days that both simulate.

    Attributes
    ----------
    earlier, later : ExplainedRun
        The later one gives seed and replications to all mixtures.
    """

    earlier: ExplainedRun
    later: ExplainedRun

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Periods that both runs simulate, in the later run's unit.

        Raises
        ------
        ScenarioError
            If there are none.
        """
        last = min(calendar_of(run.scenario).window.end for run in (self.earlier, self.later))
        theirs = {*_reaching(self._calendar(self.earlier), last).periods}
        both = tuple(one for one in calendar_of(self.later.scenario).periods if one in theirs and one.end <= last)
        if not both:
            windows = [calendar_of(run.scenario).window for run in (self.later, self.earlier)]
            ours, before = (f"{window.start} to {window.end}" for window in windows)
            hint = "explain two runs whose horizons overlap by a whole period"
            rule = f"one that simulates a whole period of {ours}"
            raise ScenarioError(Problem("explain", "the earlier run", rule, before, hint))
        return both

    def _calendar(self, run: ExplainedRun) -> Calendar:
        """Return the days from a run's as-of day on, in the later run's periods."""
        own = self.later.scenario.calendar
        return Calendar(run.scenario.calendar.as_of, own.period, 1, own.fiscal_start)

    @cached_property
    def documents(self) -> tuple[Plain, Plain]:
        """The earlier and the later scenario as JSON knows them, each with the one strategy that was followed."""
        name = self.later.strategy
        return _document(self.earlier, name), _document(self.later, name)

    @cached_property
    def groups(self) -> dict[str, tuple[Difference, ...]]:
        """Parts in which the two differ, in the order of a bridge, and how."""
        first, second = (self._parts(plain) for plain in self.documents)
        differing = {
            name: tuple(_differences(first.get(name), second.get(name), "")) for name in {**first, **second}
        }  # both dicts are in the fixed order, and the later one only adds lists' entries
        found = {name: differing[name] for name in differing if differing[name]}
        if _same_leads(self.earlier, self.later):
            return found
        rows = Difference("rows", len(self.earlier.opening), len(self.later.opening))
        return {OPENING: (*found.pop(OPENING, ()), rows), **found}

    def _parts(self, plain: Plain) -> dict[str, Any]:
        calendar = plain["calendar"]
        apart = [self._one_by_one(kind) for kind in ("stages", "teams")]
        return {
            OPENING: {"as_of": calendar["as_of"]},
            MARKET: {"market": plain["market"], "sources": _by_name(plain["sources"])},
            **({f"stage {one['name']}": one for one in plain["stages"]} if apart[0] else {STAGES: plain["stages"]}),
            **({f"team {one['name']}": one for one in plain["teams"]} if apart[1] else {TEAMS: plain["teams"]}),
            **{_force_name(name): plain["forces"][name] for name in Forces.model_fields},
            CALENDAR: {key: value for key, value in calendar.items() if key not in _SPAN},
            STRATEGY: {key: value for key, value in plain["strategies"][0].items() if key not in _LABELS},
            OTHER: {key: plain[key] for key in _OTHERS},
        }

    def _one_by_one(self, kind: str) -> bool:
        """Tell whether the list has the same names on both sides, so that its entries can be changed apart."""
        first, second = ([one["name"] for one in plain[kind]] for plain in self.documents)
        return first == second

    def run(self, taken: Collection[str]) -> FunnelRun:
        """Prepare the mixture that has some parts from the later run.

        Parameters
        ----------
        taken : collection of str
            Names of ``groups``; all others come from the earlier run, what does not differ from the later one.

        Returns
        -------
        FunnelRun
            Cut to the end of the common days, on the later run's luck.

        Raises
        ------
        ScenarioError
            If such a scenario does not stand by itself.
        """
        kept = {name for name in self.groups if name not in taken}
        scenario = checked(self._mixed(kept), "the mixture")
        side = self.earlier if OPENING in kept else self.later
        return prepare_run(scenario, self.later.strategy, _placed(side, scenario), self.later.seed)

    def _mixed(self, kept: set[str]) -> Plain:
        first, second = self.documents
        mixed = json.loads(json.dumps(second))
        side = self.earlier if OPENING in kept else self.later
        own = self.later.scenario.calendar
        days = _reaching(self._calendar(side), self.periods[-1].end)
        calendar = first["calendar"] if CALENDAR in kept else second["calendar"]
        mixed["calendar"] = {
            **calendar, "as_of": side.scenario.calendar.as_of.isoformat(), "period": own.period,
            "horizon": days.horizon, "fiscal_start": own.fiscal_start,
        }  # fmt: skip
        if MARKET in kept:
            mixed |= {key: first[key] for key in ("market", "sources")}
        for kind, whole in (("stages", STAGES), ("teams", TEAMS)):
            if whole in kept:
                mixed[kind] = first[kind]
            elif self._one_by_one(kind):
                mixed[kind] = [
                    before if f"{kind[:-1]} {before['name']}" in kept else after
                    for before, after in zip(first[kind], second[kind], strict=True)
                ]
        mixed["forces"] = {
            name: (first if _force_name(name) in kept else second)["forces"][name] for name in Forces.model_fields
        }
        if STRATEGY in kept:
            mixed["strategies"] = first["strategies"]
        if OTHER in kept:
            mixed |= {key: first[key] for key in _OTHERS}
        return dict(mixed)


def _force_name(name: str) -> str:
    return f"force {name}"


def _by_name(entries: list[Plain]) -> dict[str, Plain]:
    return {str(one["name"]): one for one in entries}


def _document(run: ExplainedRun, strategy: str) -> Plain:
    """Return a scenario as JSON knows it, with its one strategy under the name that both runs then share."""
    plain: Plain = run.scenario.model_dump(mode="json", by_alias=True)
    chosen = plain["strategies"][run.scenario.strategy_names.index(run.strategy)]
    plain["strategies"] = [{**chosen, "name": strategy}]
    plain["provenance"], plain["opening"], plain["goal"] = {}, {}, {}  # they change no booking
    return plain


def _differences(first: Any, second: Any, path: str) -> list[Difference]:
    """Return every value in which two plain parts differ, by its dotted path."""
    if isinstance(first, dict) and isinstance(second, dict):
        keys = [*first, *(key for key in second if key not in first)]
        return [
            one
            for key in keys
            for one in _differences(first.get(key), second.get(key), f"{path}.{key}" if path else str(key))
        ]
    return [] if first == second else [Difference(path, first, second)]


def _reaching(calendar: Calendar, last: Any) -> Calendar:
    """Return a calendar that goes on to a day, or to the end of the period that holds it."""
    low, high = 0, 1
    while replace(calendar, horizon=high).window.end < last:
        low, high = high, min(2 * high, LONGEST)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if replace(calendar, horizon=middle).window.end < last else (low, middle)
    return replace(calendar, horizon=high)


def _same_leads(first: ExplainedRun, second: ExplainedRun) -> bool:
    """Tell whether two runs start with the same leads in the same places."""
    one, other = first.opening, second.opening
    if len(one) != len(other) or _places(first) != _places(second):
        return False
    columns = [
        (side.leads.key, side.leads.pr, side.leads.pc_float, side.age_days, side.idle_days, side.temperature)
        for side in (one, other)
    ]
    return all(np.array_equal(here, there) for here, there in zip(*columns, strict=True))


def _places(run: ExplainedRun) -> list[tuple[str, str]]:
    stages, teams = run.scenario.stage_names, ("", *run.scenario.team_names)
    opening = run.opening
    return [
        (stages[stage], teams[team + 1])
        for stage, team in zip(opening.stage.tolist(), opening.team.tolist(), strict=True)
    ]


def _placed(side: ExplainedRun, scenario: Scenario) -> OpeningLeads:
    """Return a run's opening leads with the numbers that stages and teams have in another scenario."""
    kinds = (
        (side.scenario.stage_names, scenario.stage_names, side.opening.stage, "stage"),
        (side.scenario.team_names, scenario.team_names, side.opening.team, "team"),
    )
    stage, team = (_renumbered(*kind) for kind in kinds)
    return replace(side.opening, stage=stage, team=team)


def _renumbered(
    before: tuple[str, ...], after: tuple[str, ...], numbers: npt.NDArray[np.int64], what: str
) -> npt.NDArray[np.int64]:
    if before == after:
        return numbers
    places = np.array([after.index(name) if name in after else -2 for name in before] + [-1], dtype=np.int64)
    found = places[numbers]  # -1, the stage's own team, reads the last entry
    if (found == -2).any():
        gone = before[int(numbers[int(np.argmax(found == -2))])]
        raise ScenarioError(Problem("the mixture", f"the {what} of an opening lead", f"one of the {what}s", gone))
    return np.asarray(found, dtype=np.int64)
