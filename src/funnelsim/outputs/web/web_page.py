"""A board pack as one self-contained HTML page: no network, a strict policy, everything chosen from what it holds.

The page's own script and style are named by their hashes in its content security policy, so a browser runs nothing
else; text from users stands only in text nodes, quoted attributes and escaped JSON.

What it leaves out: where the page is written.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from funnelsim.model.board_pack import Exhibit, Pack, PackData, Quantity, Table
from funnelsim.outputs.packs.answer_words import NAME_LENGTH, Answer
from funnelsim.outputs.web.plan_box import PlanBox, plan_box
from funnelsim.outputs.web.views import MOST_GROUPS, View, group_name, step_names, views_of
from funnelsim.outputs.web.web_values import (
    chart_table,
    chart_values,
    json_text,
    lead_values,
    number_columns,
    shown,
    table_values,
)

MOST_LEADS = 10_000
LEADS_BYTES = 1_300_000
"""Room for the leads in the page; those with the largest amounts stay where it is too little."""
MOST_OPEN_ROWS = 30
"""A table with more rows is folded; on paper it is open."""
SHORT_NAME = 14
"""Rows whose names are no longer need no room kept for names."""
WHY_NOT = (
    "The other steps are for all bookings only: they need every simulated future, which a run does not keep for a part."
)
_PARTS = ("charts.js", "explore.js", "plan.js", "tables.js")
_KINDS = {
    "answer": "The answer",
    "fan": "Bookings to come",
    "plan": "Chance of the plan",
    "periods": "Period by period",
    "leads": "Leads that matter",
    "components": "Where it comes from",
    "groups": "Who brings it",
    "quality": "Data quality",
    "words": "Words",
}


def page_bytes(pack: Pack, data: PackData, signs: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Return a pack as one HTML page.

    Parameters
    ----------
    pack : Pack
        Any command's.
    data : PackData
        Leads for the table, futures for the quarters and the plan box; each part is left out where it is empty.
    signs : mapping of str to str
        What may stand beside an amount that is typed, and which currency it names; none by default.

    Returns
    -------
    bytes
        UTF-8; the same for the same pack and data.
    """
    views, plan = views_of(pack, data), plan_box(pack, data, signs)
    leads, lead_words = _leads(data.leads)
    script, style = _script(), _style()
    values = {
        "charts": {one.key: chart_values(one.chart) for one in pack.all if one.chart is not None},
        "views": {f"{one.whose}:{one.step}": _view(one) for one in views} or None,
        "plan": None if plan is None else plan.values,
        "leads": leads,
    }
    page = _template().render(
        pack=pack,
        policy=_policy(script, style),
        style=Markup(style),
        script=Markup(script),
        data=Markup(json_text(values)),
        exhibits=[_exhibit(one) for one in pack.exhibits],
        appendix=[_exhibit(one) for one in pack.appendix],
        views=_choices(pack, views),
        plan=_plan(plan),
        leads=None if leads is None else {"words": lead_words},
        futures=f"{pack.provenance.replications:,}",
    )
    return bytes(page.encode())


def _finalize(value: Any) -> Any:
    """Return what the template prints: our own markup as it is, all else without characters that steer a screen."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else shown(value, None)


@cache
def _template() -> Any:
    text = (files(__package__) / "page.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        loader=DictLoader({"page": text}),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page")


@cache
def _script() -> str:
    parts = [(files(__package__) / name).read_text(encoding="utf-8") for name in _PARTS]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "\n})();\n"


@cache
def _style() -> str:
    return (files(__package__) / "page.css").read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    """Return the content security policy: this script, this style, no request, no form, no other base."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _exhibit(one: Exhibit) -> dict[str, Any]:
    numbers = None if one.chart is None else chart_table(one.chart)
    return {
        "key": one.key,
        "kind": _KINDS.get(one.key, one.key.replace("_", " ").replace("-", " ").capitalize()),
        "title": one.title,
        "chart": one.chart is not None,
        "folded": _folded(one),
        "axis": one.chart.axis if one.chart is not None else "",
        "alt": one.alt or one.title,
        "caption": _KINDS.get(one.key, one.key.replace("_", " ").capitalize()),
        "table": _cells(one.table),
        "numbers": _cells(numbers),
        "points": one.points,
        "notes": one.notes,
    }


def _folded(one: Exhibit) -> str:
    """Return the words on a long table that the reader unfolds; nothing for one that stands open."""
    long = one.table is not None and one.key != "periods" and len(one.table.rows) > MOST_OPEN_ROWS
    return f"All {len(one.table.rows):,} rows" if long and one.table is not None else ""


def _cells(table: Table | None) -> dict[str, Any] | None:
    if table is None:
        return None
    numbers = number_columns(table.rows, len(table.headers))
    rows = [[cell if isinstance(cell, Quantity) else shown(cell) for cell in row] for row in table.rows]
    short = all(isinstance(row[0], str) and len(row[0]) <= SHORT_NAME for row in rows)
    return {"headers": table.headers, "rows": rows, "numbers": numbers, "total": table.total, "short": short}


def _view(view: View) -> dict[str, Any]:
    return {
        "title": view.title,
        "note": view.note,
        "chart": chart_values(view.chart),
        "table": table_values(view.table),
    }


def _choices(pack: Pack, views: tuple[View, ...]) -> dict[str, Any] | None:
    """Return what a reader may choose from; None where there is one view at most."""
    if len(views) < 2:
        return None
    answer = Answer(pack.answer)
    count = answer.count("/groups")
    note = views[0].note
    if count > MOST_GROUPS:
        note += f" The page holds {MOST_GROUPS} of {count:,} groups; --json has all of them."
    return {
        "steps": step_names(views, str(answer.at("/calendar/period"))),
        "by": answer.text("/by", NAME_LENGTH),
        "whose": [group_name(answer, k) for k in range(min(count, MOST_GROUPS))],
        "title": views[0].title,
        "note": note,
        "why": WHY_NOT,
    }


def _plan(plan: PlanBox | None) -> dict[str, str] | None:
    return None if plan is None else {"start": plan.start, "words": plan.words}


def _leads(table: Table | None) -> tuple[dict[str, Any] | None, str]:
    """Return the leads that fit, as JSON values, and how many they are in words."""
    if table is None or not table.rows:
        return None, ""
    numbers = number_columns(table.rows, len(table.headers))
    first = next((k for k, one in enumerate(numbers) if one), None)
    most = min(MOST_LEADS, len(table.rows))
    values = lead_values(table, _largest(table, first, most))
    while len(json_text(values).encode()) > LEADS_BYTES and most > 1:
        most = max(1, most * 3 // 4)
        values = lead_values(table, _largest(table, first, most))
    if most == len(table.rows):
        return values, f"{most:,} leads." if most > 1 else "One lead."
    by = f" with the largest {shown(table.headers[first])}" if first is not None else ""
    return values, f"{most:,} of {len(table.rows):,} leads, those{by or ' that come first'}; the workbook has all."


def _largest(table: Table, column: int | None, most: int) -> list[int]:
    """Return the places of the rows with the largest numbers in a column, in the table's order."""
    if column is None or most >= len(table.rows):
        return list(range(most))
    found = [row[column] for row in table.rows]
    sizes = [one.value if isinstance(one, Quantity) and one.value is not None else float("-inf") for one in found]
    return sorted(sorted(range(len(sizes)), key=lambda row: -sizes[row])[:most])
