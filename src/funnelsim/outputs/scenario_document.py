"""Packing a scenario into one Parquet file, and unpacking it into TOML and CSV: exact inverses of each other.

The question: how does a scenario travel as one file and come back as it was?  The rows are the opening leads in the
canonical columns, in the scenario's own words; the document is in the metadata; one hash covers both.  The same
scenario gives the same bytes under the same version of the Parquet writer.

What it leaves out: reading either form, and writing to the disk.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from funnelsim.model.leads import NO_AMOUNT
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_files import CANONICAL, CHECKSUM_KEY, METADATA_KEY, SPREAD_COLUMNS, scenario_hash
from funnelsim.model.scenario_world import OpeningSection
from funnelsim.outputs.plain_text import spreadsheet_cell
from funnelsim.outputs.scenario_toml import plain_document, toml_text

_DAYS = frozenset(("expected_close", "stage_entered", "last_touch", "close_p10", "close_p90"))
_AMOUNTS = frozenset(("pr", "pr_p10", "pr_p90"))
_AMOUNT_DIGITS = 21
Row = tuple[str, ...]


def packed_form(document: Scenario, opening: OpeningLeads) -> tuple[Scenario, tuple[str, ...]]:
    """Return the document as it is packed: the rows are in its own words, so nothing is left to be mapped.

    Parameters
    ----------
    document : Scenario
        As written.
    opening : OpeningLeads
        Its leads.

    Returns
    -------
    document : Scenario
        The same, but ``opening`` names a CSV file, or nothing when there are no leads.
    notes : tuple of str
        What was taken out of ``opening``.
    """
    written = document.opening
    file = f"{PurePosixPath(written.file or f'{document.name}_leads').stem}.csv" if len(opening) else None
    needless = sorted(written.model_fields_set - {"file"})
    if file == written.file and not needless:
        return document, ()
    notes = [f"opening.{key} was taken out: the packed leads are in the scenario's own words." for key in needless]
    if file != written.file:
        notes.append(f"opening.file is {file!r} in the packed scenario." if file else "There are no leads to pack.")
    packed = OpeningSection() if file is None else OpeningSection(file=file)
    return document.model_copy(update={"opening": packed}), tuple(notes)


def json_text(document: Scenario) -> str:
    """Write a document as canonical JSON.

    Parameters
    ----------
    document : Scenario
        Any document.

    Returns
    -------
    str
        One line, keys in the order of the format, only what the author said.
    """
    return json.dumps(plain_document(document), ensure_ascii=False, separators=(",", ":"), default=date.isoformat)


def opening_rows(document: Scenario, opening: OpeningLeads) -> tuple[Row, list[Row]]:
    """Return the opening leads as text in the canonical columns.

    Parameters
    ----------
    document : Scenario
        Names of stages and teams, and the as-of day.
    opening : OpeningLeads
        The leads.

    Returns
    -------
    headers : tuple of str, (column,)
        Canonical columns, spreads where there are any, the currency where there is one, then every other column.
    rows : list of tuple of str, (row, column)
        Amounts in major units without needless zeros, PC and temperature as exact decimals, days as ISO text.
    """
    leads, as_of = opening.leads, document.calendar.as_of
    columns: dict[str, Sequence[str]] = {
        "lead_id": leads.lead_id,
        "name": opening.name,
        "pr": [_major(int(pr), leads.minor_digits) for pr in leads.pr],
        "pc": [f"{pc:f}" for pc in leads.pc],
        "stage": [document.stage_names[number] for number in opening.stage],
        "expected_close": np.datetime_as_string(leads.expected_close).tolist(),
        "stage_entered": [_before(as_of, int(days)) for days in opening.age_days],
        "last_touch": [_before(as_of, int(days)) for days in opening.idle_days],
        "temperature": [f"{Decimal(repr(float(one))):f}" for one in opening.temperature],
        "team": [document.team_names[number] if number >= 0 else "" for number in opening.team],
        "status": ["open"] * len(opening),
    }
    if leads.currency is not None:
        columns["currency"] = [leads.currency] * len(opening)
    columns |= _spreads(opening)
    columns |= {name: cells for name, cells in leads.attributes.items() if name not in columns}
    assert set(CANONICAL) <= set(columns), "every canonical column is written"
    return tuple(columns), list(zip(*columns.values(), strict=True))


def _spreads(opening: OpeningLeads) -> dict[str, list[str]]:
    leads = opening.leads
    found = {}
    for name in SPREAD_COLUMNS:
        values = getattr(leads, name)
        if name in _AMOUNTS:
            cells = ["" if int(one) == NO_AMOUNT else _major(int(one), leads.minor_digits) for one in values]
        else:
            cells = ["" if np.isnat(one) else str(one) for one in values]
        if any(cells):
            found[name] = cells
    return found


def _major(minor: int, digits: int) -> str:
    text = f"{Decimal(minor).scaleb(-digits):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _before(as_of: date, days: int) -> str:
    return (as_of - timedelta(days=days)).isoformat()


def parquet_bytes(document: Scenario, opening: OpeningLeads) -> bytes:
    """Write a scenario in packed form as one Parquet file.

    Parameters
    ----------
    document : Scenario
        In packed form.
    opening : OpeningLeads
        Its leads.

    Returns
    -------
    bytes
        Rows, document, page checksums, and one hash of rows and document.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    headers, rows = opening_rows(document, opening)
    text = json_text(document)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(headers)
    metadata = {METADATA_KEY: text, CHECKSUM_KEY: scenario_hash(text, headers, rows)}
    fields = [_field(name, opening.leads.minor_digits, pa) for name in headers]
    arrays = [_array(field, cells, pa) for field, cells in zip(fields, columns, strict=True)]
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=metadata))
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd", write_page_checksum=True, write_statistics=False)
    return stream.getvalue()


