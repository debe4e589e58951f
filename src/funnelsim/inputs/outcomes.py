"""What was booked since forecasts were made, from a list of bookings, a list of leads, or records of leads.

The question: which money came in on which day, of which lead, and up to which day is every booking there?  A table with
an outcome, a stage or a day of creation is read as leads, any other as ``date,amount``, with the lead of each booking
where a column names it.

What it leaves out: the forecasts (:mod:`funnelsim.inputs.archived_runs`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.crm import header_key, is_known, map_headers
from funnelsim.inputs.findings import Findings
from funnelsim.inputs.history import read_history
from funnelsim.inputs.history_request import history_options_of
from funnelsim.inputs.history_words import LEAD_WORDS, first_of, is_history_word, role_of
from funnelsim.inputs.leads_file import read_leads
from funnelsim.inputs.plan_file import read_actuals
from funnelsim.inputs.table_files import read_table
from funnelsim.model.calendar import LAST_YEAR
from funnelsim.model.history import NO_MONEY, SECONDS_A_DAY, WON
from funnelsim.model.history_settings import HistorySettings
from funnelsim.model.track import Outcomes

_TELLING = frozenset(("status", "stage", "is_won", "is_closed", "created", "deleted"))
"""Fields that a plain list of bookings does not have."""
_NEVER = date(LAST_YEAR - 1, 12, 31)


@dataclass(frozen=True, eq=False)
class _Booked:
    """Bookings as read, before the days are bounded."""

    day: npt.NDArray[np.datetime64]
    amount: npt.NDArray[np.int64]
    lead_id: tuple[str, ...] | None
    known: frozenset[str]
    first: date | None
    last: date | None
    sha256: str
    currency: str | None
    minor_digits: int
    notes: tuple[str, ...] = field(default=())


def read_outcomes(path: str, settings: HistorySettings, *, digits: int, currency: str | None) -> Outcomes:
    """Read what was booked.

    Parameters
    ----------
    path : str
        CSV, XLSX or Parquet: ``date,amount``, or leads with won rows, or records of leads.
    settings : HistorySettings
        How to read it; ``exposure_from`` and ``extract`` bound the days of which every booking is in the file.
    digits : int
        Decimals of the runs' money.
    currency : str or None
        Of the runs.

    Returns
    -------
    Outcomes
        By day, none after the last day.

    Raises
    ------
    DataError
        With every problem of the file; if it holds no booking and nobody says which days it covers; if its money is
        not that of the runs.
    """
    kind = _kind(path, settings)
    if kind == "bookings":
        found = _from_bookings(path, settings, digits, currency)
    else:
        found = _from_list(path, settings) if kind == "list" else _from_records(path, settings)
    name = Path(path).name
    _refuse_other_money(name, found, digits, currency)
    return _bounded(name, found, settings)


def _kind(path: str, settings: HistorySettings) -> str:
    """Tell ``bookings``, a ``list`` of leads, and ``records`` of leads apart by their headers."""
    told = {header_key(header) for header in settings.mapping.values()}

    def known(header: str) -> bool:
        return is_history_word(header) or is_known(header) or header_key(header) in told

    headers = read_table(path, known, sheet=settings.sheet, encoding=settings.encoding).headers
    if settings.beside or role_of(headers, settings.mapping) != "leads":
        return "records"
    born = "created" in settings.mapping or first_of(headers, LEAD_WORDS["created"]) is not None
    fields = _fields(headers, settings)
    if born or "created" in fields:
        return "records"
    telling = fields & _TELLING or first_of(headers, LEAD_WORDS["status"]) is not None
    return "list" if telling else "bookings"


def _fields(headers: Sequence[str], settings: HistorySettings) -> frozenset[str]:
    mapped = map_headers(tuple(headers), dict(settings.mapping), Findings("", ""))
    return frozenset((*mapped.fields, *settings.mapping))


def _from_bookings(path: str, settings: HistorySettings, digits: int, currency: str | None) -> _Booked:
    found = read_actuals(
        path,
        digits=digits,
        dates=settings.dates,  # type: ignore[arg-type]
        decimal=settings.decimal,  # type: ignore[arg-type]
        currency=currency,
    )
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    leads = _leads_named(path, settings)
    known = frozenset(leads or ()) - {""}
    return _Booked(found.day, found.amount, leads, known, None, None, digest, currency, digits)


def _leads_named(path: str, settings: HistorySettings) -> tuple[str, ...] | None:
    """Return whose each booking of a list is; None where no column says."""
    table = read_table(path, lambda header: first_of([header], LEAD_WORDS["lead_id"]) is not None)
    column = settings.mapping.get("lead_id") or first_of(table.headers, LEAD_WORDS["lead_id"])
    return None if column not in table.headers else tuple(cell.strip() for cell in table.column(column))


def _from_list(path: str, settings: HistorySettings) -> _Booked:
    options = replace(history_options_of(settings).as_reading, as_of=_NEVER, allow_empty=True)
    table = read_leads(path, options)
    rows = [row for row, status in enumerate(table.others.status) if status == "won"]
    known = frozenset((*table.leads.lead_id, *table.others.lead_id)) - {""}
    return _Booked(
        day=table.others.day[rows],
        amount=table.others.amount[rows],
        lead_id=tuple(table.others.lead_id[row] for row in rows),
        known=known,
        first=None,
        last=None,
        sha256=table.sha256,
        currency=table.leads.currency,
        minor_digits=table.leads.minor_digits,
        notes=table.notes,
    )


def _from_records(path: str, settings: HistorySettings) -> _Booked:
    history = read_history(path, history_options_of(settings))
    if history.counts_only:
        hint = "name the column with --map amount_won=COLUMN"
        raise DataError(Problem(history.name, "the records", "ones with amounts", Shown("none"), hint))
    won = np.flatnonzero(history.outcome == WON)
    amount = np.where(history.amount_won[won] == NO_MONEY, history.pr[won], history.amount_won[won])
    blank = int((amount == NO_MONEY).sum())
    notes = (f"{blank:,} won leads have no amount, and count as nothing.",) if blank else ()
    return _Booked(
        day=_days(history.closed[won]),
        amount=np.where(amount == NO_MONEY, 0, amount),
        lead_id=tuple(history.lead_id[row] for row in won.tolist()),
        known=frozenset(history.lead_id),
        first=_days(np.array([history.exposure_from]))[0].astype(object),
        last=_days(np.array([history.extract - 1]))[0].astype(object),
        sha256=history.sha256,
        currency=history.currency,
        minor_digits=history.minor_digits,
        notes=(*history.notes, *notes),
    )


def _days(moments: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
    return (moments // SECONDS_A_DAY).astype("datetime64[D]")


def _refuse_other_money(name: str, found: _Booked, digits: int, currency: str | None) -> None:
    known = found.currency is not None and currency is not None
    if (known and found.currency != currency) or found.minor_digits != digits:
        rule = f"in {currency or 'no currency'} with {digits} decimals, as the runs"
        got = Shown(f"{found.currency or 'no currency'} with {found.minor_digits} decimals")
        hint = "convert it: pass --currency CODE, and --rate CODE=PRICE"
        raise DataError(Problem(name, "the actuals", rule, got, hint))


def _bounded(name: str, found: _Booked, settings: HistorySettings) -> Outcomes:
    days = found.day.astype(object).tolist()
    first = settings.exposure_from or found.first or min(days, default=None)
    last = settings.extract or found.last or max(days, default=None)
    if first is None or last is None:
        hint = "pass --exposure-from and --extract-date if nothing was booked between these days"
        raise DataError(Problem(name, "the actuals", "a list of bookings with a row or more", Shown("none"), hint))
    notes = list(found.notes)
    if settings.extract is None and found.last is None:
        notes.append(f"Bookings are taken to be complete up to the last one, {last}; --extract-date names another day.")
    kept = found.day <= np.datetime64(last, "D")
    later = int((~kept).sum())
    if later:
        notes.append(f"{later:,} bookings after {last} are left out.")
    ids = found.lead_id
    return Outcomes(
        name=name,
        sha256=found.sha256,
        day=found.day[kept],
        amount=found.amount[kept],
        lead_id=None if ids is None else tuple(ids[row] for row in np.flatnonzero(kept).tolist()),
        known=found.known,
        first=first,
        last=last,
        told_first=settings.exposure_from is not None,
        currency=found.currency,
        minor_digits=found.minor_digits,
        notes=tuple(notes),
    )
