"""The columns of a table by the field they hold, for the rows that count.

The question: what do the cells of "PR" say, and in which lines?  Deleted rows are out before any value is read.

What it leaves out: reading the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from funnelsim.inputs.crm import Headers
from funnelsim.inputs.raw_table import RawTable
from funnelsim.inputs.text_values import TextColumn


@dataclass(frozen=True, eq=False)
class FieldColumns:
    """Cells by field.

    Attributes
    ----------
    table : RawTable
        The file.
    headers : Headers
        Which header holds which field.
    rows : int64, (row,)
        Indices of the rows that count.
    """

    table: RawTable
    headers: Headers
    rows: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of rows that count."""
        return len(self.rows)

    @cached_property
    def line(self) -> npt.NDArray[np.int64]:
        """Line or row number of each row."""
        return self.table.line[self.rows]

    def has(self, field: str) -> bool:
        """Tell whether a column holds a field.

        Parameters
        ----------
        field : str
            Canonical name.

        Returns
        -------
        bool
            True when some header was mapped to it.
        """
        return field in self.headers.fields

    def by_header(self, header: str) -> tuple[str, ...]:
        """Return the cells of a column by its header.

        Parameters
        ----------
        header : str
            As in the file.

        Returns
        -------
        tuple of str, (row,)
            Text as written.
        """
        index = self.table.headers.index(header)
        return tuple(self.table.rows[row][index] for row in self.rows)

    def cells(self, field: str) -> Sequence[str]:
        """Return the cells of a field.

        Parameters
        ----------
        field : str
            Canonical name.

        Returns
        -------
        sequence of str, (row,)
            Text as written; all empty when no column holds the field.
        """
        header = self.headers.fields.get(field)
        return ("",) * len(self) if header is None else self.by_header(header)

    def column(self, field: str, name: str, needed: npt.NDArray[np.bool_]) -> TextColumn:
        """Return a field ready to be read.

        Parameters
        ----------
        field : str
            Canonical name.
        name : str
            What it holds in the user's words.
        needed : bool, (row,)
            Rows whose problems matter.

        Returns
        -------
        TextColumn
            All cells of the field.
        """
        header = self.headers.fields.get(field, field)
        typed = header in self.table.number_columns or header in self.table.date_columns
        return TextColumn(name, header, self.cells(field), self.line, needed, typed)
