"""What a plan back from a goal says, in sentences that a board member could repeat.

What it leaves out: layout, and figures that belong in tables.
"""

from __future__ import annotations

from funnelsim.model.goal_plan import FILE_LEVERS, GoalPlan, PlanLever
from funnelsim.model.required_planning import Coverage
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.goal_plan_text import (
    change_words,
    hundred_text,
    interval_text,
    lever_title,
    money,
    setting_text,
    value_text,
)
from funnelsim.outputs.number_text import money_words, span_text
from funnelsim.outputs.plain_text import plain

BASE_RATES = (
    "Published, and not about you: more than 75 in 100 of some 250 firms missed their revenue goals of 2021, and about "
    "half of all sales quotas are reached."
)
"""Requirement R84; a practitioner's survey (grade C)."""

_DIRECTION = ("lowered to", "raised to")


def headline(plan: GoalPlan) -> str:
    """Return the answer in one sentence.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.

    Returns
    -------
    str
        What must be, and what other luck says of it; or that nothing tried is enough, and what comes nearest.
    """
    goal = money_words(plan.goal, plan.minor_digits, plan.currency)
    asked = f"{100 * plan.asked:.4g}%"
    if plan.status == "already reached":
        over = hundred_text(plan.present.chance.estimate)
        lead = f"The goal of {goal} is reached as things are: {over} in 100 futures, {asked} were asked for"
        return f"{lead} ({interval_label(plan)}: {interval_text(plan.present.chance)})."
    if plan.values is None:
        return _unreached(plan, goal, asked)
    moved = [at for at, lever in _all(plan) if plan.values[at] != lever.present]
    changes = " and ".join(change_words(plan, at, plan.values[at]) for at in moved)
    return f"To book {goal} with {asked} confidence, {changes}; {verified_words(plan)}."


def _unreached(plan: GoalPlan, goal: str, asked: str) -> str:
    """Say that nothing tried is surely enough: that it cannot be, or that the luck so far does not tell."""
    best = plan.best
    levers = " and ".join(f"'{lever_title(lever)}', tried from {_tried(plan, at)}," for at, lever in _all(plan))
    found = (
        f"the best chance found is {hundred_text(best.chance.estimate)} in 100 futures ({interval_label(plan)}: "
        f"{interval_text(best.chance)}), at {_at(plan)}"
    )
    if best.chance.high < plan.asked:
        return f"{goal} cannot be reached with {asked} confidence by {levers} alone: {found}."
    return (
        f"Whether {goal} can be reached with {asked} confidence by {levers} alone is not known: {found}, too near "
        f"{asked} to tell from {best.replications:,} futures; ask for more --replications."
    )


def _all(plan: GoalPlan) -> list[tuple[int, PlanLever]]:
    return list(enumerate(plan.levers))


def _tried(plan: GoalPlan, at: int) -> str:
    values = [one.values[at] for one in plan.trials]
    return " to ".join(value_text(plan.levers[at], end) for end in (min(values), max(values)))


def _at(plan: GoalPlan) -> str:
    if len(plan.levers) == 1:
        return value_text(plan.levers[0], plan.best.values[0])
    return setting_text(plan, plan.best.values)


def interval_label(plan: GoalPlan) -> str:
    """Return what the intervals of a plan are called.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.

    Returns
    -------
    str
        ``at least 95 %``.
    """
    return plan.present.chance.label


def verified_words(plan: GoalPlan) -> str:
    """Return what other luck says of the answer.

    Parameters
    ----------
    plan : GoalPlan
        With an answer.

    Returns
    -------
    str
        A clause.
    """
    verified = plan.verified
    assert verified is not None
    verb = "verified" if plan.held else "NOT verified"
    return (
        f"{verb}: {hundred_text(verified.chance.estimate)} in 100 futures ({interval_label(plan)}: "
        f"{interval_text(verified.chance)})"
    )


