"""Days as people and programs write them, read exactly or not at all.

The question: is ``03/04/2026`` in March or in April?  A third of a year's days can be read both ways, so the column
must prove its order with a day above 12, or the user says it.  A time of day is dropped: the date part counts as
written; a moment with a zone counts as its day in UTC unless the user names a zone.

What it leaves out: serial numbers of spreadsheets, except in true date cells, which arrive here as ISO text.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.inputs.findings import Findings, rows_of
from funnelsim.inputs.text_values import LONGEST_VALUE, TextColumn, is_blank
from funnelsim.model.calendar import LAST_YEAR

DateOrder = Literal["dmy", "mdy"]
FIRST_YEAR = 1900

_CLOCK = (
    r"(?:(?:[T ]|,\s*)\s*(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_ISO = re.compile(r"(?P<year>[0-9]{4})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})" + _CLOCK + _ZONE)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_NUMERIC = re.compile(r"(?P<first>[0-9]{1,2})(?P<mark>[-/.])(?P<other>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})" + _CLOCK)
_NAMED = re.compile(r"(?P<day>[0-9]{1,2})[-/. ]+(?P<name>[A-Za-z]{3,9})\.?[-/. ,]+(?P<year>[0-9]{4})" + _CLOCK)
_NAMED_FIRST = re.compile(
    r"(?P<name>[A-Za-z]{3,9})\.? +(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,? +(?P<year>[0-9]{4})" + _CLOCK
)
_EPOCH = re.compile(r"[0-9]{13}")
_SERIAL = re.compile(r"[0-9]{5}(\.[0-9]+)?")
_SECONDS = re.compile(r"[0-9]{10}")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/. ])([0-9]{1,2}|[A-Za-z]{3,9})\1'?[0-9]{2}(\s.*)?")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = {name[:length]: number for number, name in enumerate(_MONTHS, 1) for length in {3, len(name)}} | {"sept": 9}


@dataclass(frozen=True)
class Dates:
    """A column of days.

    Attributes
    ----------
    values : tuple of date or None, (row,)
        Days; None where the cell is blank or could not be read.
    decided : str
        What the evidence decided; empty when there was nothing to decide.
    notes : tuple of str
        Conversions that were made, with counts.
    """

    values: tuple[date | None, ...]
    decided: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Cell:
    """One day taken apart; ``first`` and ``other`` instead of day and month where the order is open."""

    year: int = 0
    month: int = 0
    day: int = 0
    first: int = 0
    other: int = 0
    clock: tuple[int, int, int] = (0, 0, 0)
    zone: str = ""
    epoch: int | None = None
    wrong: str = ""


def read_dates(
    column: TextColumn, findings: Findings, order: DateOrder | None = None, timezone: str | None = None
) -> Dates:
    """Read a column of days.

    Parameters
    ----------
    column : TextColumn
        What to read.
    findings : Findings
        Where problems of needed cells go.
    order : {'dmy', 'mdy'}, optional
        The user's word on day and month; it then holds for every cell whose order is open.
    timezone : str, optional
        IANA name of the zone whose wall calendar counts for moments with a zone; UTC when not given.

    Returns
    -------
    Dates
        Days in [1900, 2400]; a cell that is no day, or whose order nobody decided, is None and is in ``findings``.
    """
    if not any(column.cells):
        return Dates((None,) * len(column.cells))
    known = {text: None if is_blank(text) else _parts(text) for text in dict.fromkeys(column.cells)}
    cells = [known[text] for text in column.cells]
    filled = [cell for cell in cells if cell is not None]
    epochs = sum(cell.epoch is not None for cell in filled)
    chosen, decided = _order(column, cells, findings, order)
    zone = zone_of(timezone)
    values: list[date | None] = []
    for row, cell in enumerate(cells):
        value, wrong = (None, "") if cell is None else _day(cell, chosen, zone, alone=epochs == len(filled))
        if wrong and column.needed[row]:
            rule = f"a day between {FIRST_YEAR} and {LAST_YEAR}"
            findings.add(column.said, rule, int(column.line[row]), column.cells[row], wrong)
        values.append(value)
    return Dates(tuple(values), decided, _notes(column, cells, timezone))


@dataclass(frozen=True)
class Moments:
    """A column of moments.

    Attributes
    ----------
    seconds : tuple of int or None, (row,)
        Seconds since 1970-01-01; None where the cell is blank or could not be read.
    zoned : int
        Cells that named a zone.
    decided : str
        What the evidence decided; empty when there was nothing to decide.
    """

    seconds: tuple[int | None, ...]
    zoned: int
    decided: str = ""


def read_moments(
    column: TextColumn,
    findings: Findings,
    order: DateOrder | None = None,
    timezone: str | None = None,
    *,
    alone: bool = True,
) -> Moments:
    """Read a column of days, of which some may have a time of day.

    Parameters
    ----------
    column, findings, order, timezone
        As in :func:`read_dates`.
    alone : bool
        False when the column has other cells besides, so that bare milliseconds are refused.

    Returns
    -------
    Moments
        A day is its midnight.  A moment with a zone is in UTC, or on the wall clock of ``timezone``; one without is
        as written.
    """
    known = {text: None if is_blank(text) else _parts(text) for text in dict.fromkeys(column.cells)}
    cells = [known[text] for text in column.cells]
    filled = [cell for cell in cells if cell is not None]
    alone = alone and all(cell.epoch is not None for cell in filled)
    chosen, decided = _order(column, cells, findings, order)
    zone = zone_of(timezone)
    seconds: list[int | None] = []
    for row, cell in enumerate(cells):
        day, wrong = (None, "") if cell is None else _day(cell, chosen, UTC, alone=alone)
        if wrong and column.needed[row]:
            rule = f"a day between {FIRST_YEAR} and {LAST_YEAR}"
            findings.add(column.said, rule, int(column.line[row]), column.cells[row], wrong)
        seconds.append(None if cell is None or day is None else _moment(cell, day, zone))
    return Moments(tuple(seconds), sum(1 for cell in filled if cell.zone or cell.epoch is not None), decided)


def proven_orders(cells: Sequence[str]) -> frozenset[DateOrder]:
    """Name the orders of day and month that a column proves.

    Parameters
    ----------
    cells : sequence of str
        Text as written.

    Returns
    -------
    frozenset of {'dmy', 'mdy'}
        Both when the cells contradict each other, none when every one can be read both ways.
    """
    found: set[DateOrder] = set()
    for text in dict.fromkeys(cells):
        cell = _parts(text)
        if cell.first and (kind := _proof(cell)) in {"dmy", "mdy"}:
            found.add("dmy" if kind == "dmy" else "mdy")
    return frozenset(found)


def _moment(cell: _Cell, day: date, zone: tzinfo) -> int:
    """Return the seconds of a cell whose day can be read."""
    if cell.epoch is not None:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=cell.epoch)
    elif cell.zone:
        moment = datetime(cell.year, cell.month, cell.day, *cell.clock, tzinfo=_offset(cell.zone))
    else:
        moment = datetime(day.year, day.month, day.day, *cell.clock, tzinfo=UTC)
        return calendar.timegm(moment.timetuple())
    return calendar.timegm(moment.astimezone(zone).timetuple())


def _proof(cell: _Cell) -> str:
    """Say what one cell proves about the order of day and month."""
    day_first = 12 < cell.first <= 31 and cell.other <= 12
    month_first = 12 < cell.other <= 31 and cell.first <= 12
    return "dmy" if day_first else "mdy" if month_first else "same" if cell.first == cell.other else "open"


def _notes(column: TextColumn, cells: Sequence[_Cell | None], timezone: str | None) -> tuple[str, ...]:
    zoned = sum(1 for cell in cells if cell is not None and (cell.zone or cell.epoch is not None))
    if not zoned:
        return ()
    where = f"as the day in {timezone}" if timezone else "as the day in UTC (pass --timezone to choose another zone)"
    return (f"{column.said}: {rows_of(zoned)} with a moment and its zone were read {where}.",)


def zone_of(name: str | None) -> tzinfo:
    """Return a time zone by its name.

    Parameters
    ----------
    name : str or None
        IANA name; None for UTC.

    Returns
    -------
    tzinfo
        The zone.

    Raises
    ------
    ScenarioError
        If there is no such zone.
    """
    if name is None:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "such as --timezone Europe/Berlin"
        raise ScenarioError(Problem("options", "timezone", "the name of a time zone", name, hint)) from None


def _parts(text: str) -> _Cell:
    """Take one cell apart; ``wrong`` says why it is no day."""
    clean = " ".join(text.split()) if len(text) <= LONGEST_VALUE else ""
    if match := _ISO.fullmatch(clean) or _COMPACT.fullmatch(clean):
        parts = match.groupdict()
        return _clocked(
            _Cell(int(parts["year"]), int(parts["month"]), int(parts["day"]), zone=parts.get("zone") or ""), parts
        )
    if match := _NUMERIC.fullmatch(clean):
        parts = match.groupdict()
        first, other, year = int(parts["first"]), int(parts["other"]), int(parts["year"])
        if parts["mark"] == ".":
            return _clocked(_Cell(year, other, first), parts)
        return _clocked(_Cell(year, first=first, other=other), parts)
    if match := _NAMED.fullmatch(clean) or _NAMED_FIRST.fullmatch(clean):
        parts = match.groupdict()
        month = _MONTH.get(parts["name"].lower(), 0)
        if month:
            return _clocked(_Cell(int(parts["year"]), month, int(parts["day"])), parts)
    if _EPOCH.fullmatch(clean):
        return _Cell(epoch=int(clean))
    return _Cell(wrong=_why(clean))


def _clocked(cell: _Cell, parts: dict[str, str | None]) -> _Cell:
    """Add the time of day, checked."""
    if parts.get("hour") is None:
        return cell if not cell.zone else _Cell(wrong="a zone without a time of day says nothing: leave it out")
    hour, minute, second = int(parts["hour"] or 0), int(parts["minute"] or 0), int(parts["second"] or 0)
    half = (parts["half"] or "").replace(".", "").lower()
    if half:
        valid = 1 <= hour <= 12
        hour = hour % 12 + 12 * (half == "pm")
    else:
        valid = hour <= 23
    if not valid or minute > 59 or second > 60:
        return _Cell(wrong="correct the time of day")
    return _Cell(cell.year, cell.month, cell.day, cell.first, cell.other, (hour, minute, min(second, 59)), cell.zone)


def _why(text: str) -> str:
    if _SHORT_YEAR.fullmatch(text):
        return "write the year with four digits"
    if _SERIAL.fullmatch(text):
        return "it looks like a spreadsheet's serial number: format the column as a date and save it again"
    if _SECONDS.fullmatch(text):
        return "it looks like seconds since 1970: write the day, such as 2026-03-17"
    return "write the day as 2026-03-17; leave the cell blank when there is none"


def _order(
    column: TextColumn, cells: Sequence[_Cell | None], findings: Findings, given: DateOrder | None
) -> tuple[str, str]:
    """Decide day-first or month-first for a column; empty text when nobody can."""
    proof: dict[str, int] = {}
    for row, cell in enumerate(cells):
        if cell is not None and cell.first:
            proof.setdefault(_proof(cell), row)
    if given is not None or not proof:
        return given or "dmy", f"as told by --dates {given}" if given and proof else ""
    asks = any(cell is not None and cell.first and needed for cell, needed in zip(cells, column.needed, strict=True))
    found = [kind for kind in ("dmy", "mdy") if kind in proof]
    if not asks and len(found) != 1:
        return "", ""
    if len(found) == 2:
        shown = " and ".join(
            f"{column.cells[proof[kind]]!r} in {findings.word} {column.line[proof[kind]]}" for kind in found
        )
        hint = "pass --dates dmy or --dates mdy, and correct the cells that do not follow it"
        findings.say(column.said, "written with one order of day and month", Shown(shown), hint)
        return "", ""
    if found:
        row = proof[found[0]]
        words = "day first" if found[0] == "dmy" else "month first"
        return found[0], f"{words}: {column.cells[row].strip()} in {findings.word} {column.line[row]}"
    if "open" in proof:
        row = proof["open"]
        hint = "pass --dates dmy if the day comes first, --dates mdy if the month does"
        where = f"in {findings.word} {column.line[row]}, and no day above 12 in the column"
        findings.say(
            column.said, "written so that day and month can be told apart", column.cells[row].strip(), hint, where
        )
        return "", ""
    return "dmy", ""


def _day(cell: _Cell, order: str, zone: tzinfo, *, alone: bool) -> tuple[date | None, str]:
    """Return the day a cell means, or why it means none."""
    if cell.wrong:
        return None, cell.wrong
    if cell.epoch is not None:
        if not alone:
            return None, "milliseconds since 1970 are read only where the whole column is written so"
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=cell.epoch)
        return _in_range(moment.astimezone(zone).date())
    month, day = cell.month, cell.day
    if cell.first:
        if not order:
            return None, ""  # the column as a whole was reported
        day, month = (cell.first, cell.other) if order == "dmy" else (cell.other, cell.first)
    try:
        found = date(cell.year, month, day)
        if cell.zone:
            found = datetime(cell.year, month, day, *cell.clock, tzinfo=_offset(cell.zone)).astimezone(zone).date()
    except (ValueError, OverflowError):
        rule = " with --dates " + order if cell.first else ""
        return None, f"there is no such day{rule}"
    return _in_range(found)


def _in_range(day: date) -> tuple[date | None, str]:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day, ""
    return None, "correct the year; leave the cell blank when the day is not known"


def _offset(zone: str) -> tzinfo:
    if zone in {"Z", "UTC", "GMT"}:
        return UTC
    parsed = datetime.strptime(f"{zone}00" if len(zone) == 3 else zone, "%z").tzinfo
    assert parsed is not None
    return parsed
