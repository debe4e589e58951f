"""The board packs of an optimum and of a sweep: which design is best, how sure that is, and which lever matters.

What it leaves out: scores other than the metric, which the run's tables have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from funnelsim.model.board_pack import Chart, Exhibit, Pack, Provenance, Quantity, Series, Table
from funnelsim.model.score_words import SCORES
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.packs.answer_words import Answer
from funnelsim.outputs.packs.pack_parts import (
    SCENARIO_TRACK,
    Cell,
    called,
    distinct,
    figure,
    interval,
    intervals_chart,
    notes_exhibit,
    rising,
    said,
    scaled,
    shown_name,
    words_exhibit,
)
from funnelsim.outputs.plain_text import plain

SHOWN: Final = 10
SHOWN_LEVERS: Final = 6
_DEFINITIONS: Final = (
    "Design: one setting of every lever. All designs are simulated on the same leads with the same luck.",
    "Difference: paired, future by future, with its interval.",
    "Chance best: share of resampled sets of futures in which the design has the best mean.",
)


def optimum_pack(document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of an optimum.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        The answer, and the designs beside the best of the others.
    """
    answer = Answer(document)
    made = (_optimum_answer(answer), _designs(answer))
    return _pack("optimize", "The best design", answer, made, provenance)


def sweep_pack(document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of a sweep.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        The conclusion, the best designs, what each lever does.
    """
    answer = Answer(document)
    responses = tuple(_response(answer, row) for row in range(min(answer.count("/responses"), SHOWN_LEVERS)))
    made = (_sweep_answer(answer), _effects(answer), *responses)
    return _pack("sweep", "What each lever does", answer, made, provenance)


def _pack(command: str, title: str, answer: Answer, made: tuple[Exhibit | None, ...], provenance: Provenance) -> Pack:
    scenario = shown_name(answer, "/scenario/title", 70)
    return Pack(
        command=command,
        title=title,
        subtitle=f"{scenario}, as of {day_text(date.fromisoformat(answer.at('/as_of')))}",
        currency=answer.currency,
        exhibits=tuple(one for one in made if one is not None),
        appendix=(*notes_exhibit(answer), words_exhibit(*_DEFINITIONS)),
        track=SCENARIO_TRACK,
        provenance=provenance,
        answer=answer.document,
    )


def _unit(answer: Answer) -> str:
    score = SCORES.get(str(answer.at("/metric/name")))
    return str(answer.at("/metric/unit") or (score.unit if score else "number"))


def _chance(answer: Answer, path: str, replications: int) -> Quantity:
    return Answer({**answer.document, "replications": replications}).chance(path)


def _optimum_answer(answer: Answer) -> Exhibit:
    unit = _unit(answer)
    rows: list[tuple[Cell, ...]] = []
    for number in (answer.at("/ranking") or [])[:SHOWN]:
        path = f"/designs/{number}"
        error = answer.at(f"{path}/mean/standard_error") or 0.0
        known = answer.at(f"{path}/difference") is not None
        difference = interval(answer, f"{path}/difference", unit) if known else ("", "", "")
        rows.append((
            shown_name(answer, f"{path}/title", 50),
            figure(answer, f"{path}/mean/mean", unit, error),
            *difference,
            _chance(answer, f"{path}/chance_best", answer.at(f"{path}/replications")),
            answer.text(f"{path}/status"),
        ))  # fmt: skip
    headers = ("Design", answer.text("/metric/title").capitalize(), "Difference", "from", "to", "Chance best", "")
    return Exhibit(
        "answer",
        answer.text("/answer"),
        table=Table(headers, tuple(rows)),
        points=said(answer, "/promise"),
        notes=(
            f"{answer.number('/runs').text} runs in all; {answer.number('/separate_runs').text} with separate luck.",
        ),
    )


def _designs(answer: Answer) -> Exhibit | None:
    numbers = [row for row in answer.at("/ranking") or [] if answer.at(f"/designs/{row}/difference") is not None][
        :SHOWN
    ]
    if not numbers:
        return None
    unit, paths = _unit(answer), [f"/designs/{number}" for number in numbers]
    names = [shown_name(answer, f"{path}/title") for path in paths]
    title = f"Of {answer.count('/designs')} designs, {len(answer.at('/best') or ())} are not ruled out as the best."
    if len(answer.at("/best") or ()) == 1:
        title = f"Of {answer.count('/designs')} designs, all but one are ruled out as the best."
    return Exhibit(
        "designs",
        title,
        chart=intervals_chart(answer, [f"{path}/difference" for path in paths], names, unit),
        notes=("Intervals hold at every look, however long it was simulated.",),
        alt=f"Floating bars of the designs' differences to the best. {title}",
    )


def _sweep_answer(answer: Answer) -> Exhibit:
    unit = _unit(answer)
    count = answer.count("/points")
    known = [row for row in range(count) if answer.at(f"/points/{row}/estimate") is not None]
    best = -1.0 if answer.at("/metric/higher_is_better") else 1.0
    known.sort(key=lambda row: best * answer.at(f"/points/{row}/estimate"))
    rows: list[tuple[Cell, ...]] = []
    for row in known[:SHOWN]:
        path = f"/points/{row}"
        settings = ", ".join(f"{name} {value}" for name, value in (answer.at(f"{path}/set") or {}).items())
        error = answer.at(f"{path}/standard_error") or 0.0
        rows.append((
            f"{answer.at(f'{path}/design')}: {plain(settings, 60)}",
            shown_name(answer, f"{path}/strategy"),
            figure(answer, f"{path}/estimate", unit, error),
            *interval(answer, f"{path}/difference", unit),
        ))  # fmt: skip
    title = answer.text("/metric/title").capitalize()
    return Exhibit(
        "answer",
        answer.text("/conclusion"),
        table=Table(("Design", "Strategy", title, "Against design 1", "95% from", "to"), tuple(rows)),
        points=said(answer, "/sentences/lever", "/sentences/noise", "/sentences/designs"),
    )


def _effects(answer: Answer) -> Exhibit | None:
    count = min(answer.count("/effects/levers"), SHOWN)
    if not count:
        return None
    paths = [f"/effects/levers/{row}" for row in range(count)]
    names = distinct([shown_name(answer, f"{path}/lever") for path in paths])
    shares = tuple(answer.share(f"{path}/share") for path in paths)
    unit = _unit(answer)
    rows = tuple(
        (
            name,
            share,
            answer.text(f"{path}/best_at", 20),
            answer.text(f"{path}/worst_at", 20),
            figure(answer, f"{path}/swing", unit),
        )
        for name, share, path in zip(names, shares, paths, strict=True)
    )
    most = max(range(count), key=lambda row: shares[row].value or 0.0)
    title = f"{names[most]} matters most: {shares[most].text} of the variance among designs is its own."
    return Exhibit(
        "effects",
        title,
        chart=Chart("bars", names, (Series("share of the variance", "bar", shares),), "share", "share of the variance"),
        table=Table(("Lever", "Share", "Best at", "Worst at", "Apart"), rows),
        notes=said(answer, "/sentences/noise"),
        alt=f"Bars of each lever's share of the variance. {title}",
    )


def _response(answer: Answer, row: int) -> Exhibit | None:
    path, unit = f"/responses/{row}", _unit(answer)
    count = answer.count(f"{path}/points")
    if count < 2:
        return None
    points = [f"{path}/points/{number}" for number in range(count)]
    names = [answer.text(f"{one}/at", 20) for one in points]
    series = tuple(
        Series(name, role, tuple(figure(answer, f"{one}/{part}", unit) for one in points))  # type: ignore[arg-type]
        for name, role, part in (("mean", "middle", "mean"), ("95% from", "low", "low"), ("95% to", "high", "high"))
    )
    lever, metric = shown_name(answer, f"{path}/lever"), answer.text("/metric/title")
    strategy = called("strategy", shown_name(answer, f"{path}/strategy"))
    title = (
        f"{metric.capitalize()} by {lever}, {strategy}: "
        f"{series[0].values[0].text} at {names[0]}, {series[0].values[-1].text} at {names[-1]}."
    )
    return Exhibit(
        f"response_{row + 1}",
        title,
        chart=replace(scaled(answer, "lines", names, series, unit, metric), positions=rising(names)),
        notes=("Mean over the designs with that value, on the same futures.",),
        alt=f"Lines of the mean and its interval by value of the lever. {title}",
    )
