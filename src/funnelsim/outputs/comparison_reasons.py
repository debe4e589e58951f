"""Why one strategy differs from another, and what stands behind the certainty, in sentences.

What is left when a mechanism is switched off, whether the better one is better at every level of luck, what the common
luck was worth, and what the gain may cost before it is gone.

What it leaves out: the conclusion (:mod:`funnelsim.outputs.comparison_sentences`), the leads that changed fate
(:mod:`funnelsim.outputs.ledger_sentences`), and layout.
"""

from __future__ import annotations

import json
import math
from typing import Final

import numpy as np

from funnelsim.model.comparison import Comparison, Contest, NullTwin
from funnelsim.model.score_words import SCORES
from funnelsim.outputs.comparison_sentences import named
from funnelsim.outputs.comparison_text import (
    ends_text,
    hundred_text,
    number_text,
    share_words,
    sizes_text,
    sure_text,
    value_text,
)
from funnelsim.outputs.plain_text import plain

SHOWN_DIFFERENCES: Final = 12
ENOUGH_DIFFERING: Final = 30
"""Futures that have to differ before a mean difference has about a normal law."""
_VALUE_LENGTH: Final = 60


def certainty_lines(comparison: Comparison, contest: Contest) -> tuple[str, ...]:
    """Return how sure a contest is, and what that rests on.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.
    contest : Contest
        One of its contests.

    Returns
    -------
    tuple of str
        Chance to be ahead beside how sure the mean is, common luck, dominance, break-even cost; one sentence alone for
        a contest in which nothing differs.
    """
    if contest.identical:
        return (f"{named(contest.other)} and {named(contest.base)}: every difference is exactly 0.",)
    found = (
        _sure(comparison, contest),
        few_sentence(contest),
        luck_sentence(contest),
        dominance_sentence(contest),
        break_even_sentence(comparison, contest),
    )
    return tuple(one for one in found if one)


def few_sentence(contest: Contest) -> str | None:
    """Return a warning where so few futures differ that an interval rests on them alone.

    Parameters
    ----------
    contest : Contest
        Any contest.

    Returns
    -------
    str or None
        None where nothing differs, or enough does.
    """
    differing, count = int(np.count_nonzero(contest.metric_gains)), len(contest.metric_gains)
    if not 0 < differing < ENOUGH_DIFFERING:
        return None
    futures = "future differs" if differing == 1 else "futures differ"
    return (
        f"Only {differing} of {count:,} {futures} in {SCORES[contest.metric].title} at all: the interval rests on "
        "these alone and may be too narrow; run more replications."
    )


def luck_sentence(contest: Contest) -> str:
    """Return what the common luck was worth; a warning where it made things worse.

    Parameters
    ----------
    contest : Contest
        Any contest.

    Returns
    -------
    str
        One sentence.
    """
    fate, metric, worth = contest.fate, SCORES[contest.metric].title, luck_worth(contest)
    if worth is None:
        return f"Common luck: the difference of {metric} is the same in every future; one would have been enough."
    factor = number_text(worth, 0.0)
    moved = "" if fate.correlation is None else f" (correlation {_correlation_text(fate.correlation)})"
    if worth < 1:
        return f"Common luck: it does not help here{moved}; without it, {factor} times as many would have been enough."
    return (
        f"Common luck: both sides rise and fall together{moved}; without it, {factor} times as many replications "
        "would be needed to know as much."
    )


def luck_worth(contest: Contest) -> float | None:
    """Return how many times as many replications independent luck would have needed.

    Parameters
    ----------
    contest : Contest
        Any contest.

    Returns
    -------
    float or None
        None where all differences are equal, so that one replication is enough.
    """
    factor = contest.fate.variance_reduction
    return factor if factor is not None and math.isfinite(factor) else None


def luck_warning(contest: Contest) -> str | None:
    """Return a warning where common luck made the difference harder to know.

    Parameters
    ----------
    contest : Contest
        Any contest.

    Returns
    -------
    str or None
        None where it helped, or made no difference.
    """
    factor = luck_worth(contest)
    if factor is None or factor >= 1:
        return None
    return (
        f"WARNING: common luck does not help between {named(contest.other)} and {named(contest.base)}: two independent "
        f"simulations would have needed only {number_text(factor, 0.0)} times as many replications."
    )


def certainty_cells(comparison: Comparison, contest: Contest) -> tuple[str, ...]:
    """Return the same as :func:`certainty_lines` in a few words each, for a row among several contests.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.
    contest : Contest
        One of its contests.

    Returns
    -------
    tuple of str
        Correlation, what common luck was worth, who is ahead at every level of luck, break-even cost and its interval;
        ``-`` for what there is not.
    """
    fate, price, score, worth = contest.fate, contest.break_even, SCORES["profit"], luck_worth(contest)
    verdicts = {"other dominates": "better", "baseline dominates": "worse", "equal": "the same"}
    return (
        "-" if fate.correlation is None else _correlation_text(fate.correlation),
        "-" if worth is None else number_text(worth, 0.0),
        verdicts.get(contest.dominance.verdict, "neither"),
        "-" if price is None else value_text(comparison, score, price.estimate, price),
        "-" if price is None else ends_text(comparison, score, price),
    )


