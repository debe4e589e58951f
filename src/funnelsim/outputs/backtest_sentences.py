"""What a back-test says, in sentences that a board member could repeat.

Misses are said as loudly as hits; under twelve origins nothing is called verified; what the origins share is said.

What it leaves out: layout, and figures that belong in tables.
"""

from __future__ import annotations

from collections.abc import Sequence

from funnelsim.engines.choices.goal_seeking_trials import chance_interval
from funnelsim.model.backtest import INDEPENDENT, Backtest, TargetScores
from funnelsim.model.track_record import LEAST_ORIGINS
from funnelsim.outputs.backtest_text import (
    Miss,
    amount,
    misses,
    origin_text,
    rivals,
    scores_of,
    share_text,
    shown,
    skill,
    targets,
)
from funnelsim.outputs.goal_plan_text import interval_text

ADVERBS = {"month": "monthly", "week": "weekly", "quarter": "quarterly"}
LEVEL = 80
MOST_MISSES = 4
MOST_FAILED = 5


def headline(backtest: Backtest) -> str:
    """Return the answer in one sentence or two: how often the 80 % band held, and whether honest bands would do that.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        Begins with ``Too few periods to verify`` under twelve origins.
    """
    first = scores_of(backtest, 0)
    count, kind = first.origins, ADVERBS[backtest.unit]
    low, high = first.honest[LEVEL]
    band = "80 % band with leads made independent" if shown(backtest).name == INDEPENDENT else "80 % band"
    what = f"what was {booked_word(backtest)} in the {backtest.unit} ahead"
    held, lost = first.hits[LEVEL], count - first.hits[LEVEL]
    did = f"held {what} {times_text(held)}" if held else f"never held {what}"
    missed = f"missed it {times_text(lost)}" if lost else "never missed it"
    told = f"of {count} {kind} forecasts, the {band} {did} and {missed}"
    if count == 1:
        told = f"one {kind} forecast was made, and its {band} {'held' if held else 'missed'} {what}"
    honest = f"honest bands hold it {low} to {high} times" if low < high else f"honest bands hold it {times_text(low)}"
    if enough(backtest):
        return f"{told[0].upper()}{told[1:]}; {honest}. {verdict(first)}"
    if held < low:
        return f"Too few periods to verify, yet more misses than luck explains: {told}; {honest}."
    return f"Too few periods to verify: {told}; at least {LEAST_ORIGINS} forecasts are needed to say more."


def verdict(scores: TargetScores) -> str:
    """Return what the hits of a target's 80 % band say about it.

    Parameters
    ----------
    scores : TargetScores
        Of a forecaster with bands.

    Returns
    -------
    str
        A sentence.
    """
    low, high = scores.honest[LEVEL]
    if scores.hits[LEVEL] < low:
        return "More misses than luck explains: the bands are too narrow, or lie in the wrong place."
    if scores.hits[LEVEL] > high:
        return "More hits than luck explains: the bands are too wide."
    return "That is within what luck explains."


def remarks(backtest: Backtest) -> list[str]:
    """Return what stands under the headline.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    list of str
        How little the origins prove, what they share, bands that failed, rivals that were nearer, misses by date.
    """
    found = [_proof(backtest), _total(backtest), *failed_sentences(backtest), _beaten(backtest), *_missed(backtest)]
    return [sentence for sentence in found if sentence]


def enough(backtest: Backtest) -> bool:
    """Tell whether there are enough origins to verify anything.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    bool
        True from twelve on.
    """
    return scores_of(backtest, 0).origins >= LEAST_ORIGINS


def booked_word(backtest: Backtest) -> str:
    """Return what actuals are called.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        ``booked``, or ``won`` where leads are counted or PR stands for what they brought.
    """
    return "won" if backtest.counts_only or backtest.value == "pr" else "booked"


# --- parts ---------------------------------------------------------------------------------------------------------


def _proof(backtest: Backtest) -> str:
    first = scores_of(backtest, 0)
    true = _true_rates(first.hits[LEVEL], first.origins)
    count = "One forecast proves" if first.origins == 1 else f"{first.origins} forecasts prove"
    return (
        f"{count} little: bands that in truth hold anything from {true} in 100 could show {first.hits[LEVEL]} of "
        f"{first.origins} (95 % interval)."
    )


