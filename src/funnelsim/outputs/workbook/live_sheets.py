"""Sheets that recalculate: every lead's PR x PC, every future, and the chance of a plan typed into a cell.

Each formula is written with the value it gives, so that a reader without a spreadsheet sees the same.  A percentile is
the smallest simulated total with at least that share of futures at or below it, as everywhere in this program.

What it leaves out: charts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from xlsxwriter.utility import xl_col_to_name

from funnelsim.model.board_pack import Pack, PackData, Quantity, Table
from funnelsim.outputs.workbook.cells import Formats, write_table, write_text

MOST_FUTURES: Final = 20_000
"""Futures that are written whole; of more, only the total and the plan's."""
SHARES: Final = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
Floats = npt.NDArray[np.float64]


def write_leads(sheet: Any, leads: Table, formats: Formats) -> None:
    """Write every lead, with PR x PC as a formula and totals below.

    Parameters
    ----------
    sheet : xlsxwriter Worksheet
        Where.
    leads : Table
        With columns ``PR`` and ``PC`` as numbers.
    formats : Formats
        Of the workbook.
    """
    end = write_table(sheet, 0, leads, formats)
    sheet.freeze_panes(1, 1)
    if "PR" not in leads.headers or "PC" not in leads.headers:
        return
    pr, pc, ev = leads.headers.index("PR"), leads.headers.index("PC"), len(leads.headers)
    write_text(sheet, 0, ev, "PR x PC", formats.of(bold=True, bottom=1))
    money, bold = formats.of(num_format="#,##0"), formats.of(num_format="#,##0", bold=True, top=1)
    sums = [0.0, 0.0]
    for row, cells in enumerate(leads.rows, start=1):
        value, chance = _value(cells[pr]), _value(cells[pc])
        formula = f"={xl_col_to_name(pr)}{row + 1}*{xl_col_to_name(pc)}{row + 1}"
        sheet.write_formula(row, ev, formula, money, value * chance)
        sums = [sums[0] + value, sums[1] + value * chance]
    write_text(sheet, end, 0, "Total", formats.of(bold=True, top=1))
    for column, total in ((pr, sums[0]), (ev, sums[1])):
        name = xl_col_to_name(column)
        sheet.write_formula(end, column, f"=SUM({name}2:{name}{end})", bold, total)
    sheet.set_column(ev, ev, 14)


def _value(cell: str | Quantity) -> float:
    return cell.value or 0.0 if isinstance(cell, Quantity) else 0.0


def write_futures(sheet: Any, futures: Mapping[str, Floats], formats: Formats) -> dict[str, str]:
    """Write the simulated futures, one row each.

    Parameters
    ----------
    sheet : xlsxwriter Worksheet
        Named ``Futures``.
    futures : mapping of str to float64, (replication,)
        Major units.
    formats : Formats
        Of the workbook.

    Returns
    -------
    dict of str to str
        The cells of each column that was written.
    """
    many = len(next(iter(futures.values()))) > MOST_FUTURES
    kept = {name: values for name, values in futures.items() if not many or name in {"total", "plan"}}
    head, money, cells = formats.of(bold=True, bottom=1), formats.of(num_format="#,##0"), {}
    for column, (name, values) in enumerate(kept.items()):
        write_text(sheet, 0, column, name, head)
        for row, value in enumerate(values.tolist(), start=1):
            sheet.write_number(row, column, value, money)
        letter = xl_col_to_name(column)
        cells[name] = f"Futures!${letter}$2:${letter}${len(values) + 1}"
    sheet.set_column(0, len(kept) - 1, 14)
    sheet.freeze_panes(1, 0)
    return cells


def write_plan(sheet: Any, pack: Pack, data: PackData, cells: Mapping[str, str], formats: Formats) -> None:
    """Write the sheet on which a plan and a percentile can be typed.

    Parameters
    ----------
    sheet : xlsxwriter Worksheet
        Named ``Plan``.
    pack : Pack
        Its answer may name a plan.
    data : PackData
        The futures.
    cells : mapping of str to str
        Where they stand, from :func:`write_futures`.
    formats : Formats
        Of the workbook.
    """
    name = "plan" if "plan" in cells else "total"
    where, totals = cells[name], np.sort(data.futures[name])
    plan = pack.answer.get("plan") if name == "plan" else None
    target = float(plan["target"]) if isinstance(plan, Mapping) else float(totals[_place(0.5, len(totals))])
    money, typed = formats.of(num_format="#,##0"), formats.of(num_format="#,##0", bg_color="#FFF2CC", border=1)
    share = formats.of(num_format="0.0%")
    sheet.set_column(0, 0, 58)
    sheet.set_column(1, 2, 18)
    what = "what the plan counts, booked money included" if name == "plan" else "the total of the horizon"
    write_text(sheet, 0, 0, f"Of {len(totals):,} simulated futures of {what}", formats.of(bold=True))
    write_text(sheet, 2, 0, "Type a plan here")
    sheet.write_number(2, 1, target, typed)
    made = int((totals >= target).sum())
    short = totals[totals < target]
    write_text(sheet, 3, 0, "Chance of it: share of futures that reach it")
    sheet.write_formula(3, 1, f'=COUNTIF({where},">="&B3)/COUNT({where})', share, made / len(totals))
    write_text(sheet, 4, 0, "Chance of a miss")
    sheet.write_formula(4, 1, "=1-B4", share, 1.0 - made / len(totals))
    write_text(sheet, 5, 0, "Average shortfall of the futures that miss it")
    missing = f'COUNTIF({where},"<"&B3)'
    formula = f'=IF({missing}=0,0,B3-SUMIF({where},"<"&B3)/{missing})'
    sheet.write_formula(5, 1, formula, money, float(target - short.mean()) if len(short) else 0.0)
    write_text(sheet, 7, 0, "Type a share here; so many futures lie at or below the amount beside it")
    for row, one in enumerate(SHARES, start=8):
        write_text(sheet, row, 0, f"P{one * 100:g}")
        sheet.write_number(row, 1, one, formats.of(num_format="0%", bg_color="#FFF2CC", border=1))
        formula = f"=SMALL({where},MAX(1,ROUNDUP(B{row + 1}*COUNT({where}),0)))"
        sheet.write_formula(row, 2, formula, money, float(totals[_place(one, len(totals))]))
    words = "0% and 100% mean that none, or all, of these futures do; nobody knows more than that."
    write_text(sheet, 16, 0, words)


def _place(share: float, count: int) -> int:
    """Return the place, from 0, of the smallest total with at least that share at or below it."""
    return max(1, math.ceil(round(share * count, 9))) - 1
