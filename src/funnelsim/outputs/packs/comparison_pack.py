"""The board pack of a comparison: which one is better, by how much, how sure that is, what it costs, and why.

Differences are paired: the same leads with the same luck.  Two fans side by side would hide that, so there are none.

What it leaves out: scores beyond the score card and leads one by one, which the JSON has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from funnelsim.model.board_pack import Exhibit, Pack, Provenance, Series, Table
from funnelsim.outputs.number_text import day_text
from funnelsim.outputs.packs.answer_words import Answer, calendar_of, period_at
from funnelsim.outputs.packs.forecast_appendix import assumptions_exhibit
from funnelsim.outputs.packs.forecast_pack import NOT_TESTED
from funnelsim.outputs.packs.pack_parts import (
    SCENARIO_TRACK,
    Cell,
    figure,
    half_error,
    interval,
    intervals_chart,
    notes_exhibit,
    said,
    scaled,
    shown_name,
    words_exhibit,
)

CARD: Final = ("cost_per_win", "cost_per_qsl", "p10", "waste", "first_win_days")
"""Lowest cost, least risk, waste and effort, shortest time: the five columns of every comparison."""
MONEY_SCORES: Final = ("revenue", "profit", "cost")
SHOWN_LINES: Final = 8
_DEFINITIONS: Final = (
    "Difference: the other's figure less the baseline's, future by future on the same luck, with its 95% interval.",
    "Null twin: the same comparison with one mechanism's strength at 0 and its cost left on; due is what goes with it.",
    "P10: 1 in 10 simulated futures books less.",
)


def comparison_pack(document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of a comparison.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        The conclusion, differences, score card, null twins and reasons.
    """
    answer = Answer(document)
    lead = int(answer.at("/sentences/leading") or 0)
    made = (
        _answer(answer, lead),
        _differences(answer, lead),
        _over_time(answer, lead),
        _card(answer),
        _best(answer),
        _twins(answer, lead),
        _reasons(answer, lead),
    )
    assumed = (assumptions_exhibit(answer),) if answer.count("/assumptions") else ()
    return Pack(
        command="compare",
        title="Comparison of strategies",
        subtitle=f"{answer.count('/entrants')} on the same luck, as of {day_text(calendar_of(document).as_of)}",
        currency=answer.currency,
        exhibits=tuple(one for one in made if one is not None),
        appendix=(*assumed, *notes_exhibit(answer), words_exhibit(*_DEFINITIONS)),
        track=NOT_TESTED if answer.at("/entrants/0/scenario") is None else SCENARIO_TRACK,
        provenance=provenance,
        answer=document,
    )


def _names(answer: Answer, contest: int) -> tuple[str, str]:
    return shown_name(answer, f"/contests/{contest}/base"), shown_name(answer, f"/contests/{contest}/other")


def _scores(answer: Answer, contest: int) -> dict[str, str]:
    """Return where each score of a contest stands."""
    path = f"/contests/{contest}/scores"
    return {answer.at(f"{path}/{row}/name"): f"{path}/{row}" for row in range(answer.count(path))}


def _decided(answer: Answer, contest: int) -> str:
    return _scores(answer, contest)[answer.at("/metric/name")]


def _answer(answer: Answer, lead: int) -> Exhibit:
    unit = str(answer.at("/metric/unit"))
    rows: list[tuple[Cell, ...]] = []
    for contest in range(answer.count("/contests")):
        path = _decided(answer, contest)
        error = half_error(answer, f"{path}/difference")
        estimate, low, high = interval(answer, f"{path}/difference", unit)
        base, other = _names(answer, contest)
        rows.append((
            f"{other} against {base}",
            figure(answer, f"{path}/base", unit, error),
            figure(answer, f"{path}/other", unit, error),
            estimate,
            low,
            high,
            answer.chance(f"/contests/{contest}/beats/estimate"),
        ))  # fmt: skip
    headers = (answer.text("/metric/title").capitalize(), "Baseline", "Other", "Difference", "95% from", "to", "Ahead")
    points = said(answer, "/sentences/profit", "/sentences/looks", "/sentences/certainty")
    more = [answer.text(f"/sentences/contests/{row}") for row in range(answer.count("/contests")) if row != lead]
    return Exhibit(
        "answer",
        answer.text("/conclusion"),
        table=Table(headers, tuple(rows)),
        points=(*points, *more)[:8],
        notes=("Ahead: share of futures in which the other does better than the baseline; ties count half.",),
    )


