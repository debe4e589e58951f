"""Columns of moments in histories: a million ISO cells at once, all others one by one by the rules of leads.

The question: at which second did it happen?  Times of day count here, because a lead may come and go within an hour.
Columns of one file were written by one program, so a column that cannot show whether day or month comes first takes
the order that the file's other columns prove.

What it leaves out: what the moments mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.history_options import HistoryOptions
from funnelsim.inputs.history_table import HistoryTable
from funnelsim.inputs.text_dates import FIRST_YEAR, DateOrder, proven_orders, read_moments, zone_of
from funnelsim.inputs.text_values import is_blank
from funnelsim.model.calendar import LAST_YEAR
from funnelsim.model.history import NO_MOMENT, SECONDS_A_DAY, Ints

_LOOKED_AT: Final = 1000
_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOMENT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?$"
)
_OFFSET: Final = r"([+-])([0-9]{2}):([0-9]{2})$"


@dataclass(frozen=True, eq=False)
class MomentColumns:
    """Moments of several columns of one table.

    Attributes
    ----------
    seconds : dict of str to int64, each (row,)
        By header: seconds since 1970-01-01, ``NO_MOMENT`` where blank or in the findings.
    clocked : bool
        Whether any cell has a time of day.
    notes : tuple of str
        What was decided, with counts.
    """

    seconds: dict[str, Ints]
    clocked: bool
    notes: tuple[str, ...]


def read_moment_columns(
    table: HistoryTable, headers: Mapping[str, str], options: HistoryOptions, findings: Findings
) -> MomentColumns:
    """Read columns of moments.

    Parameters
    ----------
    table : HistoryTable
        The file.
    headers : mapping of str to str
        Headers to read, each with its name in the user's words.
    options : HistoryOptions
        Order of day and month, and time zone.
    findings : Findings
        Takes cells that are no day, and columns whose order nobody can tell.

    Returns
    -------
    MomentColumns
        Moments with a zone in UTC, or on the wall clock of the user's zone; others as written.
    """
    zone_of(options.timezone)  # says when there is no such zone
    seconds: dict[str, Ints] = {}
    left: dict[str, Ints] = {}
    zoned = 0
    for header in headers:
        seconds[header], done, with_zone = _at_once(table.columns[header], options.timezone)
        zoned += with_zone
        left[header] = np.flatnonzero(~done)
    orders, notes = _orders(table, left, options)
    for header, rows in left.items():
        if len(rows):
            column = table.text_column(header, headers[header], rows)
            alone = len(rows) == len(table) or bool((seconds[header] == NO_MOMENT).sum() == len(table))
            read = read_moments(column, findings, orders[header], options.timezone, alone=alone)
            seconds[header][rows] = [NO_MOMENT if one is None else one for one in read.seconds]
            zoned += read.zoned
            own = options.dates is not None or orders[header] is None
            notes += [f"{column.said}: {read.decided}."] if read.decided and own else []
    filled = [found[found != NO_MOMENT] for found in seconds.values()]
    clocked = any(bool((found % SECONDS_A_DAY).any()) for found in filled)
    notes += _zone_notes(zoned, sum(map(len, filled)), options.timezone) if clocked or zoned else []
    return MomentColumns(seconds, clocked, tuple(notes))


def are_moments(table: HistoryTable, header: str) -> bool:
    """Tell whether a column may be one of moments.

    Parameters
    ----------
    table : HistoryTable
        The file.
    header : str
        One of its headers.

    Returns
    -------
    bool
        True when at least half of its first 1,000 filled cells look like a day, by their digits; True for a blank
        column.
    """
    kind = table.columns[header].dtype
    if kind.is_temporal() or kind.is_float():
        return kind.is_temporal()
    text = table.text(header)
    filled = [one for one in text.filter(text != "").head(_LOOKED_AT).to_list() if not is_blank(one)]
    dated = sum(sum(map(str.isdigit, one)) >= 5 and any(mark in one for mark in "-/.: ") for one in filled)
    epochs = sum(len(one) == 13 and one.isdigit() for one in filled)
    return bool(2 * (dated + epochs) >= len(filled))


def _zone_notes(zoned: int, filled: int, timezone: str | None) -> list[str]:
    if not zoned:
        return ["Times of day name no zone and count as written."]
    where = f"on the clock of {timezone}" if timezone else "in UTC (--timezone names another zone)"
    bare = filled - zoned
    others = f"; {bare:,} without a zone count as written" if bare else ""
    return [f"{zoned:,} moments with a zone were read {where}{others}."]


def _orders(
    table: HistoryTable, left: Mapping[str, Ints], options: HistoryOptions
) -> tuple[dict[str, DateOrder | None], list[str]]:
    """Return the order of day and month for each column: told, its own, or that of the others."""
    orders: dict[str, DateOrder | None] = dict.fromkeys(left, options.dates)
    if options.dates is not None:
        return orders, []
    proven: dict[str, frozenset[DateOrder]] = {
        header: proven_orders(table.text(header).gather(rows).unique().sort().to_list())
        for header, rows in left.items()
        if len(rows)
    }
    every = frozenset[DateOrder]().union(*proven.values())
    unsure = [header for header, found in proven.items() if not found]
    if len(every) != 1 or not unsure:
        return orders, []
    order = next(iter(every))
    orders |= dict.fromkeys(unsure, order)
    words = "day first" if order == "dmy" else "month first"
    shown = next(header for header, found in proven.items() if found)
    return orders, [f"Dates that can be read both ways were read {words}, as column {shown!r} proves."]


def _at_once(column: pl.Series, timezone: str | None) -> tuple[Ints, npt.NDArray[np.bool_], int]:
    """Read what is ISO; return seconds, the rows that are done (blank ones too), and how many named a zone."""
    if column.dtype == pl.Date:
        days = column.cast(pl.Int64).fill_null(NO_MOMENT // SECONDS_A_DAY).to_numpy() * SECONDS_A_DAY
        blank = column.is_null().to_numpy()
        return _checked(np.where(blank, NO_MOMENT, days), blank, 0)
    if isinstance(column.dtype, pl.Datetime):
        return _typed_moments(column, timezone)
    if column.dtype != pl.String:
        column = column.cast(pl.String)
    text = column.fill_null("").str.strip_chars()
    blank = (text == "").to_numpy()
    is_day = text.str.contains(_DAY).to_numpy()
    is_moment = text.str.contains(_MOMENT).to_numpy()
    dates = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    fits = (is_day | is_moment) & dates.is_not_null().to_numpy()
    seconds = dates.cast(pl.Int64).fill_null(0).to_numpy() * SECONDS_A_DAY
    zoned = np.zeros(len(text), dtype=np.bool_)
    rows = np.flatnonzero(is_moment & fits)
    if len(rows):
        clock, offset, named = _clock(text.gather(rows))
        seconds = seconds.copy()
        seconds[rows] += clock - offset
        zoned[rows] = named
        seconds[zoned] = _on_clock(seconds[zoned], timezone)
    found, done, _ = _checked(np.where(fits, seconds, NO_MOMENT), blank | ~fits, 0)
    return found, blank | (fits & done), int((zoned & done).sum())


def _clock(text: pl.Series) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Return seconds of the day, offset from UTC in seconds, and whether a zone was named."""

    def number(start: int, found: pl.Series = text) -> Ints:
        return found.str.slice(start, 2).cast(pl.Int64).to_numpy()

    clock = number(11) * 3600 + number(14) * 60 + number(17)
    ends_z = text.str.ends_with("Z").to_numpy()
    offset = np.zeros(len(text), dtype=np.int64)
    has_offset = text.str.slice(19).str.contains(_OFFSET).to_numpy()
    rows = np.flatnonzero(has_offset)
    if len(rows):
        tail = text.gather(rows).str.slice(-6)
        sign = np.where(tail.str.starts_with("-").to_numpy(), -1, 1)
        offset[rows] = sign * (number(1, tail) * 3600 + number(4, tail) * 60)
    return clock, offset, ends_z | has_offset


