"""The tables of a back-test's run folder: scores, and every forecast beside what happened.

What it leaves out: writing them (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa

from funnelsim.model.backtest import LEVELS, Backtest, Forecaster
from funnelsim.model.results import PERCENTS
from funnelsim.model.run_schema import BACKTEST_FORECASTS_SCHEMA, BACKTEST_SCORES_SCHEMA, METADATA_KEY


def scores_table(backtest: Backtest) -> pa.Table:
    """Return every score, a row a forecaster and target.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    pyarrow.Table
        ``forecaster target forecasts wape bias crps_minor pinball_minor``, then per level
        ``interval_score_<level>_minor held_<level> honest_low_<level> honest_high_<level>``, and ``skill``; null where
        a forecaster states one number only, or nothing is known.
    """
    rows = backtest.scores
    columns: dict[str, pa.Array] = {
        "forecaster": pa.array([one.forecaster for one in rows], pa.string()),
        "target": pa.array([one.target for one in rows], pa.string()),
        "forecasts": pa.array([one.origins for one in rows], pa.int64()),
        "wape": _doubles([one.wape for one in rows]),
        "bias": _doubles([one.bias for one in rows]),
        "crps_minor": _doubles([one.crps for one in rows]),
        "pinball_minor": _doubles([one.pinball for one in rows]),
    }
    for level in LEVELS:
        columns[f"interval_score_{level}_minor"] = _doubles([one.interval.get(level) for one in rows])
        columns[f"held_{level}"] = pa.array([one.hits.get(level) for one in rows], pa.int64())
        for at, name in enumerate(("low", "high")):
            ends = [one.honest[level][at] if one.honest else None for one in rows]
            columns[f"honest_{name}_{level}"] = pa.array(ends, pa.int64())
    columns["skill"] = _doubles([one.skill for one in rows])
    return _table(columns, backtest, BACKTEST_SCORES_SCHEMA)


def forecasts_table(backtest: Backtest) -> pa.Table:
    """Return every forecast beside what happened, a row an origin, target and forecaster.

    Parameters
    ----------
    backtest : Backtest
        Any.

    Returns
    -------
    pyarrow.Table
        ``forecaster first_day target open_leads actual_minor mean_minor p5_minor ... p95_minor crps_minor pit``; null
        where a forecaster had no forecast, or states one number only.
    """
    origins, targets = backtest.actual.shape
    each = len(backtest.forecasters)
    days = [day for day in backtest.origins for _ in range(targets)]
    columns: dict[str, pa.Array] = {
        "forecaster": pa.array([one.name for one in backtest.forecasters for _ in days], pa.string()),
        "first_day": pa.array(days * each, pa.date32()),
        "target": pa.array(list(backtest.labels) * origins * each, pa.string()),
        "open_leads": pa.array(np.tile(np.repeat(backtest.pool_leads, targets), each), pa.int64()),
        "actual_minor": pa.array(np.tile(backtest.actual.reshape(-1), each), pa.int64()),
        "mean_minor": _stacked([one.mean for one in backtest.forecasters]),
    }
    for at, percent in enumerate(PERCENTS):
        columns[f"p{percent}_minor"] = pa.concat_arrays([_percentile(one, at) for one in backtest.forecasters])
    columns["crps_minor"] = _stacked([one.crps for one in backtest.forecasters])
    nothing = np.full(backtest.actual.shape, np.nan)
    columns["pit"] = _stacked([nothing if one.pit is None else one.pit for one in backtest.forecasters])
    return _table(columns, backtest, BACKTEST_FORECASTS_SCHEMA)


def _percentile(one: Forecaster, at: int) -> pa.Array:
    known = np.isfinite(one.mean).reshape(-1)
    if one.percentiles is None:
        return pa.nulls(len(known), pa.int64())
    return pa.array(one.percentiles[:, :, at].reshape(-1), pa.int64(), mask=~known)


def _stacked(parts: list[np.ndarray[Any, np.dtype[np.float64]]]) -> pa.Array:
    values = np.concatenate([part.reshape(-1) for part in parts])
    return pa.array(values, pa.float64(), mask=~np.isfinite(values))


def _doubles(values: list[float | None]) -> pa.Array:
    known = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return pa.array(known, pa.float64(), mask=~np.isfinite(known))


def _table(columns: dict[str, pa.Array], backtest: Backtest, schema: str) -> pa.Table:
    about = {
        "schema": schema,
        "money": "minor units",
        "currency": backtest.currency,
        "minor_digits": backtest.minor_digits,
    }
    return pa.table(columns).replace_schema_metadata({METADATA_KEY: json.dumps(about).encode()})
