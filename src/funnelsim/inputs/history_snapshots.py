"""Reading snapshots: what was stated about leads, one row for each lead and time.

The question: what close date, amount and chance were stated, and when?  Statements after the end of a lead say nothing
and are left out; so are those about leads that are not among the records.

What it leaves out: what came of the statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from funnelsim.errors import Shown
from funnelsim.inputs.crm import map_headers
from funnelsim.inputs.findings import Findings, some_headers
from funnelsim.inputs.history_headers import LeadColumns
from funnelsim.inputs.history_leads import LeadRows
from funnelsim.inputs.history_long import first_rows, worth_and_texts
from funnelsim.inputs.history_moments import count_note, read_moment_columns
from funnelsim.inputs.history_options import HistoryOptions
from funnelsim.inputs.history_table import HistoryTable
from funnelsim.inputs.history_values import read_amounts, read_outcomes, says_outcome
from funnelsim.inputs.history_words import LEAD_WORDS, first_of, snapshot_column, told_here
from funnelsim.inputs.text_values import read_probabilities
from funnelsim.model.history import NO_MOMENT, NO_MONEY, OPEN, Ints, Snapshots


@dataclass(frozen=True, eq=False)
class SnapshotRows:
    """Snapshots as they were read.

    Attributes
    ----------
    frame : DataFrame
        Columns ``lead taken stated_close pr pc stage outcome said created closed row``, in the order of the file.
    table : HistoryTable
        The file.
    columns : LeadColumns
        Its columns.
    taken : str
        Header of the time of the snapshot.
    currency : str or None
        Code of the amounts.
    digits : int
        Its decimals.
    clocked : bool
        Whether any moment has a time of day.
    notes : tuple of str
        What happened, with counts.
    """

    frame: pl.DataFrame
    table: HistoryTable
    columns: LeadColumns
    taken: str
    currency: str | None
    digits: int
    clocked: bool
    notes: tuple[str, ...]


def read_snapshot_rows(table: HistoryTable, options: HistoryOptions) -> SnapshotRows:
    """Read a table of snapshots.

    Parameters
    ----------
    table : HistoryTable
        The file.
    options : HistoryOptions
        What the user says about it.

    Returns
    -------
    SnapshotRows
        Every row with a lead and a time.

    Raises
    ------
    DataError
        With every problem found.
    """
    findings = Findings(table.name, table.word)
    taken = snapshot_column(table.headers, options.mapping)
    assert taken is not None, "the table was recognised by this column"
    columns = _columns(table, taken, options, findings)
    fields = columns.headers.fields
    if "lead_id" not in fields:
        hint = f"pass --map lead_id=COLUMN; the headers are {some_headers(table.headers)}"
        findings.say("the column for lead_id", "in the file, or named with --map", Shown("none"), hint)
    findings.stop_if_any()
    named = {taken: "snapshot date"} | {header: field for field, header in fields.items() if field in _MOMENTS}
    moments = read_moment_columns(table, named, options, findings)
    outcome, said, notes = read_outcomes(table, columns, findings)
    amounts = read_amounts(table, columns, np.full(len(table), OPEN, np.int8), options, findings)
    pc = _stated_pcs(table, fields.get("pc"), options, findings)
    findings.stop_if_any()
    none = np.full(len(table), NO_MOMENT, dtype=np.int64)
    at = {field: moments.seconds[fields[field]] if field in fields else none for field in _MOMENTS}
    frame = pl.DataFrame({
        "lead": table.text(fields["lead_id"]),
        "taken": moments.seconds[taken],
        "stated_close": at["expected_close"],
        "pr": np.full(len(table), NO_MONEY, dtype=np.int64) if amounts.counts_only else amounts.pr,
        "pc": pc,
        "stage": table.text(fields.get("stage")),
        "outcome": outcome,
        "said": said,
        "created": at["created"],
        "closed": at["closed"],
        "row": np.arange(len(table)),
    })
    lacks = (frame["lead"] == "") | (frame["taken"] == NO_MOMENT)
    mapped = ", ".join(f"{field} = {header!r}" for field, header in fields.items())
    return SnapshotRows(
        frame.filter(~lacks),
        table,
        columns,
        taken,
        amounts.currency,
        amounts.digits,
        moments.clocked,
        (
            *table.notes,
            f"Columns of the snapshots: snapshot_date = {taken!r}, {mapped}.",
            *moments.notes,
            *notes,
            *count_note(int(lacks.sum()), "of the snapshots without lead or day were left out"),
        ),
    )


_MOMENTS = ("expected_close", "created", "closed")


def _columns(table: HistoryTable, taken: str, options: HistoryOptions, findings: Findings) -> LeadColumns:
    rest = [header for header in table.headers if header != taken]
    words = {"closed": first_of(rest, LEAD_WORDS["closed"]) or ""}
    for field in ("lead_id", "created", "status", "pr"):
        header = first_of([one for one in rest if one not in words.values()], LEAD_WORDS[field])
        words |= {field: header} if header is not None else {}
    told = {field: header for field, header in told_here(table.headers, options.mapping).items() if header != taken}
    headers = map_headers(rest, words | told, findings)
    return LeadColumns(headers, (), False, {}, {}, headers.kept)


def _stated_pcs(
    table: HistoryTable, header: str | None, options: HistoryOptions, findings: Findings
) -> npt.NDArray[np.float64]:
    """Read stated chances, each different text once."""
    if header is None:
        return np.full(len(table), np.nan)
    _, first, place = np.unique(table.text(header).to_numpy().astype(str), return_index=True, return_inverse=True)
    found, _ = read_probabilities(table.text_column(header, "PC", first), findings, options.pc, options.decimal)
    return np.array([np.nan if one is None else float(one) for one in found])[place]


def leads_of_snapshots(rows: SnapshotRows, options: HistoryOptions) -> LeadRows:
    """Make leads of snapshots that stand alone.

    Parameters
    ----------
    rows : SnapshotRows
        Snapshots.
    options : HistoryOptions
        What the user says about amounts.

    Returns
    -------
    LeadRows
        Born on the day that the table says, else with their first snapshot; ended as their last snapshot says, on the
        day that the table says, else with the first snapshot that says so.

    Raises
    ------
    DataError
        If no column says how leads ended, or amounts cannot be read.
    """
    findings = Findings(rows.table.name, rows.table.word)
    if not says_outcome(rows.columns):
        hint = "name a column stage or status, or give the leads with their outcomes beside it"
        findings.say("the file", "one in which a column says won or lost", Shown("none"), hint)
        findings.stop_if_any()
    frame = rows.frame.sort("taken", "row", maintain_order=True)
    last = pl.col("outcome").last()
    leads = frame.group_by("lead", maintain_order=True).agg(
        pl.col("taken").first().alias("first"),
        last.alias("outcome"),
        pl.col("created").filter(pl.col("created") != NO_MOMENT).first().fill_null(NO_MOMENT),
        pl.col("closed").last(),
        pl.col("taken").filter(pl.col("outcome") == last).first().alias("ended"),
        pl.col("stated_close").first(),
    )
    outcome = leads["outcome"].to_numpy().astype(np.int8)
    created, closed = leads["created"].to_numpy(), leads["closed"].to_numpy()
    created = np.where(created == NO_MOMENT, leads["first"].to_numpy(), created)
    closed = np.where(closed == NO_MOMENT, leads["ended"].to_numpy(), closed)
    first = first_rows(rows.table, frame, "pr", leads["lead"])
    without = frozenset((rows.taken, *rows.columns.headers.fields.values())) - {
        rows.columns.headers.fields.get(field, "")
        for field in ("pr", "currency", "owner", "region", "segment", "product")
    }
    amounts, texts = worth_and_texts(first, outcome, options, findings, without)
    findings.stop_if_any()
    return LeadRows(
        lead_id=tuple(leads["lead"].to_list()),
        created=created,
        closed=np.where(outcome == OPEN, NO_MOMENT, np.maximum(closed, created)),
        outcome=outcome,
        pr=amounts.pr,
        amount_won=amounts.amount_won,
        stated_close=leads["stated_close"].to_numpy(),
        attributes=texts,
        currency=amounts.currency,
        digits=amounts.digits,
        counts_only=amounts.counts_only,
        clocked=rows.clocked,
        notes=(
            *rows.notes,
            "Leads were made of their snapshots: PR is that of the first, the outcome that of the last.",
            *amounts.notes,
        ),
    )


def linked(rows: SnapshotRows, leads: Sequence[str], closed: Ints, extract: int) -> tuple[Snapshots, tuple[str, ...]]:
    """Bring snapshots to the rows of the leads.

    Parameters
    ----------
    rows : SnapshotRows
        Snapshots.
    leads : sequence of str, (lead,)
        Ids.
    closed : int64, (lead,)
        Ends; ``NO_MOMENT`` while open.
    extract : int
        End of the records.

    Returns
    -------
    snapshots : Snapshots
        By lead and time, one for each moment of a lead, the last one where the file has several.
    notes : tuple of str
        What was left out, with counts.
    """
    places = pl.DataFrame(
        {"lead": list(leads), "at": np.arange(len(leads)), "end": np.where(closed == NO_MOMENT, extract, closed)},
        schema_overrides={"lead": pl.String},
    )
    found = rows.frame.drop("closed").join(places, on="lead", how="left")
    strange = int(found["at"].null_count())
    late = int((found["taken"] > found["end"]).sum())
    found = found.filter(pl.col("taken") <= pl.col("end")).sort("at", "taken", "row")
    once = found.unique(("at", "taken"), keep="last", maintain_order=True)
    notes = (
        *count_note(strange, "of the snapshots are about leads that are not among the records and were left out"),
        *count_note(late, "of the snapshots are later than the end of their lead or of the records and were left out"),
        *count_note(len(found) - len(once), "of the snapshots repeat a lead and its moment; the last one counts"),
    )
    return Snapshots(
        lead=once["at"].to_numpy().astype(np.int64),
        taken=once["taken"].to_numpy(),
        stated_close=once["stated_close"].to_numpy(),
        pr=once["pr"].to_numpy(),
        pc=once["pc"].to_numpy(),
        stage=tuple(once["stage"].to_list()),
    ), notes
