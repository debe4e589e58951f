"""Sheets with every lead and every future: raw numbers, and formulas over them that recalculate.

Each formula is written with the value it gives, so that a reader without a spreadsheet sees the same; ranges have
names, so that a planner can write formulas of his own over them.

What it leaves out: the plan box (:mod:`funnelsim.outputs.workbook.plan_sheet`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from funnelsim.model.board_pack import Quantity, Table
from funnelsim.outputs.workbook.cells import Formats, widths, write_table, write_text

MOST_FUTURES: Final = 20_000
"""Futures that are written whole; of more, only the total and the plan's."""
MOST_ROWS: Final = 1_048_575
"""Of a sheet, below its headers."""
Floats = npt.NDArray[np.float64]


def write_leads(book: Any, sheet: Any, leads: Table, formats: Formats) -> None:
    """Write every lead, with PR x PC and its share of the total as formulas, and totals below.

    Parameters
    ----------
    book : xlsxwriter Workbook
        Gets the names ``lead_pr``, ``lead_pc`` and ``lead_ev``.
    sheet : xlsxwriter Worksheet
        Named ``Leads``.
    leads : Table
        With columns ``PR`` and ``PC`` of numbers; without a PC that is a number there are no formulas.
    formats : Formats
        Of the workbook.
    """
    end = write_table(sheet, 0, leads, formats)
    for column, width in enumerate(widths(leads)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    pr, pc = (_numeric(leads, name) for name in ("PR", "PC"))
    if pr is None or pc is None or not leads.rows:
        return
    ev, share = len(leads.headers), len(leads.headers) + 1
    head = formats.of(bold=True, bottom=1, text_wrap=True, valign="top", align="right")
    write_text(sheet, 0, ev, "PR x PC", head)
    write_text(sheet, 0, share, "Share", head)
    sheet.set_column(ev, share, 14)
    sheet.autofilter(0, 0, end - 1, share)
    _lead_formulas(sheet, leads, (pr, pc, ev, share), formats)
    for name, column in (("lead_pr", pr), ("lead_pc", pc), ("lead_ev", ev)):
        book.define_name(name, f"=Leads!{xl_range_abs(1, column, end - 1, column)}")


def _lead_formulas(sheet: Any, leads: Table, columns: tuple[int, int, int, int], formats: Formats) -> None:
    pr, pc, ev, share = columns
    end = 1 + len(leads.rows)
    money, percent = formats.money(), formats.of(num_format="0.0%")
    values = [(_value(row[pr]), _value(row[pc])) for row in leads.rows]
    sums = (sum(one for one, _ in values), sum(one * other for one, other in values))
    total = xl_rowcol_to_cell(end, ev, row_abs=True, col_abs=True)
    for row, (potential, chance) in enumerate(values, start=1):
        product = f"={xl_rowcol_to_cell(row, pr)}*{xl_rowcol_to_cell(row, pc)}"
        sheet.write_formula(row, ev, product, money, potential * chance)
        part = f"=IF({total}=0,0,{xl_rowcol_to_cell(row, ev)}/{total})"
        sheet.write_formula(row, share, part, percent, potential * chance / sums[1] if sums[1] else 0.0)
    write_text(sheet, end, 0, "Total", formats.of(bold=True, top=1))
    bold = formats.money(bold=True, top=1)
    for column, value in ((pr, sums[0]), (ev, sums[1])):
        cells = f"{xl_rowcol_to_cell(1, column)}:{xl_rowcol_to_cell(end - 1, column)}"
        sheet.write_formula(end, column, f"=SUM({cells})", bold, value)


def _numeric(leads: Table, name: str) -> int | None:
    """Return the last column of a name that holds numbers: a column of the user's may have the same name."""
    for column in range(len(leads.headers) - 1, -1, -1):
        if leads.headers[column] == name and any(isinstance(row[column], Quantity) for row in leads.rows):
            return column
    return None


def _value(cell: str | Quantity) -> float:
    return cell.value or 0.0 if isinstance(cell, Quantity) else 0.0


def write_futures(book: Any, sheet: Any, futures: Mapping[str, Floats], formats: Formats) -> dict[str, str]:
    """Write the simulated futures, one row each.

    Parameters
    ----------
    book : xlsxwriter Workbook
        Gets the names ``futures_total`` and ``futures_plan``.
    sheet : xlsxwriter Worksheet
        Named ``Futures``.
    futures : mapping of str to float64, (replication,)
        Major units, not empty; of more than 20,000 only ``total`` and ``plan`` are written.
    formats : Formats
        Of the workbook.

    Returns
    -------
    dict of str to str
        The name of the cells of ``total`` and ``plan``, where they were written.
    """
    count = len(next(iter(futures.values())))
    kept = {name: values for name, values in futures.items() if count <= MOST_FUTURES or name in {"total", "plan"}}
    head, money = formats.of(bold=True, bottom=1, align="right"), formats.money()
    names: dict[str, str] = {}
    if count > MOST_ROWS:
        write_text(sheet, 0, 0, f"{count:,} futures are more than a sheet has rows; they are in the run's own file.")
        return names
    for column, (name, values) in enumerate(kept.items()):
        write_text(sheet, 0, column, name, head)
        sheet.write_column(1, column, values.tolist(), money)
        if name in {"total", "plan"}:
            names[name] = f"futures_{name}"
            book.define_name(names[name], f"=Futures!{xl_range_abs(1, column, len(values), column)}")
    sheet.set_column(0, len(kept) - 1, 14)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    return names
