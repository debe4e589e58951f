"""What a simulation says, in sentences that a board member could repeat.

One place for the words, so that the terminal page and the charts say the same thing.  Every sentence is plain text,
safe to show, with amounts of at most three digits, chances as counts of a hundred, and shares no finer than they are
known.

What it leaves out: layout, and figures that belong in tables.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from funnelsim.model.funnel_words import PASS_WORDS, reason_name
from funnelsim.model.funnel_worth import GoalOutcome
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_defaults import assumed_numbers
from funnelsim.model.simulation import Simulation
from funnelsim.outputs.account import tool_version
from funnelsim.outputs.number_text import day_text, in_hundred, money_range, money_words, percent_text, span_text
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.simulation_text import amount_text, count_text, days_text, estimated_amount, share_of, share_text

NAME_LENGTH = 40
SHOWN_OTHERS = 8
_OWN = "yours"
_LISTS = ("sources", "stages", "teams", "strategies")


def quoted(name: str) -> str:
    """Return a name from the scenario in quotes, safe to show.

    Parameters
    ----------
    name : str
        Of a strategy, stage, team or source.

    Returns
    -------
    str
        At most 40 characters and two quotes.
    """
    return f"'{plain(name, NAME_LENGTH)}'"


def headline(simulation: Simulation) -> str:
    """Return the one-sentence answer.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    str
        The 80 % range and the middle of bookings over the horizon; says so when there is no spread.
    """
    total, digits, currency = simulation.bookings.total, simulation.minor_digits, simulation.currency
    low, middle, high = (total.percentiles[percent] for percent in (10, 50, 90))
    error, days, who = total.standard_error, span_text(total.period), quoted(simulation.strategy.name)
    if low == high:
        amount = money_words(middle, digits, currency) if middle else "nothing"
        return f"At least 80 in 100 simulated futures under {who} book {amount}, {days}."
    between = money_range(low, high, digits, currency, (error.p10, error.p90))
    median = money_words(middle, digits, currency, error.p50)
    return f"There is an 80% chance that {who} books between {between}, {days}; the middle is {median}."


def goal_sentence(simulation: Simulation) -> str | None:
    """Return the chance of the goal, both sides, and how bad a miss is.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    str or None
        None without a goal.
    """
    goal = simulation.goal
    if goal is None:
        return None
    made, missed = _goal_sides(simulation, goal)
    percent = percent_text(goal.probability, goal.standard_error, simulation.replications)
    said = f"{made} and {missed}"
    short = goal.expected_shortfall
    miss = f" If we miss, the average shortfall is {amount_text(simulation, short)}." if short > 0 else ""
    return f"{said}: the chance of the goal is {percent}.{miss}"


def goal_title(simulation: Simulation) -> str | None:
    """Return the chance of the goal, both sides, in one short line.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    str or None
        None without a goal.
    """
    goal = simulation.goal
    if goal is None:
        return None
    return ", ".join(_goal_sides(simulation, goal)) + "."


def _goal_sides(simulation: Simulation, goal: GoalOutcome) -> tuple[str, str]:
    """Say in how many of a hundred futures the goal is reached, and missed."""
    made, missed = in_hundred(goal.probability, goal.standard_error, simulation.replications)
    target = amount_text(simulation, goal.target)
    return f"{made[:1].upper()}{made[1:]} simulated futures reach the goal of {target}", f"{missed} miss it"


def profit_sentence(simulation: Simulation) -> str:
    """Return what is left after cost.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    str
        Mean cost, and the 80 % range of profit.
    """
    cost, profit = simulation.cost.total, simulation.profit.total
    spent = amount_text(simulation, cost.mean, cost.standard_error.mean)
    low, high = (profit.percentiles[percent] for percent in (10, 90))
    error = profit.standard_error
    left = f"{amount_text(simulation, low, error.p10)} and {amount_text(simulation, high, error.p90, named=False)}"
    return (
        f"It costs {spent} on average (hours worked on leads, touches, mailings, leads bought; no salaries); "
        f"with an 80% chance the profit lies between {left}."
    )


def strategy_sentence(simulation: Simulation) -> str:
    """Return which strategy was followed, and which others the scenario has.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    str
        One or two sentences.
    """
    scenario, chosen = simulation.scenario, simulation.strategy
    title = f": {plain(chosen.title, 120)}" if chosen.title else ""
    said = f"Strategy {quoted(chosen.name)}{title}."
    others = [quoted(name) for name in scenario.strategy_names if name != chosen.name]
    if not others:
        return said
    hidden = len(others) - SHOWN_OTHERS
    more = f" and {hidden} more" if hidden > 0 else ""
    count = len(scenario.strategy_names)
    return f"{said} It is one of {count}; --strategy also takes {', '.join(others[:SHOWN_OTHERS])}{more}."


def happened(simulation: Simulation) -> tuple[str, ...]:
    """Return what happened in the funnel, one sentence each.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    tuple of str
        Rates, waste, calls, neglect, market, timing, cost, quota, passes and second chances; what did not happen or is
        not known is left out.
    """
    found = [
        rates_sentence(simulation), _waste(simulation), _calls(simulation), _neglect(simulation), _market(simulation),
        _timing(simulation), _unit_costs(simulation), *_quotas(simulation), _passes(simulation),
        _second_chances(simulation),
    ]  # fmt: skip
    return tuple(sentence for sentence in found if sentence)


def rates_sentence(simulation: Simulation) -> str:
    """Return the three rates as the *Complete Guide for B2B Marketers* defines them.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    str
        Each with what it is a share of.
    """
    rates = simulation.rates
    response = "not known (no source says how many prospects it promotes to)"
    if rates.response is not None:
        response = share_of(rates.response, "prospects promoted")
    return (
        f"Rates over the horizon: response {response}; qualification {share_of(rates.qualification, 'inquiries')}; "
        f"conversion {share_of(rates.conversion, 'qualified leads delivered to Sales')}."
    )


def assumption_lines(scenario: Scenario, most: int = 10) -> list[tuple[str, str]]:
    """Return on whose word the simulation rests, numbers of one source together.

    Parameters
    ----------
    scenario : Scenario
        Any scenario.
    most : int, default 10
        Largest number of lines.

    Returns
    -------
    list of (str, str)
        Grade, and the numbers with their source; what the document itself says comes first, defaults of 0 last, and
        what does not fit is counted.  The user's own records are not among them.
    """
    found: dict[tuple[bool, str, str], dict[tuple[str, str, str], list[str]]] = {}
    for one in assumed_numbers(scenario):
        if one.grade == _OWN:
            continue
        value = "" if one.value == "" or isinstance(one.value, dict | tuple) else f" {_value(one.value)}"
        kind, name, rest = _split(one.path)
        numbers = found.setdefault((not one.written, one.grade, one.source), {})
        numbers.setdefault((kind, rest, value), []).append(name)
    ordered = sorted(found.items(), key=lambda entry: (entry[0][0], all(value == " 0" for _, _, value in entry[1])))
    lines = [
        (
            plain(grade),
            f"{plain(_listed([_named(scenario, *key, names) for key, names in numbers.items()]))} ({plain(source)})",
        )
        for (_, grade, source), numbers in ordered
    ]
    hidden = sum(len(names) for _, numbers in ordered[most:] for names in numbers.values())
    more = f"and {hidden:,} more numbers; funnelsim scenario show has all of them"
    return [*lines[:most], *([("", more)] if hidden else [])]


def footer(simulation: Simulation) -> str:
    """Return what is needed to make the same page again.

    Parameters
    ----------
    simulation : Simulation
        Any simulation.

    Returns
    -------
    str
        As-of day, scenario, strategy, currency, replications, seed and version, on one line.
    """
    parts = [
        f"As of {day_text(simulation.calendar.as_of)}",
        f"scenario {quoted(simulation.scenario.name)}",
        f"strategy {quoted(simulation.strategy.name)}",
        f"amounts in {plain(simulation.currency, 12)}" if simulation.currency else "currency not given",
        f"{simulation.replications:,} simulated futures",
        f"seed {simulation.seed}",
        f"funnelsim {tool_version()}",
    ]
    return "; ".join(parts)


def _waste(simulation: Simulation) -> str | None:
    waste = simulation.counts.waste
    if math.isnan(waste.mean):
        return None
    spent = share_of(waste, "Sales' hours on leads")
    return f"Waste: {spent} went to leads that were not won by the end."


def _calls(simulation: Simulation) -> str | None:
    counts = simulation.counts
    if math.isnan(counts.never_called.mean):
        return None
    never = f"{share_of(counts.never_called, 'leads that came to Sales')} were lost without one touch of Sales"
    if math.isnan(counts.call_delay_days.mean):
        return f"Follow-up: {never}."
    return f"Follow-up: Sales first touched a lead {days_text(counts.call_delay_days)} after it came; {never}."


def _neglect(simulation: Simulation) -> str | None:
    counts = simulation.counts
    if math.isnan(counts.idle_over_14.mean):
        return None
    idle = (
        f"Neglect: {share_of(counts.idle_over_14, 'leads')} once lay idle for more than 14 days, "
        f"{share_text(counts.idle_over_30)} for more than 30"
    )
    points = 100 * counts.neglect_drift.mean
    if math.isnan(points) or f"{abs(points):.1f}" == "0.0":
        return f"{idle}."
    side = "fell" if points < 0 else "rose"
    return f"{idle}; the true PC of neglected leads {side} by {abs(points):.1f} points on average."


def _market(simulation: Simulation) -> str | None:
    share = simulation.counts.market_share
    if math.isnan(share.mean):
        return None
    return f"Market share: {share_text(share)} of the true buyers who bought from anybody bought from us."


def _timing(simulation: Simulation) -> str | None:
    counts = simulation.counts
    if math.isnan(counts.first_win_days.mean):
        return "No lead was won in any simulated future."
    first, late = days_text(counts.first_win_days), share_text(counts.month_end_share)
    return f"Timing: the first win comes after {first}; {late} of wins fall in the last five working days of a month."


def _unit_costs(simulation: Simulation) -> str | None:
    counts = simulation.counts
    if math.isnan(counts.cost_per_win.mean):
        return None
    win, qsl = (estimated_amount(simulation, one) for one in (counts.cost_per_win, counts.cost_per_qsl))
    lead = "" if math.isnan(counts.cost_per_qsl.mean) else f", a qualified lead {qsl}"
    return f"Cost: a win costs {win}{lead}, all cost counted."


def _quotas(simulation: Simulation) -> list[str]:
    found = [
        f"Quota: team {quoted(team.name)} books its people's quotas together in {share_text(team.quota_reached)} of "
        "simulated futures."
        for team in simulation.teams
        if team.quota_reached is not None
    ]
    reps = simulation.counts.reps_at_quota
    return [*found, f"Quota: {share_text(reps)} of Sales' people reach it."] if reps is not None else found


def _passes(simulation: Simulation) -> str | None:
    passes = simulation.counts.passes
    if not passes:
        return "Passes: no lead changed its owner by a rule."
    ordered = sorted(passes.items(), key=lambda entry: -entry[1].mean)
    parts = [f"{count_text(count)} because {PASS_WORDS.get(reason_name(why), plain(why))}" for why, count in ordered]
    return f"Passes between teams, a future: {'; '.join(parts)}."


def _second_chances(simulation: Simulation) -> str | None:
    flows = simulation.counts.flows
    words = (
        ("regenerated", "dormant or parked leads ripened"),
        ("resurrected", "lost leads re-opened"),
        ("resold", "customers needed more"),
    )
    parts = [f"{count_text(flows[name])} {said}" for name, said in words if name in flows and flows[name].mean > 0]
    return f"Second chances, a future: {', '.join(parts)}." if parts else None


def _split(path: str) -> tuple[str, str, str]:
    """Return the list that a path goes through, the name in it, and the rest; empty texts for a path without one."""
    parts = path.split(".")
    if parts[0] in _LISTS and len(parts) > 2:
        return parts[0], parts[1], ".".join(parts[2:])
    return "", "", ".".join(parts[1:] if parts[0] == "forces" else parts)


def _named(scenario: Scenario, kind: str, rest: str, value: str, names: list[str]) -> str:
    """Return one number, or one that several things of a kind share."""
    if not kind:
        return f"{rest}{value}"
    every = len(names) == len(getattr(scenario, kind)) > 1
    return f"{rest}{value} of all {kind}" if every else f"{', '.join(names)}: {rest}{value}"


def _listed(numbers: Sequence[str], most: int = 5) -> str:
    hidden = len(numbers) - most
    return "; ".join(numbers[:most]) + (f" and {hidden} more" if hidden > 0 else "")


def _value(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
