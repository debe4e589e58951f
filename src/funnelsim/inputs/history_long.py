"""Tables with several rows a lead, folded to one row a lead.

The question: what does such a table say about the lead itself?  The first row counts, because it was known from the
start; later rows know more than the day on which a lead was born.

What it leaves out: what the rows say about stages or dates, which is for the readers of those tables.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from funnelsim.inputs.crm import map_headers
from funnelsim.inputs.findings import Findings
from funnelsim.inputs.history_headers import LeadColumns
from funnelsim.inputs.history_options import HistoryOptions
from funnelsim.inputs.history_table import HistoryTable
from funnelsim.inputs.history_values import Amounts, read_amounts
from funnelsim.inputs.history_words import told_here

_TEXTS = ("owner", "team", "source", "segment", "region", "product", "account", "name")


def first_rows(table: HistoryTable, entries: pl.DataFrame, field: str, leads: pl.Series) -> HistoryTable:
    """Return one row a lead of a table with several: its first, with the first amount that is not blank.

    Parameters
    ----------
    table : HistoryTable
        Several rows a lead.
    entries : DataFrame
        Columns ``lead row`` among others, in the order that counts.
    field : str
        Field whose first filled cell is wanted.
    leads : Series of str
        Ids in the order wanted.

    Returns
    -------
    HistoryTable
        One row for each of ``leads``.
    """
    order = pl.DataFrame({"lead": leads})
    first = entries.group_by("lead", maintain_order=True).agg(pl.col("row").first())
    found = table.take(order.join(first, on="lead", how="left")["row"].to_numpy())
    header = map_headers(table.headers, {}, Findings(table.name)).fields.get(field)
    if header is None:
        return found
    filled = entries.filter((table.text(header) != "").gather(entries["row"]))
    rows = order.join(filled.group_by("lead", maintain_order=True).agg(pl.col("row").first()), on="lead", how="left")[
        "row"
    ]
    cells = table.columns[header].gather(rows)
    return replace(found, columns={**found.columns, header: cells})


def worth_and_texts(
    table: HistoryTable,
    outcome: npt.NDArray[np.int8],
    options: HistoryOptions,
    findings: Findings,
    without: frozenset[str],
) -> tuple[Amounts, dict[str, tuple[str, ...]]]:
    """Read amounts and texts of a table that was folded to one row a lead.

    Parameters
    ----------
    table : HistoryTable
        One row a lead.
    outcome : int8, (row,)
        How leads ended.
    options : HistoryOptions
        What the user says about amounts.
    findings : Findings
        Takes the problems.
    without : frozenset of str
        Headers that mean something else.

    Returns
    -------
    amounts : Amounts
        In minor units.
    texts : dict of str to tuple of str, each (row,)
        Owner, region and the like.
    """
    rest = [header for header in table.headers if header not in without]
    told = {field: header for field, header in told_here(table.headers, options.mapping).items() if header in rest}
    headers = map_headers(rest, told, findings)
    columns = LeadColumns(headers, (), False, {}, {}, headers.kept)
    amounts = read_amounts(table, columns, outcome, options, findings)
    texts = {one: tuple(table.text(headers.fields[one]).to_list()) for one in _TEXTS if one in headers.fields}
    return amounts, texts
