"""What archived forecasts turned out to be worth, in sentences that a board member could repeat.

Misses are said as loudly as hits; under twelve forecasts that share no days nothing is called verified.

What it leaves out: layout, and figures that belong in tables.
"""

from __future__ import annotations

import math

from funnelsim.model.track import EVERY, Track, TrackedBand, TrackedPlan, TrackedRun
from funnelsim.model.track_record import LEAST_ORIGINS
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.number_text import day_text, in_hundred, money_text, money_words, percent_text, span_text
from funnelsim.outputs.plain_text import plain

LEVEL = 80
MOST_MISSES = 4
NAME = 40
_ADVERBS = {"month": "monthly", "week": "weekly", "quarter": "quarterly"}


def headline(track: Track) -> str:
    """Return the answer in one sentence or two: how often the nearest 80 % band held, and whether honest bands would.

    Parameters
    ----------
    track : Track
        Any.

    Returns
    -------
    str
        Begins with ``Too few forecasts to verify`` under twelve that share no days.
    """
    near = track.covered(nearest(track), LEVEL)
    what = f"what was booked in the {_ahead(track, near.target)}"
    told = (
        f"of {near.bands} {_ADVERBS[track.unit]} forecasts kept, the {LEVEL} % band held {what} in {near.hits} and "
        f"missed it in {near.bands - near.hits}"
    )
    if near.bands == 1:
        told = f"one {_ADVERBS[track.unit]} forecast is over, and its {LEVEL} % band {_verb(near.hits)} {what}"
    honest = f"honest bands hold it in {near.low} to {near.high} of {near.bands}"
    if near.enough:
        return f"{told[0].upper()}{told[1:]}; {honest}. {_verdict(near.hits, near.low, near.high)}"
    if not near.honest:
        return f"Too few forecasts to verify, yet more misses than luck explains: {told}; {honest}."
    return f"Too few forecasts to verify: {told}; at least {LEAST_ORIGINS} that share no days are needed to say more."


def _verb(held: int) -> str:
    return "held" if held else "missed"


def _verdict(hits: int, low: int, high: int) -> str:
    if hits < low:
        return "More misses than luck explains: the bands are too narrow, or lie in the wrong place."
    if hits > high:
        return "More hits than luck explains: the bands are too wide."
    return "That is within what luck explains."


def nearest(track: Track) -> str:
    """Return the target that is nearest ahead: the first whole period, or what there is.

    Parameters
    ----------
    track : Track
        Any.

    Returns
    -------
    str
        One of its targets.
    """
    whole = [target for target in track.targets if target == f"{track.unit} 1"]
    return whole[0] if whole else track.targets[0]


def _ahead(track: Track, target: str) -> str:
    return f"{track.unit} ahead" if target == f"{track.unit} 1" else target


def remarks(track: Track) -> list[str]:
    """Return what stands under the headline.

    Parameters
    ----------
    track : Track
        Any.

    Returns
    -------
    list of str
        All bands and what they share, misses by date, the lean of the means, the chance of the plan over time.
    """
    found = [_all(track), _shared(track), _missed(track), _lean(track), *chance_sentences(track)]
    return [sentence for sentence in found if sentence]


def _all(track: Track) -> str:
    every = track.covered(EVERY, LEVEL)
    if every.bands == track.covered(nearest(track), LEVEL).bands:
        return ""
    said = f"Of all {every.bands} bands whose days are over, {every.hits} held at {LEVEL} %"
    return f"{said}; of honest bands {every.low} to {every.high} do."


def _shared(track: Track) -> str:
    """Tell that bands of one run, and bands of the same days, are no separate evidence."""
    every = track.covered(EVERY, LEVEL)
    if every.bands == every.stretches:
        return ""
    return (
        f"The {every.bands} bands are evidence like {every.stretches}, not like {every.bands}: bands of one forecast "
        "share its leads, and forecasts share days."
    )


def _missed(track: Track) -> str:
    outside = [(run, band) for run, band in track.bands if not band.held(LEVEL)]
    if not outside:
        return ""
    above = sum(band.actual > band.percentiles[5] for _, band in outside)
    every = len(track.bands)
    shown = outside[-MOST_MISSES:]
    named = "; ".join(f"{band.label} seen on {day_text(run.as_of)}, {_miss(track, band)}" for run, band in shown)
    last = "the last: " if len(outside) > len(shown) else ""
    return (
        f"Outside: {len(outside)} of {every}, {above} above the band and {len(outside) - above} below; {last}{named}."
    )


def _miss(track: Track, band: TrackedBand) -> str:
    low, high = band.percentiles[1], band.percentiles[5]
    word, bound = ("above", high) if band.actual > high else ("below", low)
    return f"{money(track, band.actual)}, {word} {money(track, bound)}"


