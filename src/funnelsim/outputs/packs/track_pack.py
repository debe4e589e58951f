"""The board pack of a track record: archived forecasts beside what was booked since, and the chance of each plan.

What it leaves out: bands that are still open.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from funnelsim.model.board_pack import Chart, Exhibit, Pack, Provenance, Quantity, Series, Table
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.packs.answer_words import Answer, days_text
from funnelsim.outputs.packs.forecast_pack import PERCENTS, ROLES
from funnelsim.outputs.packs.pack_parts import (
    Cell,
    distinct,
    figure,
    notes_exhibit,
    said,
    scaled,
    shown_name,
    words_exhibit,
)

_DEFINITIONS: Final = (
    "Held: what was booked lay inside the band. Honest: the range of hits that bands as wide as they claim would show.",
    "WAPE: mean distance of the mean forecast from what was booked, over mean bookings. Bias: its sign.",
)


def track_pack(document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of a track record.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        The answer, hits, bands of the nearest target, the chance of the plan over time.
    """
    answer = Answer(document)
    made = (_answer(answer), _bands(answer), _hits(answer), _chances(answer))
    return Pack(
        command="track",
        title="Track record of forecasts",
        subtitle=f"{answer.count('/runs')} forecasts, bookings of {days_text(answer, '/known')}",
        currency=answer.currency,
        exhibits=tuple(one for one in made if one is not None),
        appendix=(*notes_exhibit(answer), words_exhibit(*_DEFINITIONS)),
        track=answer.text("/sentence"),
        provenance=provenance,
        answer=document,
    )


def _day(answer: Answer, path: str) -> str:
    return day_text(date.fromisoformat(answer.at(path)))


def _answer(answer: Answer) -> Exhibit:
    rows: list[tuple[Cell, ...]] = []
    for row in range(answer.count("/targets")):
        path = f"/targets/{row}"
        rows.append((
            shown_name(answer, f"{path}/ahead"),
            answer.number(f"{path}/bands"),
            answer.number(f"{path}/held/80"),
            answer.number(f"{path}/honest/80/0"),
            answer.number(f"{path}/honest/80/1"),
            answer.share(f"{path}/wape"),
            figure(answer, f"{path}/bias", "share", 0.01, signed=True),
        ))  # fmt: skip
    headers = ("Ahead", "Bands", "Held by the 80% band", "Honest from", "to", "WAPE", "Bias")
    return Exhibit(
        "answer", answer.text("/sentence"), table=Table(headers, tuple(rows)), points=said(answer, "/remarks")[:6]
    )


def _bands(answer: Answer) -> Exhibit | None:
    """Return the bands of the nearest target that are over, run by run."""
    nearest = answer.at("/targets/0/ahead")
    found = [
        (f"/runs/{run}", f"/runs/{run}/bands/{band}")
        for run in range(answer.count("/runs"))
        for band in range(answer.count(f"/runs/{run}/bands"))
        if answer.at(f"/runs/{run}/bands/{band}/ahead") == nearest
    ]
    if not found:
        return None
    paths = [band for _, band in found]
    names = distinct([_day(answer, f"{run}/as_of") for run, _ in found])
    series = [
        Series(f"P{percent}", role, tuple(answer.money(f"{path}/p{percent}") for path in paths))
        for percent, role in zip(PERCENTS, ROLES, strict=True)
    ]
    series.append(Series("booked", "actual", tuple(answer.money(f"{path}/actual") for path in paths)))
    missed = [(name, path) for name, path in zip(names, paths, strict=True) if not answer.at(f"{path}/held/80")]
    title = f"Of {len(paths)} bands for {shown_name(answer, '/targets/0/ahead')}, the 80% band missed {len(missed)}."
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *(answer.money(f"{path}/{part}") for part in ("actual", "p10", "p50", "p90"))) for name, path in missed
    )
    return Exhibit(
        "bands",
        title,
        chart=scaled(answer, "fan", names, tuple(series), "money"),
        table=Table(("Missed, as of", "Booked", "P10", "P50", "P90"), rows) if rows else None,
        alt=f"Bands by as-of day with what was booked. {title}",
    )


def _hits(answer: Answer) -> Exhibit | None:
    count = answer.count("/targets")
    if not count:
        return None
    paths = [f"/targets/{row}" for row in range(count)]
    names = [shown_name(answer, f"{path}/ahead") for path in paths]
    held, low, high = (
        tuple(answer.number(f"{path}/{part}") for path in paths) for part in ("held/80", "honest/80/0", "honest/80/1")
    )
    outside = [
        name
        for name, one, least, most in zip(names, held, low, high, strict=True)
        if not (least.value or 0) <= (one.value or 0) <= (most.value or 0)
    ]
    found = f"outside it for {', '.join(outside[:3])}" if outside else "inside it everywhere"
    title = f"Hits of the 80% band beside the range of honest bands: {found}."
    series = (Series("held", "bar", held), Series("honest from", "low", low), Series("honest to", "high", high))
    return Exhibit(
        "hits",
        title,
        chart=scaled(answer, "bars", names, series, "count", "bands that held"),
        notes=("Bands that share days are not independent; the ranges are as wide as the stretches that stand apart.",),
        alt=f"Bars of hits by target with the range of honest bands. {title}",
    )


def _chances(answer: Answer) -> Exhibit | None:
    paths = [f"/runs/{row}" for row in range(answer.count("/runs")) if answer.at(f"/runs/{row}/plan") is not None]
    if not paths:
        return None
    window = answer.at(f"{paths[-1]}/plan/window")
    paths = [path for path in paths if answer.at(f"{path}/plan/window") == window]
    days = days_text(answer, f"{paths[-1]}/plan/window")
    names = distinct([_day(answer, f"{path}/as_of") for path in paths])
    chances: list[Quantity] = [
        Answer({**answer.document, "replications": answer.at(f"{path}/replications")}).chance(
            f"{path}/plan/probability"
        )
        for path in paths
    ]
    title = f"The chance of the plan of {days} was {chances[-1].text} on {names[-1]}"
    title += f", {chances[0].text} on {names[0]}." if len(paths) > 1 else "."
    chart = Chart(
        "lines", names, (Series("chance of the plan", "middle", tuple(chances)),), "chance", "chance of the plan"
    )
    rows = tuple(
        (name, one, answer.money(f"{path}/plan/target"), answer.money(f"{path}/plan/booked"))
        for name, one, path in zip(names, chances, paths, strict=True)
    )
    return Exhibit(
        "chances",
        title,
        chart=chart,
        table=Table(("As of", "Chance", "Plan", "Booked then"), rows),
        notes=("Runs with a plan for other days are left out here.",),
        alt=f"Line of the chance of the plan by as-of day. {title}",
    )
