"""The tables of a choice of design: every design as CSV, and the Parquet tables of its run.

What it leaves out: writing them to disk (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from funnelsim.model.optimum import DesignReport, Optimum
from funnelsim.model.run_schema import DESIGN_FATES_SCHEMA, DESIGN_METRIC_SCHEMA, METADATA_KEY, REPLICATION
from funnelsim.outputs.plain_text import spreadsheet_cell
from funnelsim.outputs.selection_document import major
from funnelsim.outputs.selection_text import design_text, value_text

if TYPE_CHECKING:
    import pyarrow as pa

_FIGURES: Final = ("mean", "standard_error", "difference", "low", "high", "chance_best")


def selection_csv(optimum: Optimum) -> str:
    """Return every design as CSV (RFC 4180), the best first.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    str
        Lines end in CR LF; a column a lever, named by its path; money in major units; text cells that a spreadsheet
        would take for a formula start with ``'``.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    paths = [path for path, _ in optimum.settings.levers]
    names = ("rank", "number", "design", "strategy", *(spreadsheet_cell(path) for path in paths), "status")
    writer.writerow([*names, "replications", "eliminated_by", "same_as", "metric", "currency", *_FIGURES])
    for rank, number in enumerate(optimum.ranking, 1):
        report = optimum.reports[number]
        fate, design = report.fate, report.design
        levers = [spreadsheet_cell(value_text(value)) for _, value in design.changes]
        texts = (spreadsheet_cell(design_text(optimum, design)), spreadsheet_cell(design.strategy), *levers)
        counts = (fate.status, fate.replications, _cell(fate.by), _cell(fate.same_as))
        told = (optimum.score.name, spreadsheet_cell(optimum.currency or ""))
        writer.writerow([rank, number, *texts, *counts, *told, *(_cell(one) for one in _figures(optimum, report))])
    return lines.getvalue()


def designs_table(optimum: Optimum) -> pa.Table:
    """Return one row a design, in their own order.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    pyarrow.Table
        ``number design strategy changes status replications decided_at eliminated_by same_as`` and the figures in the
        metric's unit, money in major units; ``changes`` is a JSON object of paths and values.
    """
    import pyarrow as pa

    reports = optimum.reports
    fates = [report.fate for report in reports]
    figures = list(zip(*(_figures(optimum, report) for report in reports), strict=True))
    columns: dict[str, Any] = {
        "number": pa.array(range(len(reports)), pa.int64()),
        "design": pa.array([design_text(optimum, report.design) for report in reports], pa.string()),
        "strategy": pa.array([report.design.strategy for report in reports], pa.string()),
        "changes": pa.array([json.dumps(dict(report.design.changes)) for report in reports], pa.string()),
        "status": pa.array([fate.status for fate in fates], pa.string()),
        "replications": pa.array([fate.replications for fate in fates], pa.int64()),
        "decided_at": pa.array([fate.decided_at for fate in fates], pa.int64()),
        "eliminated_by": pa.array([fate.by for fate in fates], pa.int64()),
        "same_as": pa.array([fate.same_as for fate in fates], pa.int64()),
    }
    columns |= {name: pa.array(values, pa.float64()) for name, values in zip(_FIGURES, figures, strict=True)}
    return _table(columns, optimum, DESIGN_FATES_SCHEMA, "major units")


def metric_table(optimum: Optimum) -> pa.Table:
    """Return the metric of every replication that was simulated.

    Parameters
    ----------
    optimum : Optimum
        Any.

    Returns
    -------
    pyarrow.Table
        ``design`` (its number), ``replication`` from 0 and ``value``, money in minor units; ``value``s of one
        replication are paired.
    """
    import pyarrow as pa

    values = optimum.selection.values
    sign = 1.0 if optimum.score.higher else -1.0
    columns: dict[str, Any] = {
        "design": pa.array(np.repeat(np.arange(len(values), dtype=np.int64), [len(one) for one in values])),
        REPLICATION: pa.array(np.concatenate([np.arange(len(one), dtype=np.int64) for one in values])),
        "value": pa.array((sign * np.concatenate(values)).astype(np.int64)),
    }
    return _table(columns, optimum, DESIGN_METRIC_SCHEMA, "minor units")


def _figures(optimum: Optimum, report: DesignReport) -> list[float | None]:
    gap = report.difference
    ends = (gap.estimate, gap.low, gap.high) if gap else (0.0, 0.0, 0.0)
    amounts = (report.mean.mean, report.mean.standard_error, *ends)
    return [*(major(optimum, amount) for amount in amounts), report.chance]


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)


def _table(columns: dict[str, Any], optimum: Optimum, schema: str, money: str) -> pa.Table:
    import pyarrow as pa

    facts = {
        "schema": schema,
        "scenario": optimum.scenario.name,
        "metric": optimum.score.name,
        "unit": optimum.score.unit,
        "money": money,
        "currency": optimum.currency,
    }
    return pa.table(columns).replace_schema_metadata({METADATA_KEY: json.dumps(facts, allow_nan=False).encode()})