def _differences(answer: Answer, lead: int) -> Exhibit | None:
    scores = _scores(answer, lead)
    found = [
        scores[name]
        for name in MONEY_SCORES
        if name in scores and answer.at(f"{scores[name]}/difference/estimate") is not None
    ]
    if not found:
        return None
    base, other = _names(answer, lead)
    paths = [f"{path}/difference" for path in found]
    names = [answer.text(f"{path}/title") for path in found]
    known = []
    for name, path in zip(names, paths, strict=True):
        low, high = answer.at(f"{path}/low"), answer.at(f"{path}/high")
        way = "not known yet" if low is None or low <= 0 <= high else "more" if low > 0 else "less"
        known.append(f"{name} {way}")
    title = f"{other} against {base}, on the same luck: {', '.join(known)}."
    rows = tuple((name, *interval(answer, path, "money")) for name, path in zip(names, paths, strict=True))
    return Exhibit(
        "differences",
        title,
        chart=intervals_chart(answer, paths, names, "money"),
        table=Table(("Difference", "Estimate", "95% from", "to"), rows),
        alt=f"Floating bars of paired differences with their 95% intervals. {title}",
    )


def _over_time(answer: Answer, lead: int) -> Exhibit | None:
    name = f"/contests/{lead}/cumulative"
    rows = range(answer.count(name))
    if not rows or answer.at(f"/contests/{lead}/identical"):
        return None
    calendar = calendar_of(answer.document)
    labels = [calendar.label(period_at(answer, f"/contests/{lead}/periods/{row}")) for row in rows]
    found = [interval(answer, f"{name}/{row}/mean", "money") for row in rows]
    base, other = _names(answer, lead)
    estimate, low, high = found[-1]
    within = f"95%: {low.text} to {high.text}"
    title = f"Booked more by {other} than by {base}, added up: {estimate.text} by {labels[-1]} ({within})."
    series = (
        Series("mean difference", "middle", tuple(one for one, _, _ in found)),
        Series("95% from", "low", tuple(one for _, one, _ in found)),
        Series("95% to", "high", tuple(one for _, _, one in found)),
    )
    return Exhibit(
        "over_time",
        title,
        chart=scaled(answer, "lines", labels, series, "money"),
        notes=("One paired difference with its interval, not two fans: most luck is shared and cancels.",),
        alt=f"Lines of the cumulative paired difference and its 95% interval. {title}",
    )


def _card(answer: Answer) -> Exhibit | None:
    scores = _scores(answer, 0)
    shown: list[str] = [name for name in CARD if name in scores]
    if not shown:
        return None
    units = {name: str(answer.at(f"{scores[name]}/unit")) for name in shown}
    rows: list[tuple[Cell, ...]] = [_card_row(answer, "base", 0, shown, units)]
    for contest in range(answer.count("/contests")):
        rows.append(_card_row(answer, "other", contest, shown, units))
        found = _scores(answer, contest)
        base, other = _names(answer, contest)
        rows.append((
            f"{other} - {base}",
            *(interval(answer, f"{found[name]}/difference", units[name])[0] for name in shown),
        ))  # fmt: skip
    better = {True: "better", False: "worse", None: "not known"}
    last = _scores(answer, int(answer.at("/sentences/leading") or 0))
    words = [f"{answer.text(f'{last[name]}/title')} {better[answer.at(f'{last[name]}/better')]}" for name in shown]
    headers = ("", *(f"{answer.text(f'{scores[name]}/title')}{_unit_words(units[name])}" for name in shown))
    return Exhibit(
        "score_card",
        f"Beside revenue: {'; '.join(words)}.",
        table=Table(headers, tuple(rows)),
        notes=("Cost, risk, waste and time: no strategy is judged by revenue alone.",),
    )


def _unit_words(unit: str) -> str:
    return "" if unit in {"money", "money each", "share"} else f", {unit}"


