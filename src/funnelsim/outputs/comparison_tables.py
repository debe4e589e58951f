"""The tables of a comparison: scores as CSV, and the Parquet table of its replications.

Amounts in the CSV are in major units; those in the Parquet table are int64 minor units.

What it leaves out: writing them to disk.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from funnelsim.model.comparison import Comparison, Contest, ScoreDifference
from funnelsim.model.funnel_words import FLOWS
from funnelsim.model.money import to_major
from funnelsim.model.run_schema import COMPARED_REPLICATIONS_SCHEMA, METADATA_KEY, REPLICATION
from funnelsim.outputs.plain_text import spreadsheet_cell

if TYPE_CHECKING:
    import pyarrow as pa

Ints = npt.NDArray[np.int64]
COLUMNS: Final = (
    "without", "baseline", "other", "score", "title", "unit", "currency", "higher_is_better", "metric", "base_figure",
    "other_figure", "difference", "low", "high", "confidence", "at_least", "method", "better",
)  # fmt: skip
"""``without`` names the mechanism that is switched off, and is empty in the comparison itself."""


def comparison_csv(comparison: Comparison) -> str:
    """Return the score cards as CSV (RFC 4180): a row a score and contest, those of null twins after them.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Returns
    -------
    str
        Lines end in CR LF; text cells that a spreadsheet would take for a formula start with ``'``; what does not
        exist is empty.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for without, contest, one in score_rows(comparison):
        texts = (without, contest.base, contest.other, one.score.name, one.score.title, one.score.unit,
                 comparison.currency or "")  # fmt: skip
        found = one.difference
        figures = (one.base, one.other, found.estimate, found.low, found.high)
        writer.writerow([
            *map(spreadsheet_cell, texts),
            _word(one.score.higher),
            _word(one.score.name == contest.metric),
            *(_number(comparison, one, value) for value in figures),
            f"{found.confidence:g}",
            _word(found.at_least),
            found.method,
            {True: "better", False: "worse", None: ""}[one.better],
        ])
    return lines.getvalue()


def compared_replications_table(comparison: Comparison, cost: Mapping[str, Ints]) -> pa.Table:
    """Return what every entrant comes to in every replication, so that differences can be taken again.

    Parameters
    ----------
    comparison : Comparison
        The answer; an entrant without an answer of its own has no revenue of its own here.
    cost : mapping of str to int64, (replication,)
        Minor units, by label, of entrants that have a cost.

    Returns
    -------
    pyarrow.Table
        A row per entrant and replication: ``revenue_minor``, ``cost_minor``, ``profit_minor`` (null where not known),
        ``metric_gain`` (in the metric's unit) and, under the first day of each period, what is booked more than under
        the baseline in minor units.
    """
    import pyarrow as pa

    count = comparison.replications
    starts = [one.period.start.isoformat() for one in comparison.contests[0].periods]
    own = [_own(entrant.answer) for entrant in comparison.entrants]
    nothing = np.zeros((count, len(starts)), dtype=np.int64)
    gains = [nothing, *(contest.gains for contest in comparison.contests)]
    metric = [np.zeros(count, dtype=np.int64), *(contest.metric_gains for contest in comparison.contests)]
    costs = [cost.get(entrant.label) for entrant in comparison.entrants]
    profits = [None if a is None or b is None else a - b for a, b in zip(own, costs, strict=True)]
    labels = [entrant.label for entrant in comparison.entrants]
    columns: dict[str, Any] = {
        "entrant": pa.array([label for label in labels for _ in range(count)], pa.string()),
        REPLICATION: pa.array(np.tile(np.arange(count, dtype=np.int64), len(labels))),
        "revenue_minor": _stacked(own, count, pa),
        "cost_minor": _stacked(costs, count, pa),
        "profit_minor": _stacked(profits, count, pa),
        "metric_gain": pa.array(np.concatenate(metric)),
    }
    columns |= {
        start: pa.array(np.concatenate([np.ascontiguousarray(gain[:, k]) for gain in gains]))
        for k, start in enumerate(starts)
    }
    facts = {
        "schema": COMPARED_REPLICATIONS_SCHEMA,
        "baseline": comparison.baseline.label,
        "metric": comparison.metric.name,
        "money": "minor units; columns named by a day: bookings of the period minus the baseline's",
        "currency": comparison.currency,
        "minor_digits": comparison.minor_digits,
    }
    return pa.table(columns).replace_schema_metadata({METADATA_KEY: json.dumps(facts, allow_nan=False).encode()})


def score_rows(comparison: Comparison) -> Iterator[tuple[str, Contest, ScoreDifference]]:
    """Go through the score cards, those of null twins last.

    Parameters
    ----------
    comparison : Comparison
        Any comparison.

    Yields
    ------
    tuple of (str, Contest, ScoreDifference)
        The mechanism that is switched off, empty in the comparison itself; the contest; one of its scores.
    """
    for contest in comparison.contests:
        for one in contest.scores:
            yield "", contest, one
    for twin in comparison.null_twins:
        for contest in twin.contests:
            for one in contest.scores:
                yield twin.mechanism, contest, one


def _number(comparison: Comparison, one: ScoreDifference, value: float) -> str:
    if not math.isfinite(value):
        return ""
    if one.score.unit in {"money", "money each"}:
        digits = comparison.minor_digits
        return f"{to_major(value, digits):.{digits + 4}f}"
    return f"{value:.10g}"


def _word(truth: bool) -> str:
    return "yes" if truth else "no"


def _own(answer: Any) -> Ints | None:
    """Return an entrant's bookings by replication, minor units; None for one that was read back."""
    if answer is None:
        return None
    flow = np.asarray(answer.outcome["flow"], dtype=np.int64)
    booked: Ints = flow[:, :, FLOWS.index("booked")].sum(axis=1)
    return booked


def _stacked(parts: list[Ints | None], count: int, pa: Any) -> Any:
    return pa.chunked_array(
        [pa.nulls(count, pa.int64()) if one is None else pa.array(one, pa.int64()) for one in parts], pa.int64()
    ).combine_chunks()
