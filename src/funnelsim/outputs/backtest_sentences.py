"""What a back-test says, in sentences that a board member could repeat.

Misses are said as loudly as hits; under twelve origins nothing is called verified; what the origins share is said.

What it leaves out: layout, and figures that belong in tables.
"""

from __future__ import annotations

import numpy as np

from funnelsim.engines.choices.goal_seeking_trials import chance_interval
from funnelsim.engines.statistics.held import binomial_range, counts_by_share
from funnelsim.model.backtest import INDEPENDENT, Backtest, TargetScores
from funnelsim.model.track_record import LEAST_ORIGINS
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.backtest_text import (
    Miss,
    amount,
    lean,
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
from funnelsim.outputs.plain_text import plain

ADVERBS = {"month": "monthly", "week": "weekly", "quarter": "quarterly"}
LEVEL = 80
MOST_MISSES = 4
MOST_FAILED = 5
FIFTHS = 5


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
    told = f"of {count} {kind} forecasts, the {band} held {what} {_times(held)} and missed it {_times(lost)}"
    if count == 1:
        told = f"one {kind} forecast was made, and its {band} {'held' if held else 'missed'} {what}"
    honest = f"honest bands hold it {low} to {high} times" if low < high else f"honest bands hold it {_times(low)}"
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
    found = [_proof(backtest), _total(backtest), *_failed(backtest), _beaten(backtest), *_missed(backtest)]
    return [sentence for sentence in found if sentence]


def readings(backtest: Backtest) -> list[str]:
    """Return what stands under the tables: leans, shape, recalibration.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    list of str
        One sentence or two each.
    """
    found = [_lean_sentence(backtest), _shape_sentence(backtest), recalibration(backtest)]
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


def value_sentence(backtest: Backtest) -> str:
    """Return what was forecast, and in which units.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        One sentence.
    """
    which = {
        "pool": "wins of leads that were open when the forecast was made",
        "total": "all wins, those of leads born later included",
    }[backtest.target]
    if backtest.counts_only:
        return f"Forecast: {which}, counted in leads, as no amounts are recorded."
    money = {
        "booked": "by what they brought, or PR where that is not recorded",
        "pr": "by their PR",
    }[backtest.value]
    currency = f"in {plain(backtest.currency, 12)}" if backtest.currency else "currency not given"
    return f"Forecast: {which}, {money}; {currency}."


def recalibration(backtest: Backtest) -> str:
    """Return what one width for all bands, fitted on the past, did to later ones.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        Says that it is not applied; or that there are too few origins to hold any back.
    """
    found = backtest.recalibration
    if found is None:
        return "Recalibration: not tried; too few forecasts to fit a width on earlier ones and test it on later ones."
    wide = f"{found.factor:.2f} times as wide" if f"{found.factor:.2f}" != "1.00" else "as wide as they are"
    before, after = (amount(backtest, one) for one in (found.crps_before, found.crps_after))
    better = "better" if found.crps_after < found.crps_before else "no better"
    return (
        f"Recalibration: the first {found.fitted} forecasts ask for bands {wide}. Tested on {found.tested} later ones "
        f"that share no {backtest.unit} with them, that was {better}: CRPS {before} before, {after} after; 80 % bands "
        f"held {found.hits_before} before, {found.hits_after} after, of {found.of}. It is reported, not applied."
    )


def skill_legend(backtest: Backtest) -> str:
    """Return what the table of rivals means.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        One paragraph.
    """
    count = len(backtest.origins)
    low, high = binomial_range(count, 0.5)
    luck = f" Between equals luck alone gives {low} to {high} of {count}." if count else ""
    return (
        "CRPS: distance of a whole forecast from what happened; of one number its absolute error. +20% is a CRPS that "
        f"is a fifth smaller than the rival's, -20% one that is a fifth larger. Nearer: forecasts of "
        f"{backtest.labels[0]} that lay nearer than the rival's.{luck}"
    )


def hits_legend(backtest: Backtest) -> str:
    """Return what the columns of the table of targets mean.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        One paragraph.
    """
    return (
        "Held: times the band held what happened, in brackets where honest bands lie by luck alone, 95 of 100 times; "
        "! marks what luck does not explain. WAPE: sum of the misses of the mean by the sum of what was "
        f"{booked_word(backtest)}. Bias: + is forecast too high, - too low."
    )


def footer(backtest: Backtest) -> str:
    """Return what is needed to make the answer again.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        File and hash, origins, replications, seed and version.
    """
    first, last = backtest.origins[0], backtest.origins[-1]
    days = f"first days of the forecasts {first.isoformat()} to {last.isoformat()}"
    return "; ".join([
        f"{plain(backtest.name, 40)} (SHA-256 {backtest.sha256[:12]})",
        days,
        f"only what was known the day before each; {backtest.replications:,} futures and {backtest.sets:,} parameter "
        f"sets a forecast; seed {backtest.seed}",
        f"funnelsim {tool_version()}",
    ])


# --- parts ---------------------------------------------------------------------------------------------------------


def _proof(backtest: Backtest) -> str:
    first = scores_of(backtest, 0)
    true = interval_text(chance_interval(first.hits[LEVEL], first.origins))
    count = "One forecast proves" if first.origins == 1 else f"{first.origins} forecasts prove"
    return (
        f"{count} little: bands that in truth hold anything from {true} in 100 could show {first.hits[LEVEL]} of "
        f"{first.origins} (95 % interval)."
    )


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
    return (
        f"{told} Overlapping forecasts are not independent: beyond {backtest.labels[0]} they share {unit}s, the honest "
        f"ranges below are too narrow for them, and {count} totals prove hardly more than {free} that stand apart."
    )


def _failed(backtest: Backtest) -> list[str]:
    """Say which bands hold too rarely, and which too often."""
    found = []
    for words, failed in (("rarely", _too_rarely), ("often", _too_often)):
        bad = [
            f"{' and '.join(levels)} % of {scores.target}"
            for scores in (scores_of(backtest, place) for place in targets(backtest))
            if (levels := [str(level) for level in scores.honest if failed(scores, level)])
        ]
        if bad:
            rest = f"; and {len(bad) - MOST_FAILED} more" if len(bad) > MOST_FAILED else ""
            found.append(f"Bands that held too {words} for luck (! below): {', '.join(bad[:MOST_FAILED])}{rest}.")
    return found


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
            rest = f" and {len(lost) - MOST_FAILED} more" if len(lost) > MOST_FAILED else ""
            found.append(f"{rival.name} in {', '.join(lost[:MOST_FAILED])}{rest}")
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


def _lean_sentence(backtest: Backtest) -> str:
    one = lean(backtest, 0)
    if not one.of:
        return ""
    label = backtest.labels[0]
    told = f"Lean: in {label} actuals lay above the median {_times(one.above)} and below it {_times(one.below)}"
    luck = f"even luck gives {one.low} to {one.high} of {one.of} on either side"
    if not enough(backtest):
        return f"{told}; {luck}."
    if one.above > one.high:
        return f"{told}; {luck}: the forecasts are too low."
    if one.below > one.high:
        return f"{told}; {luck}: the forecasts are too high."
    return f"{told}; {luck}: no lean is shown."


def _shape_sentence(backtest: Backtest) -> str:
    """Say where in their bands actuals lay: by fifths of the futures."""
    pit = shown(backtest).pit
    if pit is None or not np.isfinite(pit[:, 0]).any():
        return ""
    counts = counts_by_share(pit[:, 0], FIFTHS)
    low, high = binomial_range(int(counts.sum()), 1 / FIFTHS)
    told = ", ".join(map(str, counts.tolist()))
    odd = [f"{ORDINALS[at]} ({count})" for at, count in enumerate(counts.tolist()) if not low <= count <= high]
    judged = f" Beyond luck: the {' and the '.join(odd)}." if odd and enough(backtest) else ""
    return (
        f"Place in the futures (PIT), {backtest.labels[0]}: from the lowest fifth of futures to the highest, actuals "
        f"lay there {told} times; luck gives {low} to {high} each.{judged}"
    )


ORDINALS = ("lowest fifth", "second fifth", "middle fifth", "fourth fifth", "highest fifth")


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