def _typed_moments(column: pl.Series, timezone: str | None) -> tuple[Ints, npt.NDArray[np.bool_], int]:
    blank = column.is_null().to_numpy()
    zone = getattr(column.dtype, "time_zone", None)
    seconds = column.dt.epoch("us").fill_null(0).to_numpy() // 1_000_000
    if zone is not None:
        seconds = _on_clock(seconds, timezone)
    return _checked(np.where(blank, NO_MOMENT, seconds), blank, int((~blank).sum()) if zone else 0)


def _on_clock(seconds: Ints, timezone: str | None) -> Ints:
    """Turn UTC into what the clocks of a zone showed."""
    if timezone is None or not len(seconds):
        return seconds
    moments = pl.from_epoch(pl.Series(seconds), "s")
    local = moments.dt.replace_time_zone("UTC").dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    return local.dt.epoch("s").to_numpy()


def _checked(seconds: Ints, blank: npt.NDArray[np.bool_], zoned: int) -> tuple[Ints, npt.NDArray[np.bool_], int]:
    """Leave years outside the calendar to the reader that says what is wrong with them."""
    first, last = (int(np.datetime64(f"{year}-01-01", "s").astype(np.int64)) for year in (FIRST_YEAR, LAST_YEAR + 1))
    fits = (seconds >= first) & (seconds < last)
    done = blank | fits
    return np.where(fits, seconds, NO_MOMENT), done, zoned


def said_moment(seconds: int) -> str:
    """Write a moment for a note.

    Parameters
    ----------
    seconds : int
        Since 1970-01-01.

    Returns
    -------
    str
        A day, with its time where it is not midnight.
    """
    text = str(np.datetime64(int(seconds), "s"))
    return text[:10] if text.endswith("T00:00:00") else text.replace("T", " ")


def count_note(rows: npt.NDArray[np.bool_] | int, words: str) -> tuple[str, ...]:
    """Say how many rows something happened to; nothing when there is none.

    Parameters
    ----------
    rows : bool array or int
        Marks, or their number.
    words : str
        What happened, without the final point.

    Returns
    -------
    tuple of str
        One sentence, or none.
    """
    count = int(np.sum(rows))
    return (f"{rows_of(count)} {words}.",) if count else ()
