"""The tables of a sweep: designs, and a row per design and strategy with every score.

Money is in major units.  Each Parquet table's schema metadata says what it holds, as JSON under the key ``funnelsim``.

What it leaves out: writing them to disk.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from funnelsim.model.run_schema import METADATA_KEY, SWEEP_DESIGNS_SCHEMA, SWEEP_RESULTS_SCHEMA
from funnelsim.model.score_words import SCORES
from funnelsim.model.sweep import FIGURES, STRATEGY, Sweep, is_numeric
from funnelsim.outputs.plain_text import spreadsheet_cell
from funnelsim.outputs.sweep_text import is_money

if TYPE_CHECKING:
    import pyarrow as pa

DESIGN: Final = "design"
ENDINGS: Final = ("", "_se", "_low", "_high", "_diff", "_diff_se", "_diff_low", "_diff_high")
"""Behind a score's name, for each of ``FIGURES``: differences are to the first design under the same strategy."""
_BARE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ /-]*")
_WORDS: Final = frozenset({"true", "false", "none", "nan", "inf", "infinity"})


def designs_table(sweep: Sweep) -> pa.Table:
    """Return the table of designs, as ``--designs`` reads it.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    pyarrow.Table
        ``design`` from 1, then a column a lever: whole numbers, doubles, truths, or the words of all others.
    """
    import pyarrow as pa

    columns = {DESIGN: pa.array(range(1, len(sweep.designs) + 1), pa.int64()), **_lever_columns(sweep, 1)}
    return _described(columns, sweep, SWEEP_DESIGNS_SCHEMA, {"sampling": sweep.designs.sampling})


def results_table(sweep: Sweep) -> pa.Table:
    """Return a row per design and strategy.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    pyarrow.Table
        ``design``, ``strategy``, the levers, then for every score eight doubles (``ENDINGS``), money in major units;
        null where a score does not exist.
    """
    import pyarrow as pa

    many = len(sweep.strategies)
    columns: dict[str, Any] = {
        DESIGN: pa.array(np.repeat(np.arange(1, len(sweep.designs) + 1), many), pa.int64()),
        STRATEGY: pa.array(list(sweep.strategies) * len(sweep.designs), pa.string()),
        **_lever_columns(sweep, many),
    }
    for name, values in _figure_columns(sweep).items():
        columns[name] = pa.array(values, pa.float64(), mask=np.isnan(values))
    about = {"money": "major units", "figures": dict(zip(ENDINGS, FIGURES, strict=True)), "baseline": "design 1"}
    return _described(columns, sweep, SWEEP_RESULTS_SCHEMA, about)


def sweep_csv(sweep: Sweep) -> str:
    """Return the results as CSV (RFC 4180): a row per design and strategy.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    str
        Lines end in CR LF; text cells that a spreadsheet would take for a formula start with ``'``; a figure that does
        not exist is empty.
    """
    figures = _figure_columns(sweep)
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([DESIGN, STRATEGY, *map(spreadsheet_cell, sweep.designs.paths), *figures])
    for row, numbers in enumerate(zip(*(values.tolist() for values in figures.values()), strict=True)):
        design, strategy = divmod(row, len(sweep.strategies))
        levers = [_csv_cell(value) for value in sweep.designs.rows[design]]
        texts = [f"{number:.15g}" if math.isfinite(number) else "" for number in numbers]
        writer.writerow([design + 1, spreadsheet_cell(sweep.strategies[strategy]), *levers, *texts])
    return lines.getvalue()


def major(sweep: Sweep, name: str, value: float) -> float:
    """Return a figure of a score as people count it.

    Parameters
    ----------
    sweep : Sweep
        Names the decimals of the currency.
    name : str
        Of the score.
    value : float
        As the engine has it.

    Returns
    -------
    float
        Money in major units, all else as it is.
    """
    return value / 10**sweep.minor_digits if is_money(SCORES[name]) else value


def _figure_columns(sweep: Sweep) -> dict[str, Any]:
    """Return the scores' figures by column, one row a point."""
    columns = {}
    for row, name in enumerate(SCORES):
        scale = 10**sweep.minor_digits if is_money(SCORES[name]) else 1
        for place, ending in enumerate(ENDINGS):
            columns[name + ending] = sweep.figures[:, :, row, place].reshape(-1) / scale
    return columns


def _lever_columns(sweep: Sweep, times: int) -> dict[str, Any]:
    return {
        path: _typed([value for value in sweep.designs.column(number) for _ in range(times)])
        for number, path in enumerate(sweep.designs.paths)
    }


def _typed(values: Sequence[object]) -> Any:
    import pyarrow as pa

    if all(isinstance(value, bool) for value in values):
        return pa.array(values, pa.bool_())
    if is_numeric(values):
        return pa.array(values, pa.int64() if all(isinstance(value, int) for value in values) else pa.float64())
    return pa.array([_word(value) for value in values], pa.string())


def _word(value: object) -> str:
    """Return a value as ``--set`` and ``--designs`` read it back."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return repr(value)
    return value if _BARE.fullmatch(value) and value.casefold() not in _WORDS else f'"{value}"'


def _csv_cell(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.15g}"
    return value if isinstance(value, int) and not isinstance(value, bool) else spreadsheet_cell(_word(value))


def _described(columns: dict[str, Any], sweep: Sweep, schema: str, about: dict[str, Any]) -> pa.Table:
    import pyarrow as pa

    facts = {
        "schema": schema,
        "scenario": sweep.scenario.name,
        "seed": sweep.settings.seed,
        "replications": sweep.settings.replications,
        **about,
        "currency": sweep.currency,
        "minor_digits": sweep.minor_digits,
    }
    return pa.table(columns).replace_schema_metadata({METADATA_KEY: json.dumps(facts, allow_nan=False).encode()})
