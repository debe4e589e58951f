"""A scenario as a page that a planner understands, and as JSON.

The question: what world is this, what is tried in it, and on whose word does it rest?  Stages, teams and sources as
tables; strategies side by side with only the rules in which they differ; every number that is not the user's own with
its source and grade.

What it leaves out: what a simulation makes of it; figures that follow from the document alone are handed in as
``implied``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from funnelsim.errors import FunnelsimError
from funnelsim.model.distribution_words import distribution
from funnelsim.model.funnel_reports import ImpliedStage
from funnelsim.model.money import minor_digits
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_defaults import assumed_numbers
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.scenario_forces import Force
from funnelsim.outputs.number_text import day_text, money_text
from funnelsim.outputs.plain_text import plain

SHOW_SCHEMA = "funnelsim/scenario-show/1"
WIDTH = 100
LONGEST_CELL = 60
_LISTS = ("sources", "stages", "teams", "strategies")
Table = list[tuple[str, ...]]


def scenario_page(read: ScenarioFile, implied: Sequence[ImpliedStage] = (), width: int = WIDTH) -> str:
    """Write a scenario as one page.

    Parameters
    ----------
    read : ScenarioFile
        Any scenario.
    implied : sequence of ImpliedStage
        What the stated figures imply; left out when empty.
    width : int, default 100
        Columns for running text.

    Returns
    -------
    str
        Plain text; what the author wrote is shown as text, whatever it holds.
    """
    document = read.document
    parts = [
        _wrapped(f"{document.title} ({document.name})", width),
        *(_wrapped(text, width) for text in (document.question, *document.story.split("\n\n")) if text.strip()),
        _wrapped(_world(document), width),
        _headed("Sources", _sources(document)),
        _headed("Stages", _stages(document)),
        _headed("Teams", _teams(document)),
        _headed(_forces_heading(document), []),
        _bullets("Strategies", [f"{one.name}: {one.title}" for one in document.strategies], width),
        *(_headed("Where the strategies differ", table) for table in _side_by_side(_strategies(document), width)),
        _headed("Open leads at the start", _opening(read)),
        _headed("What the stated figures imply, when every lead is worked", _implied(implied)),
        _headed("Not your own: on whose word it rests", _assumed(document)),
        _bullets("Notes", read.notes, width),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def scenario_record(read: ScenarioFile, implied: Sequence[ImpliedStage] = ()) -> dict[str, Any]:
    """Return a scenario as a JSON object: the document with every default, and what is assumed.

    Parameters
    ----------
    read : ScenarioFile
        Any scenario.
    implied : sequence of ImpliedStage
        As for :func:`scenario_page`.

    Returns
    -------
    dict
        Keys ``schema file form sha256 document opening implied assumed notes``.
    """
    leads = read.opening.leads
    stages = {name: int((read.opening.stage == number).sum()) for number, name in enumerate(read.document.stage_names)}
    return {
        "schema": SHOW_SCHEMA,
        "file": read.name,
        "form": read.form,
        "sha256": read.sha256,
        "document": read.document.model_dump(mode="json", by_alias=True),
        "opening": {
            "leads": len(read.opening),
            "potential_revenue": float(int(leads.pr.sum()) / 10**leads.minor_digits),
            "expected_value": float(leads.expected_value() / 10**leads.minor_digits),
            "stages": stages,
        },
        "implied": [asdict(one) for one in implied],
        "assumed": [
            {"path": one.path, "value": _json(one.value), "source": one.source, "grade": one.grade,
             "meaning": one.meaning, "default": not one.written}
            for one in assumed_numbers(read.document)
        ],
        "notes": list(read.notes),
    }  # fmt: skip


def _json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value if isinstance(value, int | float | str) else str(value)


def _world(document: Scenario) -> str:
    calendar, market = document.calendar, document.market
    several = calendar.period if calendar.horizon == 1 else f"{calendar.period}s"
    pool = f"{market.suspects:,} people can be reached" if market.suspects else "no limit to whom can be reached"
    goal = f"; the goal is {_money(document, document.goal.revenue)}" if document.goal.revenue else ""
    days = ", ".join(calendar.workdays)
    return (
        f"{calendar.horizon} {several} from the day after {day_text(calendar.as_of)}; worked {days}, "
        f"{len(calendar.holidays)} holidays; currency {document.currency or 'not given'}; {pool}; "
        f"{_percent(market.fit)} of leads are buyers{goal}."
    )


def _sources(document: Scenario) -> Table:
    head = ("name", "leads a day", "born in", "level", "mean PR", "buyers", "hot", "credit")
    rows = [
        (one.name, f"{one.per_day:g}" + (" at full spend" if one.spend is not None else ""), one.stage, str(one.level),
         _mean(document, one.pr), _percent(document.market.fit if one.fit is None else one.fit), _percent(one.hot),
         one.sourced_by)
        for one in document.sources
    ]  # fmt: skip
    return [head, *rows] if rows else []


def _stages(document: Scenario) -> Table:
    head = (
        "name",
        "owner",
        "levels",
        "conversion",
        "median days",
        "hours",
        "a touch",
        "lost to others / nobody / back",
    )
    rows = []
    for one in document.stages:
        losses = (one.losses.competitor, one.losses.no_decision, one.losses.regress)
        total = sum(losses) or 1.0
        split = " / ".join(_percent((1 - one.conversion) * part / total) for part in losses)
        levels = "-".join(map(str, dict.fromkeys(one.levels)))
        gate = " (ready buyers)" if document.stage_names[document.gate_stage] == one.name else ""
        rows.append((one.name + gate, one.owner, levels, _percent(one.conversion), f"{one.median_days:g}",
                     f"{one.hours:g}", f"{one.touch_hours:g} h", split))  # fmt: skip
    return [head, *rows]


def _implied(stages: Sequence[ImpliedStage]) -> Table:
    head = (
        "stage",
        "hours a working day",
        "buyers there",
        "buyers advance",
        "others advance",
        "wins in the end",
        "PC shown",
    )
    rows = [
        (one.name, f"{one.pace_hours:.2g}", _percent(one.buyer_share), _percent(one.buyer_conversion),
         _percent(one.other_conversion), _percent(one.true_pc), _percent(one.stated_pc))
        for one in stages
    ]  # fmt: skip
    return [head, *rows] if rows else []


def _teams(document: Scenario) -> Table:
    head = ("name", "role", "heads", "hours a day", "cost an hour", "hours per touch hour", "effective in")
    return [
        head,
        *(
            (one.name, one.role, str(one.heads), f"{one.hours_per_day:g}", f"{one.cost_per_hour:g}", f"{one.effort:g}",
             ", ".join(f"{stage} {share:g}" for stage, share in one.effectiveness.items()))
            for one in document.teams
        ),
    ]  # fmt: skip


def _forces_heading(document: Scenario) -> str:
    forces = {name: getattr(document.forces, name) for name in type(document.forces).model_fields}
    working = [name for name, force in forces.items() if isinstance(force, Force) and force != force.off()]
    idle = [name for name in forces if name not in working]
    said = f"Forces that work: {', '.join(working) or 'none'}"
    return f"{said}; without effect: {', '.join(idle)}" if idle else said


def _strategies(document: Scenario) -> Table:
    rules = [dict(_rules(one.model_dump(exclude={"name", "title"}), ())) for one in document.strategies]
    head = ("rule", *(one.name for one in document.strategies))
    rows = []
    for path in rules[0]:
        values = [_said(one[path]) for one in rules]
        if len(set(values)) > 1:
            rows.append((path, *values))
    return [head, *rows] if rows else []


def _side_by_side(table: Table, width: int) -> list[Table]:
    """Cut a table that is too wide into several, the first column in each."""
    if not table:
        return []
    widths = [max(len(plain(row[column], LONGEST_CELL)) + 2 for row in table) for column in range(len(table[0]))]
    cuts: list[list[int]] = [[]]
    for column in range(1, len(widths)):
        if cuts[-1] and 2 + widths[0] + sum(widths[one] for one in cuts[-1]) + widths[column] > width:
            cuts.append([])
        cuts[-1].append(column)
    return [[(row[0], *(row[column] for column in cut)) for row in table] for cut in cuts]


def _rules(section: Mapping[str, Any], path: tuple[str, ...]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for key, value in section.items():
        inner = _rules(value, (*path, key)) if isinstance(value, Mapping) else [(".".join((*path, key)), value)]
        found += inner
    return found


def _said(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None or value == "" else f"{value:g}" if isinstance(value, float) else str(value)


def _opening(read: ScenarioFile) -> Table:
    opening, document = read.opening, read.document
    if not len(opening):
        return []
    rows: Table = [("stage", "leads", "PR", "PR x PC", "idle days, median")]
    for number, name in enumerate(document.stage_names):
        inside = opening.stage == number
        if inside.any():
            idle = f"{np.median(opening.idle_days[inside]):g}"
            amounts = (int(opening.leads.pr[inside].sum()), round(opening.leads.expected_value(inside)))
            money = (money_text(one, opening.leads.minor_digits, opening.leads.currency) for one in amounts)
            rows.append((name, f"{int(inside.sum()):,}", *money, idle))
    return rows


def _assumed(document: Scenario) -> Table:
    """Return what is assumed, equal defaults of several stages, teams or strategies in one row."""
    groups: dict[tuple[str, str, str, str, str], list[str]] = {}
    for one in assumed_numbers(document):
        kind, name, rest = _split(one.path, document)
        groups.setdefault((kind, rest, _said(one.value), one.source, one.grade), []).append(name)
    rows: Table = [("number", "value", "grade", "source")]
    for (kind, rest, value, source, grade), names in groups.items():
        every = not names[0] or len(names) == len(getattr(document, kind))
        path = kind if not names[0] else f"{kind}.*.{rest}" if every else f"{kind}.{{{', '.join(names)}}}.{rest}"
        rows.append((path, value, grade, source))
    return rows if len(rows) > 1 else []


def _split(path: str, document: Scenario) -> tuple[str, str, str]:
    kind, _, rest = path.partition(".")
    if kind not in _LISTS:
        return path, "", ""
    name, _, inner = rest.partition(".")
    return kind, name, inner


def _mean(document: Scenario, spec: object) -> str:
    try:
        return _money(document, distribution(spec).mean())
    except FunnelsimError:
        return "?"


def _money(document: Scenario, amount: float) -> str:
    digits = minor_digits(document.currency)
    return money_text(round(amount * 10**digits), digits, document.currency)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _wrapped(text: str, width: int) -> str:
    return textwrap.fill(" ".join(plain(text).split()), width)


def _bullets(heading: str, lines: Sequence[str], width: int) -> str:
    if not lines:
        return ""
    said = [textwrap.fill(plain(line), width, initial_indent="- ", subsequent_indent="  ") for line in lines]
    return "\n".join([heading, *said])


def _headed(heading: str, table: Table) -> str:
    """Write a table below its heading, columns as wide as their widest cell."""
    cells = [[plain(cell, LONGEST_CELL) for cell in row] for row in table]
    if not cells:
        return heading if heading.startswith("Forces") else ""
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([heading, *(f"  {line}" for line in lines)])
