"""Typed tables become the same exact text as every other file, or are refused by the name of the column."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from funnelsim.errors import DataError
from funnelsim.inputs.leads_file import read_leads
from funnelsim.inputs.parquet import frame_table, read_parquet_table
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.model.leads import Leads, LeadTable


def saved(path: Path, table: pa.Table | dict[str, Any], **options: Any) -> Path:
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), path, **options)
    return path


def column(values: Any, kind: pa.DataType | None = None) -> tuple[str, ...]:
    """Read one column, beside ids, from memory."""
    data = pa.array(values, kind) if kind is not None or isinstance(values, list) else values
    ids = pa.array([f"L{row}" for row in range(len(data))])
    return frame_table(pa.table({"id": ids, "x": data})).column("x")


def test_a_file_and_a_frame_of_the_same_rows_read_alike(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": ["00123", "=x"], "pr": [1234.5, None], "close": [dt.date(2026, 9, 30), None]})
    frame.write_parquet(tmp_path / "a.parquet")
    file, memory = read_parquet_table(tmp_path / "a.parquet"), frame_table(frame)
    assert file.headers == memory.headers == ("id", "pr", "close")
    assert file.rows == memory.rows == (("00123", "1234.5", "2026-09-30"), ("=x", "", ""))
    assert file.line.tolist() == memory.line.tolist() == [2, 3]
    assert (file.name, file.kind) == ("a.parquet", "parquet")
    assert (memory.name, memory.kind) == ("data frame", "frame")
    assert file.date_columns == {"close"}
    assert file.number_columns == {"pr"}
    assert len(file.sha256) == len(memory.sha256) == 64
    assert memory.sha256 != frame_table(frame.head(1)).sha256


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([0, -7, None, 2**62], pa.int64(), ("0", "-7", "", str(2**62))),
        ([2**64 - 1], pa.uint64(), (str(2**64 - 1),)),
        ([True, False, None], pa.bool_(), ("true", "false", "")),
        ([0.1, 0.30000000000000004, -0.0, 1e-7], pa.float64(), ("0.1", "0.3", "0", "0.0000001")),
        ([1e13 + 0.25, 999999999999.99], pa.float64(), ("10000000000000.25", "999999999999.99")),
        ([1e300], pa.float64(), ("1" + "0" * 300,)),
        ([float("nan"), float("inf"), -float("inf")], pa.float64(), ("NaN", "Infinity", "-Infinity")),
        ([0.37, 1234567.0], pa.float32(), ("0.37", "1234567")),
        ([Decimal("1.50"), Decimal("-0.01"), None], pa.decimal128(10, 2), ("1.5", "-0.01", "")),
        ([Decimal("1e30")], pa.decimal256(50, 2), ("1" + "0" * 30,)),
        ([dt.date(2026, 9, 30), None], pa.date32(), ("2026-09-30", "")),
        ([dt.date(1, 1, 1), dt.date(9999, 12, 31)], pa.date32(), ("0001-01-01", "9999-12-31")),
        ([dt.date(2026, 9, 30)], pa.date64(), ("2026-09-30",)),
        ([dt.datetime(2026, 9, 30)], pa.timestamp("us"), ("2026-09-30",)),
        ([dt.datetime(1960, 1, 1, 23, 59, 59, 999_999)], pa.timestamp("ns"), ("1960-01-01T23:59:59",)),
        ([None, None], pa.null(), ("", "")),
        (["=1+1", "00123", " a ", "", None, "\x00"], pa.string(), ("=1+1", "00123", " a ", "", "", "\x00")),
        (["a", None], pa.large_string(), ("a", "")),
        (["a", None], pa.string_view(), ("a", "")),
    ],
)  # fmt: skip
def test_values_become_exact_text(values: list[Any], kind: pa.DataType, expected: tuple[str, ...]) -> None:
    assert column(values, kind) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", "2026-02-01T04:30:00Z"),
        ("America/New_York", "2026-01-31T23:30:00-05:00"),
        ("+09:00", "2026-02-01T13:30:00+09:00"),
    ],
)
def test_moments_keep_the_wall_clock_and_offset_of_their_zone(zone: str, expected: str) -> None:
    moment = dt.datetime(2026, 2, 1, 4, 30, tzinfo=dt.UTC)
    assert column([moment], pa.timestamp("ns", zone)) == (expected,)


def test_packed_texts_are_unpacked_with_their_gaps() -> None:
    packed = pa.DictionaryArray.from_arrays(pa.array([0, None, 1, 2], pa.int8()), pa.array(["a", "b", None]))
    assert column(packed) == ("a", "", "b", "")
    numbers = pa.DictionaryArray.from_arrays(pa.array([1, 0]), pa.array([1.5, 2.5]))
    table = frame_table(pa.table({"id": ["a", "b"], "x": numbers}))
    assert table.column("x") == ("2.5", "1.5")
    assert table.number_columns == {"x"}


def test_many_chunks_and_row_groups_are_one_table(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.parquet", {"id": [f"L{row}" for row in range(1_000)], "pr": list(range(1_000))}, row_group_size=7
    )
    assert read_parquet_table(path).column("pr") == tuple(map(str, range(1_000)))


def test_digits_that_a_double_is_not_sure_of_are_told() -> None:
    table = frame_table(pa.table({"id": ["a", "b"], "pr": [0.1 + 0.2, 1.5]}))
    assert table.notes == ("Column 'pr': 1 row with more digits than the 15 a double is sure of, read to 15 digits.",)
    short = frame_table(pa.table({"id": ["a"], "pr": pa.array([1234567.89], pa.float32())}))
    assert "single precision" in short.notes[0]
    assert "'pr'" in short.notes[0]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("list", pa.array([[1, 2]])),
        ("struct", pa.array([{"a": 1}])),
        ("map", pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))),
        ("bytes", pa.array([b"x"])),
        ("fixed", pa.array([b"xx"], pa.binary(2))),
        ("duration", pa.array([5], pa.duration("s"))),
        ("time", pa.array([5], pa.time32("s"))),
        ("list of lists", pa.array([[["a"]]])),
    ],
)
def test_columns_that_are_no_values_are_refused_by_name(name: str, data: pa.Array) -> None:
    with pytest.raises(DataError, match=f"column '{name}' must be one of texts, numbers, days"):
        frame_table(pa.table({"id": ["a"], name: data}))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pa.table({"id": pa.array([], pa.string())}), "no rows"),
        (pa.table({}), "no columns"),
        (pa.table([pa.array(["a"]), pa.array(["b"])], names=["id", "id"]), "all different"),
        (pa.table([pa.array(["a"]), pa.array(["b"])], names=["id", " id "]), "all different"),
        (pa.table([pa.array(["a"]), pa.array(["b"])], names=["id", " "]), "column 2 must be named"),
        (pa.table({"id": ["x" * 200_000]}), "characters"),
        (pa.table({"id": ["a", "Total", "b"], "pr": ["1", None, "2"]}), "not a total between the leads"),
        (pa.table({"id": ["a"], "d": pa.array([10**12], pa.timestamp("s"))}), "days a calendar has"),
        (pa.table({"id": ["a"], "d": pa.array([2**30], pa.int32()).cast(pa.date32())}), "days a calendar has"),
        (pa.table({"id": ["a"], "d": pa.array([0], pa.timestamp("s", "Mars/Olympus"))}), "column 'd'"),
    ],
)
def test_tables_that_are_no_leads_are_refused(tmp_path: Path, table: pa.Table, said: str) -> None:
    with pytest.raises(DataError, match=said):
        frame_table(table)
    with pytest.raises(DataError):
        read_parquet_table(saved(tmp_path / "a.parquet", table))


def test_a_total_at_the_end_is_removed_and_told() -> None:
    table = frame_table(pa.table({"id": ["a", "b", "Total"], "pr": [1, 2, 3], "close": ["x", "y", None]}))
    assert table.column("id") == ("a", "b")
    assert any("footer" in note for note in table.notes)


class GivesStream:
    """A frame of a library that this project does not know."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