def _lean(track: Track) -> str:
    bias = track.bias[track.targets.index(EVERY)]
    if not math.isfinite(bias):
        return "Nothing was booked in these days."
    above = sum(band.pit < 0.5 for _, band in track.bands)
    way = "above" if bias > 0 else "below"
    return (
        f"Means lay {_percent(abs(bias))} {way} what was booked, over all bands; {above} of {len(track.bands)} medians "
        "were too high."
    )


def chance_sentences(track: Track, *, brief: bool = False) -> list[str]:
    """Return how the chance of each plan moved.

    Parameters
    ----------
    track : Track
        Any.
    brief : bool
        Whether the opposite of the last chance is left out.

    Returns
    -------
    list of str
        One sentence a plan and window, with its end where it is known.
    """
    groups: dict[tuple[object, int], list[tuple[TrackedRun, TrackedPlan]]] = {}
    for run in track.runs:
        if run.plan is not None:
            groups.setdefault((run.plan.window, run.plan.target), []).append((run, run.plan))
    return [_chances(track, members, brief=brief) for members in groups.values()]


def _chances(track: Track, members: list[tuple[TrackedRun, TrackedPlan]], *, brief: bool) -> str:
    plan = members[-1][1]
    target = money_words(plan.target, track.minor_digits, track.currency)
    what = f"The chance of the plan of {target} in {span_text(plan.window)}"
    first, last = members[0], members[-1]
    told = f"{what} was {chance_text(*first)} on {day_text(first[0].as_of)}"
    if len(members) > 1:
        told = f"{what} went from {chance_text(*first)} on {day_text(first[0].as_of)} to {chance_text(*last)} on "
        told += day_text(last[0].as_of)
    if plan.actual is None and brief:
        return f"{told}; whether it is made is not known yet."
    if plan.actual is None:
        done, missed = in_hundred(last[1].probability, last[1].standard_error, last[0].replications)
        return f"{told} ({done} futures make it, {missed} miss it); whether it is made is not known yet."
    booked = money(track, plan.actual, named=True)
    return f"{told}; it was {'made' if plan.made else 'MISSED'}, with {booked} booked."


def chance_text(run: TrackedRun, plan: TrackedPlan) -> str:
    """Return the chance of a plan as one run saw it.

    Parameters
    ----------
    run : TrackedRun
        Knows how many futures it had.
    plan : TrackedPlan
        Its plan.

    Returns
    -------
    str
        ``62%``; never 0 or 100.
    """
    return percent_text(plan.probability, plan.standard_error, run.replications)


def short_chance(run: TrackedRun, plan: TrackedPlan) -> str:
    """Return the chance of a plan as short as can be.

    Parameters
    ----------
    run : TrackedRun
        Knows how many futures it had.
    plan : TrackedPlan
        Its plan.

    Returns
    -------
    str
        ``62%``, ``<1%`` or ``>99%``.
    """
    return chance_text(run, plan).replace("less than ", "<").replace("more than ", ">")


def error_text(share: float, *, signed: bool = False) -> str:
    """Return a relative error.

    Parameters
    ----------
    share : float
        Any size; nan where nothing was booked.
    signed : bool
        Whether a plus stands before what is above 0.

    Returns
    -------
    str
        ``17%``, ``<1%`` or ``>999%``; ``-`` where it is not known.
    """
    if not math.isfinite(share):
        return "-"
    sign = "+" if signed and share > 0 else "-" if share < 0 else ""
    return f"{sign}{_percent(abs(share))}".replace("less than ", "<").replace("more than ", ">")


def _percent(share: float) -> str:
    whole = round(100 * share)
    return "less than 1%" if whole == 0 else "more than 999%" if whole > 999 else f"{whole}%"


def money(track: Track, minor: float, *, named: bool = False) -> str:
    """Return an amount in short form.

    Parameters
    ----------
    track : Track
        Names the currency and its decimals.
    minor : float
        Minor units.
    named : bool
        Whether the currency stands in front.

    Returns
    -------
    str
        Such as ``1.54M``.
    """
    return money_text(minor, track.minor_digits, track.currency if named else None)


def footer(track: Track) -> str:
    """Return where the answer comes from.

    Parameters
    ----------
    track : Track
        Any.

    Returns
    -------
    str
        Runs, file of actuals, days and version.
    """
    count = len(track.runs)
    runs = f"{count} saved {'forecast' if count == 1 else 'forecasts'}"
    currency = f"amounts in {plain(track.currency, 12)}" if track.currency else "currency not given"
    return (
        f"{runs} against {plain(track.name, NAME)} (sha256 {track.sha256[:8]}), {day_text(track.first_day)} to "
        f"{day_text(track.last_day)}; {currency}; funnelsim {tool_version()}"
    )