def _true_rates(hits: int, count: int) -> str:
    """Return the true rates that hits leave possible, rounded outwards, never nothing and never all."""
    low, high = interval_text(chance_interval(hits, count)).split(" to ")
    return f"{'fewer than 1' if low == '0' else low} to {'more than 99' if high == '100' else high}"


def _total(backtest: Backtest) -> str:
    """Say how the totals did, and what they share."""
    if backtest.horizon == 1:
        return ""
    total, count, unit = scores_of(backtest, len(backtest.labels) - 1), len(backtest.origins), backtest.unit
    held = total.hits[LEVEL]
    told = f"Of the {total.target}s the 80 % band held {held} and missed {total.origins - held}."
    if count == 1:
        return told
    free = -(-count // backtest.horizon)
    apart = "1 that stands apart" if free == 1 else f"{free} that stand apart"
    return (
        f"{told} Overlapping forecasts are not independent: beyond {backtest.labels[0]} they share {unit}s, the honest "
        f"ranges below are too narrow for them, and {count} totals prove hardly more than {apart}."
    )


def failed_sentences(backtest: Backtest) -> list[str]:
    """Return which bands hold too rarely, and which too often.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    list of str
        At most two sentences; none where luck explains every count.
    """
    found = []
    for words, failed in (("rarely", _too_rarely), ("often", _too_often)):
        bad: dict[tuple[str, ...], list[str]] = {}
        for scores in (scores_of(backtest, place) for place in targets(backtest)):
            levels = tuple(str(level) for level in scores.honest if failed(scores, level))
            if levels:
                bad.setdefault(levels, []).append(scores.target)
        parts = [f"{_listed(levels)} % of {_few(labels)}" for levels, labels in bad.items()]
        if parts:
            found.append(f"Bands that held too {words} for luck: {'; '.join(parts)}.")
    return found


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _few(labels: list[str]) -> str:
    """Return some of many labels; the rest is counted."""
    if len(labels) <= MOST_FAILED:
        return _listed(labels)
    return f"{', '.join(labels[:MOST_FAILED])} and {len(labels) - MOST_FAILED} more"


def _too_rarely(scores: TargetScores, level: int) -> bool:
    return scores.hits[level] < scores.honest[level][0]


def _too_often(scores: TargetScores, level: int) -> bool:
    return scores.hits[level] > scores.honest[level][1]


def _beaten(backtest: Backtest) -> str:
    """Name the rivals whose forecasts were nearer to what happened."""
    found = []
    for rival in rivals(backtest):
        worse = {place: skill(backtest, rival, place) for place in targets(backtest)}
        lost = [
            f"{backtest.labels[place]} ({share_text(-share)})"
            for place, share in worse.items()
            if share is not None and round(100 * share) < 0
        ]
        if lost:
            found.append(f"{rival.name} in {_few(lost)}")
    return f"Beaten by CRPS, ours larger by so much: {'; '.join(found)}." if found else ""


def _missed(backtest: Backtest) -> list[str]:
    """Name the misses of the first period and of the total."""
    found = []
    for place in sorted({0, targets(backtest)[-1]}):
        lost = misses(backtest, place, LEVEL)
        if lost:
            worst = sorted(lost, key=lambda one: -abs(one.actual - one.bound))[:MOST_MISSES]
            told = "; ".join(_miss_text(backtest, one) for one in sorted(worst))
            rest = f"; and {len(lost) - len(worst)} more" if len(lost) > len(worst) else ""
            found.append(f"Missed in {backtest.labels[place]}: {told}{rest}.")
    return found


def _miss_text(backtest: Backtest, one: Miss) -> str:
    side = "above" if one.above else "below"
    when = origin_text(backtest, one.origin)
    return f"{when} {amount(backtest, one.actual)}, {side} {amount(backtest, one.bound)}"


def times_text(count: int) -> str:
    """Return a count of occasions.

    Parameters
    ----------
    count : int
        At least 0.

    Returns
    -------
    str
        ``never``, ``once``, ``twice``, ``11 times``.
    """
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
