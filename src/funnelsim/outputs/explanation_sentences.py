"""What an explanation says, in sentences that a person can repeat.

The first is the one a board would hear: by how much the forecast changed and why, or what moves it most.

What it leaves out: tables and pictures.
"""

from __future__ import annotations

from collections.abc import Sequence

from funnelsim.model.bridge_steps import (
    DECREASED,
    GONE,
    INCREASED,
    LOST,
    MODEL_CHANGE,
    MOVED_IN,
    NEW,
    OTHER_BOOKINGS,
    PC_CHANGE,
    PUSHED,
    STALE,
    WON,
)
from funnelsim.model.explanation import CHANCE, Bridge, BridgeStep, Explanation
from funnelsim.outputs.explanation_text import (
    Column,
    bridge_column,
    chance_of,
    lead_text,
    measure_text,
    printed_steps,
)
from funnelsim.outputs.number_text import day_text, money_text, span_text, whole_percent
from funnelsim.outputs.plain_text import plain

SHOWN_LEADS = 5
_NOISE = 2.0
"""A change within this many standard errors may be chance."""
_GAINS = {
    NEW: "new leads brought {}",
    MOVED_IN: "dates moved in brought {}",
    INCREASED: "larger amounts brought {}",
    WON: "won leads brought {} more than was expected of them",
    OTHER_BOOKINGS: "other bookings brought {}",
    PC_CHANGE: "changed probabilities brought {}",
    MODEL_CHANGE: "changed assumptions brought {}",
}
_DRAINS = {
    MOVED_IN: "dates moved in took {}",
    DECREASED: "smaller amounts took {}",
    PUSHED: "dates pushed took {}",
    STALE: "close dates that passed took {}",
    WON: "won leads brought {} less than was expected of them",
    LOST: "lost leads took {}",
    GONE: "leads gone from the file took {}",
    OTHER_BOOKINGS: "other bookings took {}",
    PC_CHANGE: "changed probabilities took {}",
    MODEL_CHANGE: "changed assumptions took {}",
}
ORDER_NOTE = (
    "Every step is a forecast of its own on the same luck, so the steps add up exactly, as printed too. Order matters: "
    "in another order a lead that changed twice would share its money out differently. Percentiles and chances do "
    "not add."
)
STALE_NOTE = (
    "Gone stale: leads open in both files, seen from the later day. One whose close date passed untouched is pushed "
    "once more; whoever moved a date stands under moved in or pushed."
)
POLICY_NOTE = "Policy change: none; a forecast follows no strategy."


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
    end = _money(answer, bridge.end.mean)
    if not any(step.total for step in bridge.steps):
        return f"Nothing changed: the forecast for {days} is {end} in both runs."
    if not change:
        verb = f"is {end}, as it was on {since}"
    else:
        word = "rose" if change > 0 else "fell"
        column = bridge_column(answer, bridge)
        whole = abs(column.whole(bridge.end.mean) - column.whole(bridge.start.mean))
        verb = f"{word} by {_as_printed(answer, whole, abs(change), column)} since {since}, to {end}"
    reasons = _reasons(answer, bridge, change)
    return f"The forecast for {days} {verb}{': ' if reasons else ''}{reasons}."


def _reasons(answer: Explanation, bridge: Bridge, change: int) -> str:
    """Name the two largest steps in the direction of the change, and the largest against it."""
    sign = -1 if change < 0 else 1
    column = bridge_column(answer, bridge)
    steps = zip(bridge.steps, printed_steps(bridge, column), strict=True)
    ranked = sorted(steps, key=lambda pair: -sign * pair[0].amount)
    with_it = [pair for pair in ranked if sign * pair[0].amount > 0][:2]
    against = [pair for pair in ranked[::-1] if sign * pair[0].amount < 0][:1]
    said = " and ".join(_reason(answer, step, whole, column) for step, whole in with_it)
    if not against:
        return said
    other = _reason(answer, *against[0], column)
    return f"{said}, while {other}" if said else other


def _reason(answer: Explanation, step: BridgeStep, whole: int, column: Column) -> str:
    words = (_GAINS if step.amount > 0 else _DRAINS).get(step.name, f"{step.name}: {{}}")
    return words.format(_as_printed(answer, abs(whole), abs(step.amount), column))


def _as_printed(answer: Explanation, whole: int, minor: float, column: Column) -> str:
    """Return an amount as the bridge's column has it, so that no reader finds two figures for one step."""
    if not whole:
        return _money(answer, minor)
    currency = f"{plain(answer.currency, 12)} " if answer.currency else ""
    return f"{currency}{whole:,}{column.unit.short}"


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
    plan = _money(answer, answer.target)
    went = f"stayed at {after}" if before == after else f"went from {before} to {after}"
    said = f"The chance of the plan of {plan} {went}; {_money(answer, bridge.booked[1])} of it is booked."
    if bridge.earlier_target is not None:
        said += f" The earlier run's own plan was {_money(answer, bridge.earlier_target)}."
    return said


