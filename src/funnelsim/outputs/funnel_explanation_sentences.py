"""What the explanation of a simulation says, in sentences that a person can repeat.

The first is the one a board would hear: by how much expected bookings changed and why, or where the funnel falls short
of what is stated about it.

What it leaves out: tables and pictures.
"""

from __future__ import annotations

import math

from funnelsim.model.funnel_explanation import BridgeStep, FunnelBridge, FunnelExplanation, StageShortfall, WidthShare
from funnelsim.model.funnel_reports import Estimate
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.explanation_text import Column, signed
from funnelsim.outputs.funnel_explanation_text import (
    bar_name,
    bridge_amounts,
    measured,
    money,
    number,
    percent,
    place_name,
    place_values,
    reason_words,
)
from funnelsim.outputs.number_text import day_text, money_text, span_text
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.simulation_text import share_text as rounded_share

FULL = 0.97
"""Share of its hours from which a team is full."""
MOST_KEYS = 4
ORDER_NOTE = (
    "Each step changes one part of the scenario and is simulated on the same leads with the same luck, so there is no "
    "noise term and the steps add up exactly. Order matters: in another order parts that work together would share "
    "the money out differently. Percentiles do not add."
)
ALONE_NOTE = "Alone: what the later run owes to this one step, all others made."
FAULT_NOTE = (
    "By itself: the earlier run's flow with only this place working as in the later one, so a stage that only gets "
    "fewer leads is no fault. A stage that takes Sales' hours from others answers for what they lose by it. A lens on "
    "simulated counts: places work together, so the amounts do not add up to the change."
)
ROUGH_NOTE = (
    "Rough: nearly all of what that stage does is put down to the team that lacks hours; how well the rest is known "
    "cannot be said."
)
SHORT_NOTE = (
    "Missing: what bookings would gain if this stage alone converted as stated. Stages that convert better than stated "
    "are not offset; a lead left open at the end counts in no conversion."
)
LOSS_NOTE = (
    "Money lost with a lead: the true PC of its stage (the chance of a win when all leads are worked) x mean PR of the "
    "leads that come there."
)


def headline(answer: FunnelExplanation) -> str:
    """Return the sentence a board member would repeat.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    str
        What changed and why, or where the funnel falls short.
    """
    return _changed(answer, answer.bridge) if answer.bridge else shortfall_sentence(answer)


def _changed(answer: FunnelExplanation, bridge: FunnelBridge) -> str:
    days, name = span_text(bridge.window), plain(answer.since.name if answer.since else "", 30)
    change = bridge.end.bookings - bridge.start.bookings
    column, levels, _ = bridge_amounts(answer)
    ends = [f"{_prefix(answer)}{level:,}{column.unit.short}" for level in (levels[0], levels[-1])]
    if not any(step.bookings for step in bridge.steps):
        return f"Nothing changed: mean bookings for {days} are {ends[1]} in both runs."
    word = "are" if not change else "rose" if change > 0 else "fell"
    amount = "" if not change else f" by {signed(abs(levels[-1] - levels[0]), column)[1:]}"
    went = f"{word} {ends[1]} as in '{name}'" if not change else f"{word}{amount} since '{name}', to {ends[1]}"
    return f"Mean bookings for {days} {went}: {_reasons(answer, bridge.steps, change)}."


def _reasons(answer: FunnelExplanation, steps: tuple[BridgeStep, ...], change: int) -> str:
    """Name the two largest steps in the direction of the change, and the largest against it, as they are printed."""
    column, _, amounts = bridge_amounts(answer)
    sign = -1 if change < 0 else 1
    ranked = sorted(zip(steps, amounts, strict=True), key=lambda pair: -sign * pair[0].bookings)
    with_it = [pair for pair in ranked if sign * pair[1] > 0][:2]
    against = [pair for pair in ranked[::-1] if sign * pair[1] < 0][:1]
    said = " and ".join(_reason(step, amount, column) for step, amount in with_it)
    other = "".join(_reason(step, amount, column) for step, amount in against)
    return f"{said}, while {other}" if said and other else said or other or "no step is a unit large"


