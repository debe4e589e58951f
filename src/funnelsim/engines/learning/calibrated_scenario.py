"""A scenario that ``simulate`` runs, made of what records say and of assumptions for what they cannot know.

The question: what world do these records describe?  Stages, arrivals, potential revenue and shared luck are yours, with
standard errors; hours, teams and strategies are ours, from a shipped scenario, and every number says which it is.

What it leaves out: writing it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import ceil, sqrt
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.calibrated_funnel import SHORTEST_MEDIAN, FunnelStage, funnel_of
from funnelsim.engines.learning.past_periods import TYPICAL_DAYS
from funnelsim.model.calibration_answer import FEW, YOURS, Calibration, Figure
from funnelsim.model.history import NO_MONEY, SECONDS_A_DAY, History
from funnelsim.model.scenario import Scenario

Document = dict[str, Any]
HORIZON: Final = {"month": 12, "week": 26, "quarter": 4}
MOST_VALUES: Final = 20
"""Values of the law of potential revenue: means of cells of equal numbers of leads."""
MOST_SOURCES: Final = 8
EVERYBODY: Final = 1.0
"""Share of true buyers: where some never buy, they stay longer than the others, and no record tells them apart."""
LOAD: Final = 0.8
"""Share of their hours that teams spend on today's arrivals, or on the leads that are open today."""
WORKDAYS: Final = 5.0 / 7.0
TOUCH_DAYS: Final = 4
"""Days between touches of a lead that gets its work: less than the grace of neglect, which starts to cost after 5."""
LEAST_TOUCH: Final = 0.05
HOURS_A_DAY: Final = 1.0
"""Hours of a working day that one lead takes at most."""
LN2: Final = 0.6931471805599453
NAME: Final = re.compile(r"[^A-Za-z0-9_ -]+")
_NAME_LENGTH: Final = 40
PATTERN: Final = "lead_generation"
"""The shipped scenario from which everything is taken that records cannot know."""


def calibrated_document(
    calibration: Calibration, history: History, pattern: Scenario, name: str, opening_file: str | None
) -> Document:
    """Return the scenario as a plain document.

    Parameters
    ----------
    calibration : Calibration
        What the records say.
    history : History
        The records: sources, and potential revenue of all leads.
    pattern : Scenario
        The shipped scenario from which teams, hours and costs are taken.
    name : str
        Of the scenario.
    opening_file : str or None
        File of the leads it opens with.

    Returns
    -------
    dict
        Checked by nobody yet.
    """
    learned = calibration.learned
    funnel = funnel_of(calibration.stages)
    names = stage_names(funnel)
    like = _pattern_stages(pattern, len(funnel))
    provenance: Document = {}
    stages = [_stage(*one, provenance) for one in zip(funnel, calibration.stages, names, like, strict=True)]
    sources = _sources(calibration, history, names[0], provenance)
    born, waiting = sum(one["per_day"] for one in sources), [one.open for one in calibration.stages]
    document: Document = {
        "schema": "funnelsim/scenario/1",
        "name": name,
        "title": f"The funnel of {NAME.sub(' ', learned.name).strip() or 'your records'}, as its records tell it",
        "question": "What happens to new leads if they go on as in these records?",
        "story": _story(calibration, funnel),
        "calendar": {
            "as_of": learned.last_day,
            "period": learned.unit,
            "horizon": HORIZON[learned.unit],
            "fiscal_start": learned.fiscal_start,
        },
        "market": {"fit": EVERYBODY},
        "sources": tuple(sources),
        "stages": tuple(stages),
        "teams": tuple(_teams(pattern, names, like, funnel, stages, (born, waiting), provenance)),
        "forces": {
            "hand_off": {"days": 0, "lost": 0.0},
            "loops": {"resurrect_share": 0.0},
            "shocks": _shocks(calibration, funnel, provenance),
        },
        "strategies": tuple(_strategies()),
        "provenance": provenance,
    }
    if learned.currency:
        document["currency"] = learned.currency
    if opening_file:
        document["opening"] = {"file": opening_file}
    provenance["market.fit"] = _ours(
        "records do not say who never buys; with 1 the funnel keeps their rates and times, the default is .25"
    )
    provenance["forces.hand_off.days"] = _ours("your times already hold how long it takes to pass a lead on")
    provenance["forces.hand_off.lost"] = _ours("your conversions already hold what is lost when a lead changes hands")
    provenance["forces.loops.resurrect_share"] = _ours("your records count a lead once")
    return document