def moves_sentence(answer: Explanation, bridge: Bridge) -> str:
    """Name the leads that moved the mean most, the steps of each together.

    Parameters
    ----------
    answer : Explanation
        Any explanation.
    bridge : Bridge
        Its bridge.

    Returns
    -------
    str
        Empty when no lead moved it.
    """
    named = []
    for move in bridge.largest[:SHOWN_LEADS]:
        sign = "+" if move.amount > 0 else "-"
        money = money_text(abs(move.amount), answer.minor_digits)
        named.append(f"{lead_text(move.name, move.lead_id)} ({move.step}, {sign}{money})")
    return f"Leads that moved the mean most: {'; '.join(named)}." if named else ""


def bridge_notes(answer: Explanation, bridge: Bridge) -> tuple[str, ...]:
    """Return what a reader of the bridge must know.

    Parameters
    ----------
    answer : Explanation
        Any explanation.
    bridge : Bridge
        Its bridge.

    Returns
    -------
    tuple of str
        One sentence or two each.
    """
    lines = [moves_sentence(answer, bridge)]
    if bridge.reopened or bridge.born_won:
        parts = []
        if bridge.born_won:
            parts.append(f"{_leads(bridge.born_won)} came and {_were(bridge.born_won)} won in between")
        if bridge.reopened:
            parts.append(f"{_leads(bridge.reopened)} {_were(bridge.reopened)} closed or left out in the earlier file")
        lines.append(f"Among the new: {' and '.join(parts)}.")
    lines += [_gone_sentence(answer, bridge), _model_sentence(answer, bridge)]
    lines += [_luck_sentence(answer, bridge), *_check_sentences(answer, bridge)]
    return tuple(line for line in lines if line)


def _gone_sentence(answer: Explanation, bridge: Bridge) -> str:
    step = next(one for one in bridge.steps if one.name == GONE)
    if not step.leads:
        return ""
    names = ", ".join(lead_text(move.name, move.lead_id) for move in bridge.gone[:SHOWN_LEADS])
    more = f" and {step.leads - SHOWN_LEADS:,} more" if step.leads > SHOWN_LEADS else ""
    known = f"; {bridge.left_out:,} of them in it, but without a value that a forecast needs" if bridge.left_out else ""
    return f"Gone from the file without being closed: {_leads(step.leads)}{known}: {names}{more}."


def _model_sentence(answer: Explanation, bridge: Bridge) -> str:
    """Say of a model change that may be chance what it is in closed form."""
    step = next(one for one in bridge.steps if one.name == MODEL_CHANGE)
    if not step.total or abs(step.amount) > _NOISE * step.standard_error:
        return ""
    exact = money_text(round(step.exact_mean), answer.minor_digits, answer.currency)
    return (
        f"The change of assumptions moves the mean no further than simulation can tell; in closed form it is {exact}."
    )


def _luck_sentence(answer: Explanation, bridge: Bridge) -> str:
    if bridge.printed_mean is None:
        return ""
    now, then = answer.run, bridge.earlier
    differs = bridge.start.mean - bridge.printed_mean
    way = f"{_money(answer, abs(differs))} {'above' if differs > 0 else 'below'}" if differs else "the same as"
    return (
        f"The earlier run had seed {then.seed} and {then.replications:,} replications; here it is simulated with seed "
        f"{now.seed} and {now.replications:,}, so that both have the same luck. Its mean is {way} the one it had, "
        f"{_money(answer, bridge.printed_mean)}."
    )


def _check_sentences(answer: Explanation, bridge: Bridge) -> list[str]:
    broken = [run.name for run in (bridge.earlier, answer.run) if run.verified is False]
    return [
        f"The replications that {plain(name)} saved are not what this version simulates from its leads: the bridge "
        "stands on the new ones. Make the run again with funnelsim rerun."
        for name in broken
    ]


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
    width = money_text(shares.width, answer.minor_digits, answer.currency)
    return (
        f"The width from P10 to P90, {width} (in brackets the variance): {', '.join(parts)}; parameters none yet, "
        "because no history was given."
    )


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
        money = money_text(worst.expected or 0.0, answer.minor_digits, answer.currency)
        return (
            f"Lost since then: {_leads(losses.leads)}, the largest part {_place(worst.stage, worst.owner)} "
            f"({_leads(worst.leads)}, {money} expected)."
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


def _money(answer: Explanation, minor: float) -> str:
    return money_text(minor, answer.minor_digits, answer.currency)


def _leads(count: int) -> str:
    return f"{count:,} lead" if count == 1 else f"{count:,} leads"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