def _reason(step: BridgeStep, amount: int, column: Column) -> str:
    sure = "" if step.bookings_interval.known else " (which may be luck)"
    verb = "brought" if amount > 0 else "took"
    return f"{plain(step.name, 60)} {verb} {abs(amount):,}{column.unit.short}{sure}"


def changes(answer: FunnelExplanation) -> list[str]:
    """Return what differs between the runs, step by step.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    list of str
        One line a step: each key, before and after; at most ``MOST_KEYS`` of them.
    """
    if answer.bridge is None:
        return []
    lines = []
    for step in answer.bridge.steps:
        said = [f"{plain(one.path or 'list', 40)} {_value(one.first)} to {_value(one.second)}" for one in step.changes]
        more = f" and {len(said) - MOST_KEYS} more" if len(said) > MOST_KEYS else ""
        lines.append(f"{plain(step.name, 60)}: {', '.join(said[:MOST_KEYS])}{more}")
    return lines


def _value(value: object) -> str:
    if isinstance(value, dict | list):
        return f"{len(value)} entries"
    return "none" if value is None else plain(f"{value:g}" if isinstance(value, float) else str(value), 30)


def fault_sentence(answer: FunnelExplanation) -> str:
    """Return where the later run works worse than the earlier one, most harm first.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    str
        Empty where no place is known to do harm.
    """
    known = [fault for fault in answer.faults if fault.money.high < 0]
    if not known:
        return "No place in the funnel is known to work worse than before." if answer.faults else ""
    first = known[0]
    before, after = place_values(answer, first)
    amount = money(answer, -first.money.estimate, first.money.half_width / 2)
    rose = answer.bridge is not None and answer.bridge.end.bookings > answer.bridge.start.bookings
    where = (
        f"Against that, {place_name(first)} works worse" if rose else f"It went off the rails in {place_name(first)}"
    )
    return f"{where}: {after} after {before}; by itself that costs {amount}."


def shortfall_sentence(answer: FunnelExplanation) -> str:
    """Return which stage falls furthest short of what is stated, in money, and what its owner has to do with it.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    str
        One sentence.
    """
    known = [one for one in answer.shortfalls if one.missing.low > 0 and one.conversion.high < one.stated]
    if not known:
        return "Every stage converts about as stated, as far as these futures tell."
    worst = known[0]
    said = (
        f"Stage '{plain(worst.stage, 24)}' converts {percent(worst.conversion.estimate)} where {percent(worst.stated)}"
    )
    return f"{said} is stated: {percent(worst.share)} of what is missing; {why(answer, worst)}."


def why(answer: FunnelExplanation, one: StageShortfall) -> str:
    """Return what a stage's owner has to do with its shortfall.

    Parameters
    ----------
    answer : FunnelExplanation
        Says what more hours would bring.
    one : StageShortfall
        Any of its.

    Returns
    -------
    str
        A clause.
    """
    name, use = plain(one.team, 24), one.utilisation.mean
    helps = any(relief.team == one.team and relief.bookings.low > 0 for relief in answer.reliefs)
    if one.effect < 1:
        return f"a touch of {name} counts {number(one.effect)} there"
    if use != use:
        return f"{name} has no hours"
    if use >= FULL:
        return f"{name} is full ({percent(use)} of its hours)"
    if helps:
        return f"{name} is short of hours on its busy days ({percent(use)} used)"
    return f"{name} has hours to spare ({percent(use)} used): idle time, cooling, hand-offs or who comes"


def relief_sentence(answer: FunnelExplanation) -> str:
    """Return what hours for every lead would bring, team by team.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    str
        Empty where every team has them.
    """
    parts = []
    for one in answer.reliefs:
        gain = one.bookings
        if not gain.known or gain.estimate == 0:
            parts.append(f"{plain(one.team, 24)} nothing that is known")
            continue
        parts.append(f"{plain(one.team, 24)} {money(answer, gain.estimate, gain.half_width / 2, signed=True)}")
    return f"With hours for every lead, mean bookings would change by: {'; '.join(parts)}." if parts else ""