def answer_sentences(plan: GoalPlan) -> list[str]:
    """Return what stands under the headline.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.

    Returns
    -------
    list of str
        How well the answer is known, what it costs, how far one may go back, where more makes it worse.
    """
    found = [_today(plan), _lowering(plan), _known(plan), _costs(plan), *_falls(plan), *_denied(plan)]
    return [sentence for sentence in found if sentence]


def _today(plan: GoalPlan) -> str:
    if plan.status == "already reached":
        return ""
    chance = plan.present.chance.estimate
    made, missed = hundred_text(chance), hundred_text(1 - round(chance, 2))
    booked = f" {money(plan, plan.booked, named=True)} of it is booked." if plan.booked else ""
    where = interval_text(plan.present.chance)
    return f"As things are, {made} in 100 futures reach it ({where}), {missed} miss it.{booked}"


def _lowering(plan: GoalPlan) -> str:
    if plan.status != "already reached":
        return ""
    if plan.values is None:
        return "No lower setting was found that is surely enough."
    if len(plan.levers) > 1:
        return f"It would also be reached with {setting_text(plan, plan.values)}; {verified_words(plan)}."
    lever, value = plan.levers[0], plan.values[0]
    if value == lever.present:
        return f"There is nothing to spare in {lever_title(lever)}: the value next to it is not surely enough."
    way = _DIRECTION[value > lever.present]
    said = f"{lever_title(lever)}, could be {way} {value_text(lever, value)} from {value_text(lever, lever.present)}"
    return f"{said[:1].upper()}{said[1:]}; {verified_words(plan)}."


def _known(plan: GoalPlan) -> str:
    if plan.values is None or len(plan.levers) > 1:
        return ""
    lever = plan.levers[0]
    ends = [value_text(lever, end) if end is not None else "" for end in (plan.low, plan.high)]
    subject = f"The least that is enough ({interval_label(plan)})"
    if ends[0] and ends[0] == ends[1]:
        return f"{subject} is {ends[0]}; the margin in the answer is one standard error."
    if all(ends):
        ends = ends if (plan.low or 0.0) <= (plan.high or 0.0) else ends[::-1]
        return f"{subject} lies between {ends[0]} and {ends[1]}; the margin in the answer is one standard error."
    if any(ends):
        known, open_end = (ends[0], "far") if ends[0] else (ends[1], "near")
        return f"{subject} is known at one end only, {known}: the {open_end} end lies outside of what was tried."
    return f"{subject} lies anywhere in what was tried; more --replications tell more."


def _costs(plan: GoalPlan) -> str:
    verified = plan.verified
    if plan.answer is None or verified is None:
        return ""
    parts = []
    if any(lever.cost for lever in plan.levers):
        spent, most = (money(plan, one * 10**plan.minor_digits, named=True) for one in (plan.answer.spent, _most(plan)))
        least = ", the least found for it" if len(plan.levers) > 1 else ""
        parts.append(f"By your own prices that costs {spent} of at most {most}{least}.")
    if verified.cost is not None and plan.present.cost is not None and plan.values != plan.present.values:
        before, after = (money(plan, one, named=True) for one in (plan.present.cost, verified.cost))
        parts.append(f"The funnel then costs {after} in the mean instead of {before}.")
    return " ".join(parts)


def _most(plan: GoalPlan) -> float:
    return sum(lever.cost for lever in plan.levers)


def _falls(plan: GoalPlan) -> list[str]:
    lever = plan.levers[0]
    found = []
    for fall in plan.falls:
        values = [value_text(lever, one) for one in (fall.from_value, fall.to_value)]
        chances = [hundred_text(one) for one in (fall.from_chance, fall.to_chance)]
        word = "More" if fall.to_value > fall.from_value else "Less"
        found.append(
            f"{word} is not always better: from {values[0]} to {values[1]} the chance falls from {chances[0]} to "
            f"{chances[1]} in 100."
        )
    return found


