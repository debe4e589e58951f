"""A packed scenario: the leads as rows, the document in the metadata, both held by a checksum.

The question: is this file a scenario, whole, and of a version that can be read?  Page checksums cover the rows only, so
the document and what the rows say are hashed together, and a file that does not agree with its hash is refused.

What it leaves out: what the document means.
"""

from __future__ import annotations

import io
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.inputs.parquet import MOST_BYTES, MOST_CELLS, frame_table
from funnelsim.inputs.raw_table import RawTable
from funnelsim.model.scenario_files import CHECKSUM_KEY, METADATA_KEY, scenario_hash

LARGEST: Final = 256 << 20
MOST_ROWS: Final = 1_000_000
_KNOWN_KEYS = frozenset((METADATA_KEY.encode(), CHECKSUM_KEY.encode(), b"ARROW:schema", b"pandas"))
_EXPORT = "it is damaged or cut off: pack the scenario again"


class PackedScenario(NamedTuple):
    """Contents of a packed scenario; ``table`` is None when it has no rows, ``checked`` tells whether it has a hash."""

    text: str
    table: RawTable | None
    checked: bool


def read_packed(content: bytes, where: str, name: str) -> PackedScenario:
    """Read a packed scenario.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        The file as the user named it, for messages.
    name : str
        Its name without folder.

    Returns
    -------
    PackedScenario
        Document as JSON text, and rows.

    Raises
    ------
    ScenarioError
        If it is damaged, too large, or a Parquet file of something else.
    """
    if len(content) > LARGEST:
        raise ScenarioError(Problem(where, "the file", f"at most {LARGEST >> 20} MB", Shown(f"{len(content):,} bytes")))
    try:
        parquet = pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True)
        metadata = parquet.metadata
        _refuse_large(metadata, where)
        text = (metadata.metadata or {}).get(METADATA_KEY.encode())
        if text is None:
            raise ScenarioError(_no_document(where))
        texts = [one.name for one in parquet.schema_arrow if pa.types.is_string(one.type)]
        # texts stay packed, so that a dictionary of one long text does not fill the memory a million times over
        packed = pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True, read_dictionary=texts)
        table = packed.read(use_threads=False)  # a program that ends while the threads start is aborted
        table.validate(full=True)
        document = text.decode("utf-8")
    except (OSError, pa.ArrowException, MemoryError, UnicodeError) as error:
        lines = str(error).splitlines()
        raise ScenarioError(_damaged(where, lines[0][:160] if lines else type(error).__name__)) from error
    if table.num_rows != metadata.num_rows:
        raise ScenarioError(_damaged(where, f"{table.num_rows:,} rows of the {metadata.num_rows:,} it promises"))
    rows = frame_table(table.replace_schema_metadata(None), whole=True) if table.num_rows else None
    _refuse_long(rows, where)
    strange = set(metadata.metadata or {}) - _KNOWN_KEYS
    if strange and CHECKSUM_KEY.encode() not in metadata.metadata:  # a damaged name of the checksum is one, too
        raise ScenarioError(_damaged(where, f"no checksum, and unknown metadata {min(strange)!r}"))
    told = (metadata.metadata or {}).get(CHECKSUM_KEY.encode())
    headers = rows.headers if rows is not None else tuple(table.column_names)
    if told is not None and told.decode("ascii", "replace") != scenario_hash(
        document, headers, rows.rows if rows else ()
    ):
        raise ScenarioError(_damaged(where, "contents that do not agree with its checksum"))
    return PackedScenario(document, None if rows is None else _named(rows, name), told is not None)


def _refuse_large(metadata: pq.FileMetaData, where: str) -> None:
    unpacked = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    if unpacked > MOST_BYTES:
        got = Shown(f"{unpacked / 1e6:,.0f} MB")
        raise ScenarioError(Problem(where, "the file", f"at most {MOST_BYTES >> 20} MB unpacked", got))
    if metadata.num_rows > MOST_ROWS or metadata.num_rows * metadata.num_columns > MOST_CELLS:
        got = Shown(f"{metadata.num_rows:,} rows of {metadata.num_columns:,} columns")
        raise ScenarioError(Problem(where, "the leads", f"at most {MOST_ROWS:,} rows", got))


def _refuse_long(table: RawTable | None, where: str) -> None:
    characters = 0 if table is None else sum(sum(map(len, row)) for row in table.rows)
    if characters > LARGEST:
        got = Shown(f"{characters:,} characters")
        raise ScenarioError(Problem(where, "the leads", f"at most {LARGEST:,} characters of text", got))


def _named(table: RawTable, name: str) -> RawTable:
    return RawTable(
        headers=table.headers, rows=table.rows, line=table.line, name=name, sha256=table.sha256, kind="parquet",
        notes=table.notes, date_columns=table.date_columns, number_columns=table.number_columns,
    )  # fmt: skip


def _no_document(where: str) -> Problem:
    rule = f"a scenario: a Parquet file with the metadata {METADATA_KEY!r}"
    hint = "a table of leads alone is no scenario: name it in a TOML file, [opening] file = ..., and pack that"
    return Problem(where, "the file", rule, Shown("a Parquet file without it"), hint)


def _damaged(where: str, got: str) -> Problem:
    return Problem(where, "the file", "a whole scenario", Shown(got), _EXPORT)
