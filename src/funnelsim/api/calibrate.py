"""What the user's own records say: rates, times, arrivals and shared luck, each with what it rests on.

What it leaves out: keeping an answer (:mod:`funnelsim.api.saved_calibration`), and the scenario that can be made of one
(:mod:`funnelsim.api.calibrated_scenario`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from funnelsim.api.records import read_history
from funnelsim.engines.execution import no_progress
from funnelsim.inputs.example import EXAMPLE_HISTORY_BEGIN, EXAMPLE_HISTORY_END, example_history
from funnelsim.inputs.model_file import read_model as read_model_file
from funnelsim.inputs.track_record import read_track_record
from funnelsim.model.calendar import PeriodUnit
from funnelsim.model.calibration_answer import Calibration
from funnelsim.model.calibration_settings import CalibrateSettings
from funnelsim.model.history import History
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.learned import Learned

READ_SHARE = 0.5
"""Share of the work that reading takes."""


def calibrate(
    source: Any = None,
    *,
    every: PeriodUnit = "month",
    segment: str | Sequence[str] = (),
    fiscal_start: int = 1,
    track_record: str | os.PathLike[str] | None = None,
    progress: Callable[[float], None] = no_progress,
    **options: Any,
) -> Calibration:
    """Learn from records of leads, and say how well everything is known.

    Parameters
    ----------
    source : path, table or History, optional
        CSV, XLSX or Parquet, or a Polars, pandas or Arrow table, or records that were read; the ones that ship with the
        package when left out.
    every : {'month', 'week', 'quarter'}
        Periods in which shocks and arrivals are counted; a forecast in such periods can use the model.
    segment : str or sequence of str
        Columns whose values are told apart, such as ``"owner"``.
    fiscal_start : int
        First month of the fiscal year.
    track_record : path, optional
        A saved back-test, whose track record travels with the model.
    progress : callable, optional
        Told shares of the work done; they add up to 1.
    **options
        How the records are read: fields of :class:`~funnelsim.model.history_settings.HistorySettings`.

    Returns
    -------
    Calibration
        Figures with standard errors, and the model.

    Examples
    --------
    >>> import funnelsim
    >>> answer = funnelsim.calibrate(segment="owner")
    >>> [stage.name for stage in answer.stages]
    ['C', 'B', 'A']
    """
    settings = CalibrateSettings(
        every=every,
        fiscal_start=fiscal_start,
        segments=(segment,) if isinstance(segment, str) else tuple(segment),
        track_record=None if track_record is None else os.fspath(track_record),
        history=HistorySettings(**options),
    )
    return calibrate_records(source, settings, progress=progress)


def calibrate_records(
    source: Any, settings: CalibrateSettings, *, progress: Callable[[float], None] = no_progress
) -> Calibration:
    """Learn from records, as :func:`calibrate`, from settings that were put together.

    Parameters
    ----------
    source : Any
        As for :func:`calibrate`.
    settings : CalibrateSettings
        What is asked.
    progress : callable, optional
        As for :func:`calibrate`.

    Returns
    -------
    Calibration
        With the settings as they were given.
    """
    from funnelsim.engines.learning.calibrating import calibrate_history

    record = None if settings.track_record is None else read_track_record(settings.track_record)
    history = read_records(source, settings.history)
    progress(READ_SHARE)
    return calibrate_history(history, settings, record, lambda share: progress((1.0 - READ_SHARE) * share))


def read_records(source: Any, settings: HistorySettings) -> History:
    """Read records, or the ones that ship with the package.

    Parameters
    ----------
    source : Any
        As for :func:`calibrate`.
    settings : HistorySettings
        How they are read.

    Returns
    -------
    History
        Those that were read already, as they are.
    """
    if isinstance(source, History):
        return source
    if source is not None:
        return read_history(source, settings=settings)
    path, beside = example_history()
    example = HistorySettings(
        beside=tuple(map(str, beside)), exposure_from=EXAMPLE_HISTORY_BEGIN, extract=EXAMPLE_HISTORY_END
    )
    return read_history(path, settings=example)


def write_model(answer: Calibration, path: str | os.PathLike[str]) -> None:
    """Write the model that was learned to a file, whole or not at all.

    Parameters
    ----------
    answer : Calibration
        The answer.
    path : path
        The file; an earlier one is replaced.
    """
    from funnelsim.outputs.model_file import write_model as write

    write(answer.learned, path)


def read_model(path: str | os.PathLike[str]) -> Learned:
    """Read a model file back.

    Parameters
    ----------
    path : path
        From :func:`write_model`.

    Returns
    -------
    Learned
        Equal to what was written, to the bit.
    """
    return read_model_file(path)