def _denied(plan: GoalPlan) -> list[str]:
    """Tell of answers that other luck denied: each was moved on and tried on luck of its own again."""
    return [
        f"At {setting_text(plan, one.trial.values)} other luck gave {hundred_text(one.trial.chance.estimate)} in 100 "
        f"({interval_text(one.trial.chance)}), which is not enough."
        for one in plan.verifications
        if not one.held
    ]


def required_sentences(plan: GoalPlan) -> list[str]:
    """Return what the goal requires of sources and of the open pipeline, by own conversion.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.

    Returns
    -------
    list of str
        Empty where nothing was worked out.
    """
    found = []
    needs = plan.required
    if needs is not None:
        if needs.in_mean is None:
            found.append("No number of leads brings the goal in the mean: more leads alone do not do it.")
        else:
            factor = needs.in_mean.factor or 0.0
            plain_words = ""
            if needs.by_arithmetic is not None and abs(needs.by_arithmetic - factor) > 0.03 * max(factor, 0.01):
                plain_words = f"; by plain arithmetic it would be {needs.by_arithmetic:.3g} times, hours left aside"
            found.append(
                f"In the mean the goal takes {needs.in_mean.qsl.mean:,.3g} qualified leads a month, {factor:.3g} times "
                f"today's leads{plain_words}."
            )
    if plan.coverage is not None:
        found.append(coverage_sentence(plan, plan.coverage))
    return found


def coverage_sentence(plan: GoalPlan, coverage: Coverage) -> str:
    """Return pipeline coverage beside what is required by own conversion.

    Parameters
    ----------
    plan : GoalPlan
        Names the currency.
    coverage : Coverage
        Its coverage.

    Returns
    -------
    str
        One or two sentences.
    """
    if coverage.now is None:
        return "Nothing of the goal remains to be booked."
    pipeline, remaining = (money(plan, one, named=True) for one in (coverage.pipeline, coverage.remaining))
    said = f"Coverage: {pipeline} of PR is open against {remaining} still to be booked, {coverage.now:.2g} times"
    if coverage.required is None:
        return f"{said}; what is open books nothing in these days, so no coverage would be enough."
    share = 100 * coverage.booked / coverage.pipeline if coverage.pipeline else 0.0
    new = " with new leads as today" if coverage.new_business else ""
    asked = ""
    if coverage.required_asked is not None:
        asked = f", {coverage.required_asked:.2g} times for {100 * plan.asked:.4g}%"
    return (
        f"{said}. Your own conversion ({share:.2g}% of it is booked in these days) asks for {coverage.required:.2g} "
        f"times in the mean{new}{asked}."
    )


def meaning(plan: GoalPlan) -> str:
    """Return what counts, for the reader who comes later.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.

    Returns
    -------
    str
        One sentence; of a file of leads with what its lever means.
    """
    days = span_text(plan.window)
    if plan.kind == "scenario":
        return f"Bookings {days} under strategy '{plain(plan.strategy, 40)}' of {plain(plan.name, 60)}."
    levers = "; ".join(f"{lever.path}: {FILE_LEVERS[lever.path]}" for lever in plan.levers)
    return f"Bookings {days} from the open leads of {plain(plan.name, 60)} and what is booked to date. {levers}."


def footer(plan: GoalPlan) -> str:
    """Return where the answer comes from.

    Parameters
    ----------
    plan : GoalPlan
        Any plan.

    Returns
    -------
    str
        Source, futures, seeds and version.
    """
    seeds = ", ".join(str(one.seed) for one in plan.verifications)
    other = f"; verified with seed {seeds}" if seeds else ""
    return (
        f"{plain(plan.name, 60)}, sha256 {plan.sha256[:16]}; up to {plan.replications:,} futures a setting, "
        f"{len(plan.trials)} settings tried, seed {plan.seed}{other}; {tool_version()}"
    )
