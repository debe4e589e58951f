"""Where the leads of a file stand in what records know: state, age and stated close, row by row.

The question: is this open lead one of the records, and if not, what do its stage and its days say?  A lead is looked up
by its id, then placed by the words of its stage; everything that was guessed is counted and said.

What it leaves out: chances (``engines/learning``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from funnelsim.engines.learning.exposure import open_stays
from funnelsim.inputs.crm import header_key
from funnelsim.inputs.crm_stages import stage_key
from funnelsim.inputs.findings import Findings
from funnelsim.inputs.opening_leads import STAGE_ENTERED
from funnelsim.inputs.text_dates import DateOrder, read_dates
from funnelsim.inputs.text_values import TextColumn, is_blank
from funnelsim.model.history import OPEN, History
from funnelsim.model.known_leads import Matched, OpenStays
from funnelsim.model.leads import Leads, LeadTable
from funnelsim.model.learned import Learned

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MIDDAY = 0.5
"""A day of entry is taken at its middle: nobody says at what hour a lead was moved."""

NAMED_STAGES = 5
"""Stages that a note names at most."""


@dataclass(frozen=True, eq=False)
class LeadStates:
    """What the records know about the rows of a file.

    Attributes
    ----------
    stays : OpenStays
        State, age, time from birth, PR and stated close of each row.
    matched : Matched
        How the rows were found.
    notes : tuple of str
        What was guessed, one sentence each, with counts.
    """

    stays: OpenStays
    matched: Matched
    notes: tuple[str, ...]


def lead_states(
    table: LeadTable, learned: Learned, as_of: date, history: History | None = None, dates: DateOrder | None = None
) -> LeadStates:
    """Find the rows of a file in what the records know.

    Parameters
    ----------
    table : LeadTable
        The leads as read.
    learned : Learned
        Knows the stages, and the day on which the records end.
    as_of : date
        The day the forecast stands on.
    history : History, optional
        The records, as known that day; without them rows are placed by stage only.
    dates : {'dmy', 'mdy'}, optional
        Order of day and month.

    Returns
    -------
    LeadStates
        One entry a row, in their order.

    Raises
    ------
    DataError
        If a day that is needed cannot be read.
    """
    leads = table.leads
    state, unknown = _states(leads, learned)
    findings = Findings(table.name, "line")
    there = _looked_up(leads, history)
    needed = np.array(there < 0)
    entered = _column(leads, _entered_header(leads), "stage entered", needed, findings, dates)
    created = _column(leads, "created", "created", needed, findings, dates)
    findings.stop_if_any()
    age, taken, undated = _ages(entered, created, state, as_of)
    if history is not None:
        known = open_stays(history)
        gap = float((as_of - learned.last_day).days)
        rows = ~needed
        state[rows], taken[rows] = known.state[there[rows]], known.taken[there[rows]]
        age[rows] = known.age[there[rows]] + max(gap, 0.0)
    pr = np.full(len(leads), 10**leads.minor_digits, dtype=np.int64) if learned.counts_only else leads.pr
    due = np.asarray((leads.expected_close - np.datetime64(as_of, "D")).astype(np.int64) - 1.0, dtype=np.float64)
    stays = OpenStays(np.arange(len(leads)), state, age, taken, pr, due)
    closed = _closed(leads, history)
    unplaced = needed & (state == 0)
    matched = Matched(
        by_id=int((~needed).sum()),
        by_stage=int((needed & (state > 0)).sum()),
        unplaced=int(unplaced.sum()),
        undated=int((needed & undated).sum()),
        closed=closed,
    )
    only = 0 if history is None else int((history.outcome == OPEN).sum()) - len(set(there[there >= 0].tolist()))
    return LeadStates(stays, matched, _notes(matched, unknown, needed, only, learned))


def _states(leads: Leads, learned: Learned) -> tuple[Ints, list[str]]:
    """Return the state of each row by the words of its stage, 0 for none, and the words that no stage has."""
    own = {stage_key(name): number for number, name in enumerate(learned.hazards.states[:-2])}
    cells = leads.attributes.get("stage", ("",) * len(leads))
    found = [own.get(stage_key(text), -1) for text in cells]
    unknown = [text for text, number in zip(cells, found, strict=True) if number < 0]
    return np.maximum(np.array(found, dtype=np.int64), 0), unknown


def _looked_up(leads: Leads, history: History | None) -> Ints:
    """Return the place of each row among the open leads of the records, -1 for rows that are not there."""
    if history is None:
        return np.full(len(leads), -1, dtype=np.int64)
    rows = np.flatnonzero(history.outcome == OPEN).tolist()
    place = {history.lead_id[row]: number for number, row in enumerate(rows)}
    return np.array([place.get(lead_id, -1) for lead_id in leads.lead_id], dtype=np.int64)


def _closed(leads: Leads, history: History | None) -> int:
    if history is None:
        return 0
    over = {history.lead_id[row] for row in np.flatnonzero(history.outcome != OPEN).tolist()}
    return sum(lead_id in over for lead_id in leads.lead_id)


def _entered_header(leads: Leads) -> str:
    return next((header for name in STAGE_ENTERED for header in leads.attributes if header_key(header) == name), "")


def _column(
    leads: Leads,
    header: str,
    name: str,
    needed: npt.NDArray[np.bool_],
    findings: Findings,
    dates: DateOrder | None,
) -> tuple[date | None, ...]:
    cells = leads.attributes.get(header, ("",) * len(leads))
    rows = needed & np.array([not is_blank(text) for text in cells], dtype=np.bool_)
    return read_dates(TextColumn(name, header, cells, leads.line, rows), findings, dates).values


def _ages(
    entered: tuple[date | None, ...], created: tuple[date | None, ...], state: Ints, as_of: date
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return days in the state, days from birth to it, and whether no day said so."""
    age, taken, undated = np.zeros(len(state)), np.zeros(len(state)), np.zeros(len(state), dtype=bool)
    for row, (moved, born) in enumerate(zip(entered, created, strict=True)):
        day = moved if moved is not None and (state[row] > 0 or born is None) else born
        if day is None:
            undated[row] = True
            continue
        age[row] = max((as_of - day).days + MIDDAY, 0.0)
        if born is not None and day is moved:
            taken[row] = max(float((day - born).days), 0.0)
    return age, taken, undated


def _notes(
    matched: Matched, unknown: list[str], needed: npt.NDArray[np.bool_], only: int, learned: Learned
) -> tuple[str, ...]:
    named = Counter(text for text in unknown if not is_blank(text))
    words = ", ".join(repr(text) for text, _ in named.most_common(NAMED_STAGES))
    there = f" (such as {words})" if words else ""
    stages = ", ".join(learned.stages) or "none"
    said = {
        f"{_rows(matched.by_id)} found in the records by id: state and age are the records'.": matched.by_id,
        f"{_rows(matched.by_stage)} placed in the records' stages by the words of their stage.": matched.by_stage,
        f"{_rows(matched.unplaced)} with no stage that the records know{there}: taken as "
        f"{learned.hazards.states[0]!r}; the records' stages are {stages}.": matched.unplaced,
        f"{_rows(matched.undated)} without a day of creation or of entry: age 0, so they may look younger than they "
        "are.": matched.undated,
        f"{_rows(matched.closed)} closed in the records and open in the file: taken as the file says.": matched.closed,
        f"{only:,} open leads of the records are not in the file: not forecast.": only,
    }
    return tuple(text for text, count in said.items() if count)


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"