def _ours(source: str) -> Document:
    return {"source": source, "grade": "ours"}


def _yours(what: str) -> Document:
    return {"source": f"your records: {what}", "grade": YOURS}


def _share_words(figure: Figure) -> str:
    return f"{100 * figure.estimate:.1f} in 100, 95 % {100 * figure.low:.1f} to {100 * figure.high:.1f}"


def stage_names(funnel: Sequence[FunnelStage]) -> list[str]:
    """Return names that a scenario allows, one a stage.

    Parameters
    ----------
    funnel : sequence of FunnelStage
        With the names of the records.

    Returns
    -------
    list of str
        Unique; letters of other alphabets become spaces.
    """
    return _allowed([one.name for one in funnel], "stage")


def _allowed(texts: Sequence[str], word: str) -> list[str]:
    found: list[str] = []
    for number, text in enumerate(texts, 1):
        plain = " ".join(NAME.sub(" ", text).split())[: _NAME_LENGTH - 4].strip()
        plain = plain if plain[:1].isalpha() else f"{word} {plain or number}"[: _NAME_LENGTH - 4].strip()
        taken = {one.casefold() for one in found} | {"lost", "dormant", "customer", "won"}
        while plain.casefold() in taken:
            plain = f"{plain[: _NAME_LENGTH - 4]} {number}"
        found.append(plain)
    return found


def _pattern_stages(pattern: Scenario, count: int) -> list[Any]:
    """Return the shipped stage that each of ours resembles: the last ones, evenly where there are more."""
    own = list(pattern.stages)
    if count <= len(own):
        return own[len(own) - count :]
    return [own[round(number * (len(own) - 1) / (count - 1))] for number in range(count)]


def _stage(one: FunnelStage, seen: Any, name: str, like: Any, provenance: Document) -> Document:
    """Return a stage: how it converts and how long it takes are yours, the work in it is ours."""
    path = f"stages.{name}"
    days = one.median_days if one.median_days is not None else like.median_days
    hours = round(min(like.hours, max(days / LN2 * WORKDAYS * HOURS_A_DAY, 0.1)), 2)
    ours = f"as stage {like.name} of the shipped scenario {PATTERN}"
    short = seen.median.days is not None and seen.median.days < SHORTEST_MEDIAN
    least = "; taken as a day, the least that a simulation counts" if short else ""
    skips = f"; {100 * one.skipped:.0f} in 100 skipped it" if one.skipped >= 0.01 else ""
    provenance[f"{path}.conversion"] = _yours(f"{seen.seen:,} leads, {_share_words(seen.conversion)}{skips}")
    provenance[f"{path}.median_days"] = (
        _ours(ours)
        if one.median_days is None
        else _yours(f"{seen.left:,} of {seen.seen:,} leads were seen leaving{least}")
    )
    provenance[f"{path}.hours"] = _ours(ours if hours == like.hours else f"{ours}, at most an hour a working day")
    touch = round(min(like.touch_hours, hours, max(hours * LN2 / days * TOUCH_DAYS, LEAST_TOUCH)), 2)
    often = f"{ours}, short enough for a touch every {TOUCH_DAYS} days"
    provenance[f"{path}.touch_hours"] = _ours(ours if touch == like.touch_hours else often)
    return {
        "name": name,
        "conversion": one.conversion,
        "median_days": days,
        "hours": hours,
        "touch_hours": touch,
        "owner": like.owner,
        "levels": tuple(like.levels),
        "steps": tuple(like.steps),
        "journey": tuple(like.journey),
    }


