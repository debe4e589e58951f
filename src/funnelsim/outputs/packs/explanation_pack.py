"""The board pack of an explanation: the bridge between two answers, what moves one, and where money sits and is lost.

Forecasts and simulations are explained by different documents of one command; both have a bridge, a tornado and shares.

What it leaves out: leads one by one, which the JSON has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from funnelsim.model.board_pack import Chart, Exhibit, Pack, Provenance, Quantity, Series, Table
from funnelsim.model.funnel_reports import Estimate
from funnelsim.outputs.packs.answer_words import Answer, days_text
from funnelsim.outputs.packs.forecast_pack import NOT_TESTED
from funnelsim.outputs.packs.pack_parts import (
    SCENARIO_TRACK,
    Cell,
    distinct,
    figure,
    interval,
    notes_exhibit,
    said,
    scaled,
    shown_name,
    words_exhibit,
)
from funnelsim.outputs.simulation_text import share_text

SHOWN_BARS: Final = 8
SHOWN_PLACES: Final = 10
_OFF: Final = "off"
_FINEST_SHARE: Final = 0.01
"""A share without a standard error is printed no finer than this."""
_DEFINITIONS: Final = (
    "Bridge: each step is simulated on the same luck, so the steps add up exactly. Means add; percentiles do not.",
    "Tornado: one driver at a time from its low to its high, everything else and all luck the same.",
    "PR: potential revenue of a lead. PC: its probability of ever closing. EV: PR x PC.",
)
_OF_RECORDS: Final = (
    *_DEFINITIONS[:2],
    "PR: potential revenue of a lead. EV: PR x the chance to be won ever, as the records have it.",
)
_TOLD_ELSEWHERE: Final = (
    "Whether earlier bands held what happened is told by the forecast itself, not by what explains it."
)


def explanation_pack(document: Mapping[str, Any], provenance: Provenance) -> Pack:
    """Return the board pack of an explanation.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it, of a forecast or a simulation.
    provenance : Provenance
        What stands at the foot.

    Returns
    -------
    Pack
        The bridge where there is an earlier run; always the drivers and the shares of the width.
    """
    answer = Answer({"replications": document["run"]["replications"], **document})
    simulated, records = answer.at("/command") == "simulate", answer.at("/records") is True
    made = (
        _answer(answer),
        _bridge(answer),
        _tornado(answer),
        *((_faults(answer), _shortfalls(answer)) if simulated else (_places(answer),)),
        _lost(answer) if simulated else _losses(answer),
        _shares(answer),
    )
    since = answer.text("/since/name", 40) if simulated else answer.text("/bridge/earlier/name", 40)
    return Pack(
        command="explain",
        title=f"Why '{shown_name(answer, '/run/name')}' says what it says",
        subtitle=f"{days_text(answer, '/window')}{f', since {since!r}' if since else ''}",
        currency=answer.currency,
        exhibits=tuple(one for one in made if one is not None),
        appendix=(*notes_exhibit(answer), words_exhibit(*(_OF_RECORDS if records else _DEFINITIONS))),
        track=SCENARIO_TRACK if simulated else _TOLD_ELSEWHERE if records else NOT_TESTED,
        provenance=provenance,
        answer=document,
    )


def _answer(answer: Answer) -> Exhibit:
    first = answer.text("/sentence")
    names = ("chance", "moves_most", "faults", "shortfalls", "reliefs", "losses", "leads", "changes")
    state = "/state" if answer.at("/state") is not None else "/bridge/end"
    rows: list[tuple[Cell, ...]] = []
    if answer.at("/bridge") is not None:
        rows.append(_state_row(answer, "Earlier", "/bridge/start"))
    if answer.at(state) is not None:
        rows.append(_state_row(answer, "Now", state))
    return Exhibit(
        "answer",
        first,
        table=Table(("", "Mean", "P10", "P50", "P90"), tuple(rows)) if rows else None,
        points=tuple(one for one in said(answer, *(f"/sentences/{name}" for name in names)) if one != first)[:7],
    )


def _state_row(answer: Answer, label: str, path: str) -> tuple[Cell, ...]:
    return (label, *(answer.money(f"{path}/{name}") for name in ("mean", "p10", "p50", "p90")))


def _bridge(answer: Answer) -> Exhibit | None:
    """Return the steps from mean to mean; those that moved nothing are left out."""
    if answer.at("/bridge") is None:
        return None
    steps = [f"/bridge/steps/{row}" for row in range(answer.count("/bridge/steps"))]
    steps = [path for path in steps if answer.at(f"{path}/amount")]
    names = ["earlier", *(shown_name(answer, f"{path}/name") for path in steps), "now"]
    start, end = answer.money("/bridge/start/mean"), answer.money("/bridge/end/mean")
    amounts = [_as_printed(answer, f"{path}/amount", f"{path}/printed") for path in steps]
    rows: list[tuple[Cell, ...]] = [_step_row(answer, "earlier", "", "/bridge/start")]
    for name, path, amount in zip(names[1:-1], steps, amounts, strict=True):
        rows.append(_step_row(answer, name, amount, f"{path}/after"))
    rows.append(_step_row(answer, "now", "", "/bridge/end"))
    change = _as_printed(answer, "/bridge/change", "/bridge/printed")
    title = f"From the earlier mean of {start.text} to {end.text} now: {change.text}."
    if steps:
        largest = max(range(len(steps)), key=lambda row: abs(amounts[row].value or 0.0))
        title = f"{title[:-1]}; the largest step is {names[largest + 1]} ({amounts[largest].text})."
    return Exhibit(
        "bridge",
        title,
        chart=scaled(answer, "bridge", names, (Series("mean", "step", (start, *amounts, end)),), "money"),
        table=Table(("Step", "Change", "Mean", "P10", "P50", "P90"), tuple(rows), total=True),
        points=said(answer, "/sentences/bridge"),
        notes=said(answer, "/sentences/order", "/sentences/steps", "/sentences/alone"),
        alt=f"Bridge from the earlier mean to the mean now. {title}",
    )


def _as_printed(answer: Answer, path: str, printed: str) -> Quantity:
    """Return an amount as the page prints it, whose steps add up as printed; an earlier answer does not say how."""
    found = figure(answer, path, "money", signed=True)
    text = answer.text(printed, 20)
    return found if text in {"", "0"} else replace(found, text=text)


def _step_row(answer: Answer, label: str, amount: Cell, path: str) -> tuple[Cell, ...]:
    return (label, amount, *_state_row(answer, label, path)[1:])


def _tornado(answer: Answer) -> Exhibit | None:
    """Return each driver's two ends around the baseline; a simulation's ends are changes."""
    count = min(answer.count("/tornado/bars"), SHOWN_BARS)
    if not count:
        return None
    by_chance = str(answer.at("/tornado/measure")).startswith("chance")
    unit = "chance" if by_chance else "money"
    paths = [f"/tornado/bars/{row}" for row in range(count)]
    changes = answer.at("/tornado/bars/0/at_low") is not None
    names = [shown_name(answer, f"{path}/{'path' if changes else 'name'}") for path in paths]
    if changes:
        ends = [[interval(answer, f"{path}/{end}", unit)[0] for end in ("at_low", "at_high")] for path in paths]
    else:
        ends = [[figure(answer, f"{path}/{end}", unit) for end in ("low", "high")] for path in paths]
    baseline = figure(answer, "/tornado/baseline", unit)
    middle = Quantity(0.0, "0") if changes else baseline
    ordered = [sorted(pair, key=lambda one: one.value or 0.0) for pair in ends]
    series = (
        Series("lower end", "low", tuple(pair[0] for pair in ordered)),
        Series("as it is", "middle", (middle,) * count),
        Series("upper end", "high", tuple(pair[1] for pair in ordered)),
    )
    chart = scaled(answer, "ranges", names, series, unit, "points" if changes else "chance of the plan")
    settings = ("low", "high") if changes else ("low_setting", "high_setting")
    rows = tuple(
        (name, answer.text(f"{path}/{settings[0]}", 24), one, answer.text(f"{path}/{settings[1]}", 24), two)
        for name, path, (one, two) in zip(names, paths, ends, strict=True)
    )
    measure = answer.text("/tornado/measure")
    flat = all(low.text == high.text for low, high in ordered)  # ends that print alike would be an empty chart
    stays = f"No driver by itself moves the {measure} by more than rounding hides: at both ends of each it is the same."
    return Exhibit(
        "tornado",
        answer.text("/sentences/moves_most") or f"What moves the {measure} most.",
        chart=None
        if flat
        else replace(chart, reference=None if changes else baseline, reference_name="" if changes else "as it is"),
        table=Table(("Driver", "Low", "At low", "High", "At high"), rows),
        notes=(f"Baseline: {measure} {baseline.text}. One driver at a time on the same luck.",),
        points=(stays,) if flat else (),
        alt=""
        if flat
        else f"Floating bars of the {measure} from each driver's low to its high, as it is {baseline.text}.",
    )


def _places(answer: Answer) -> Exhibit | None:
    count = min(answer.count("/places"), SHOWN_PLACES)
    if not count:
        return None
    paths = [f"/places/{row}" for row in range(count)]
    names = distinct([
        f"{shown_name(answer, f'{path}/stage')}, {shown_name(answer, f'{path}/owner')}" for path in paths
    ])
    values = tuple(answer.money(f"{path}/expected_value") for path in paths)
    rows = tuple(
        (name, answer.number(f"{path}/rows"), one) for name, path, one in zip(names, paths, values, strict=True)
    )
    title = f"Most expected value sits in {names[0]}: {values[0].text}."
    return Exhibit(
        "places",
        title,
        chart=scaled(answer, "bars", names, (Series("EV", "bar", values),), "money"),
        table=Table(("Stage and owner", "Leads", "EV"), rows),
        alt=f"Bars of expected value by stage and owner. {title}",
    )


def _losses(answer: Answer) -> Exhibit | None:
    count = min(answer.count("/losses/cells"), SHOWN_PLACES)
    if not count:
        return None
    paths = [f"/losses/cells/{row}" for row in range(count)]
    names = distinct([
        " / ".join(shown_name(answer, f"{path}/{part}") for part in ("stage", "owner")) for path in paths
    ])
    leads = tuple(answer.number(f"{path}/leads") for path in paths)
    reasons = [answer.text(f"{path}/reason") for path in paths]
    expected = [answer.money(f"{path}/expected") for path in paths]
    told = (any(reasons), any(one.value is not None for one in expected))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, one, *((why,) if told[0] else ()), *((worth,) if told[1] else ()))
        for name, why, one, worth in zip(names, reasons, leads, expected, strict=True)
    )
    worst = max(range(count), key=lambda row: expected[row].value or 0.0) if told[1] else 0
    if told[1]:
        most = f"{expected[worst].text} of {leads[worst].text} leads"
        title = f"Most was expected of lost leads in {names[worst]}: {most}."
        drawn = Series("expected of lost leads", "bar", tuple(expected))
    else:
        title = f"Most lost leads were in {names[0]}: {leads[0].text} of {answer.number('/losses/leads').text}."
        drawn = Series("leads lost", "bar", leads)
    heads = ("Lost in", "Leads", *(("Reason",) if told[0] else ()), *(("Expected of them",) if told[1] else ()))
    return Exhibit(
        "losses",
        title,
        chart=scaled(answer, "bars", names, (drawn,), "money")
        if told[1]
        else scaled(answer, "bars", names, (drawn,), "count", "leads lost"),
        table=Table(heads, rows),
        points=said(answer, "/sentences/losses"),
        alt=f"Bars of {drawn.name} by stage and owner. {answer.text('/sentences/losses')}",
    )


def _faults(answer: Answer) -> Exhibit | None:
    count = min(answer.count("/faults"), SHOWN_PLACES)
    if not count:
        return None
    paths = [f"/faults/{row}" for row in range(count)]
    names = distinct([_fault_name(answer, path) for path in paths])
    found = [interval(answer, f"{path}/by_itself", "money") for path in paths]
    units = ["money" if answer.at(f"{path}/measure") == "money" else "share" for path in paths]
    rows = tuple(
        (name, figure(answer, f"{path}/before", unit), figure(answer, f"{path}/after", unit), *one)
        for name, path, unit, one in zip(names, paths, units, found, strict=True)
    )
    series = (
        Series("95% from", "low", tuple(low for _, low, _ in found)),
        Series("by itself", "middle", tuple(one for one, _, _ in found)),
        Series("95% to", "high", tuple(high for _, _, high in found)),
    )
    said_first = answer.text("/sentences/faults") or f"Of what works otherwise, {names[0]} matters most."
    return Exhibit(
        "faults",
        said_first,
        chart=scaled(answer, "ranges", names, series, "money"),
        table=Table(("Works otherwise", "Before", "After", "By itself", "95% from", "to"), rows),
        notes=said(answer, "/sentences/fault_note"),
        alt=f"Floating bars of what each change does by itself. {said_first}",
    )


def _fault_name(answer: Answer, path: str) -> str:
    name, kind = answer.text(f"{path}/name", 30).strip(), answer.text(f"{path}/kind", 30)
    return f"{kind} {name}" if name else kind


def _shortfalls(answer: Answer) -> Exhibit | None:
    count = answer.count("/shortfalls")
    if not count:
        return None
    paths = [f"/shortfalls/{row}" for row in range(count)]
    names = distinct([shown_name(answer, f"{path}/stage") for path in paths])
    real = tuple(interval(answer, f"{path}/conversion", "share", signed=False)[0] for path in paths)
    stated = tuple(answer.share(f"{path}/stated") for path in paths)
    rows = tuple(
        (name, two, one, *interval(answer, f"{path}/missing", "money"))
        for name, path, one, two in zip(names, paths, real, stated, strict=True)
    )
    series = (Series("simulated", "bar", real), Series("stated", "bar", stated))
    return Exhibit(
        "shortfalls",
        answer.text("/sentences/shortfalls") or "No stage falls short of what is stated.",
        chart=Chart("bars", names, series, "share", "share of leads that advance"),
        table=Table(("Stage", "Stated", "Simulated", "Missing", "95% from", "to"), rows),
        notes=said(answer, "/sentences/shortfall_note", "/sentences/reliefs"),
        alt=f"Bars of conversion by stage, simulated beside stated. {answer.text('/sentences/shortfalls')}",
    )


def _lost(answer: Answer) -> Exhibit | None:
    count = min(answer.count("/losses"), SHOWN_PLACES)
    if not count:
        return None
    paths = [f"/losses/{row}" for row in range(count)]
    where = [[shown_name(answer, f"{path}/{part}") for part in ("stage", "reason", "owner")] for path in paths]
    names = distinct([f"{stage}: {reason} ({owner})" for stage, reason, owner in where])
    money = tuple(answer.money(f"{path}/money") for path in paths)
    rows = tuple(
        (
            name,
            figure(answer, f"{path}/leads/mean", "number", answer.at(f"{path}/leads/standard_error") or 0.0),
            one,
            answer.share(f"{path}/share"),
            answer.share(f"{path}/cumulative"),
        )
        for name, path, one in zip(names, paths, money, strict=True)
    )
    return Exhibit(
        "losses",
        answer.text("/sentences/losses") or "Where money is lost.",
        chart=scaled(answer, "bars", names, (Series("money lost with leads", "bar", money),), "money"),
        table=Table(("Lost in (owner)", "Leads a future", "Money", "Share", "So far"), rows),
        notes=said(answer, "/sentences/loss_note"),
        alt=f"Bars of money lost by stage and reason. {answer.text('/sentences/losses')}",
    )


def _shares(answer: Answer) -> Exhibit | None:
    count = answer.count("/shares/parts")
    if not count:
        return None
    paths = [f"/shares/parts/{row}" for row in range(count)]
    column = "width" if answer.at("/shares/parts/0/width") is not None else "share"
    names = distinct([shown_name(answer, f"{path}/name") for path in paths])
    values = [_share(answer, path, column) for path in paths]
    on = [row for row, value in enumerate(values) if value.text != _OFF]
    bars = Series("share of the width", "bar", tuple(values[row] for row in on))
    drawn = Chart("bars", tuple(names[row] for row in on), (bars,), "share", "share of the width")
    said_first = answer.text("/sentences/shares") or "Where the width of the band comes from."
    return Exhibit(
        "shares",
        said_first,
        chart=drawn if on else None,
        table=Table(("Where the width comes from", "Share"), tuple(zip(names, values, strict=True))),
        alt=f"Bars of the shares of the band's width. {said_first}",
    )


def _share(answer: Answer, path: str, column: str) -> Quantity:
    """Return a share as the sentence says it: a cause that is off has none, and no estimate is 0 % or 100 %."""
    share, error = float(answer.at(f"{path}/{column}")), answer.at(f"{path}/standard_error")
    whole = 0.0 if share == 1 else error or _FINEST_SHARE  # 1 only where nothing else is on
    off = share == error == 0 or not answer.at("/shares/sd")
    return Quantity(share, _OFF if off else share_text(Estimate(share, whole)), f"{path}/{column}")
