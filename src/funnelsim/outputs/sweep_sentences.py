"""Sentences about a sweep: which design does best, by how much, how sure that is, and which lever matters most.

What it leaves out: where they stand on a page.
"""

from __future__ import annotations

import math
from typing import Final

from funnelsim.model.sweep import BestPoint, LeverEffect, Sweep
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.number_text import day_text, percent_text
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.sweep_text import design_text, difference_text, figure_text, path_text, range_text, share_text

RESAMPLES: Final = 999
_WAYS: Final = {
    "grid": "every combination",
    "lhs": "a Latin hypercube",
    "sobol": "scrambled Sobol points",
    "given": "a table",
}


def headline(sweep: Sweep) -> str:
    """Return the conclusion in a sentence or two.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    str
        Which design does best by the metric, by how much more than the first, how sure that is, and which lever
        matters most.
    """
    best = sweep.best
    if best is None:
        return f"No design has the score asked for ({sweep.metric.title}), so none can be called best."
    return f"{_best_sentence(sweep, best)} {_sure_sentence(sweep, best)} {lever_sentence(sweep)}".strip()


def _best_sentence(sweep: Sweep, best: BestPoint) -> str:
    estimate, error = sweep.metric_figures[best.design, best.strategy, :2].tolist()
    amount = figure_text(sweep, estimate, error, named=True)
    what = f"design {best.design + 1} of {len(sweep.designs):,}"
    words = design_text(sweep, best.design, best.strategy)
    return f"By {sweep.metric.title}, {what} does best: {words}, {amount}{_against_first(sweep, best)}."


def _against_first(sweep: Sweep, best: BestPoint) -> str:
    """Return how much more that is than the first design brings under the same strategy."""
    if len(sweep.designs) == 1:
        return ""
    if best.design == 0:
        return ", and is the first of the table"
    apart = sweep.difference(best.design, best.strategy)
    if not math.isfinite(apart.half_width):
        return ""
    size = difference_text(sweep, abs(apart.estimate), apart.half_width / 2, named=True, signed=False)
    more = "more" if apart.estimate > 0 else "less"
    if not apart.known:
        return f", not known to differ from design 1 (95 % interval {range_text(sweep, apart.low, apart.high)})"
    ends = sorted((abs(apart.low), abs(apart.high)))
    under = " under the same strategy" if len(sweep.strategies) > 1 else ""
    return f", {size} {more} than design 1{under} (95 % interval {range_text(sweep, *ends, signed=False)})"


def _sure_sentence(sweep: Sweep, best: BestPoint) -> str:
    if best.known < 2:
        return ""
    error = math.sqrt(best.chance * (1 - best.chance) / RESAMPLES)
    chance = percent_text(best.chance, error, RESAMPLES)
    if not best.undecided:
        return f"That it is the best is {chance} sure, and no other is as good within chance."
    others = "1 other" if best.undecided == 1 else f"{best.undecided:,} others"
    return f"That it is the best is {chance} sure: {others} cannot be told from it."


def lever_sentence(sweep: Sweep) -> str:
    """Return which lever matters most.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    str
        With its share of the variance among points; empty when there is nothing to share out.
    """
    known = [one for one in sweep.shares.levers if one.share == one.share and one.known]
    if not known:
        return "" if len(sweep.designs) == 1 else "No lever is known to matter."
    most = max(known, key=lambda one: one.share)
    if len(sweep.shares.levers) == 1:
        return ""
    return f"What matters most is {path_text(most.path)}: {share_text(most.share)} of the differences are its own."


def effect_words(sweep: Sweep, effect: LeverEffect) -> str:
    """Return at which values of a lever the metric is best and worst.

    Parameters
    ----------
    sweep : Sweep
        Any.
    effect : LeverEffect
        One of its levers.

    Returns
    -------
    str
        Such as ``best at 10, worst at 6``; says so where it is not known to matter.
    """
    if effect.best == effect.worst:
        return "the same in all"
    words = f"best at {plain(effect.best, 40)}, worst at {plain(effect.worst, 40)}"
    return words if effect.known else f"{words}; may be chance"


def noise_sentence(sweep: Sweep) -> str:
    """Return what is not a lever's own.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    str
        Shares of luck and of combinations.
    """
    shares = sweep.shares
    if math.isnan(shares.noise):
        return "The metric is the same in every design."
    return (
        f"Share: of the variance among designs, by each lever alone. Luck (Monte Carlo noise) makes "
        f"{share_text(shares.noise)}; {share_text(shares.together)} is what levers do together, or no smooth curve "
        "shows."
    )


def design_sentence(sweep: Sweep) -> str:
    """Return how the designs were made.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    str
        Designs, levers, strategies, replications.
    """
    levers, names = len(sweep.designs.paths), [f"'{plain(name, 40)}'" for name in sweep.strategies]
    strategies = f"strategy {names[0]}" if len(names) == 1 else f"strategies {', '.join(names)}"
    return (
        f"{_many(len(sweep.designs), 'design')} of {_many(levers, 'lever')} ({_WAYS[sweep.designs.sampling]}), "
        f"{strategies}; the same {sweep.settings.replications:,} futures for all."
    )


def footer(sweep: Sweep) -> str:
    """Return what the answer is conditional on.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    str
        As-of day, scenario, replications, seed, version.
    """
    return (
        f"As of {day_text(sweep.calendar.as_of)}, scenario '{plain(sweep.scenario.name, 40)}', "
        f"{sweep.settings.replications:,} simulated futures a design, seed {sweep.settings.seed}, "
        f"funnelsim {tool_version()}."
    )


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