def _sources(calibration: Calibration, history: History, stage: str, provenance: Document) -> list[Document]:
    """Return where leads come from: one source for each value of a column of that name, else one for all."""
    born = _born_inside(history)
    texts = history.attributes.get("source")
    groups = [("all leads", np.arange(len(history)))]
    if texts is not None:
        seen = Counter(texts[row] for row in born.tolist())
        if 2 <= len(seen) <= MOST_SOURCES:
            column = np.array(texts, dtype=object)
            groups = [(text or "no source", np.flatnonzero(column == text)) for text, _ in sorted(seen.items())]
    names = _allowed([name for name, _ in groups], "source")
    rate, words = _births_a_day(calibration, history, len(born))
    found = []
    for name, (_, rows) in zip(names, groups, strict=True):
        path = f"sources.{name}"
        mine = np.intersect1d(rows, born)
        share = len(mine) / max(len(born), 1)
        pr, told = _pr_law(calibration, history, mine if len(mine) >= FEW else np.arange(len(history)))
        part = f"; {100 * share:.0f} in 100 of them" if len(groups) > 1 else ""
        provenance[f"{path}.per_day"] = _yours(f"{words}{part}")
        provenance[f"{path}.pr"] = told
        found.append({"name": name, "per_day": round(rate * share, 6), "stage": stage, "pr": pr})
        found[-1] |= _season_and_trend(calibration, path, provenance)
    return found


def _born_inside(history: History) -> npt.NDArray[np.int64]:
    """Return the rows of leads that were born while the records saw every birth."""
    return np.flatnonzero((history.created >= history.exposure_from) & (history.created < history.extract))


def _births_a_day(calibration: Calibration, history: History, born: int) -> tuple[float, str]:
    arrivals = calibration.arrivals
    if arrivals is None:
        days = max((history.extract - history.exposure_from) / SECONDS_A_DAY, 1.0)
        return born / days, f"{born:,} leads born in {days:,.0f} days"
    unit, level = calibration.learned.unit, arrivals.level
    words = f"{level.estimate:,.1f} a {unit}, 95 % {level.low:,.1f} to {level.high:,.1f}, {level.n} whole {unit}s"
    return level.estimate / TYPICAL_DAYS[unit], words