def _card_row(
    answer: Answer, side: str, contest: int, shown: Sequence[str], units: Mapping[str, str]
) -> tuple[Cell, ...]:
    found = _scores(answer, contest)
    cells = [
        figure(answer, f"{found[name]}/{side}", units[name], half_error(answer, f"{found[name]}/difference"))
        for name in shown
    ]
    return (_names(answer, contest)[side == "other"], *cells)


def _best(answer: Answer) -> Exhibit | None:
    count = answer.count("/best")
    if not count:
        return None
    unit = str(answer.at("/metric/unit"))
    paths = [f"/best/{row}" for row in range(count)]
    names = [shown_name(answer, f"{path}/label") for path in paths]
    rows = tuple(
        (
            name,
            *interval(answer, f"{path}/against_best_of_others", unit)[1:],
            answer.chance(f"{path}/chance_best"),
            figure(answer, f"{path}/opportunity_cost", unit),
        )
        for name, path in zip(names, paths, strict=True)
    )
    likeliest = max(range(count), key=lambda row: answer.at(f"{paths[row]}/chance_best") or 0.0)
    chance = answer.chance(f"{paths[likeliest]}/chance_best").text
    title = f"Of {count}, {names[likeliest]} is likeliest the best: {chance}."
    return Exhibit(
        "best",
        title,
        chart=intervals_chart(answer, [f"{path}/against_best_of_others" for path in paths], names, unit),
        table=Table(("", "Against the best of the others from", "to", "Chance best", "Wrong choice costs"), rows),
        alt=f"Floating bars of each against the best of the others. {title}",
    )


def _twins(answer: Answer, lead: int) -> Exhibit | None:
    count = answer.count("/null_twins")
    if not count:
        return None
    unit = str(answer.at("/metric/unit"))
    paths = [f"/null_twins/{row}/contests/{lead}" for row in range(count)]
    names = [shown_name(answer, f"/null_twins/{row}/mechanism") for row in range(count)]
    verdicts = [answer.text(f"/sentences/null_twins/{row}/{lead}") for row in range(count)]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            name,
            *(interval(answer, f"{path}/{part}", unit)[0] for part in ("with", "without")),
            *interval(answer, f"{path}/due", unit),
            verdict,
        )
        for name, path, verdict in zip(names, paths, verdicts, strict=True)
    )
    listed = "; ".join(f"{name}: {verdict}" for name, verdict in zip(names, verdicts, strict=True))
    title = f"What goes when a mechanism is switched off and its cost stays: {listed}."
    return Exhibit(
        "twins",
        title,
        chart=intervals_chart(answer, [f"{path}/due" for path in paths], names, unit),
        table=Table(("Mechanism off", "With it", "Without", "Due to it", "95% from", "to", ""), rows),
        alt=f"Floating bars of what each mechanism is worth. {title}",
    )


def _reasons(answer: Answer, lead: int) -> Exhibit | None:
    path = f"/contests/{lead}/ledger"
    count = answer.count(f"{path}/lines")
    if not count:
        return None
    order = sorted(range(count), key=lambda row: -abs(answer.at(f"{path}/lines/{row}/amount") or 0.0))[:SHOWN_LINES]
    where = [f"{path}/lines/{row}" for row in order]
    amounts = tuple(figure(answer, f"{one}/amount", "money", signed=True) for one in where)
    fates = [" to ".join(answer.text(f"{one}/{side}", 16) for side in ("before", "after")) for one in where]
    labels = [f"{shown_name(answer, f'{one}/reason', 30)} ({fate})" for one, fate in zip(where, fates, strict=True)]
    rows = tuple(
        (label, figure(answer, f"{one}/leads", "number"), amount)
        for label, one, amount in zip(labels, where, amounts, strict=True)
    )
    futures = answer.number(f"{path}/replications").text
    title = f"Lead by lead in {futures} futures, most is moved by: {labels[0]}, {amounts[0].text} a future."
    return Exhibit(
        "reasons",
        title,
        chart=scaled(answer, "bars", labels, (Series("a future", "bar", amounts),), "money"),
        table=Table(("Why fate changes", "Leads a future", "Amount a future"), rows),
        notes=(f"Leads whose fate is the same: {answer.number(f'{path}/unchanged', 1).text} a future.",),
        alt=f"Bars of amounts by reason. {title}",
    )
