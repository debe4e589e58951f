"""Reading tables of the stages that leads entered, one row for each entry, and putting stages in order.

The question: when was each stage first entered?  A lead may come back to a stage; its first entry counts, and returns
are counted aloud.  Rows that repeat the stage before them are changes of something else and no entries.

What it leaves out: stages as columns, which come with the table of leads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from funnelsim.errors import Shown
from funnelsim.inputs.crm_stages import stage_key, status_of_stage
from funnelsim.inputs.findings import Findings
from funnelsim.inputs.history_leads import LeadRows
from funnelsim.inputs.history_long import first_rows, worth_and_texts
from funnelsim.inputs.history_moments import count_note, read_moment_columns
from funnelsim.inputs.history_options import HistoryOptions
from funnelsim.inputs.history_table import HistoryTable
from funnelsim.inputs.history_values import OUTCOME_OF
from funnelsim.inputs.history_words import LEAD_WORDS, StageTable, first_of, stage_table
from funnelsim.model.history import NO_MOMENT, OPEN, Ints

_STAGE_EVENTS: Final = frozenset(("stage", "stagename", "stage name", "dealstage", "deal stage"))
_BIRTH_EVENTS: Final = frozenset(("created", "created."))


@dataclass(frozen=True, eq=False)
class StageRows:
    """Entries into stages.

    Attributes
    ----------
    entries : DataFrame
        Columns ``lead stage moment row``, by lead in the order of the file, then by time; a stage that means won or
        lost is among them.
    born : DataFrame
        Columns ``lead moment``: births that the table names besides.
    table : HistoryTable
        The file.
    columns : StageTable
        Its headers.
    clocked : bool
        Whether any moment has a time of day.
    notes : tuple of str
        What happened, with counts.
    """

    entries: pl.DataFrame
    born: pl.DataFrame
    table: HistoryTable
    columns: StageTable
    clocked: bool
    notes: tuple[str, ...]


def read_stage_rows(table: HistoryTable, options: HistoryOptions) -> StageRows:
    """Read a table with one row for each stage that a lead entered.

    Parameters
    ----------
    table : HistoryTable
        The file.
    options : HistoryOptions
        What the user says about it.

    Returns
    -------
    StageRows
        Entries by lead and time.

    Raises
    ------
    DataError
        With every problem found: columns that are missing, moments that cannot be read.
    """
    findings = Findings(table.name, table.word)
    columns = stage_table(table.headers, options.mapping)
    if columns is None:
        hint = "name the columns lead_id, stage and entered_at"
        findings.say("the file", "a table of the stages that leads entered", Shown("another one"), hint)
        findings.stop_if_any()
    assert columns is not None
    created = first_of([one for one in table.headers if one != columns.entered], LEAD_WORDS["created"])
    named = {columns.entered: "entered_at"} | ({created: "created"} if created else {})
    moments = read_moment_columns(table, named, options, findings)
    findings.stop_if_any()
    events = table.text(columns.event).str.to_lowercase() if columns.event else None
    frame = pl.DataFrame({
        "lead": table.text(columns.lead_id),
        "stage": table.text(columns.stage),
        "moment": moments.seconds[columns.entered],
        "born": moments.seconds[created] if created else np.full(len(table), NO_MOMENT),
        "row": np.arange(len(table)),
    })
    born = frame.select("lead", moment="born")
    other = pl.Series(np.zeros(len(table), np.bool_))
    if events is not None:
        is_birth = events.is_in(list(_BIRTH_EVENTS))
        born = pl.concat([born, frame.filter(is_birth).select("lead", "moment")])
        other = ~events.is_in(list(_STAGE_EVENTS))
    entries, notes = _entries(frame.drop("born"), other, columns)
    born = (
        born
        .filter((pl.col("moment") != NO_MOMENT) & (pl.col("lead") != ""))
        .group_by("lead")
        .agg(pl.col("moment").min())
    )
    mapped = f"lead_id = {columns.lead_id!r}, stage = {columns.stage!r}, entered_at = {columns.entered!r}"
    said = f"Columns of the stage history: {mapped}."
    return StageRows(entries, born, table, columns, moments.clocked, (*table.notes, said, *moments.notes, *notes))


def _entries(frame: pl.DataFrame, other: pl.Series, columns: StageTable) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Keep rows that enter a stage, by lead and time."""
    lacks = ((frame["lead"] == "") | (frame["stage"] == "") | (frame["moment"] == NO_MOMENT)) & ~other
    frame = frame.filter(~other & ~lacks)
    frame, spelled = _one_spelling(frame)
    order = frame.group_by("lead", maintain_order=True).agg(pl.col("row").first().alias("place"))
    frame = frame.join(order, on="lead", how="left").sort("place", "moment", "row")
    again = (frame["lead"] == frame["lead"].shift(1)) & (frame["stage"] == frame["stage"].shift(1))
    again = again.fill_null(False)
    frame = frame.filter(~again).drop("place")
    returns = len(frame) - len(frame.select("lead", "stage").unique())
    words = "into a stage that the lead had entered before; the first entry counts"
    notes = (
        *spelled,
        *count_note(int(other.sum()), f"of column {columns.event!r} are no changes of stage and were left out"),
        *count_note(int(lacks.sum()), "without lead, stage or time were left out"),
        *count_note(int(again.sum()), "that repeat the stage before them are no entries"),
        *((f"{returns:,} {'entry' if returns == 1 else 'entries'} {words}.",) if returns else ()),
    )
    return frame, notes


