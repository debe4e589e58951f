"""Sentences about a choice of design: which is best, how sure that is, and what it took to know.

What it leaves out: where they stand on a page.
"""

from __future__ import annotations

from typing import Final

from funnelsim.model.optimum import DEFAULT_SHARE, DesignReport, Optimum
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.selection_text import (
    NAME_LENGTH,
    chance_text,
    design_text,
    is_plural,
    quantity,
    rough_count,
)

_VERBS: Final = {
    "revenue": ("brings", "bring", "the most revenue"),
    "profit": ("brings", "bring", "the most profit"),
    "cost": ("has", "have", "the lowest cost"),
    "wins": ("brings", "bring", "the most wins"),
    "neglect_days": ("has", "have", "the least effective neglect"),
    "first_win_days": ("has", "have", "the shortest time to first revenue"),
}
_NAMED: Final = 3
"""Designs that are exactly as good are named up to this many, else counted."""


def headline(optimum: Optimum) -> str:
    """Return the one-sentence answer.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    str
        Which design is best, how sure that is, and the runs it took; or that it is not known yet, and which one leads.
    """
    one, many, what = _VERBS[optimum.score.name]
    selection = optimum.selection
    chosen = design_text(optimum, optimum.chosen.design)
    if not selection.decided:
        left = len(selection.open)
        return (
            f"Which design {one} {what} is not known after {_runs(selection.longest)} of each: {left} designs are "
            f"left, and {chosen} {'lead' if is_plural(optimum, optimum.chosen.design) else 'leads'}."
        )
    plural = len(selection.best) > 1 or is_plural(optimum, optimum.chosen.design)
    who = _named(optimum, selection.best) if len(selection.best) > 1 else chosen
    alike = ", all alike" if len(selection.best) > 2 else ", both alike" if len(selection.best) > 1 else ""
    spared = optimum.separate_runs > selection.runs
    instead = f" instead of about {rough_count(optimum.separate_runs)}" if spared else ""
    give = quantity(optimum, optimum.delta)
    return (
        f"{_capital(who)} {many if plural else one} {what}{alike}, give or take {give}: sure to "
        f"{confidence_text(optimum)}, known after {_runs(selection.runs)}{instead}."
    )


def promise(optimum: Optimum) -> str:
    """Return what the procedure promises, exactly.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    str
        With the smallest difference worth knowing, and where it comes from when nobody gave one.
    """
    delta = quantity(optimum, optimum.delta)
    percent = f"{100 * DEFAULT_SHARE:g}%"
    assumed = (
        f" {delta} is {percent} of the first design's mean; --delta gives another." if optimum.delta_assumed else ""
    )
    if not optimum.selection.decided:
        return (
            f"Nothing is promised: the designs that are left are too close to tell apart to {delta} with so few "
            f"runs. --max-replications allows more, a larger --delta needs fewer.{assumed}"
        )
    return (
        f"With {confidence_text(optimum)} confidence it is the best of {len(optimum.reports):,} designs, if the best "
        f"is better than every other by at least {delta}; else it is within {delta} of the best.{assumed}"
    )


def risk(optimum: Optimum) -> str:
    """Return how likely the chosen design is the best, and what choosing it loses on average.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    str
        Both by resampling the runs.
    """
    best = sum(optimum.reports[place].chance for place in optimum.selection.best or (optimum.selection.chosen,))
    if optimum.opportunity_cost == 0:
        return "However the runs are resampled, no other design comes out ahead of it."
    cost = quantity(optimum, optimum.opportunity_cost)
    return (
        f"When the runs are resampled it is the best in {chance_text(best)} of cases; choosing it loses {cost} on "
        "average (expected opportunity cost)."
    )


def effort(optimum: Optimum) -> str:
    """Return what it took, and what it would have taken without shared luck.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    str
        One or two sentences.
    """
    used = [report.fate.replications for report in optimum.reports]
    spread = f"{min(used):,} to {max(used):,}" if min(used) < max(used) else f"{max(used):,}"
    apart = rough_count(optimum.separate_runs)
    return (
        f"{_runs(sum(used))} in all, {spread} a design, on the same leads and the same luck. With separate luck for "
        f"every design it would have been about {apart}, as estimated from these runs."
    )


def fate_text(optimum: Optimum, report: DesignReport) -> str:
    """Return what became of a design.

    Parameters
    ----------
    optimum : Optimum
        Any.
    report : DesignReport
        One of its designs.

    Returns
    -------
    str
        Such as ``best, 42 runs``, ``out after 20 runs, behind 1`` or ``open after 500 runs``; other designs go by their
        place in the ranking, from 1.
    """
    fate = report.fate
    if fate.same_as is not None:
        return f"the same as {_place(optimum, fate.same_as)}"
    if fate.by is not None:
        return f"out after {_runs(fate.replications)}, behind {_place(optimum, fate.by)}"
    if fate.status == "open":
        return f"open after {_runs(fate.replications)}"
    return f"{'best' if report is optimum.chosen else 'as good'}, {_runs(fate.replications)}"


def confidence_text(optimum: Optimum) -> str:
    """Return the confidence that was asked.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    str
        Such as ``95 %``.
    """
    return f"{100 * optimum.settings.confidence:.10g} %"


def footer(optimum: Optimum) -> str:
    """Return what is needed to make the same page again.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    str
        As-of day, scenario, metric, first stage, seed and version, on one line.
    """
    settings = optimum.settings
    parts = [
        f"As of {day_text(optimum.calendar.as_of)}",
        f"scenario '{plain(optimum.scenario.name, NAME_LENGTH)}'",
        f"amounts in {plain(optimum.currency, 12)}" if optimum.currency else "currency not given",
        f"{settings.first_stage:,} runs of each before the first look, {settings.batch:,} between looks",
        f"seed {settings.seed}",
        f"funnelsim {tool_version()}",
    ]
    return "; ".join(parts)


def _named(optimum: Optimum, places: tuple[int, ...]) -> str:
    names = [design_text(optimum, optimum.reports[place].design) for place in places]
    if len(names) > _NAMED:
        return f"{len(names):,} designs, {names[0]} first among them,"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _place(optimum: Optimum, number: int) -> int:
    return optimum.ranking.index(number) + 1


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:] if words[:1].islower() and " = " not in words else words
