"""The board pack of a plan: the smallest change that reaches the chance of a goal, and what the goal requires.

What it leaves out: settings that were tried on the way with several levers, which the run's CSV has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from funnelsim.model.board_pack import Chart, Exhibit, Pack, Provenance, Quantity, Series, Table
from funnelsim.outputs.number_text import day_text, whole_percent
from funnelsim.outputs.packs.answer_words import DASH, Answer, days_text
from funnelsim.outputs.packs.forecast_pack import NOT_TESTED
from funnelsim.outputs.packs.pack_parts import (
    SCENARIO_TRACK,
    Cell,
    distinct,
    figure,
    notes_exhibit,
    rising,
    said,
    shown_name,
    words_exhibit,
)

_DEFINITIONS: Final = (
    "Goal: money to be booked inside the days, what is booked already included.",
    "Chance: share of simulated futures that reach the goal; its interval holds the true chance 95 times in 100.",
    "Verified: the answer simulated again with luck of its own.",
    "Coverage: PR of open leads over what is still to book; required coverage comes from these leads' own conversion.",
)


def plan_pack(document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of a plan.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        The answer, the chance against the lever, coverage, and what the goal requires.
    """
    answer = Answer(document)
    made = (_answer(answer), _curve(answer), _coverage(answer), _required(answer))
    scenario = answer.at("/kind") == "scenario"
    return Pack(
        command="plan",
        title="What the goal needs",
        subtitle=f"{days_text(answer, '/window')}, as of {day_text(date.fromisoformat(answer.at('/as_of')))}",
        currency=answer.currency,
        exhibits=tuple(one for one in made if one is not None),
        appendix=(*notes_exhibit(answer), words_exhibit(*_DEFINITIONS)),
        track=SCENARIO_TRACK if scenario else NOT_TESTED,
        provenance=provenance,
        answer=document,
    )


def trial_chance(answer: Answer, path: str, name: str = "estimate") -> Quantity:
    """Return the chance of a trial in whole hundredths, as the sentences say it.

    Parameters
    ----------
    answer : Answer
        The answer.
    path : str
        Where the trial stands.
    name : str
        ``estimate``, ``low`` or ``high``; ends of an interval are rounded outwards, so that it stays true.

    Returns
    -------
    Quantity
        Never 0 % or 100 %; a dash where there is no trial.
    """
    value = answer.at(f"{path}/chance/{name}")
    if value is None:
        return Quantity(None, DASH, f"{path}/chance/{name}")
    exact = 100 * float(value)
    low, high = math.floor(exact + 1e-9), math.ceil(exact - 1e-9)
    whole = {"low": low, "high": high}.get(name, round(exact))
    return Quantity(float(value), whole_percent(whole / 100), f"{path}/chance/{name}")


def _answer(answer: Answer) -> Exhibit:
    rows: list[tuple[Cell, ...]] = [
        ("Goal", answer.money("/goal", named=True)),
        ("Booked already", answer.money("/booked", named=True)),
        ("Chance asked", answer.share("/asked")),
        ("Chance today", trial_chance(answer, "/present")),
    ]
    for row in range(answer.count("/levers")):
        name = shown_name(answer, f"/levers/{row}/path")
        rows.append((f"{name} today", figure(answer, f"/levers/{row}/present", "number")))
        if answer.at("/answer") is not None:
            rows.append((f"{name} in the answer", figure(answer, f"/answer/values/{row}", "number")))
    if answer.at("/answer") is not None:
        rows.append(("Chance found", trial_chance(answer, "/answer/found")))
        rows.append(("Chance on luck of its own", trial_chance(answer, "/answer/verified")))
    else:
        rows.append(("Best chance found", trial_chance(answer, "/best")))
    return Exhibit(
        "answer",
        answer.text("/sentence"),
        table=Table(("Figure", "Value"), tuple(rows)),
        points=said(answer, "/remarks")[:7],
    )


