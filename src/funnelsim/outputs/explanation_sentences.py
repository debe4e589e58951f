"""What an explanation says, in sentences that a person can repeat.

The first is the one a board would hear: by how much the forecast changed and why, or what moves it most.

What it leaves out: the steps of a bridge (:mod:`funnelsim.outputs.explanation_bridge_sentences`), tables and pictures.
"""

from __future__ import annotations

from collections.abc import Sequence

from funnelsim.model.explanation import CHANCE, Bridge, Explanation
from funnelsim.outputs.explanation_bridge_sentences import reasons_text
from funnelsim.outputs.explanation_text import (
    as_printed,
    bridge_column,
    chance_of,
    leads_text,
    measure_text,
    window_money,
)
from funnelsim.outputs.number_text import day_text, span_text, whole_percent
from funnelsim.outputs.plain_text import plain


def headline(answer: Explanation) -> str:
    """Return the sentence a board member would repeat.

    Parameters
    ----------
    answer : Explanation
        Any explanation.

    Returns
    -------
    str
        What changed and why, or what moves the answer most.
    """
    return _changed(answer, answer.bridge) if answer.bridge else moves_most(answer)


def _changed(answer: Explanation, bridge: Bridge) -> str:
    days, since = span_text(answer.window), day_text(bridge.earlier.as_of)
    change = bridge.end.mean - bridge.start.mean
    end = window_money(answer, bridge.end.mean)
    if not any(step.total for step in bridge.steps):
        return f"Nothing changed: the forecast for {days} is {end} in both runs."
    if not change:
        verb = f"is {end}, as it was on {since}"
    else:
        word = "rose" if change > 0 else "fell"
        column = bridge_column(answer, bridge)
        whole = abs(column.whole(bridge.end.mean) - column.whole(bridge.start.mean))
        verb = f"{word} by {as_printed(answer, whole, abs(change), column)} since {since}, to {end}"
    reasons = reasons_text(answer, bridge)
    return f"The forecast for {days} {verb}{': ' if reasons else ''}{reasons}."


def moves_most(answer: Explanation) -> str:
    """Return what moves the answer most.

    Parameters
    ----------
    answer : Explanation
        Any explanation.

    Returns
    -------
    str
        The largest driver and its two ends.
    """
    tornado, days = answer.tornado, span_text(answer.window)
    what = (
        f"the chance of the plan for {days}" if tornado.measure == CHANCE else f"the middle of the forecast for {days}"
    )
    base = measure_text(answer, tornado.baseline)
    if not tornado.bars or tornado.bars[0].high == tornado.bars[0].low:
        return f"Nothing that could be otherwise moves {what}: it is {base}."
    bar = tornado.bars[0]
    low, high = (measure_text(answer, value) for value in (bar.low, bar.high))
    if low == high:
        return f"Nothing that could be otherwise moves {what} so far that it shows: it is {base}."
    ends = f"{low} at '{plain(bar.low_setting)}', {high} at '{plain(bar.high_setting)}'"
    return f"What moves {what}, now {base}, most is {plain(bar.name)}: {ends}."


def chance_sentence(answer: Explanation) -> str:
    """Return how the chance of the plan changed.

    Parameters
    ----------
    answer : Explanation
        Any explanation.

    Returns
    -------
    str
        Empty without a plan for the window, or without a bridge.
    """
    bridge = answer.bridge
    if bridge is None or answer.target is None or bridge.start.chance is None or bridge.end.chance is None:
        return ""
    before, after = chance_of(answer, bridge.start.chance), chance_of(answer, bridge.end.chance)
    plan = window_money(answer, answer.target)
    went = f"stayed at {after}" if before == after else f"went from {before} to {after}"
    said = f"The chance of the plan of {plan} {went}; {window_money(answer, bridge.booked[1])} of it is booked."
    if bridge.earlier_target is not None:
        said += f" The earlier run's own plan was {window_money(answer, bridge.earlier_target)}."
    return said


def shares_sentence(answer: Explanation) -> str:
    """Return where the width of the band comes from.

    Parameters
    ----------
    answer : Explanation
        Any explanation.

    Returns
    -------
    str
        Shares of P90 - P10 and of the variance; each sum to 100 %, but for what is less than 1 % or more than 99 %.
    """
    shares = answer.shares
    if not shares.width:
        return "P10 and P90 are the same: there is no width to share out."
    widths = _percents([part.width for part in shares.parts])
    variances = _percents([part.variance for part in shares.parts])
    parts = [
        f"{part.name} {width} ({variance})"
        for part, width, variance in zip(shares.parts, widths, variances, strict=True)
    ]
    width = window_money(answer, shares.width)
    # with records what the parameters leave open is one of the parts
    rest = "" if answer.records else "; parameters none yet, because no history was given"
    return f"The width from P10 to P90, {width} (in brackets the variance): {', '.join(parts)}{rest}."


def _percents(shares: Sequence[float]) -> list[str]:
    """Return whole percentages that sum to what the shares sum to: the largest remainders are rounded up."""
    floors = [int(100 * share // 1) for share in shares]
    order = sorted(range(len(shares)), key=lambda index: floors[index] - 100 * shares[index])
    for index in order[: round(100 * sum(shares)) - sum(floors)]:
        floors[index] += 1
    # only a single source is 100 %, and no source that is on has 0 %
    return ["100%" if share == 1 else whole_percent(whole / 100) for whole, share in zip(floors, shares, strict=True)]


def losses_sentence(answer: Explanation) -> str:
    """Return what is known about losses.

    Parameters
    ----------
    answer : Explanation
        Any explanation.

    Returns
    -------
    str
        One sentence.
    """
    losses = answer.losses
    if losses is None:
        where = "between the two runs" if answer.bridge else "in the file"
        return f"No lead was lost {where}."
    if losses.since:
        worst = losses.cells[0]
        money = window_money(answer, worst.expected or 0.0)
        return (
            f"Lost since then: {leads_text(losses.leads)}, the largest part {_place(worst.stage, worst.owner)} "
            f"({leads_text(worst.leads)}, {money} expected)."
        )
    stages = {cell.stage for cell in losses.cells}
    rows = f"{losses.leads:,} lost {'row' if losses.leads == 1 else 'rows'} in the file"
    if len(stages) == 1:
        stage = f"all in stage '{plain(next(iter(stages)), 30)}'" if stages != {""} else "without a stage"
        return f"{rows}, {stage}: the file does not say where they went off the rails; --since an earlier run does."
    return f"{rows}."


def _place(stage: str, owner: str) -> str:
    at = f"in stage '{plain(stage, 30)}'" if stage.strip() else "without a stage"
    return f"{at} of '{plain(owner, 30)}'" if owner.strip() else at


def footer(answer: Explanation) -> str:
    """Return what the answer rests on.

    Parameters
    ----------
    answer : Explanation
        Any explanation.

    Returns
    -------
    str
        Runs, days, files, replications, seed.
    """
    run = answer.run
    parts = [f"{plain(run.name, 40)} as of {day_text(run.as_of)} ({plain(run.input_name, 60)})"]
    if answer.bridge:
        earlier = answer.bridge.earlier
        parts.append(
            f"since {plain(earlier.name, 40)} as of {day_text(earlier.as_of)} ({plain(earlier.input_name, 60)})"
        )
    parts.append(f"currency {plain(answer.currency, 12)}" if answer.currency else "currency not given")
    return "; ".join([*parts, f"{run.replications:,} simulated futures", f"seed {run.seed}"]) + "."