def dominance_sentence(contest: Contest) -> str:
    """Return whether one is better at every level of luck.

    Parameters
    ----------
    contest : Contest
        Any contest.

    Returns
    -------
    str
        One sentence about revenue.
    """
    found, base, other = contest.dominance, named(contest.base), named(contest.other)
    if found.verdict == "equal":
        return "Whatever the risk one takes, the two are equal: revenue has the same distribution under both."
    if found.verdict == "neither":
        return (
            f"By the risk one takes: neither is better throughout. {other} books more at some levels of luck, "
            f"{base} at others, so the choice depends on which futures count most."
        )
    better, worse = (other, base) if found.verdict == "other dominates" else (base, other)
    exception = f"; {share_words(found.violated)} of what lies between the two is the other way round, within chance"
    return (
        f"By the risk one takes: {better} books at least as much as {worse} at every level of luck, from the worst "
        f"futures to the best (first-order dominance{exception if found.violated > 0 else ''})."
    )


def break_even_sentence(comparison: Comparison, contest: Contest) -> str | None:
    """Return what the other one may cost more until its gain in profit is gone.

    Parameters
    ----------
    comparison : Comparison
        Names the currency.
    contest : Contest
        Any contest.

    Returns
    -------
    str or None
        None where there is no cost.
    """
    price, other, score = contest.break_even, named(contest.other), SCORES["profit"]
    if price is None:
        return None
    if not price.known:
        within = f"{price.label}: {ends_text(comparison, score, price)}"
        return f"Break-even: not known yet; {other} earns neither more nor less for sure ({within})."
    within = f"{price.label}: {sizes_text(comparison, score, price)}"
    size = value_text(comparison, score, abs(price.estimate), price, named=True)
    if price.low > 0:
        return f"Break-even: {other} may cost {size} more over the horizon until its gain in profit is gone ({within})."
    return f"Break-even: {other} would have to cost {size} less over the horizon to earn as much ({within})."


def null_twin_verdict(twin: NullTwin, number: int) -> str:
    """Return what a null twin shows of one contest.

    Parameters
    ----------
    twin : NullTwin
        Of the comparison.
    number : int
        Which contest.

    Returns
    -------
    str
        A few words.
    """
    due, without = twin.due[number], twin.contests[number].decided.difference
    whole = due.estimate + without.estimate
    if due.low == due.high == 0:
        return "no part in it"
    if not due.known:
        return "part not known"
    if due.estimate * whole < 0:
        return "works against it"
    if not without.known:
        return "nothing sure left"
    return "more than all of it" if without.estimate * whole < 0 else "part of it"


def idle_mechanisms(comparison: Comparison) -> tuple[str, ...]:
    """Return the mechanisms that have no part in any difference: without them everything is the same to the last bit.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    tuple of str
        Names, in the order of the null twins.
    """
    return tuple(twin.mechanism for twin in comparison.null_twins if all(one.low == one.high == 0 for one in twin.due))


def differing_lines(comparison: Comparison) -> tuple[str, ...]:
    """Return in what the worlds differ.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    tuple of str
        One line a value; what does not fit is counted.
    """
    found = [
        f"{plain(one.path, _VALUE_LENGTH)}: {_json_text(one.first)} in the first, {_json_text(one.second)} in the other"
        for one in comparison.differing[:SHOWN_DIFFERENCES]
    ]
    hidden = len(comparison.differing) - len(found)
    return (*found, *([f"and {hidden:,} more; --json has all of them"] if hidden > 0 else []))


def _sure(comparison: Comparison, contest: Contest) -> str:
    ahead = hundred_text(contest.beats, comparison.replications)
    other, sure = named(contest.other), max(contest.sure, 1 - contest.sure)
    side = "better" if contest.sure >= 0.5 else "worse"
    low, high = (_hundredths(end) for end in (contest.beats.low, contest.beats.high))
    ends = low if low == high else f"{low} to {high}"
    return (
        f"{other} is ahead of {named(contest.base)} in {ahead} futures ({contest.beats.label}: {ends}; ties count "
        f"half); that it is {side} on average is another question, and that is {sure_text(sure)}."
    )


def _hundredths(chance: float) -> str:
    percent = round(100 * chance)
    return "fewer than 1" if percent < 1 else "more than 99" if percent > 99 else str(percent)


def _correlation_text(correlation: float) -> str:
    rounded = f"{correlation:.2f}"
    near = {"1.00": "over 0.99", "-1.00": "under -0.99"}
    return near.get(rounded, "0.00" if rounded == "-0.00" else rounded)


def _json_text(value: object) -> str:
    if value is None:
        return "nothing"
    return plain(json.dumps(value, ensure_ascii=False, default=str), _VALUE_LENGTH)