class GivesArrow:
    def __init__(self, table: object) -> None:
        self._table = table

    def to_arrow(self) -> object:
        return self._table


def test_any_frame_that_speaks_arrow_is_read() -> None:
    table = pa.table({"id": ["a"], "pr": [1]})
    for frame in (
        table,
        table.to_batches()[0],
        table.to_reader(),
        GivesStream(table),
        GivesArrow(table),
        pl.from_arrow(table),
    ):
        assert frame_table(frame).rows == (("a", "1"),)


@pytest.mark.parametrize(
    "frame", [None, 7, {"id": ["a"]}, [1], object(), GivesArrow(7), pl.LazyFrame({"id": ["a"]}), np.ones(3)]
)
def test_what_is_no_frame_is_refused(frame: object) -> None:
    with pytest.raises(DataError, match="data frame"):
        frame_table(frame)


def test_a_bomb_is_refused_from_its_footer(tmp_path: Path) -> None:
    rows = 30_000_000
    schema = pa.schema([("id", pa.int8())])
    with pq.ParquetWriter(tmp_path / "a.parquet", schema, compression="zstd") as writer:
        batch = pa.table({"id": pa.array(np.zeros(5_000_000, np.int8))}, schema)
        for _ in range(rows // 5_000_000):
            writer.write_table(batch)
    assert (tmp_path / "a.parquet").stat().st_size < 1_000_000
    with pytest.raises(DataError, match="30,000,000 rows of 1 columns"):
        read_parquet_table(tmp_path / "a.parquet")


def test_one_long_text_repeated_takes_its_memory_once(tmp_path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, np.int32)), pa.array(["y" * 100_000]))
    path = saved(
        tmp_path / "a.parquet", {"id": list(range(100_000)), "note": texts.cast(pa.dictionary(pa.int32(), pa.string()))}
    )
    notes = read_parquet_table(path).column("note")
    assert len(notes) == 100_000
    assert notes[0] is notes[-1]