def _season_and_trend(calibration: Calibration, path: str, provenance: Document) -> Document:
    """Return twelve factors where a season was learned, and the growth where it is told apart from none."""
    arrivals, found = calibration.arrivals, Document()
    if arrivals is None:
        return {}
    if arrivals.season:
        start, quarterly = calibration.learned.fiscal_start, calibration.learned.unit == "quarter"
        places = [(month - start) % 12 for month in range(1, 13)]
        found["season"] = tuple(
            round(arrivals.season[place // 3 if quarterly else place % 3].factor.estimate, 4) for place in places
        )
        provenance[f"{path}.season"] = _yours(f"{arrivals.level.n} whole {calibration.learned.unit}s")
    trend = arrivals.trend
    if trend.low > 0.0 or trend.high < 0.0:
        found["trend_per_year"] = round(trend.estimate, 4)
        provenance[f"{path}.trend_per_year"] = _yours(f"95 % {100 * trend.low:+.0f} to {100 * trend.high:+.0f} %")
    return found


def _pr_law(calibration: Calibration, history: History, rows: npt.NDArray[np.int64]) -> tuple[Any, Document]:
    """Return what a lead is worth when won: the law of PR in the records, times the mean ratio of what was booked."""
    minor = history.pr[rows]
    known = np.sort(minor[minor != NO_MONEY]) / 10.0**history.minor_digits
    if calibration.learned.counts_only or not len(known):
        return 1.0, _ours("the records hold no amounts: every lead counts as one")
    ratio = calibration.amounts.mean if calibration.amounts is not None else 1.0
    booked = f", times {ratio:.3f}, what was booked of it" if abs(ratio - 1.0) >= 0.0005 else ""
    told = _yours(f"PR of {len(known):,} leads{booked}")
    values, counts = np.unique(known, return_counts=True)
    means, weights = [float(one) for one in values], [float(one) for one in counts]
    if len(values) > MOST_VALUES:
        cells = np.array_split(known, MOST_VALUES)
        means, weights = [float(cell.mean()) for cell in cells], [float(len(cell)) for cell in cells]
    amounts = [round(one * ratio, max(history.minor_digits, 2)) for one in means]
    if len(amounts) == 1:
        return amounts[0], told
    return {"values": tuple(amounts), "weights": tuple(weights)}, told


def _teams(
    pattern: Scenario,
    names: Sequence[str],
    like: Sequence[Any],
    funnel: Sequence[FunnelStage],
    stages: Sequence[Document],
    leads: tuple[float, Sequence[int]],
    provenance: Document,
) -> list[Document]:
    """Return the shipped teams, with as many people as today's arrivals a day and open leads by stage take."""
    (born, waiting), found = leads, []
    for team in pattern.teams:
        own = [
            (one, stage, there)
            for one, stage, there in zip(funnel, stages, waiting, strict=True)
            if stage["owner"] == team.name
        ]
        arriving = sum(born * one.reach * stage["hours"] for one, stage, _ in own) / WORKDAYS
        standing = sum(there * stage["hours"] * LN2 / stage["median_days"] for _, stage, there in own) / WORKDAYS
        load = max(arriving, standing) * team.effort
        heads = max(1, ceil(load / (team.hours_per_day * LOAD)))
        found.append({
            "name": team.name,
            "role": team.role,
            "heads": heads,
            "hours_per_day": team.hours_per_day,
            "cost_per_hour": team.cost_per_hour,
            "cost_per_touch": team.cost_per_touch,
            "effort": team.effort,
            "effectiveness": {
                name: team.effectiveness.get(stage.name, 0.0) for name, stage in zip(names, like, strict=True)
            },
        })
        path = f"teams.{team.name}"
        provenance[f"{path}.heads"] = _ours(f"so many that today's leads take {100 * LOAD:.0f} in 100 of their hours")
        for key in ("hours_per_day", "cost_per_hour", "cost_per_touch", "effort", "effectiveness"):
            provenance[f"{path}.{key}"] = _ours(f"as in the shipped scenario {PATTERN}")
    return found


def _shocks(calibration: Calibration, funnel: Sequence[FunnelStage], provenance: Document) -> Document:
    """Return what all leads of a future share: the learned spread of a whole horizon, not of one period."""
    horizon, found = HORIZON[calibration.learned.unit], {}
    unit = calibration.learned.unit
    shocks, arrivals = calibration.shocks, calibration.arrivals
    lost = sum(1.0 - one.conversion for one in funnel)
    if shocks is not None and lost > 0.0:
        variance = _square(shocks.sd) / horizon + _square(shocks.drift) * horizon / 3.0 + shocks.level.error**2
        found["conversion_sd"] = round(sqrt(variance) / lost, 4)
        provenance["forces.shocks.conversion_sd"] = _yours(
            f"shocks, drift and level of {shocks.sd.n} {unit}s, over {horizon} {unit}s"
        )
    if arrivals is not None:
        known = arrivals.level.error / arrivals.level.estimate if arrivals.level.estimate > 0.0 else 0.0
        found["arrivals_cv"] = round(sqrt(_square(arrivals.spread) / horizon + known**2), 4)
        provenance["forces.shocks.arrivals_cv"] = _yours(
            f"spread of {arrivals.level.n} {unit}s and error of the level, over {horizon} {unit}s"
        )
    return found


def _square(figure: Figure) -> float:
    return figure.estimate**2 + figure.error**2


def _strategies() -> list[Document]:
    return [
        {"name": "as recorded", "title": "every lead stays with the team of its stage, as nothing else is recorded"},
        {
            "name": "hand back",
            "title": "leads that were idle for ten days go back to Marketing",
            "ownership": {"idle_days": 10},
        },
    ]


def _story(calibration: Calibration, funnel: Sequence[FunnelStage]) -> str:
    learned = calibration.learned
    skipped = [one.name for one in funnel if one.skipped >= 0.01]
    lines = [
        f"Made by funnelsim calibrate from {learned.leads:,} leads, {learned.won:,} won and {learned.lost:,} lost, "
        f"{learned.first_day} to {learned.last_day}.",
        "Yours: conversion and time of stages, arrivals, PR, shared luck. Ours: hours, teams, costs, strategies and "
        "the share of true buyers, which such records cannot know; replace them where you know better.",
        "Conversions are those of leads as they were worked then: what neglect cost then is in them already.",
    ]
    if skipped:
        lines.append(f"Leads that skipped a stage count as having passed it ({', '.join(skipped)}).")
    if not learned.lost:
        lines.append("No loss is recorded, so conversions are upper bounds.")
    return "\n".join(lines) + "\n"
