"""What became of every row of an earlier file in a later one, and where every row of the later one comes from.

Leads are matched by id.  The rows of one lead, its line items, are paired first where nothing changed, then in the
order of the file; an earlier row without a partner was won or lost if the later file says so of the lead, was taken off
the lead if other rows of it are still open, and is otherwise gone from the file.

What it leaves out: what the changes are worth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from funnelsim.model.forecast_run import ForecastRun
from funnelsim.model.leads import NO_AMOUNT, Leads, OtherRows

Ints = npt.NDArray[np.int64]


@dataclass
class Matching:
    """Rows by what became of them; numbers are rows of the earlier or of the later leads or other rows.

    Attributes
    ----------
    pairs : list of (int, int)
        Earlier and later row of one item that is open in both.
    fresh : list of int
        Later rows of leads that were not open before.
    added, removed : list of int
        Later rows added to, earlier rows taken off a lead that is open in both.
    won, lost, gone : list of int
        Earlier rows.
    booked_known, booked_fresh : list of int
        Won rows of the later file since the earlier one: of leads that were open then, and of all others.
    reopened, born_won, left_out : set of str
        Leads that were closed or left out before and are open now; that were not open before and are won now; that were
        open before and cannot be forecast now.
    """

    pairs: list[tuple[int, int]] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    won: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    booked_known: list[int] = field(default_factory=list)
    booked_fresh: list[int] = field(default_factory=list)
    reopened: set[str] = field(default_factory=set)
    born_won: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)


def match(earlier: ForecastRun, later: ForecastRun) -> Matching:
    """Match two files by lead id.

    Parameters
    ----------
    earlier, later : ForecastRun
        The runs.

    Returns
    -------
    Matching
        Every forecast row of both is in exactly one list.
    """
    found = Matching()
    before, now = _by_lead(earlier.leads.lead_id), _by_lead(later.leads.lead_id)
    closed_before, closed_now = _by_lead(earlier.others.lead_id), _by_lead(later.others.lead_id)
    laws, laws_now = _laws(earlier.leads), _laws(later.leads)
    for lead_id, rows in before.items():
        free = list(now.get(lead_id, []))
        left = _pair_unchanged(found, rows, free, laws, laws_now)
        ends = [later.others.status[row] for row in closed_now.get(lead_id, [])]
        _pair_others(found, lead_id, left, free, ends, open_now=lead_id in now)
    for lead_id, rows in now.items():
        if lead_id not in before:
            found.fresh += rows
            if lead_id in closed_before:
                found.reopened.add(lead_id)
    for lead_id, rows in closed_now.items():
        won = [row for row in rows if later.others.status[row] == "won"]
        known = _bookings(earlier.others, closed_before.get(lead_id, []))
        new = _without(later.others, won, known)
        if lead_id in before:
            found.booked_known += new
        elif new and not known:  # a booking that was there and is another one now is a correction, not a new lead
            found.booked_fresh += new
            found.born_won.add(lead_id)
    return found


def _by_lead(ids: Sequence[str]) -> dict[str, list[int]]:
    """Return rows by lead, in the order of the file; rows without an id belong to nobody."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, lead_id in enumerate(ids):
        if lead_id.strip():
            rows[lead_id].append(row)
    return dict(rows)


def _pair_unchanged(
    found: Matching,
    before: list[int],
    free: list[int],
    laws: list[tuple[object, ...]],
    laws_now: list[tuple[object, ...]],
) -> list[int]:
    """Pair the rows of one lead that say the same; return the others and take the paired ones out of ``free``."""
    left = []
    for row in before:
        same = next((other for other in free if laws[row] == laws_now[other]), None)
        if same is None:
            left.append(row)
        else:
            found.pairs.append((row, same))
            free.remove(same)
    return left


def _pair_others(
    found: Matching, lead_id: str, left: list[int], free: list[int], statuses: list[str], *, open_now: bool
) -> None:
    """Pair the changed rows of one lead in the order of the file, and say what became of those without a partner."""
    both = min(len(left), len(free))
    found.pairs += zip(left[:both], free[:both], strict=True)
    found.added += free[both:]
    ends = [status for status in ("won", "lost", "left out") for one in statuses if one == status]
    for index, row in enumerate(left[both:]):
        # an item whose lead is closed as a whole ends as the lead did, however many rows say so
        end = ends[index] if index < len(ends) else ends[-1] if ends and not open_now else ""
        if end == "left out":
            found.left_out.add(lead_id)
        place = {"won": found.won, "lost": found.lost}.get(end)
        if place is None:
            place = found.removed if open_now and not end else found.gone
        place.append(row)


def _laws(leads: Leads) -> list[tuple[object, ...]]:
    """Return, row by row, everything that decides how a row is forecast."""
    return list(zip(leads.pc, map(tuple, amounts(leads).tolist()), map(tuple, days(leads).tolist()), strict=True))


def amounts(leads: Leads) -> Ints:
    """Return everything a row says about its amount.

    Parameters
    ----------
    leads : Leads
        Any leads.

    Returns
    -------
    int64, (row, 3)
        PR, P10 and P90, minor units; ``NO_AMOUNT`` where there is none.
    """
    return np.stack([leads.pr, leads.pr_p10, leads.pr_p90], axis=1)


def days(leads: Leads) -> Ints:
    """Return everything a row says about its day.

    Parameters
    ----------
    leads : Leads
        Any leads.

    Returns
    -------
    int64, (row, 3)
        Expected close, its P10 and P90 as days since 1970; the smallest integer for none.
    """
    columns = (leads.expected_close, leads.close_p10, leads.close_p90)
    return np.stack([column.astype("datetime64[D]").astype(np.int64) for column in columns], axis=1)


def _bookings(others: OtherRows, rows: Sequence[int]) -> list[tuple[object, int]]:
    return [(others.day[row], int(others.amount[row])) for row in rows if others.amount[row] != NO_AMOUNT]


def _without(others: OtherRows, rows: Sequence[int], known: list[tuple[object, int]]) -> list[int]:
    """Return the bookings of a lead that were not there before."""
    left = list(known)
    new = []
    for row in rows:
        booking = (others.day[row], int(others.amount[row]))
        if booking in left:
            left.remove(booking)
        else:
            new.append(row)
    return new