def _one_spelling(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Write stages that differ only in case or blanks as the first of them."""
    first: dict[str, str] = {}
    same = {one: first.setdefault(stage_key(one), one) for one in frame["stage"].unique(maintain_order=True).to_list()}
    other = [one for one, spelling in same.items() if one != spelling]
    if not other:
        return frame, ()
    said = ", ".join(f"{one!r} as {same[one]!r}" for one in other[:3])
    more = f" and {len(other) - 3} more" if len(other) > 3 else ""
    frame = frame.with_columns(pl.col("stage").replace_strict(same, return_dtype=pl.String))
    return frame, (f"Stages that differ only in case or blanks are one: {said}{more}.",)


def first_entries(rows: StageRows, leads: Sequence[str]) -> tuple[dict[str, Ints], tuple[str, ...]]:
    """Return the first entries of some leads into each open stage.

    Parameters
    ----------
    rows : StageRows
        Entries.
    leads : sequence of str, (lead,)
        Ids.

    Returns
    -------
    entered : dict of str to int64, each (lead,)
        By stage; ``NO_MOMENT`` where never entered.
    notes : tuple of str
        Leads that are in the entries only.
    """
    places = pl.DataFrame({"lead": list(leads), "at": np.arange(len(leads))}, schema_overrides={"lead": pl.String})
    found = rows.entries.join(places, on="lead", how="left")
    strange = found.filter(pl.col("at").is_null())["lead"].n_unique()
    first = found.drop_nulls("at").group_by("at", "stage", maintain_order=True).agg(pl.col("moment").min())
    entered: dict[str, Ints] = {}
    for stage in rows.entries["stage"].unique(maintain_order=True).to_list():
        if status_of_stage(stage) != "open":
            continue
        mine = first.filter(pl.col("stage") == stage)
        moments = np.full(len(leads), NO_MOMENT, dtype=np.int64)
        moments[mine["at"].to_numpy()] = mine["moment"].to_numpy()
        entered[stage] = moments
    who = "1 lead of the stage history is" if strange == 1 else f"{strange:,} leads of the stage history are"
    said = f"{who} not among the leads: left out."
    return entered, (said,) if strange else ()


def leads_of_stages(rows: StageRows, options: HistoryOptions) -> LeadRows:
    """Make leads of a stage history that stands alone.

    Parameters
    ----------
    rows : StageRows
        Entries.
    options : HistoryOptions
        What the user says about amounts.

    Returns
    -------
    LeadRows
        Born with their first row, ended when their last row enters a stage that means won or lost.

    Raises
    ------
    DataError
        If no lead ever enters such a stage, or amounts cannot be read.
    """
    findings = Findings(rows.table.name, rows.table.word)
    kinds = {stage: OUTCOME_OF[status_of_stage(stage)] for stage in rows.entries["stage"].unique().sort().to_list()}
    if not set(kinds.values()) - {OPEN}:
        shown = Shown(", ".join(map(repr, list(kinds)[:12])) or "no stage")
        hint = "call stages won and lost, or give the leads with their outcomes beside it"
        findings.say("the file", "one in which some stage means won or lost", shown, hint)
        findings.stop_if_any()
    by_lead = (
        rows.entries
        .group_by("lead", maintain_order=True)
        .agg(
            pl.col("moment").first().alias("first"),
            pl.col("moment").last().alias("last"),
            pl.col("stage").last(),
            pl.col("row").first(),
        )
        .join(rows.born, on="lead", how="left")
    )
    outcome = np.array([kinds[stage] for stage in by_lead["stage"].to_list()], dtype=np.int8)
    created = by_lead.select(pl.min_horizontal("first", pl.col("moment").fill_null(pl.col("first"))))[
        "first"
    ].to_numpy()
    leads = tuple(by_lead["lead"].to_list())
    entered, _ = first_entries(rows, leads)
    first = first_rows(rows.table, rows.entries.sort("row"), "pr", by_lead["lead"])
    amounts, attributes = worth_and_texts(
        first, outcome, options, findings, frozenset((rows.columns.lead_id, rows.columns.stage))
    )
    findings.stop_if_any()
    reopened = _reopened(rows.entries, kinds)
    return LeadRows(
        lead_id=leads,
        created=created,
        closed=np.where(outcome == OPEN, NO_MOMENT, by_lead["last"].to_numpy()),
        outcome=outcome,
        pr=amounts.pr,
        amount_won=amounts.amount_won,
        stated_close=np.full(len(leads), NO_MOMENT, dtype=np.int64),
        entered=entered,
        attributes=attributes,
        currency=amounts.currency,
        digits=amounts.digits,
        counts_only=amounts.counts_only,
        clocked=rows.clocked,
        notes=(
            *rows.notes,
            "Leads are born with their first row and end with a last row that means won or lost.",
            *((f"{reopened:,} closed and opened again; the last row counts.",) if reopened else ()),
            *amounts.notes,
        ),
    )


def _reopened(entries: pl.DataFrame, kinds: Mapping[str, int]) -> int:
    """Count leads that enter some stage after one that means won or lost."""
    ended = entries["stage"].is_in([stage for stage, code in kinds.items() if code != OPEN])
    follows = (entries["lead"] == entries["lead"].shift(-1)).fill_null(False)
    return entries.filter(ended & follows)["lead"].n_unique()