def loss_sentence(answer: FunnelExplanation) -> str:
    """Return where most of the money is lost.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    str
        One sentence.
    """
    if not answer.losses:
        return "No lead is lost."
    first = answer.losses[0]
    few = next((place for place, one in enumerate(answer.losses, 1) if one.cumulative >= 0.8), len(answer.losses))
    rest = f"; {few} of {len(answer.losses)} places make up 80%" if len(answer.losses) > few > 1 else ""
    where = f"stage '{plain(first.stage, 24)}' under {plain(first.team, 24)}"
    return f"Most money is lost in {where}: {percent(first.share)}, {reason_words(first.reason)}{rest}."


def moves_most(answer: FunnelExplanation) -> str:
    """Return which number the answer hangs on most.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    str
        One sentence.
    """
    tornado = answer.tornado
    what = "The chance of the goal" if tornado.measure == "chance of the goal" else "Mean bookings"
    base = measured(answer, tornado.baseline)
    if not tornado.bars:
        return f"{what} of {base} hang{'s' if what.startswith('The') else ''} on none of the numbers tried."
    bar = tornado.bars[0]
    ends = [measured(answer, tornado.baseline + end.estimate) for end in (bar.at_low, bar.at_high)]
    verb = "hangs" if what.startswith("The") else "hang"
    return (
        f"{what}, {base} as it is, {verb} most on '{bar_name(bar)}': {ends[0]} at {number(bar.low)}, {ends[1]} at "
        f"{number(bar.high)}."
    )


def shares_sentence(answer: FunnelExplanation) -> str:
    """Return where the width of the band comes from.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    str
        One sentence, shares with their standard errors.
    """
    shares = answer.shares
    if not shares.parts:
        return "Bookings are the same in every future: there is no width to share out."
    off = [part.name for part in shares.parts if not part.standard_error and part.share == 0]
    said = "; ".join(f"{part.name} {share_text(part)}" for part in shares.parts if part.name not in off)
    none = f"; {' and '.join(off)}: off" if off else ""
    sd = money_text(shares.sd, answer.digits)
    return (
        f"Width of the band (sd {sd}), shares of the variance: {said}{none}. That the scenario's numbers may be wrong "
        "is not in the band."
    )


def share_text(part: WidthShare) -> str:
    """Return a share of the width with its standard error, rounded to it; an estimate is never 0 % nor 100 %.

    Parameters
    ----------
    part : WidthShare
        Any.

    Returns
    -------
    str
        Such as ``40% (se 4)`` or ``less than 5% (se 3)``; ``all of it`` where nothing else is on.
    """
    error = part.standard_error
    if part.share == 1:
        return "all of it"
    if math.isnan(error):  # too few futures for an error
        return f"{rounded_share(Estimate(part.share, 0.0))} (se not known)"
    return f"{rounded_share(Estimate(part.share, error))} (se {max(100 * error, 0.1):.{0 if error >= 0.01 else 1}f})"


def footer(answer: FunnelExplanation) -> str:
    """Return what is needed to make the same page again.

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    str
        One line.
    """
    run = answer.run
    since = [] if answer.since is None else [f"since '{plain(answer.since.name, 30)}'"]
    return "; ".join([
        f"As of {day_text(answer.calendar.as_of)}",
        f"run '{plain(run.name, 30)}'",
        *since,
        f"scenario '{plain(run.scenario.name, 40)}'",
        f"strategy '{plain(run.strategy, 40)}'",
        f"amounts in {plain(run.scenario.currency, 12)}" if run.scenario.currency else "currency not given",
        f"{run.replications:,} simulated futures",
        f"seed {run.seed}",
        f"funnelsim {tool_version()}",
    ])


def _prefix(answer: FunnelExplanation) -> str:
    currency = answer.run.scenario.currency
    return f"{plain(currency, 12)} " if currency else ""
