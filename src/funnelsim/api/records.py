"""Records of leads, read for the questions that learn from them.

What it leaves out: what is learned (:mod:`funnelsim.api.calibrate`, :mod:`funnelsim.api.backtest`).
"""

from __future__ import annotations

from typing import Any

from funnelsim.inputs.history import read_history as read_history_file
from funnelsim.inputs.history_request import history_options_of
from funnelsim.model.history import History
from funnelsim.model.history_settings import HistorySettings

Source = Any
"""A path, or a table of Polars, pandas or Arrow."""


def read_history(source: Source, *, settings: HistorySettings | None = None, **options: Any) -> History:
    """Read records of leads: when each was born, which stages it entered, how it ended.

    Parameters
    ----------
    source : path or table
        CSV, XLSX or Parquet, or a Polars, pandas or Arrow table.
    settings : HistorySettings, optional
        How to read it.
    **options
        Fields of :class:`~funnelsim.model.history_settings.HistorySettings`, instead of ``settings``.

    Returns
    -------
    History
        With a note on everything that was inferred, merged or left out.
    """
    return read_history_file(source, history_options_of(settings or HistorySettings(**options)))
