"""The board pack of a back-test: how often bands held what happened, and how little that many forecasts prove.

What it leaves out: places in the futures (PIT) and reliability, which the run's own charts show.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from funnelsim.model.board_pack import Chart, Exhibit, Pack, Provenance, Quantity, Series, Table
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.packs.answer_words import Answer
from funnelsim.outputs.packs.forecast_pack import PERCENTS, ROLES
from funnelsim.outputs.packs.pack_parts import Cell, figure, notes_exhibit, said, scaled, shown_name, words_exhibit

LEVEL: Final = 80
_DEFINITIONS: Final = (
    "Held: what happened lay inside the band. Honest: the range of hits that bands as wide as they claim would show.",
    "WAPE: mean distance of the mean forecast from what happened, over mean happenings. Bias: its sign.",
    "CRPS: distance of the whole forecast from what happened, in its unit; smaller is nearer.",
)


def backtest_pack(document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of a back-test.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        The answer, bands against what happened, hits, rivals, and a correction where one was tried.
    """
    answer = Answer(document)
    made = (_answer(answer), _bands(answer), _hits(answer), _rivals(answer), _recalibration(answer))
    days = [date.fromisoformat(answer.at(f"/forecasts/{row}/first_day")) for row in range(answer.count("/forecasts"))]
    span = f", {day_text(min(days))} to {day_text(max(days))}" if days else ""
    return Pack(
        command="backtest",
        title="Back-test of forecasts",
        subtitle=f"{len(set(days))} forecasts, one a {answer.at('/every')}{span}",
        currency=answer.currency,
        exhibits=tuple(one for one in made if one is not None),
        appendix=(*notes_exhibit(answer), words_exhibit(*_DEFINITIONS)),
        track=answer.text("/sentence"),
        provenance=provenance,
        answer=document,
    )


def _unit(answer: Answer) -> str:
    return "count" if answer.at("/counts_only") else "money"


def _own(answer: Answer) -> list[int]:
    """Return where the scores of the forecaster that is shown stand."""
    name = answer.at("/forecaster")
    rows = range(answer.count("/scores"))
    return [row for row in rows if answer.at(f"/scores/{row}/forecaster") == name]


def _answer(answer: Answer) -> Exhibit:
    rows: list[tuple[Cell, ...]] = []
    for row in _own(answer):
        path = f"/scores/{row}"
        bands = f"{path}/bands/{LEVEL}"
        counts = [answer.number(f"{bands}/{name}") for name in ("held", "low", "high")]
        rows.append((
            shown_name(answer, f"{path}/target"),
            answer.number(f"{path}/forecasts"),
            *counts,
            answer.share(f"{path}/wape"),
            figure(answer, f"{path}/bias", "share", 0.01, signed=True),
        ))  # fmt: skip
    headers = ("Ahead", "Forecasts", f"Held by the {LEVEL}% band", "Honest from", "to", "WAPE", "Bias")
    return Exhibit(
        "answer", answer.text("/sentence"), table=Table(headers, tuple(rows)), points=said(answer, "/remarks")[:4]
    )


def _hits(answer: Answer) -> Exhibit | None:
    rows = [row for row in _own(answer) if answer.at(f"/scores/{row}/bands/{LEVEL}") is not None]
    if not rows:
        return None
    paths = [f"/scores/{row}/bands/{LEVEL}" for row in rows]
    held, low, high = ([answer.number(f"{path}/{name}") for path in paths] for name in ("held", "low", "high"))
    outside = [
        shown_name(answer, f"/scores/{row}/target")
        for row, one, least, most in zip(rows, held, low, high, strict=True)
        if not (least.value or 0) <= (one.value or 0) <= (most.value or 0)
    ]
    found = f"outside it in {', '.join(outside[:3])}" if outside else "inside it everywhere"
    title = f"Hits of the {LEVEL}% band beside the range of honest bands: {found}."
    series = (
        Series("held", "bar", tuple(held)),
        Series("honest from", "low", tuple(low)),
        Series("honest to", "high", tuple(high)),
    )
    names = [shown_name(answer, f"/scores/{row}/target") for row in rows]
    return Exhibit(
        "hits",
        title,
        chart=scaled(answer, "bars", names, series, "count", "forecasts whose band held"),
        notes=("Targets beyond the first period overlap, so their forecasts are not independent.",),
        alt=f"Bars of hits by target with the range of honest bands. {title}",
    )


