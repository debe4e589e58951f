"""What the leads themselves give away about how they were entered.

The question: which habits of entry would a planner want to know before trusting a band?  Dates heaped on month ends,
amounts rounded to thousands, one amount typed again and again, leads long overdue, one lead that carries the file.

What it leaves out: repairing anything; every note is a count, and the leads stay as they are.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from funnelsim.model.leads import Leads, LeadTable

FEWEST_ROWS = 10
"""Below this, a share of the rows says nothing about a habit."""
FEW_LEADS = 30
HEAPED_SHARE = 0.20
ROUND_SHARE = 0.50
REPEATED_SHARE = 0.20
CONCENTRATED_SHARE = 0.20
OLD_DAYS = 90
FAR_DAYS = 730


def data_quality(table: LeadTable, as_of: date) -> tuple[str, ...]:
    """Return notes about how the open leads were entered, the weightiest first.

    Parameters
    ----------
    table : LeadTable
        A file as read.
    as_of : date
        The day that overdue leads are counted against.

    Returns
    -------
    tuple of str
        One sentence each, with counts; empty when nothing stands out or there is no open lead.
    """
    leads = table.leads
    if not len(leads):
        return ()
    notes = [
        *_overdue(leads, as_of),
        *_concentration(leads),
        *_size(leads),
        *_imputed(leads),
        *_amounts(leads),
        *_chances(leads),
        *_dates(leads, as_of),
    ]
    return tuple(notes)


def _overdue(leads: Leads, as_of: date) -> list[str]:
    late = _days_after(leads, as_of)
    overdue = late <= 0
    if not overdue.any():
        return []
    value = float(leads.expected_value(overdue))
    whole = float(leads.expected_value())
    share = f", {_percent(value, whole)} of PR x PC" if whole else ""
    text = f"{_rows(int(overdue.sum()), leads)}{share} have a stated close on or before the as-of day"
    old = int((late <= -OLD_DAYS).sum())
    return [f"{text}; {old:,} of them by {OLD_DAYS} days or more." if old else f"{text}."]


def _concentration(leads: Leads) -> list[str]:
    value = leads.pr * leads.pc_float
    if not value.sum():
        return ["PR x PC of all open leads is 0: every band will be 0."]
    keys, place = np.unique(leads.key, return_inverse=True)
    per_lead = np.bincount(place, weights=value, minlength=len(keys))
    largest = int(per_lead.argmax())
    if len(keys) < 2 or per_lead[largest] < CONCENTRATED_SHARE * value.sum():
        return []
    lead_id = leads.lead_id[int(np.flatnonzero(place == largest)[0])]
    share = _percent(per_lead[largest], value.sum())
    return [f"One lead, {lead_id!r}, carries {share} of PR x PC: the band is mostly about it."]


def _size(leads: Leads) -> list[str]:
    notes = []
    if leads.lead_count < FEW_LEADS:
        noun = "lead" if leads.lead_count == 1 else "leads"
        notes.append(f"Only {leads.lead_count:,} open {noun}: wins are few and the band is wide for that reason.")
    if leads.lead_count < len(leads):
        notes.append(
            f"{len(leads):,} rows belong to {leads.lead_count:,} leads: line items of one lead share its luck."
        )
    return notes


def _imputed(leads: Leads) -> list[str]:
    count = int(leads.imputed.sum())
    return [f"{_rows(count, leads)} have a PC that was filled in."] if count else []


def _amounts(leads: Leads) -> list[str]:
    unit = 10**leads.minor_digits
    notes = []
    zero, tiny = int((leads.pr == 0).sum()), int(((leads.pr > 0) & (leads.pr <= unit)).sum())
    if zero:
        notes.append(f"{_rows(zero, leads)} have an amount of 0: they can never book anything.")
    if tiny:
        notes.append(f"{_rows(tiny, leads)} have an amount of 1 or less: placeholders, by the look of them.")
    real = leads.pr[leads.pr > unit]
    if len(real) < FEWEST_ROWS:
        return notes
    rounded = int((real % (1000 * unit) == 0).sum())
    if rounded > ROUND_SHARE * len(real):
        notes.append(f"{_rows(rounded, leads)} have an amount in whole thousands: estimates rather than quotes.")
    amounts, counts = np.unique(real, return_counts=True)
    often = int(counts.argmax())
    if counts[often] > REPEATED_SHARE * len(real):
        notes.append(f"{_rows(int(counts[often]), leads)} have the same amount, {amounts[often] / unit:,.10g}.")
    return notes


def _chances(leads: Leads) -> list[str]:
    chance = leads.pc_float
    notes = []
    for edge, meaning in ((0.0, "can never be won"), (1.0, "are certain to be won, shocks or not")):
        count = int((chance == edge).sum())
        if count:
            notes.append(f"{_rows(count, leads)} have a PC of {edge:.0%}: they {meaning}.")
    values = len(set(leads.pc))
    if len(leads) >= FEWEST_ROWS and values <= max(1, len(leads) // FEWEST_ROWS) and values <= FEWEST_ROWS:
        noun = "value" if values == 1 else "values"
        notes.append(f"PC takes only {values} different {noun}: stage defaults, by the look of it.")
    return notes


def _dates(leads: Leads, as_of: date) -> list[str]:
    notes = []
    days = leads.expected_close
    if len(leads) >= FEWEST_ROWS:
        months = days.astype("datetime64[M]")
        ends = days == (months + 1).astype("datetime64[D]") - 1
        firsts = days == months.astype("datetime64[D]")
        for heaped, name in ((ends, "last"), (firsts, "first")):
            if heaped.sum() > HEAPED_SHARE * len(leads):
                notes.append(
                    f"{_rows(int(heaped.sum()), leads)} close on the {name} day of a month, where about 3% would by "
                    "chance: those dates name a month, not a day."
                )
    far = int((_days_after(leads, as_of) > FAR_DAYS).sum())
    if far:
        notes.append(f"{_rows(far, leads)} have a stated close more than two years ahead.")
    return notes


def _days_after(leads: Leads, as_of: date) -> npt.NDArray[np.int64]:
    return (leads.expected_close - np.datetime64(as_of, "D")).astype(np.int64)


def _rows(count: int, leads: Leads) -> str:
    return f"{count:,} of {len(leads):,} open rows ({_percent(count, len(leads))})"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f}%" if part >= whole / 100 else "less than 1%"
