"""What a back-test says beside how often bands held: leans, places in the futures, recalibration, titles, legends.

What it leaves out: the answer itself (:mod:`funnelsim.outputs.backtest_sentences`).
"""

from __future__ import annotations

import numpy as np

from funnelsim.engines.statistics.held import binomial_range, counts_by_share
from funnelsim.model.backtest import Backtest
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.backtest_sentences import booked_word, enough, failed_sentences, times_text
from funnelsim.outputs.backtest_text import amount, at_or_below, lean, shown, targets
from funnelsim.outputs.plain_text import plain

FIFTHS = 5
ORDINALS = ("lowest fifth", "second fifth", "middle fifth", "fourth fifth", "highest fifth")


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


def coverage_title(backtest: Backtest) -> str:
    """Return what the shares of actuals that bands held show.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        A sentence or two.
    """
    failed = failed_sentences(backtest)
    if failed:
        return " ".join(failed)
    return f"Bands hold as often as they state, as far as {_number_of(backtest)} can tell."


def place_title(backtest: Backtest) -> str:
    """Return what the places of actuals in their futures show.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        A sentence or two.
    """
    told = _lean_sentence(backtest).removeprefix("Lean: in ").replace(backtest.labels[0], _ahead(backtest), 1)
    return told or "Where in their forecasts actuals lay."


def percentile_title(backtest: Backtest) -> str:
    """Return what the counts of actuals at or below percentiles show.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    str
        A sentence.
    """
    found = []
    for place in sorted({0, targets(backtest)[-1]}):
        counts = at_or_below(backtest, place)
        odd = [f"P{one.percent}" for one in counts if not one.low <= one.found <= one.high]
        if odd:
            overlap = f" (whose {backtest.unit}s overlap)" if place and len(backtest.origins) > 1 else ""
            found.append(f"{', '.join(odd)} of {backtest.labels[place]}{overlap}")
    if found:
        return f"Percentiles beyond what luck leaves to honest forecasts that share nothing: {'; '.join(found)}."
    return f"Percentiles lie where they say, as far as {_number_of(backtest)} can tell."


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


def _lean_sentence(backtest: Backtest) -> str:
    one = lean(backtest, 0)
    if not one.of:
        return ""
    label = backtest.labels[0]
    above, below = times_text(one.above), times_text(one.below)
    sides = f"above the median {above} and below it {below}"
    if not one.below or not one.above:
        sides = f"{'above' if one.above else 'below'} the median every time"
    told = f"Lean: in {label} actuals lay {sides}"
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


def _number_of(backtest: Backtest) -> str:
    count = len(backtest.origins)
    return "one forecast" if count == 1 else f"{count} forecasts"


def _ahead(backtest: Backtest) -> str:
    return f"In the {backtest.unit} ahead"
