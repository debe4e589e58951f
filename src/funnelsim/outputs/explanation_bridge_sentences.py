"""What the bridge of an explanation says: which steps made the change, and what a reader of the steps must know.

Which words stand for a step, whichever way it moved the mean; which leads moved it most; what a name leaves unsaid.

What it leaves out: the sentence around the reasons, and everything that is said without an earlier run
(:mod:`funnelsim.outputs.explanation_sentences`).
"""

from __future__ import annotations

from funnelsim.model.bridge_steps import (
    AGED,
    COMING,
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
    RECORDS,
    STAGED,
    STALE,
    WON,
)
from funnelsim.model.explanation import Bridge, BridgeStep, Explanation
from funnelsim.outputs.explanation_text import (
    Column,
    as_printed,
    bridge_column,
    lead_text,
    leads_text,
    printed_steps,
    window_money,
)
from funnelsim.outputs.number_text import money_text
from funnelsim.outputs.plain_text import plain

SHOWN_LEADS = 5
_NOISE = 2.0
"""A change within this many standard errors may be chance."""
_ABOUT_ALL = frozenset((MODEL_CHANGE, RECORDS))
"""The last steps, about all leads at once."""
_GAINS = {
    NEW: "new leads brought {}",
    MOVED_IN: "dates moved in brought {}",
    INCREASED: "larger amounts brought {}",
    DECREASED: "smaller amounts brought {}",
    PUSHED: "dates pushed brought {}",
    AGED: "leads that grew older brought {}",
    STAGED: "changed stages brought {}",
    WON: "won leads brought {} more than was expected of them",
    OTHER_BOOKINGS: "other bookings brought {}",
    COMING: "more leads to come brought {}",
    PC_CHANGE: "changed probabilities brought {}",
    MODEL_CHANGE: "changed assumptions brought {}",
    RECORDS: "newer records brought {}",
}
_DRAINS = {
    NEW: "new leads took {}",
    MOVED_IN: "dates moved in took {}",
    INCREASED: "larger amounts took {}",
    DECREASED: "smaller amounts took {}",
    PUSHED: "dates pushed took {}",
    STALE: "close dates that passed took {}",
    AGED: "leads that grew older took {}",
    STAGED: "changed stages took {}",
    WON: "won leads brought {} less than was expected of them",
    LOST: "lost leads took {}",
    GONE: "leads gone from the file took {}",
    OTHER_BOOKINGS: "other bookings took {}",
    COMING: "fewer leads left to come took {}",
    PC_CHANGE: "changed probabilities took {}",
    MODEL_CHANGE: "changed assumptions took {}",
    RECORDS: "newer records took {}",
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
_RECORDS_NOTES = {
    AGED: "Grown older: leads open in both files, seen from the later day in the stage they had; months that are over "
    "bring them nothing more.",
    COMING: "Leads to come: money expected from leads not born yet. As time passes they come and stand under new, and "
    "fewer are left to come.",
    RECORDS: "Newer records: what they teach otherwise, of rates, level, season, spreads, amounts and arrivals.",
}
"""What the steps between two forecasts from records mean."""


def reasons_text(answer: Explanation, bridge: Bridge) -> str:
    """Name the two largest steps in the direction of the change, and the largest against it.

    Parameters
    ----------
    answer : Explanation
        Any explanation.
    bridge : Bridge
        Its bridge.

    Returns
    -------
    str
        Without a full stop; empty when no step moved the mean.
    """
    change = bridge.end.mean - bridge.start.mean
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
    said, verb = (_GAINS, "brought") if step.amount > 0 else (_DRAINS, "took")
    words = said.get(step.name, f"{step.name} {verb} {{}}")
    return words.format(as_printed(answer, abs(whole), abs(step.amount), column))


def step_notes(answer: Explanation, bridge: Bridge) -> tuple[str, ...]:
    """Return what the names of a bridge's steps do not say by themselves.

    Parameters
    ----------
    answer : Explanation
        Any explanation.
    bridge : Bridge
        Its bridge.

    Returns
    -------
    tuple of str
        A sentence or two for each such step with something in it.
    """
    said = _RECORDS_NOTES if answer.records else {STALE: STALE_NOTE}
    return tuple(said[step.name] for step in bridge.steps if step.name in said and (step.leads or step.total))


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
            parts.append(f"{leads_text(bridge.born_won)} came and {_were(bridge.born_won)} won in between")
        if bridge.reopened:
            parts.append(
                f"{leads_text(bridge.reopened)} {_were(bridge.reopened)} closed or left out in the earlier file"
            )
        lines.append(f"Among the new: {' and '.join(parts)}.")
    lines += [_gone_sentence(answer, bridge), _unknown_sentence(bridge), _model_sentence(answer, bridge)]
    lines += [_luck_sentence(answer, bridge), *_check_sentences(answer, bridge)]
    return tuple(line for line in lines if line)


def _gone_sentence(answer: Explanation, bridge: Bridge) -> str:
    step = next((one for one in bridge.steps if one.name == GONE), None)
    if step is None or not step.leads:
        return ""
    names = ", ".join(lead_text(move.name, move.lead_id) for move in bridge.gone[:SHOWN_LEADS])
    more = f" and {step.leads - SHOWN_LEADS:,} more" if step.leads > SHOWN_LEADS else ""
    known = f"; {bridge.left_out:,} of them in it, but without a value that a forecast needs" if bridge.left_out else ""
    return f"Gone from the file without being closed: {leads_text(step.leads)}{known}: {names}{more}."


def _unknown_sentence(bridge: Bridge) -> str:
    if not bridge.unknown:
        return ""
    rows = "1 row is" if bridge.unknown == 1 else f"{bridge.unknown:,} rows are"
    return (
        f"{rows} in a stage, or of a segment, that the earlier records did not know: until the last step such a row "
        "counts as in the stage before, or as the average."
    )


def _model_sentence(answer: Explanation, bridge: Bridge) -> str:
    """Say of a change of model or records that may be chance what it is in closed form."""
    step = next((one for one in bridge.steps if one.name in _ABOUT_ALL), None)
    if step is None or not step.total or abs(step.amount) > _NOISE * step.standard_error:
        return ""
    exact = window_money(answer, round(step.exact_mean))
    move = "The newer records move" if step.name == RECORDS else "The change of assumptions moves"
    return f"{move} the mean no further than simulation can tell; in closed form it is {exact}."


def _luck_sentence(answer: Explanation, bridge: Bridge) -> str:
    if bridge.printed_mean is None:
        return ""
    now, then = answer.run, bridge.earlier
    differs = bridge.start.mean - bridge.printed_mean
    way = f"{window_money(answer, abs(differs))} {'above' if differs > 0 else 'below'}" if differs else "the same as"
    return (
        f"The earlier run had seed {then.seed} and {then.replications:,} replications; here it is simulated with seed "
        f"{now.seed} and {now.replications:,}, so that both have the same luck. Its mean is {way} the one it had, "
        f"{window_money(answer, bridge.printed_mean)}."
    )


def _check_sentences(answer: Explanation, bridge: Bridge) -> list[str]:
    broken = [run.name for run in (bridge.earlier, answer.run) if run.verified is False]
    source, how = ("its leads", "") if not answer.records else ("the model it saved", ", while its records are as then")
    return [
        f"The replications that {plain(name)} saved are not what this version simulates from {source}: the bridge "
        f"stands on the new ones. Make the run again with funnelsim rerun{how}."
        for name in broken
    ]


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
