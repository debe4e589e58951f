"""What a comparison says, in sentences that a planner could repeat.

The first one is the conclusion: who is better, by how much, how sure that is; or that it is not known, and what would
make it known.  The page and the charts take their words from here.

What it leaves out: why (:mod:`funnelsim.outputs.comparison_reasons`), and layout.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

from funnelsim.model.comparison import Comparison, Contest, ScoreDifference
from funnelsim.model.intervals import Interval
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.comparison_text import (
    ends_text,
    hundred_text,
    size_text,
    sizes_text,
    sure_text,
    value_text,
)
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.plain_text import plain

NAME_LENGTH: Final = 40
POWER: Final = 0.8
"""Chance that the replications asked for settle the sign, if the difference is as large as it looks now."""
MOST_REPLICATIONS: Final = 10_000_000
_GAINS: Final = {
    "revenue": ("books {size} more", "books {size} less"),
    "profit": ("earns {size} more profit", "earns {size} less profit"),
    "cost": ("costs {size} more", "costs {size} less"),
    "wins": ("wins {size} more", "wins {size} fewer"),
    "neglect_days": ("leaves leads neglected for {size} more", "leaves leads neglected for {size} less"),
    "first_win_days": ("brings the first revenue {size} later", "brings the first revenue {size} sooner"),
}
"""Score to what the other one does when its figure is larger, and smaller."""


def named(label: str) -> str:
    """Return an entrant's label in quotes, safe to show.

    Parameters
    ----------
    label : str
        Of an entrant.

    Returns
    -------
    str
        At most 40 characters and two quotes.
    """
    return f"'{plain(label, NAME_LENGTH)}'"


def conclusion(comparison: Comparison) -> str:
    """Return the answer that a planner can say.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    str
        One sentence, and a second one where the metric and the profit disagree.
    """
    contest = leading(comparison)
    best = comparison.best
    if best is None or len(comparison.contests) == 1:
        return _outcome(comparison, contest, named(contest.other)) + _against(comparison, contest)
    count = len(comparison.entrants)
    if all(one.identical for one in comparison.contests):
        return f"All {count} are the same in every future."
    surely = [k for k, one in enumerate(best.intervals) if one.low >= 0]
    if surely == [0]:
        said = _outcome(comparison, contest, named(contest.other))
        return f"{named(comparison.baseline.label)} is the best of {count} ({best.intervals[0].label}). {said}"
    if len(surely) == 1:
        contest = comparison.contests[surely[0] - 1]
        name, label = named(contest.other), best.intervals[surely[0]].label
        return f"{name} is the best of {count} ({label}): it {_lower(comparison, contest)}"
    able = [named(one.label) for one, known in zip(comparison.entrants, best.intervals, strict=True) if known.high > 0]
    first = f"Not known yet which of the {count} is best: it may be {_either(able or [named(contest.other)])}."
    return f"{first} {_outcome(comparison, contest, named(contest.other))}{_against(comparison, contest)}"


def leading(comparison: Comparison) -> Contest:
    """Return the contest of the one that does best against the baseline.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    Contest
        By the estimate of the metric; the first of equals.
    """
    sign = 1 if comparison.metric.higher else -1
    return max(comparison.contests, key=lambda one: sign * one.decided.difference.estimate)


def contest_sentence(comparison: Comparison, contest: Contest) -> str:
    """Return what one contest says.

    Parameters
    ----------
    comparison : Comparison
        Names the unit.
    contest : Contest
        One of its contests, or of a null twin.

    Returns
    -------
    str
        One sentence, and a second one where the metric and the profit disagree.
    """
    return _outcome(comparison, contest, named(contest.other)) + _against(comparison, contest)


def gain_words(comparison: Comparison, contest: Contest, one: ScoreDifference) -> str:
    """Return what the other one does more or less of than the baseline.

    Parameters
    ----------
    comparison : Comparison
        Names the currency.
    contest : Contest
        Whose.
    one : ScoreDifference
        Of one of ``score_words.MEANS``.

    Returns
    -------
    str
        Such as ``books USD 1.10M more than 'P0'``.
    """
    more, less = _GAINS[one.score.name]
    words = (less if one.difference.estimate < 0 else more).format(
        size=size_text(comparison, one.score, one.difference)
    )
    return f"{words} than {named(contest.base)}"


def profit_sentence(comparison: Comparison, contest: Contest) -> str | None:
    """Return what is left of the difference after cost.

    Parameters
    ----------
    comparison : Comparison
        Names the currency.
    contest : Contest
        One of its contests.

    Returns
    -------
    str or None
        None where there is no profit, where it decides already, and where nothing differs.
    """
    profit = score_of(contest, "profit")
    if profit is None or contest.metric == "profit" or contest.identical or _disagree(contest.decided, profit):
        return None
    within = f"{profit.difference.label}: {ends_text(comparison, profit.score, profit.difference)}"
    if profit.better is None:
        return f"Whether {named(contest.other)} also earns more after cost is not known yet ({within})."
    return f"After cost {named(contest.other)} {gain_words(comparison, contest, profit)} on average ({within})."


def looks_sentence(comparison: Comparison) -> str | None:
    """Return how long it was run to know the difference.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    str or None
        None without ``--precision``.
    """
    looks = comparison.looks
    if looks is None:
        return None
    count = f"{len(looks.looks)} look{'s' if len(looks.looks) > 1 else ''}"
    asked = plain(looks.asked, NAME_LENGTH)
    end = f"after {looks.looks[-1]:,} replications ({count})"
    spent = "every look spends its part of the error, so the intervals hold at least as often as they say."
    if looks.reached:
        return f"As well known as asked (--precision {asked}) {end}; {spent}"
    return f"Not as well known as asked (--precision {asked}) {end}, the most there are; {spent}"


def replications_more(interval: Interval, replications: int) -> int | None:
    """Return how many replications more would probably settle the sign of a difference.

    Parameters
    ----------
    interval : Interval
        The difference, its sign not known.
    replications : int
        Behind it.

    Returns
    -------
    int or None
        Two significant digits; enough with chance ``POWER`` if the difference is as large as it looks; None where it
        looks like nothing at all, or more than ten million would be needed.
    """
    if not math.isfinite(interval.estimate) or interval.estimate == 0 or replications < 2:
        return None
    quantile = NormalDist().inv_cdf((1 + interval.confidence) / 2)
    factor = 1 + NormalDist().inv_cdf(POWER) / quantile
    ratio = factor * interval.half_width / abs(interval.estimate)
    needed = replications * (ratio * ratio - 1)
    if needed + replications > MOST_REPLICATIONS:
        return None
    step = int(10.0 ** max(0, math.floor(math.log10(max(needed, 1.0))) - 1))
    return max(1, math.ceil(needed / step) * step)


def score_of(contest: Contest, name: str) -> ScoreDifference | None:
    """Return one score of a contest.

    Parameters
    ----------
    contest : Contest
        Any contest.
    name : str
        Of a score.

    Returns
    -------
    ScoreDifference or None
        None where the contest does not have it.
    """
    return next((one for one in contest.scores if one.score.name == name), None)


def footer(comparison: Comparison) -> str:
    """Return what is needed to make the same page again.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    str
        As-of day, entrants, currency, replications, seed and version, on one line.
    """
    shown = [named(one.label) for one in comparison.entrants[:6]]
    hidden = len(comparison.entrants) - len(shown)
    parts = [
        f"As of {day_text(comparison.calendar.as_of)}",
        f"baseline {shown[0]}, against {', '.join(shown[1:])}{f' and {hidden} more' if hidden else ''}",
        f"amounts in {plain(comparison.currency, 12)}" if comparison.currency else "currency not given",
        f"{comparison.replications:,} simulated futures of each, with the same luck",
        f"seed {comparison.seed}",
        f"funnelsim {tool_version()}",
    ]
    return "; ".join(parts)


def _outcome(comparison: Comparison, contest: Contest, subject: str) -> str:
    if contest.identical:
        return f"{subject} and {named(contest.base)} are the same in every future."
    one = contest.decided
    if one.better is not None:
        return f"{subject} {_lower(comparison, contest, remark=False)}"
    if not math.isfinite(one.difference.estimate):
        return f"Not known: {one.score.title} of {subject} or of {named(contest.base)} does not exist."
    sure = sure_text(max(contest.sure, 1 - contest.sure))
    low, high = (value_text(comparison, one.score, end, one.difference) for end in
                 (one.difference.low, one.difference.high))  # fmt: skip
    within = f"{one.difference.label}: {low} to {high}"
    better = "better" if contest.sure >= 0.5 else "worse"
    return (
        f"Not known yet: {subject} {gain_words(comparison, contest, one)} on average, but it may be the other "
        f"way round ({within}; {sure} that it is {better}); {_what_to_do(comparison, one.difference)}."
    )


def _lower(comparison: Comparison, contest: Contest, *, remark: bool = True) -> str:
    """Return the outcome of a contest that is decided, without its subject."""
    one, sure = contest.decided, contest.sure
    within = f"{one.difference.label}: {sizes_text(comparison, one.score, one.difference)}"
    ahead = hundred_text(contest.beats, comparison.replications)
    said = gain_words(comparison, contest, one)
    if one.better:
        link = " and is ahead" if contest.beats.estimate >= 0.5 else ", although it is ahead only"
        end = f"{link} in {ahead} futures; {sure_text(sure)}."
    else:
        link = " and is ahead" if contest.beats.estimate < 0.5 else ", although it is ahead"
        end = f"{link} in {ahead} futures; {sure_text(1 - sure)} that it is worse."
    return f"{said} on average ({within}){end}" + (_against(comparison, contest) if remark else "")


def _against(comparison: Comparison, contest: Contest) -> str:
    """Return the second sentence where profit says the opposite of the metric, or revenue of profit."""
    rival = score_of(contest, "revenue" if contest.metric == "profit" else "profit")
    if rival is None or contest.identical or not _disagree(contest.decided, rival):
        return ""
    within = f"{rival.difference.label}: {sizes_text(comparison, rival.score, rival.difference)}"
    return f" But it {gain_words(comparison, contest, rival)} ({within})."


def _disagree(decided: ScoreDifference, rival: ScoreDifference) -> bool:
    return decided.better is not None and rival.better is not None and decided.better != rival.better


def _what_to_do(comparison: Comparison, interval: Interval) -> str:
    more = replications_more(interval, comparison.replications)
    if more is not None:
        return f"run about {more:,} replications more"
    if interval.estimate == 0 or comparison.replications < 2:
        return "run more replications"
    return "more than 10 million replications would be needed to tell"


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
