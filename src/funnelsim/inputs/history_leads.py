"""Reading a table with one row a lead: birth, end, outcome, worth, and the days on which stages were entered.

The question: what became of each lead?  A row that lacks its birth, or whose end or outcome is missing, tells nothing
about time and is left out and counted; a row that ends more than a day before it begins is an error.

What it leaves out: where the records begin and end, which is about all tables together.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from funnelsim.errors import Shown
from funnelsim.inputs.findings import Findings, some_headers
from funnelsim.inputs.history_headers import LeadColumns, lead_columns
from funnelsim.inputs.history_ids import lead_ids
from funnelsim.inputs.history_moments import count_note, read_moment_columns
from funnelsim.inputs.history_options import HistoryOptions
from funnelsim.inputs.history_table import HistoryTable
from funnelsim.inputs.history_values import Flags, read_amounts, read_outcomes, says_outcome, without_deleted
from funnelsim.model.history import LOST, NO_MOMENT, OPEN, SECONDS_A_DAY, WON, Ints
from funnelsim.model.money import DEFAULT_MINOR_DIGITS

_OWN = frozenset((
    "lead_id", "pr", "amount_won", "created", "closed", "expected_close", "status", "is_won", "is_closed", "deleted",
))  # fmt: skip
"""Fields that have a column of their own in the history; all others are kept as text."""


_ASIDE = "Times of being won or lost that cannot be read were left aside, because another column says the end."


@dataclass(frozen=True, eq=False)
class LeadRows:
    """Leads as they were read, one row a lead.

    Attributes
    ----------
    lead_id : tuple of str, (lead,)
        Unique.
    created, closed, stated_close : int64, (lead,)
        Moments; ``NO_MOMENT`` where missing.
    outcome : int8, (lead,)
        ``OPEN``, ``WON`` or ``LOST``.
    pr, amount_won : int64, (lead,)
        Minor units; ``NO_MONEY`` where unknown.
    entered : dict of str to int64, each (lead,)
        First entries by stage.
    attributes : dict of str to tuple of str, each (lead,)
        Everything else as text.
    currency : str or None
        Code of the amounts.
    digits : int
        Its decimals.
    counts_only : bool
        Whether there are no amounts at all.
    clocked : bool
        Whether any moment has a time of day.
    notes : tuple of str
        What happened, with counts.
    """

    lead_id: tuple[str, ...]
    created: Ints
    closed: Ints
    outcome: npt.NDArray[np.int8]
    pr: Ints
    amount_won: Ints
    stated_close: Ints
    entered: dict[str, Ints] = field(default_factory=dict)
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    currency: str | None = None
    digits: int = DEFAULT_MINOR_DIGITS
    counts_only: bool = False
    clocked: bool = False
    notes: tuple[str, ...] = ()

    def keep(self, rows: Flags, *notes: str) -> LeadRows:
        """Return some leads.

        Parameters
        ----------
        rows : bool, (lead,)
            Those that stay.
        *notes : str
            What to say about it.

        Returns
        -------
        LeadRows
            With the notes added.
        """
        if rows.all():
            return replace(self, notes=(*self.notes, *notes))
        at = np.flatnonzero(rows).tolist()
        return replace(
            self,
            lead_id=tuple(self.lead_id[row] for row in at),
            created=self.created[rows],
            closed=self.closed[rows],
            outcome=self.outcome[rows],
            pr=self.pr[rows],
            amount_won=self.amount_won[rows],
            stated_close=self.stated_close[rows],
            entered={stage: found[rows] for stage, found in self.entered.items()},
            attributes={name: tuple(cells[row] for row in at) for name, cells in self.attributes.items()},
            notes=(*self.notes, *notes),
        )


def read_lead_rows(table: HistoryTable, options: HistoryOptions) -> LeadRows:
    """Read a table with one row a lead.

    Parameters
    ----------
    table : HistoryTable
        The file.
    options : HistoryOptions
        What the user says about it.

    Returns
    -------
    LeadRows
        Every lead with a birth and a known end or none.

    Raises
    ------
    DataError
        With every problem found: columns that are missing, values that cannot be read exactly, leads that are there
        twice or end before they begin.
    """
    findings = Findings(table.name, table.word)
    columns = lead_columns(table, options.mapping, findings)
    _require(table, columns, findings)
    findings.stop_if_any()
    table, deleted = without_deleted(table, columns, findings)
    findings.stop_if_any()
    ids, table, id_notes = lead_ids(table, columns.headers.fields, findings)
    moments = read_moment_columns(table, _moment_headers(columns), options, findings)
    doubts = Findings(table.name, table.word) if columns.closed else findings
    ends = read_moment_columns(table, dict.fromkeys(columns.ends, "closed"), options, doubts)
    seconds = moments.seconds | ends.seconds
    times = _Times.of(table, columns, seconds)
    outcome, said, notes = read_outcomes(table, columns, findings)
    if not says_outcome(columns) or _nobody_ends(table, columns, times.closed, outcome, findings):
        outcome, said, notes = _by_amount(table, columns, times.closed, options, findings)
    outcome, closed, left_out, end_notes = _ends(columns, times, outcome, said)
    created, birth_notes = _births(times)
    amounts = read_amounts(table, columns, outcome, options, findings)
    closed, order_notes = _in_order(table, created, closed, findings)
    findings.stop_if_any()
    rows = LeadRows(
        lead_id=ids,
        created=created,
        closed=closed,
        outcome=outcome,
        pr=amounts.pr,
        amount_won=amounts.amount_won,
        stated_close=times.stated,
        entered=times.stages,
        attributes=_attributes(table, columns),
        currency=amounts.currency,
        digits=amounts.digits,
        counts_only=amounts.counts_only,
        clocked=moments.clocked or ends.clocked,
        notes=(
            *table.notes,
            *columns.headers.notes,
            *_mapping_notes(columns),
            *count_note(deleted, "marked as deleted in the CRM were left out"),
            *id_notes,
            *notes,
            *moments.notes,
            *ends.notes,
            *((_ASIDE,) if columns.closed and doubts.problems else ()),
            *amounts.notes,
            *end_notes,
            *birth_notes,
            *order_notes,
        ),
    )
    return _without(rows, left_out, deleted, findings)


@dataclass(frozen=True, eq=False)
class _Times:
    """Moments of a table by what they mean."""

    created: Ints
    closed: Ints
    stated: Ints
    stages: dict[str, Ints]
    ends: dict[int, Ints]

    @staticmethod
    def of(table: HistoryTable, columns: LeadColumns, seconds: dict[str, Ints]) -> _Times:
        none = np.full(len(table), NO_MOMENT, dtype=np.int64)
        closed = none
        for header in columns.closed:
            closed = np.where(closed == NO_MOMENT, seconds[header], closed)
        ends: dict[int, Ints] = {}
        for header, status in columns.ends.items():
            code = WON if status == "won" else LOST
            ends[code] = np.maximum(ends.get(code, none), seconds[header])
        fields = columns.headers.fields
        return _Times(
            created=seconds[fields["created"]] if "created" in fields else none,
            closed=closed,
            stated=seconds[fields["expected_close"]] if "expected_close" in fields else none,
            stages={stage: seconds[header] for stage, header in columns.stages.items()},
            ends=ends,
        )


def _moment_headers(columns: LeadColumns) -> dict[str, str]:
    fields = columns.headers.fields
    named = {
        fields[one]: said
        for one, said in (("created", "created"), ("expected_close", "expected close"))
        if one in fields
    }
    named |= dict.fromkeys(columns.closed, "closed")
    named |= {header: f"entry into {stage}" for stage, header in columns.stages.items()}
    return named


def _require(table: HistoryTable, columns: LeadColumns, findings: Findings) -> None:
    """Stop when a column is missing without which no row could be read."""
    fields = columns.headers.fields
    shown = some_headers(table.headers)
    missing = []
    if "created" not in fields and not columns.stages:
        missing.append(("created", "created=COLUMN"))
    if not columns.closed and not columns.ends:
        missing.append(("closed", "closed=COLUMN"))
    if not says_outcome(columns) and "amount_won" not in fields:
        missing.append(("outcome", "status=COLUMN"))
    if len(missing) == 3:
        value = Shown("no column for created, closed or outcome")
        hint = f"pass --map created=COLUMN --map closed=COLUMN --map status=COLUMN; the headers are {shown}"
        findings.say("the file", "records of leads: one row a lead, a stage history, or snapshots", value, hint)
        return
    for name, told in missing:
        findings.say(
            f"the column for {name}",
            "in the file, or named with --map",
            Shown("none"),
            f"pass --map {told}; the headers are {shown}",
        )


def _ends(
    columns: LeadColumns, times: _Times, outcome: npt.NDArray[np.int8], said: Flags
) -> tuple[npt.NDArray[np.int8], Ints, dict[str, Flags], tuple[str, ...]]:
    """Bring outcome and end together; return both, the rows to leave out by reason, and notes."""
    closed = times.closed.copy()
    fields = columns.headers.fields
    if "is_won" in fields and not {"status", "is_closed"} & fields.keys() and not columns.planned:
        outcome = np.where((outcome == OPEN) & said & (closed != NO_MOMENT), LOST, outcome).astype(np.int8)
    by_stage = np.zeros(len(closed), np.bool_)
    for code, moments in times.ends.items():
        later = np.max(
            [found for other, found in times.ends.items() if other != code] or [np.full(len(closed), NO_MOMENT)], axis=0
        )
        silent = (moments != NO_MOMENT) & (moments >= later) & ~said
        by_stage |= silent
        outcome = np.where(silent, code, outcome).astype(np.int8)
        closed = np.where((outcome == code) & (closed == NO_MOMENT), moments, closed)
    dated = closed != NO_MOMENT
    is_open = outcome == OPEN
    spoken = said | by_stage
    planned = is_open & dated & (spoken | columns.planned)
    left_out = {
        "won or lost, but not when": ~is_open & ~dated,
        "closed, but neither won nor lost": is_open & dated & ~planned,
    }
    words = "that are open carry a date of closing; it was taken as a plan and not used"
    notes = count_note(planned, words)
    if "expected_close" in fields:
        notes = (*notes, f"Column {fields['expected_close']!r} is taken as the close date that was stated at birth.")
    return outcome, np.where(planned, NO_MOMENT, closed), left_out, notes


def _by_amount(
    table: HistoryTable, columns: LeadColumns, closed: Ints, options: HistoryOptions, findings: Findings
) -> tuple[npt.NDArray[np.int8], Flags, tuple[str, ...]]:
    """Tell outcomes by the amount won, where no column says them."""
    every = np.full(len(table), WON, dtype=np.int8)
    brought = read_amounts(table, columns, every, options, findings).amount_won > 0
    dated = closed != NO_MOMENT
    outcome = np.where(dated, np.where(brought, WON, LOST), OPEN).astype(np.int8)
    note = "No column says won or lost: a closed lead with an amount won was taken as won, one without as lost."
    return outcome, np.ones(len(table), np.bool_), (note,)


def _nobody_ends(
    table: HistoryTable, columns: LeadColumns, closed: Ints, outcome: npt.NDArray[np.int8], findings: Findings
) -> bool:
    """Tell whether stages are all there is about the end, none means won or lost, and yet leads are closed."""
    fields = columns.headers.fields
    only_stages = not columns.ends and not {"status", "is_won", "is_closed"} & fields.keys() and not columns.planned
    if not only_stages or (outcome != OPEN).any() or not (closed != NO_MOMENT).any():
        return False
    if "amount_won" not in fields:
        shown = Shown(f"none; no cell of {fields['stage']!r} means won or lost")
        hint = f"pass --map status=COLUMN; the headers are {some_headers(table.headers)}"
        findings.say("the column for outcome", "in the file, or named with --map", shown, hint)
        findings.stop_if_any()
    return True


def _births(times: _Times) -> tuple[Ints, tuple[str, ...]]:
    """Return births; the first entry into a stage stands for one that is missing."""
    created = times.created
    missing = created == NO_MOMENT
    if not missing.any() or not times.stages:
        return created, ()
    every = np.array(list(times.stages.values()))
    first = np.where(every == NO_MOMENT, np.iinfo(np.int64).max, every).min(axis=0)
    found = missing & (first != np.iinfo(np.int64).max)
    words = "have no birth of their own; it was taken from the first stage entered"
    return np.where(found, first, created), count_note(found, words)


def _in_order(table: HistoryTable, created: Ints, closed: Ints, findings: Findings) -> tuple[Ints, tuple[str, ...]]:
    """Lift ends that lie before the birth by less than a day; report the others."""
    both = (created != NO_MOMENT) & (closed != NO_MOMENT)
    early = both & (closed < created)
    gap = np.where(early, created - np.where(early, closed, 0), 0)
    for row in np.flatnonzero(gap >= SECONDS_A_DAY).tolist():
        days = f"{gap[row] // SECONDS_A_DAY:,} days before"
        hint = "correct the row, or take it out"
        findings.add("closed", "on or after the day of creation", int(table.line[row]), Shown(days), hint)
    rounded = early & (gap < SECONDS_A_DAY)
    words = "closed less than a day before creation (a day without its time, or another clock): taken as closed at once"
    return np.where(rounded, created, closed), count_note(rounded, words)


def _without(rows: LeadRows, left_out: dict[str, Flags], deleted: int, findings: Findings) -> LeadRows:
    """Leave out what cannot be placed in time, each row for one reason."""
    reasons = {"without a day of creation": rows.created == NO_MOMENT, **left_out}
    gone = np.zeros(len(rows.lead_id), np.bool_)
    notes: list[str] = []
    for reason, marks in reasons.items():
        now = marks & ~gone
        opened = int((now & (rows.outcome == OPEN)).sum())
        also = f", {opened:,} of them open," if opened and reason.startswith("without") else ""
        notes += count_note(now, f"{reason}{also} left out")
        gone |= marks
    if gone.all():
        every = (*count_note(deleted, "marked as deleted"), *notes)
        shown = Shown("; ".join(note.rstrip(".") for note in every))
        findings.say("the file", "records with at least one lead whose birth and end are known", shown)
        findings.stop_if_any()
    return rows.keep(~gone, *notes)


def _mapping_notes(columns: LeadColumns) -> tuple[str, ...]:
    """Say which column was read as what."""
    fields = {field: header for field, header in columns.headers.fields.items() if field != "closed"}
    said = [f"{'outcome' if field == 'status' else field} = {header!r}" for field, header in fields.items()]
    said += [f"closed = {' or '.join(map(repr, columns.closed))}"] if columns.closed else []
    said += [f"stage {stage} = {header!r}" for stage, header in columns.stages.items()]
    said += [f"{status} = {header!r}" for header, status in columns.ends.items()]
    notes = [f"Columns: {', '.join(said)}."]
    if columns.kept:
        notes.append(f"Columns kept as they are: {', '.join(map(repr, columns.kept))}.")
    return tuple(notes)


def _attributes(table: HistoryTable, columns: LeadColumns) -> dict[str, tuple[str, ...]]:
    """Keep every other column as text, known ones under their field."""
    fields = {field: header for field, header in columns.headers.fields.items() if field not in _OWN}
    named = dict(fields)
    for header in columns.kept:
        named[header if header not in fields else f"{header} (as in the file)"] = header
    return {name: tuple(table.text(header).to_list()) for name, header in named.items()}
