"""The board pack of a simulation: what the funnel books, how sure that is, and where leads go, wait and are lost.

What it leaves out: other strategies (a comparison shows them), and value by journey, which the JSON has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from funnelsim.model.board_pack import Chart, Exhibit, Pack, Provenance, Quantity, Series, Table
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.packs.answer_words import Answer, axis_of, calendar_of, days_text
from funnelsim.outputs.packs.forecast_appendix import assumptions_exhibit
from funnelsim.outputs.packs.forecast_pack import band_series, percentile, period_labels
from funnelsim.outputs.packs.pack_parts import (
    SCENARIO_TRACK,
    Cell,
    called,
    distinct,
    figure,
    notes_exhibit,
    said,
    scaled,
    shown_name,
    words_exhibit,
)

FEW_LEADS: Final = 20
"""Stages with fewer leads a future are grey."""
SHOWN_LOSSES: Final = 8
_DEFINITIONS: Final = (
    "P10, P50, P90: 1, 5 and 9 in 10 simulated futures book less. Percentiles do not add; means do.",
    "As stated: the share of leads that advance when they get all the work they absorb. Advanced: the simulated share.",
    "Cost: hours worked on leads, touches, mailings and leads bought; no salaries.",
)


def simulation_pack(document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of a simulation.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        The answer, bands, the goal, stages, teams, losses and sources.
    """
    answer = Answer(document)
    made = (
        _answer(answer),
        _fan(answer),
        _goal(answer),
        _periods(answer),
        _stages(answer),
        _teams(answer),
        _losses(answer),
        _sources(answer),
    )
    strategy = called("Strategy", shown_name(answer, "/strategy/name"))
    return Pack(
        command="simulate",
        title=shown_name(answer, "/scenario/title", 90),
        subtitle=f"{strategy}, {days_text(answer, '/total')}, as of {day_text(calendar_of(document).as_of)}",
        currency=answer.currency,
        exhibits=tuple(one for one in made if one is not None),
        appendix=(assumptions_exhibit(answer), *notes_exhibit(answer), words_exhibit(*_DEFINITIONS)),
        track=SCENARIO_TRACK,
        provenance=provenance,
        answer=document,
    )


def _answer(answer: Answer) -> Exhibit:
    rows: list[tuple[Cell, ...]] = [
        _band_row(answer, label, path)
        for label, path in (("Bookings", "/total"), ("Cost", "/cost/total"), ("Profit", "/profit/total"))
    ]
    return Exhibit(
        "answer",
        answer.text("/sentences/headline"),
        table=Table(("", "Mean", "P10", "P50", "P90"), tuple(rows)),
        points=said(answer, "/sentences/goal", "/sentences/profit", "/sentences/happened")[:5],
        notes=said(answer, "/sentences/strategy"),
    )


def _band_row(answer: Answer, label: str, path: str) -> tuple[Cell, ...]:
    mean = answer.money(f"{path}/mean", answer.at(f"{path}/standard_error/mean") or 0.0)
    return (label, mean, *(percentile(answer, path, percent) for percent in (10, 50, 90)))


def _fan(answer: Answer) -> Exhibit:
    series = band_series(answer, [f"/cumulative/{row}" for row in range(answer.count("/cumulative"))])
    goal = answer.money("/goal/target", named=True) if answer.at("/goal") is not None else None
    axis, scale = axis_of([*series[-1].values, *([goal] if goal else [])], answer.currency)
    low, high = (percentile(answer, "/total", percent, named=True).text for percent in (10, 90))
    title = f"Cumulative bookings end between {low} and {high} in 8 of 10 futures"
    title += f"; the goal is {goal.text}." if goal else "."
    chart = Chart(
        "fan",
        period_labels(answer, "/periods"),
        series,
        "money",
        axis,
        scale,
        reference=goal,
        reference_name="goal" if goal else "",
    )
    return Exhibit("fan", title, chart=chart, alt=f"Fan chart of cumulative bookings. {title}")


def _goal(answer: Answer) -> Exhibit | None:
    if answer.at("/goal") is None:
        return None
    made, missed = answer.both_sides("/goal/probability")
    chance = answer.chance("/goal/probability")
    chart = Chart(
        "bars",
        ("reach the goal", "miss the goal"),
        (Series("share of simulated futures", "bar", (chance, answer.opposite("/goal/probability"))),),
        "chance",
        "share of simulated futures",
    )
    return Exhibit(
        "goal",
        answer.text("/sentences/goal"),
        chart=chart,
        notes=("The chance of the goal is the share of simulated futures whose bookings reach it.",),
        alt=f"Two bars: {made} simulated futures reach the goal, {missed} miss it.",
    )


def _periods(answer: Answer) -> Exhibit:
    labels = period_labels(answer, "/periods")
    paths = [f"/periods/{row}" for row in range(len(labels))]
    series = band_series(answer, paths)
    axis, scale = axis_of(series[-1].values, answer.currency)
    most = max(range(len(paths)), key=lambda row: answer.at(f"{paths[row]}/p50") or 0.0)
    low, high = (percentile(answer, paths[most], percent).text for percent in (10, 90))
    middle = percentile(answer, paths[most], 50, named=True).text
    unit = answer.at("/calendar/period")
    title = (
        f"{labels[most]} is the largest {unit}: the middle is {middle}, 8 in 10 futures lie between {low} and {high}."
    )
    rows = [_band_row(answer, label, path) for label, path in zip(labels, paths, strict=True)]
    return Exhibit(
        "periods",
        title,
        chart=Chart("fan", labels, series, "money", axis, scale, running=False),
        table=Table(("Period", "Mean", "P10", "P50", "P90"), (*rows, _band_row(answer, "Total", "/total")), total=True),
        notes=("Percentiles of periods do not add up to those of the total.",),
        alt=f"Bands of bookings by {unit}. {title}",
    )


