"""A table as it lies in a file, before anything is understood: headers, cells as text, and line numbers.

The question: what did the file say, character by character?  Every reader (CSV, workbook, Parquet, data frame) answers
with one :class:`RawTable`, so one strict grammar understands them all and no library guesses a type.
True dates and true numbers of typed files are written as unambiguous text, and the column is marked.

What it leaves out: meaning.  Headers are not matched, values are not read, nothing is dropped except what a note says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt

TableKind = Literal["csv", "xlsx", "parquet", "frame"]
SIGNIFICANT_DIGITS = 15
"""A double that came from a decimal of at most this many digits gives the same decimal back."""


@dataclass(frozen=True, eq=False)
class RawTable:
    """Cells of one table as text.

    Attributes
    ----------
    headers : tuple of str, (column,)
        As written, trimmed, all different, none blank among the columns that hold a value.
    rows : tuple of tuple of str, (row, column)
        Cells as text, untrimmed; empty text where there is no value.  A true date is ``YYYY-MM-DD`` or
        ``YYYY-MM-DDTHH:MM:SS`` (with ``Z`` or an offset when it has one), a true number is :func:`number_text`, a true
        Boolean is ``true`` or ``false``.
    line : int64, (row,)
        Line (CSV) or row number (others; the header of a frame or Parquet file counts as row 1) in the file.
    name : str
        The file's name without its folder, or ``data frame``.
    sha256 : str
        Hash of the file's bytes as hex.
    encoding : str
        How bytes became text, such as ``UTF-8``; empty where the format leaves no choice.
    kind : {'csv', 'xlsx', 'parquet', 'frame'}
        Where it came from.
    notes : tuple of str
        What was decided or removed while reading, one sentence each, with counts.
    date_columns : frozenset of str
        Headers whose every non-blank cell was a true date or date-time.
    number_columns : frozenset of str
        Headers whose every non-blank cell was a true number, so that no decimal mark has to be found out.

    **Invariants**: every row has one cell per header; ``line`` has one number per row and is read-only.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: npt.NDArray[np.int64]
    name: str
    sha256: str
    encoding: str = ""
    kind: TableKind = "csv"
    notes: tuple[str, ...] = ()
    date_columns: frozenset[str] = field(default_factory=frozenset)
    number_columns: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        assert len(self.line) == len(self.rows), "every row has a line number"
        assert all(len(row) == len(self.headers) for row in self.rows), "every row has one cell per header"
        assert len(set(self.headers)) == len(self.headers), "headers differ from each other"
        self.line.flags.writeable = False

    def column(self, header: str) -> tuple[str, ...]:
        """Return the cells of one column, top to bottom.

        Parameters
        ----------
        header : str
            One of ``headers``, exactly.

        Returns
        -------
        tuple of str, (row,)
            Text as it lies in the file.
        """
        index = self.headers.index(header)
        return tuple(row[index] for row in self.rows)


def number_text(value: float | int | Decimal) -> str:
    """Write a true number as plain decimal text, without exponent and without needless zeros.

    Parameters
    ----------
    value : float, int or Decimal
        A number of a typed file.  A float is written with 15 significant digits, which gives back any decimal of up to
        15 digits that it was made from; integers and decimals are written exactly.

    Returns
    -------
    str
        Such as ``1234.5``, ``-7`` or ``0``; ``NaN``, ``Infinity`` and ``-Infinity`` for what is no number.
    """
    exact = Decimal(f"{value:.{SIGNIFICANT_DIGITS}g}") if isinstance(value, float | np.floating) else Decimal(value)
    if not exact.is_finite():
        return str(exact)
    if not exact:
        return "0"  # also for minus zero
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