def test_cut_off_files_are_refused_with_one_sentence(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.parquet", {"id": [f"L{row}" for row in range(2_000)], "pr": list(range(2_000))})
    content = path.read_bytes()
    for cut in range(0, len(content), 512):
        path.write_bytes(content[:cut])
        with pytest.raises(DataError, match="a whole Parquet file") as caught:
            read_parquet_table(path)
        assert len(caught.value.problems) == 1


def flips(path: Path, count: int) -> None:
    table = pa.table({"id": [f"L{row}" for row in range(500)], "pr": np.arange(500) * 7.25})
    saved(path, table, write_page_checksum=True)
    content, expected = path.read_bytes(), read_parquet_table(path).rows
    first = pq.ParquetFile(path).metadata.row_group(0)
    pages = max(first.column(k).data_page_offset + first.column(k).total_compressed_size for k in range(2)) - 64
    rng = random.Random(9)
    for _ in range(count):
        bit = rng.randrange(4 * 8, len(content) * 8)
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        try:
            rows = read_parquet_table(path).rows
        except DataError:
            continue
        assert rows == expected or bit // 8 >= pages, bit


def test_flipped_bits_in_pages_are_noticed(tmp_path: Path) -> None:
    flips(tmp_path / "a.parquet", 300)


@pytest.mark.slow
def test_ten_thousand_flipped_bits_give_a_refusal_or_the_same_rows(tmp_path: Path) -> None:
    flips(tmp_path / "a.parquet", 10_000)


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"PAR1PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"id,pr\n1,2\n", b"PARE" * 9]
)
def test_what_is_no_parquet_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(DataError, match="a whole Parquet file"):
        read_parquet_table(tmp_path / "a.parquet")


# --- the same leads in every format

HEADERS = ("Opportunity ID", "Opportunity Name", "Amount", "Probability (%)", "Stage", "Close Date", "Region")
BOOK = [
    (
        f"{row:05d}",
        f"Deal {row}, =x",
        (row * 7919 % 90_000) + row % 100 / 100,
        row * 37 % 101,
        "Proposal",
        dt.date(2026, 1, 1) + dt.timedelta(days=row * 11 % 400),
        ("North", "Süd", "東")[row % 3],
    )
    for row in range(1, 61)
]  # fmt: skip
OPTIONS = ReadingOptions(as_of=dt.date(2025, 12, 31))


def as_csv(path: Path) -> None:
    lines = [",".join(HEADERS)]
    lines += [
        f'{i},"{name}",{pr:.2f},{pc},{stage},{close.isoformat()},{region}'
        for i, name, pr, pc, stage, close, region in BOOK
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def as_xlsx(path: Path) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Leads")
        day = book.add_format({"num_format": "m/d/yyyy"})
        sheet.write_row(0, 0, HEADERS)
        for row, (lead, name, pr, pc, stage, close, region) in enumerate(BOOK, 1):
            sheet.write_row(row, 0, [lead, name, pr, pc, stage])
            sheet.write_datetime(row, 5, dt.datetime(close.year, close.month, close.day), day)
            sheet.write_string(row, 6, region)


def as_percent_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADERS)
    for row, (lead, name, pr, pc, *rest) in enumerate(BOOK, 2):
        book.active.append([lead, name, pr, pc / 100, *rest])
        book.active.cell(row, 4).number_format = "0%"
    book.save(path)


def as_parquet(path: Path) -> None:
    frame().write_parquet(path)


def frame() -> pl.DataFrame:
    return pl.DataFrame(BOOK, schema=list(HEADERS), orient="row")


def same_leads(one: LeadTable, other: LeadTable) -> bool:
    """Compare everything about the leads."""
    for item in dataclasses.fields(Leads):
        left, right = getattr(one.leads, item.name), getattr(other.leads, item.name)
        same = (
            np.array_equal(left, right, equal_nan=left.dtype.kind == "M")
            if isinstance(left, np.ndarray)
            else left == right
        )
        assert same, item.name
    assert (one.rows, one.dialect, one.lost_rows, one.excluded) == (
        other.rows,
        other.dialect,
        other.lost_rows,
        other.excluded,
    )
    return True


def test_one_book_gives_the_same_leads_in_every_format(tmp_path: Path) -> None:
    writers = {"a.csv": as_csv, "a.xlsx": as_xlsx, "b.xlsx": as_percent_xlsx, "a.parquet": as_parquet}
    for name, write in writers.items():
        write(tmp_path / name)
    tables = [read_leads(tmp_path / name, OPTIONS) for name in writers] + [read_leads(frame(), OPTIONS)]
    assert len(tables[0].leads) == 60
    assert tables[0].leads.lead_id[0] == "00001"
    for table in tables[1:]:
        assert same_leads(tables[0], table)
    assert len({table.sha256 for table in tables}) == len(tables)
