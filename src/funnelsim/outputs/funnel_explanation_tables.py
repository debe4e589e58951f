"""The tables of a simulation's explanation as CSV, one under another.

What it leaves out: sentences and intervals of single conversions; the JSON has them.
"""

from __future__ import annotations

import csv
import io
import math
from decimal import Decimal

from funnelsim.model.funnel_explanation import BridgeState, FunnelExplanation
from funnelsim.model.intervals import Interval
from funnelsim.outputs.funnel_explanation_text import CHANCE
from funnelsim.outputs.plain_text import spreadsheet_cell

CSV_COLUMNS = (
    "table", "name", "before", "after", "estimate", "low", "high", "mean", "profit", "p10", "p50", "p90", "leads",
    "share",
)  # fmt: skip
Cells = dict[str, str]


def funnel_explanation_csv(answer: FunnelExplanation) -> str:
    """Return the tables of an explanation as CSV (RFC 4180).

    Parameters
    ----------
    answer : FunnelExplanation
        Any explanation.

    Returns
    -------
    str
        Lines end in CR LF; amounts are in major units, exact to the minor one for means and steps of the bridge.
        ``estimate``, ``low`` and ``high`` are a change with its interval, money unless the table is a tornado of the
        chance of the goal.  Text that a spreadsheet would take for a formula starts with ``'``.
    """
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, CSV_COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in (*_bridge(answer), *_faults(answer), *_shortfalls(answer), *_losses(answer), *_numbers(answer)):
        writer.writerow({key: spreadsheet_cell(cell) if key == "name" else cell for key, cell in row.items()})
    return lines.getvalue()


def _bridge(answer: FunnelExplanation) -> list[Cells]:
    bridge = answer.bridge
    if bridge is None or answer.since is None:
        return []
    rows = [{"table": "bridge", "name": answer.since.name, **_state(answer, bridge.start)}]
    for step in bridge.steps:
        change = {**_interval(answer, step.bookings_interval), "estimate": _exact(answer, step.bookings)}
        rows.append({"table": "bridge", "name": step.name, **change, **_state(answer, step.after)})
    return [*rows, {"table": "bridge", "name": answer.run.name, **_state(answer, bridge.end)}]


def _state(answer: FunnelExplanation, state: BridgeState) -> Cells:
    return {
        "mean": _exact(answer, state.bookings),
        "profit": _exact(answer, state.profit),
        **{f"p{percent}": _exact(answer, amount) for percent, amount in state.percentiles.items()},
    }


def _faults(answer: FunnelExplanation) -> list[Cells]:
    rows = []
    for fault in answer.faults:
        scale = 10**answer.digits if fault.measure == "money" else 1
        sides = {"before": _plain(fault.before / scale), "after": _plain(fault.after / scale)}
        name = f"{fault.kind} {fault.name}".strip()
        rows.append({"table": "works otherwise", "name": name, **sides, **_interval(answer, fault.money)})
    return rows


def _shortfalls(answer: FunnelExplanation) -> list[Cells]:
    return [
        {
            "table": "conversion against stated",
            "name": one.stage,
            "before": _plain(one.stated),
            "after": _plain(one.conversion.estimate),
            **_interval(answer, one.missing),
            "share": _plain(one.share),
        }
        for one in answer.shortfalls
    ]


def _losses(answer: FunnelExplanation) -> list[Cells]:
    return [
        {
            "table": "lost",
            "name": f"{one.stage} / {one.reason} / {one.team}",
            "estimate": _exact(answer, one.money),
            "leads": _plain(one.leads.mean),
            "share": _plain(one.share),
        }
        for one in answer.losses
    ]


def _numbers(answer: FunnelExplanation) -> list[Cells]:
    rows = []
    for bar in answer.tornado.bars:
        for value, end in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
            change = _interval(answer, end, money=answer.tornado.measure != CHANCE)
            sides = {"before": _plain(bar.value), "after": _plain(value)}
            rows.append({"table": f"tornado: {answer.tornado.measure}", "name": bar.path, **sides, **change})
    shares = [
        {"table": "share of the width", "name": part.name, "share": _plain(part.share)} for part in answer.shares.parts
    ]
    return [*rows, *shares]


def _interval(answer: FunnelExplanation, interval: Interval, *, money: bool = True) -> Cells:
    ends = {"estimate": interval.estimate, "low": interval.low, "high": interval.high}
    return {name: _exact(answer, value) if money else _plain(value) for name, value in ends.items()}


def _exact(answer: FunnelExplanation, minor: float) -> str:
    """Return major units as digits, rounded to the minor unit; nothing for what is not known."""
    if not math.isfinite(minor):
        return ""
    whole = minor if isinstance(minor, int) else round(minor)
    return f"{Decimal(whole).scaleb(-answer.digits):.{answer.digits}f}"


def _plain(value: float) -> str:
    return f"{value:.10g}" if math.isfinite(value) else ""