def _bands(answer: Answer) -> Exhibit | None:
    """Return the bands of the first target, forecast by forecast, beside what happened."""
    target = answer.at("/targets/0")
    rows = [row for row in range(answer.count("/forecasts")) if answer.at(f"/forecasts/{row}/target") == target]
    rows = [row for row in rows if answer.at(f"/forecasts/{row}/p50") is not None]
    if not rows:
        return None
    paths, unit = [f"/forecasts/{row}" for row in rows], _unit(answer)
    series = [
        Series(f"P{percent}", role, tuple(figure(answer, f"{path}/p{percent}", unit) for path in paths))
        for percent, role in zip(PERCENTS, ROLES, strict=True)
    ]
    series.append(Series("what happened", "actual", tuple(figure(answer, f"{path}/actual", unit) for path in paths)))
    firsts = {path: date.fromisoformat(answer.at(f"{path}/first_day")) for path in paths}
    months = str(target).startswith("month") and all(day.day == 1 for day in firsts.values())
    names = {path: f"{day:%b %Y}" if months else day_text(day) for path, day in firsts.items()}
    missed = [
        path
        for path in paths
        if not answer.at(f"{path}/p10") <= answer.at(f"{path}/actual") <= answer.at(f"{path}/p90")
    ]
    name = shown_name(answer, "/targets/0")
    title = f"In {name}, {len(missed)} of {len(paths)} times what happened lay outside the {LEVEL}% band."
    table: tuple[tuple[Cell, ...], ...] = tuple(
        (
            names[path],
            *(figure(answer, f"{path}/{column}", unit) for column in ("actual", "p10", "p50", "p90")),
        )
        for path in missed
    )
    return Exhibit(
        "bands",
        title,
        chart=scaled(answer, "fan", tuple(names.values()), tuple(series), unit, "leads won"),
        table=Table(("Missed", "What happened", "P10", "P50", "P90"), table) if table else None,
        notes=("Each band was made from what was known on the day before its first day.",),
        alt=f"Bands of {name} by first day, with what happened. {title}",
    )


def _rivals(answer: Answer) -> Exhibit | None:
    target = answer.at("/targets/0")
    rows = [row for row in range(answer.count("/scores")) if answer.at(f"/scores/{row}/target") == target]
    if len(rows) < 2:
        return None
    unit, paths = _unit(answer), [f"/scores/{row}" for row in rows]
    crps = [figure(answer, f"{path}/crps", unit) for path in paths]
    names = [shown_name(answer, f"{path}/forecaster") for path in paths]
    own = next(
        (
            one.value
            for one, path in zip(crps, paths, strict=True)
            if answer.at(f"{path}/forecaster") == answer.at("/forecaster")
        ),
        None,
    )
    ahead = [
        name
        for name, one in zip(names, crps, strict=True)
        if one.value is not None and own is not None and one.value < own
    ]
    where = shown_name(answer, "/targets/0")
    title = f"In {where}, no rival was nearer to what happened, by CRPS."
    if ahead:
        title = f"In {where}, nearer to what happened than these bands, by CRPS: {', '.join(ahead)}."
    table = tuple(
        (name, one, answer.share(f"{path}/wape"), figure(answer, f"{path}/skill", "share", 0.01, signed=True))
        for name, one, path in zip(names, crps, paths, strict=True)
    )
    return Exhibit(
        "rivals",
        title,
        chart=scaled(answer, "bars", names, (Series("CRPS, smaller is nearer", "bar", tuple(crps)),), unit, "leads"),
        table=Table(("Forecaster", "CRPS", "WAPE", "Skill of ours"), table),
        alt=f"Bars of CRPS by forecaster. {title}",
    )


def _recalibration(answer: Answer) -> Exhibit | None:
    if answer.at("/recalibration") is None:
        return None
    path = "/recalibration"
    factor = answer.number(f"{path}/factor", 2)
    rows: tuple[tuple[str, Quantity, Quantity], ...] = (
        ("as they were", answer.number(f"{path}/held_before"), figure(answer, f"{path}/crps_before", _unit(answer))),
        ("corrected", answer.number(f"{path}/held_after"), figure(answer, f"{path}/crps_after", _unit(answer))),
    )
    tested = answer.number(f"{path}/of").text
    chart = Chart(
        "bars",
        tuple(name for name, _, _ in rows),
        (Series(f"held, of {tested}", "bar", tuple(held for _, held, _ in rows)),),
        "count",
        "bands that held",
    )
    title = f"Bands {factor.text} times as wide would have suited the earlier forecasts; this is not applied."
    return Exhibit(
        "correction",
        title,
        chart=chart,
        table=Table(("Bands", f"Held, of {tested}", "CRPS"), rows),
        notes=("The factor is fitted on the earlier forecasts and tested on the later ones.",),
        alt=f"Two bars of hits, as they were and corrected. {title}",
    )
