"""The leads that are open when records end, as a pipeline to forecast: records need no second file.

What it leaves out: chances (``engines/learning``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.exposure import open_stays
from funnelsim.model.history import LOST, NO_MOMENT, NO_MONEY, OPEN, SECONDS_A_DAY, WON, History
from funnelsim.model.known_leads import OpenStays
from funnelsim.model.leads import NO_AMOUNT, Bookings, Imputation, Leads, LeadTable, OtherRows
from funnelsim.model.learned import Learned

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class HistoryPipeline:
    """Open leads of records.

    Attributes
    ----------
    table : LeadTable
        As if they had been read from a file of leads.
    stays : OpenStays
        State and age of each.
    priced : bool
        False where no lead of the records has a potential revenue: each then stands for the mean of the won ones.
    """

    table: LeadTable
    stays: OpenStays
    priced: bool


def history_pipeline(history: History, learned: Learned) -> HistoryPipeline:
    """Return the leads that are open when the records end.

    Parameters
    ----------
    history : History
        The records.
    learned : Learned
        What they teach.

    Returns
    -------
    HistoryPipeline
        Stated PC, PR and close are those stated last; a PC that nobody stated counts as 0 in what is stated.
    """
    stays = open_stays(history)
    rows = stays.row
    pc, pr = _stated(history)
    unpriced, unsaid = pr[rows] == NO_MONEY, np.isnan(pc[rows])
    priced = bool((pr != NO_MONEY).any())
    pr, imputed = _filled(pr[rows], learned)
    close, undated = _close_days(stays, learned)
    leads = _leads(history, stays, pr, np.where(unsaid, 0.0, pc[rows]), close, unpriced, learned)
    others = _closed(history, learned)
    won = np.array([status == "won" for status in others.status], dtype=bool)
    table = LeadTable(
        leads=leads,
        name=history.name,
        sha256=history.sha256,
        rows=len(history),
        won=Bookings(others.day[won], others.amount[won]),
        lost_rows=int((history.outcome == LOST).sum()),
        imputed=imputed,
        dialect="records",
        notes=(*history.notes, *_notes(int(unsaid.sum()), int(undated.sum()), len(rows))),
        others=others,
    )
    return HistoryPipeline(table, stays._replace(row=np.arange(len(rows)), pr=np.maximum(pr, 0)), priced)


def _stated(history: History) -> tuple[npt.NDArray[np.float64], Ints]:
    """Return PC and PR of each lead as they were stated last; nan and ``NO_MONEY`` where nobody did."""
    pc, pr = np.full(len(history), np.nan), history.pr.copy()
    told = history.snapshots
    if told is not None:
        order = np.argsort(told.taken, kind="stable")  # of several assignments to one lead the last stays
        said = order[~np.isnan(told.pc[order])]
        pc[told.lead[said]] = told.pc[said]
        said = order[told.pr[order] != NO_MONEY]
        pr[told.lead[said]] = told.pr[said]
    return pc, pr


def _filled(pr: Ints, learned: Learned) -> tuple[Ints, tuple[Imputation, ...]]:
    blank = pr == NO_MONEY
    if not blank.any():
        return pr, ()
    known = pr[~blank] if (~blank).any() else learned.won_values
    mean = round(float(known.mean())) if len(known) else 0
    whose = "open leads that have one" if (~blank).any() else "won leads' amounts"
    rule = f"mean of {len(known):,} {whose} = {mean / 10**learned.minor_digits:,.2f}"
    return np.where(blank, mean, pr), (Imputation("pr", rule, int(blank.sum())),)


def _close_days(stays: OpenStays, learned: Learned) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.bool_]]:
    """Return stated days of closing, and which leads have none: the first forecast day stands there."""
    stated = np.full(len(stays.row), np.nan) if stays.stated is None else stays.stated
    undated = np.isnan(stated)
    days = np.where(undated, 0, np.floor(np.where(undated, 0.0, stated))).astype(np.int64)
    return np.datetime64(learned.last_day + timedelta(days=1), "D") + days, undated


def _closed(history: History, learned: Learned) -> OtherRows:
    """Return the leads that were won or lost, with the columns of the open ones; the stage is the last they were in."""
    closed = np.flatnonzero(history.outcome != OPEN)
    is_won = history.outcome[closed] == WON
    amount = np.where(history.amount_won != NO_MONEY, history.amount_won, np.maximum(history.pr, 0))[closed]
    days = (history.closed[closed] // SECONDS_A_DAY).astype("datetime64[D]")
    entered = history.entered[closed] != NO_MOMENT
    last = (
        np.where(entered.any(axis=1), entered.shape[1] - np.argmax(entered[:, ::-1], axis=1), 0) if entered.size else 0
    )
    return OtherRows(
        lead_id=tuple(history.lead_id[row] for row in closed.tolist()),
        status=tuple("won" if one else "lost" for one in is_won.tolist()),
        reason=("",) * len(closed),
        line=closed.astype(np.int64) + 2,
        day=np.where(is_won, days, np.datetime64("NaT", "D")),
        amount=np.where(is_won, amount, NO_AMOUNT),
        attributes=_attributes(history, closed, np.broadcast_to(last, len(closed)), learned),
    )


def _attributes(history: History, rows: Ints, states: Ints, learned: Learned) -> dict[str, tuple[str, ...]]:
    """Return the columns of some leads: those of the records, and what was made of them."""
    listed = rows.tolist()
    attributes = {name: tuple(column[row] for row in listed) for name, column in history.attributes.items()}
    attributes["stage"] = tuple(learned.hazards.states[state] for state in states.tolist())
    attributes["created"] = tuple(str(np.datetime64(int(history.created[row]) // SECONDS_A_DAY, "D")) for row in listed)
    return attributes


def _leads(
    history: History,
    stays: OpenStays,
    pr: Ints,
    pc: npt.NDArray[np.float64],
    close: npt.NDArray[np.datetime64],
    imputed: npt.NDArray[np.bool_],
    learned: Learned,
) -> Leads:
    rows = stays.row.tolist()
    attributes = _attributes(history, stays.row, stays.state, learned)
    none = np.full(len(rows), NO_AMOUNT, dtype=np.int64)
    never = np.full(len(rows), "NaT", dtype="datetime64[D]")
    return Leads(
        lead_id=tuple(history.lead_id[row] for row in rows),
        pr=np.maximum(pr, 0),
        pc=tuple(Decimal(repr(value)) for value in pc.tolist()),
        expected_close=close,
        line=np.array(rows, dtype=np.int64) + 2,
        pr_p10=none,
        pr_p90=none.copy(),
        close_p10=never,
        close_p90=never.copy(),
        imputed=imputed,
        attributes=attributes,
        currency=history.currency,
        minor_digits=history.minor_digits,
    )


def _notes(unsaid: int, undated: int, rows: int) -> tuple[str, ...]:
    notes = [f"The pipeline is the {rows:,} leads that are open when the records end."]
    if unsaid == rows > 0:
        notes.append("No open lead states a PC: there is no PR x PC, and a dash stands for it.")
    elif unsaid:
        notes.append(f"{unsaid:,} leads without a stated PC: PR x PC counts them as 0.")
    if undated:
        notes.append(f"{undated:,} leads without a stated close: the first forecast day stands there and is not used.")
    return tuple(notes)
