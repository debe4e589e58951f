"""From settings in a person's words to the options that the reader of records takes.

What it leaves out: reading (:mod:`funnelsim.inputs.history`).
"""

from __future__ import annotations

from funnelsim.inputs.history_options import HistoryOptions
from funnelsim.inputs.request_words import decimals
from funnelsim.model.history_settings import HistorySettings


def history_options_of(settings: HistorySettings) -> HistoryOptions:
    """Return the options that settings stand for.

    Parameters
    ----------
    settings : HistorySettings
        Plain words.

    Returns
    -------
    HistoryOptions
        Checked; rates as exact decimals.
    """
    return HistoryOptions(
        mapping=settings.mapping,
        exposure_from=settings.exposure_from,
        extract=settings.extract,
        beside=settings.beside,
        pc=settings.pc,  # type: ignore[arg-type]
        dates=settings.dates,  # type: ignore[arg-type]
        decimal=settings.decimal,  # type: ignore[arg-type]
        currency=settings.currency,
        rates=decimals("--rate", settings.rates),
        timezone=settings.timezone,
        round_cents=settings.round_cents,
        sheet=settings.sheet,
        encoding=settings.encoding,
    )