def _field(name: str, digits: int, pa: Any) -> Any:
    kinds = {name: pa.date32() for name in _DAYS} | {name: pa.decimal128(_AMOUNT_DIGITS, digits) for name in _AMOUNTS}
    return pa.field(name, kinds.get(name, pa.string()))


def _array(field: Any, cells: Sequence[str], pa: Any) -> Any:
    read: Any = date.fromisoformat if field.name in _DAYS else Decimal if field.name in _AMOUNTS else str
    blank = "" if read is str else None
    return pa.array([read(cell) if cell else blank for cell in cells], type=field.type)


def csv_text(document: Scenario, opening: OpeningLeads) -> str:
    """Write the opening leads as CSV in the canonical columns.

    Parameters
    ----------
    document : Scenario
        In packed form.
    opening : OpeningLeads
        Its leads.

    Returns
    -------
    str
        RFC 4180, every text cell exactly as it is; empty when there are no leads.
    """
    headers, rows = opening_rows(document, opening)
    if not rows:
        return ""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return lines.getvalue()


def formula_cells(document: Scenario, opening: OpeningLeads) -> int:
    """Count cells that a spreadsheet would take for a formula if the CSV were opened in it.

    Parameters
    ----------
    document : Scenario
        In packed form.
    opening : OpeningLeads
        Its leads.

    Returns
    -------
    int
        Cells starting with ``= + - @`` or a line break; none of the canonical numbers is one.
    """
    return sum(spreadsheet_cell(cell).startswith("'") and not cell.startswith("'")
               for row in opening_rows(document, opening)[1] for cell in row)  # fmt: skip


def unpacked_texts(document: Scenario, opening: OpeningLeads) -> tuple[str, str]:
    """Write a scenario as people do.

    Parameters
    ----------
    document : Scenario
        In packed form.
    opening : OpeningLeads
        Its leads.

    Returns
    -------
    toml : str
        The document.
    csv : str
        The leads, for the file that ``opening.file`` names; empty when there are none.
    """
    return toml_text(document), csv_text(document, opening)