def _curve(answer: Answer) -> Exhibit | None:
    """Return the chance against the only lever; several levers have no line."""
    if answer.count("/levers") != 1 or answer.count("/trials") < 2:
        return None
    order = sorted(range(answer.count("/trials")), key=lambda row: answer.at(f"/trials/{row}/values/0"))
    order = _last_of_equals(answer, order)
    paths = [f"/trials/{row}" for row in order]
    names = distinct([figure(answer, f"{path}/values/0", "number").text for path in paths])
    series = tuple(
        Series(name, role, tuple(trial_chance(answer, path, part) for path in paths))  # type: ignore[arg-type]
        for name, role, part in (
            ("chance", "middle", "estimate"),
            ("95% from", "low", "low"),
            ("95% to", "high", "high"),
        )
    )
    lever = shown_name(answer, "/levers/0/path")
    today, best = trial_chance(answer, "/present").text, trial_chance(answer, "/best").text
    title = f"The chance of the goal is {today} today, and up to {best} over the values of '{lever}' that were tried."
    chart = Chart(
        "lines",
        names,
        series,
        "chance",
        "chance of the goal",
        reference=answer.share("/asked"),
        reference_name="asked",
        positions=rising([answer.at(f"{path}/values/0") for path in paths]),
    )
    return Exhibit(
        "chance",
        title,
        chart=chart,
        notes=(f"Along the axis: the value of '{lever}'.",),
        alt=f"Lines of the chance and its interval by value of the lever. {title}",
    )


def _last_of_equals(answer: Answer, order: list[int]) -> list[int]:
    """Keep of trials with the same value the one with the most futures."""
    kept: dict[float, int] = {}
    for row in order:
        value = answer.at(f"/trials/{row}/values/0")
        if value not in kept or answer.at(f"/trials/{row}/replications") > answer.at(
            f"/trials/{kept[value]}/replications"
        ):
            kept[value] = row
    return list(kept.values())


def _coverage(answer: Answer) -> Exhibit | None:
    if answer.at("/coverage/now") is None or answer.at("/coverage/required") is None:
        return None
    held, mean, asked = (answer.number(f"/coverage/{name}", 1, "x") for name in ("now", "required", "required_asked"))
    found = [("coverage held", held), ("required in the mean", mean)]
    if asked.value is not None:
        found.append((f"required for {answer.share('/asked').text}", asked))
    title = (
        f"Open leads are {held.text} what is still to book; by their own conversion {mean.text} is enough in the mean"
        f"{f', {asked.text} for the chance that is asked' if asked.value is not None else ''}."
    )
    rows = (
        ("PR of open leads", answer.money("/coverage/pipeline")),
        ("Still to book", answer.money("/coverage/remaining")),
        ("Mean booked of open leads", answer.money("/coverage/booked_mean")),
        ("Mean of new business", answer.money("/coverage/new_business_mean")),
    )
    chart = Chart(
        "bars",
        tuple(name for name, _ in found),
        (Series("PR over what is still to book", "bar", tuple(one for _, one in found)),),
        "number",
        "times what is still to book",
    )
    return Exhibit(
        "coverage",
        title,
        chart=chart,
        table=Table(("Figure", "Value"), rows),
        notes=("Required coverage is what these leads' own conversion asks for, not a rule of 3x.",),
        alt=f"Bars of coverage held and required. {title}",
    )


def _required(answer: Answer) -> Exhibit | None:
    if answer.at("/required") is None:
        return None
    columns = [name for name in ("today", "in_mean", "answer") if answer.at(f"/required/{name}") is not None]
    heads = {"today": "Today", "in_mean": "Goal in the mean", "answer": "Goal with the chance asked"}
    rows: list[tuple[Cell, ...]] = []
    for source in answer.at("/required/today/leads_a_month") or {}:
        label = f"Leads a month, {shown_name(Answer({'n': source}), '/n', 30)}"
        rows.append((label, *(_escaped(answer, f"/required/{name}/leads_a_month", source) for name in columns)))
    rows.append(("Mean bookings", *(answer.money(f"/required/{name}/bookings/mean") for name in columns)))
    rows.append(("Chance", *(answer.chance(f"/required/{name}/chance") for name in columns)))
    last = columns[-1]
    factor = answer.number(f"/required/{last}/factor", 2).text
    title = f"{heads[last]}: {factor} times today's leads, by your own conversion."
    if last == "today":
        title = "What today's leads bring a month, and what they book."
    return Exhibit("required", title, table=Table(("", *(heads[name] for name in columns)), tuple(rows)), points=())


def _escaped(answer: Answer, path: str, key: str) -> Quantity:
    """Return a number under a key that a pointer must escape."""
    value = (answer.at(path) or {}).get(key)
    word = key.replace("~", "~0").replace("/", "~1")
    return Quantity(None, "-", "") if value is None else Quantity(float(value), f"{value:,.1f}", f"{path}/{word}")