def _stages(answer: Answer) -> Exhibit | None:
    count = answer.count("/stages")
    if not count:
        return None
    paths = [f"/stages/{row}" for row in range(count)]
    names = distinct([shown_name(answer, f"{path}/name") for path in paths])
    real = tuple(
        figure(answer, f"{path}/conversion/mean", "share", answer.at(f"{path}/conversion/standard_error") or 0.0)
        for path in paths
    )
    stated = tuple(answer.share(f"{path}/stated_conversion") for path in paths)
    gaps = [(one.value or 0.0) - (two.value or 0.0) for one, two in zip(real, stated, strict=True)]
    worst = min(range(count), key=lambda row: gaps[row])
    title = f"Every stage converts about as stated, or better; {names[worst]} comes nearest to falling short."
    if gaps[worst] < -0.01:
        title = (
            f"Stage {names[worst]} falls furthest short: {real[worst].text} advance, {stated[worst].text} as stated."
        )
    rows = tuple(
        (
            name,
            _mean(answer, f"{path}/entered"),
            one,
            two,
            answer.number(f"{path}/days", 1),
            _mean(answer, f"{path}/open_at_end"),
        )
        for name, path, one, two in zip(names, paths, real, stated, strict=True)
    )
    grey = frozenset(row for row, path in enumerate(paths) if (answer.at(f"{path}/entered/mean") or 0.0) < FEW_LEADS)
    series = (Series("advanced", "bar", real), Series("as stated", "bar", stated))
    return Exhibit(
        "stages",
        title,
        chart=Chart("bars", names, series, "share", "share of leads that advance", grey=grey),
        table=Table(("Stage", "Entered", "Advanced", "As stated", "Days there", "Open at the end"), rows),
        notes=(f"Leads a future; stages with fewer than {FEW_LEADS} are grey.",),
        alt=f"Bars of the share of leads that advance by stage, beside what is stated. {title}",
    )


def _mean(answer: Answer, path: str) -> Quantity:
    return figure(answer, f"{path}/mean", "number", answer.at(f"{path}/standard_error") or 0.0)


def _teams(answer: Answer) -> Exhibit | None:
    paths = [f"/teams/{row}" for row in range(answer.count("/teams"))]
    paths = [path for path in paths if answer.at(f"{path}/utilisation/mean") is not None]
    if not paths:
        return None
    names = distinct([shown_name(answer, f"{path}/name") for path in paths])
    used = tuple(
        figure(answer, f"{path}/utilisation/mean", "share", answer.at(f"{path}/utilisation/standard_error") or 0.0)
        for path in paths
    )
    fullest = max(range(len(paths)), key=lambda row: used[row].value or 0.0)
    rows = tuple(
        (
            name,
            _mean(answer, f"{path}/hours"),
            share,
            _mean(answer, f"{path}/touches"),
            answer.money(f"{path}/cost/mean", answer.at(f"{path}/cost/standard_error") or 0.0),
            _mean(answer, f"{path}/neglected_days"),
        )
        for name, path, share in zip(names, paths, used, strict=True)
    )
    title = f"The fullest team is {names[fullest]}: {used[fullest].text} of its hours are worked on leads."
    return Exhibit(
        "teams",
        title,
        chart=Chart("bars", names, (Series("hours worked", "bar", used),), "share", "share of hours there are"),
        table=Table(("Team", "Hours", "Of its room", "Touches", "Cost", "Lead days neglected"), rows),
        alt=f"Bars of the share of hours used by team. {title}",
    )


def _losses(answer: Answer) -> Exhibit | None:
    count = min(answer.count("/losses"), SHOWN_LOSSES)
    if not count:
        return None
    paths = [f"/losses/{row}" for row in range(count)]
    where = [[shown_name(answer, f"{path}/{part}") for part in ("stage", "reason", "team")] for path in paths]
    names = distinct([f"{stage}: {reason} ({team})" for stage, reason, team in where])
    leads, shares = (
        tuple(_mean(answer, f"{path}/leads") for path in paths),
        [answer.share(f"{path}/share") for path in paths],
    )
    rows = tuple((name, lost, share) for name, lost, share in zip(names, leads, shares, strict=True))
    title = f"Most leads are lost in stage {names[0]}: {shares[0].text} of all that are lost."
    return Exhibit(
        "losses",
        title,
        chart=scaled(answer, "bars", names, (Series("leads a future", "bar", leads),), "number", "leads lost a future"),
        table=Table(("Lost in (owner)", "Leads a future", "Share"), rows),
        alt=f"Bars of leads lost by stage and reason. {title}",
    )


def _sources(answer: Answer) -> Exhibit | None:
    count = answer.count("/sources")
    if not count:
        return None
    paths = [f"/sources/{row}" for row in range(count)]
    names = distinct([shown_name(answer, f"{path}/name") for path in paths])
    booked, cost = (
        tuple(answer.money(f"{path}/{part}/mean", answer.at(f"{path}/{part}/standard_error") or 0.0) for path in paths)
        for part in ("booked", "cost")
    )
    most = max(range(count), key=lambda row: booked[row].value or 0.0)
    title = f"{called('Source', names[most])} brings most: {booked[most].text} a future, for {cost[most].text}."
    rows = tuple(
        (name, _mean(answer, f"{path}/leads"), one, two)
        for name, path, one, two in zip(names, paths, booked, cost, strict=True)
    )
    return Exhibit(
        "sources",
        title,
        chart=scaled(answer, "bars", names, (Series("booked a future", "bar", booked),), "money"),
        table=Table(("Source", "Leads a future", "Booked a future", "Cost"), rows),
        alt=f"Bars of bookings by source. {title}",
    )
