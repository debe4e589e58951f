"""Leads as the engines see them: columns of checked, exact values, one row per row of the file.

Two rows with one ``lead_id`` are line items of one lead: they share its luck but keep their own PC, date and amount.
What reading the file decided, dropped, filled or converted travels beside the leads in :class:`LeadTable`, because a
board acts on the numbers and nothing may happen to them in silence.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from funnelsim.errors import DataError, Problem
from funnelsim.model.money import DEFAULT_MINOR_DIGITS

NO_AMOUNT = -1
"""Marks a row without its own amount spread in ``pr_p10`` and ``pr_p90``."""


def lead_key(lead_id: str) -> int:
    """Return the stable 64-bit number that addresses a lead's luck.

    Parameters
    ----------
    lead_id : str
        The id as text, exactly as written.

    Returns
    -------
    int
        In ``[0, 2**64)``: the first 8 bytes of BLAKE2b over the UTF-8 text, little end first.  It does not depend on
        the row, the file, or the other leads.
    """
    return int.from_bytes(hashlib.blake2b(lead_id.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, eq=False)
class Leads:
    """One row is one row of the file: an open lead, or a line item of one.

    Attributes
    ----------
    lead_id : tuple of str, (row,)
        Ids as text; equal ids are line items of one lead.
    pr : int64, (row,)
        Potential revenue in minor units, at least 0.
    pc : tuple of Decimal, (row,)
        Probability of ever closing, exactly as stated, in [0, 1].
    expected_close : datetime64[D], (row,)
        Stated close date; no NaT.
    line : int64, (row,)
        Line or row number in the file, for messages.
    pr_p10, pr_p90 : int64, (row,)
        The lead's own amount spread in minor units, or ``NO_AMOUNT`` in both.
    close_p10, close_p90 : datetime64[D], (row,)
        The lead's own close date spread, or NaT in both.
    imputed : bool, (row,)
        True where the PC was filled in by a rule the user asked for.
    attributes : mapping of str to tuple of str, each (row,)
        Every other column, canonical or unknown, as text; empty text where blank.
    currency : str or None
        Code of every amount; None when the file and the user said none.
    minor_digits : int
        Decimals of the currency.

    **Invariants**: all columns have the same length; arrays are read-only; distinct ids have distinct keys.
    """

    lead_id: tuple[str, ...]
    pr: npt.NDArray[np.int64]
    pc: tuple[Decimal, ...]
    expected_close: npt.NDArray[np.datetime64]
    line: npt.NDArray[np.int64]
    pr_p10: npt.NDArray[np.int64]
    pr_p90: npt.NDArray[np.int64]
    close_p10: npt.NDArray[np.datetime64]
    close_p90: npt.NDArray[np.datetime64]
    imputed: npt.NDArray[np.bool_]
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    currency: str | None = None
    minor_digits: int = DEFAULT_MINOR_DIGITS

    def __post_init__(self) -> None:
        rows = len(self.lead_id)
        columns = (
            self.pr,
            self.expected_close,
            self.line,
            self.pr_p10,
            self.pr_p90,
            self.close_p10,
            self.close_p90,
            self.imputed,
        )
        lengths = (
            {len(column) for column in columns} | {len(self.pc)} | {len(column) for column in self.attributes.values()}
        )
        assert lengths == {rows}, "every column of Leads has one value per row"
        for column in columns:
            column.flags.writeable = False
        _ = self.key  # two ids with one key would be perfectly correlated leads: found here, never later

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lead_id)

    @cached_property
    def key(self) -> npt.NDArray[np.uint64]:
        """Address of each row's luck, ``(row,)``; equal for line items of one lead.

        Raises
        ------
        DataError
            If two different ids share a key (a chance of 3e-8 for a million leads).
        """
        known: dict[int, str] = {}
        keys = np.empty(len(self), dtype=np.uint64)
        for row, lead_id in enumerate(self.lead_id):
            number = lead_key(lead_id)
            if known.setdefault(number, lead_id) != lead_id:
                problem = Problem(
                    "leads",
                    "lead_id",
                    f"one whose 64-bit key differs from that of {known[number]!r}",
                    lead_id,
                    "rename either id",
                )
                raise DataError(problem)
            keys[row] = number
        keys.flags.writeable = False
        return keys

    @cached_property
    def lead_count(self) -> int:
        """Number of different leads, at most the number of rows."""
        return len(set(self.lead_id))

    @cached_property
    def pc_float(self) -> npt.NDArray[np.float64]:
        """Stated PC as doubles, ``(row,)``."""
        values = np.array([float(value) for value in self.pc], dtype=np.float64)
        values.flags.writeable = False
        return values

    def select(self, keep: npt.NDArray[np.bool_]) -> Leads:
        """Return the rows where ``keep`` is true, in the same order.

        Parameters
        ----------
        keep : bool, (row,)
            Which rows stay.

        Returns
        -------
        Leads
            A new table; the rows' luck is unchanged, because it hangs on their ids.
        """
        rows = np.flatnonzero(keep)
        return Leads(
            lead_id=tuple(self.lead_id[row] for row in rows),
            pr=self.pr[rows],
            pc=tuple(self.pc[row] for row in rows),
            expected_close=self.expected_close[rows],
            line=self.line[rows],
            pr_p10=self.pr_p10[rows],
            pr_p90=self.pr_p90[rows],
            close_p10=self.close_p10[rows],
            close_p90=self.close_p90[rows],
            imputed=self.imputed[rows],
            attributes={name: tuple(column[row] for row in rows) for name, column in self.attributes.items()},
            currency=self.currency,
            minor_digits=self.minor_digits,
        )

    def expected_value(self, keep: npt.NDArray[np.bool_] | None = None) -> Fraction:
        """Return the exact sum of PR times stated PC.

        Parameters
        ----------
        keep : bool, (row,), optional
            Rows to sum; all by default.

        Returns
        -------
        Fraction
            Minor units, not rounded: round once, at the end, with :func:`funnelsim.model.money.rounded`.
        """
        sums: dict[Decimal, int] = defaultdict(int)
        amounts = self.pr.tolist()
        for row in range(len(self)) if keep is None else np.flatnonzero(keep).tolist():
            sums[self.pc[row]] += amounts[row]
        return sum((Fraction(pc) * amount for pc, amount in sums.items()), Fraction(0))


@dataclass(frozen=True)
class Exclusion:
    """Rows left out of the forecast for one reason.

    Attributes
    ----------
    reason : str
        Why, in the user's words.
    rows : int
        How many.
    amount : int
        Their PR in minor units where they have one.
    """

    reason: str
    rows: int
    amount: int = 0


@dataclass(frozen=True)
class Imputation:
    """Values filled in by a rule the user asked for.

    Attributes
    ----------
    field : str
        Canonical column, such as ``pc``.
    rule : str
        The rule and its number, such as ``mean PC of 34 rows in stage 'Proposal' = 0.41``.
    rows : int
        How many rows it filled.
    """

    field: str
    rule: str
    rows: int


@dataclass(frozen=True, eq=False)
class Bookings:
    """Money already booked: won rows of the file, or the user's own actuals.

    Attributes
    ----------
    day : datetime64[D], (booking,)
        Day of booking, none after the as-of day.
    amount : int64, (booking,)
        Minor units.
    """

    day: npt.NDArray[np.datetime64] = field(default_factory=lambda: np.empty(0, dtype="datetime64[D]"))
    amount: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class OtherRows:
    """Rows of the file that are not forecast: won, lost, or left out; what became of a lead can be looked up here.

    Attributes
    ----------
    lead_id : tuple of str, (row,)
        Ids as text, exactly as written; empty where a closed row has none.
    status : tuple of str, (row,)
        ``won`` (booked), ``lost`` or ``left out``.
    reason : tuple of str, (row,)
        Why a row was left out, in the words of :class:`Exclusion`; empty otherwise.
    line : int64, (row,)
        Line or row number in the file.
    day : datetime64[D], (row,)
        Day of booking of won rows; NaT otherwise.
    amount : int64, (row,)
        Minor units booked by won rows; ``NO_AMOUNT`` otherwise.
    attributes : mapping of str to tuple of str, each (row,)
        The columns of :attr:`Leads.attributes`.
    """

    lead_id: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    line: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    day: npt.NDArray[np.datetime64] = field(default_factory=lambda: np.empty(0, dtype="datetime64[D]"))
    amount: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lead_id)


@dataclass(frozen=True)
class ColumnMapping:
    """How one column of the file was understood.

    Attributes
    ----------
    field : str
        Canonical name, or the header itself for a column kept as it is.
    header : str
        Header in the file.
    decided : str
        What the evidence decided, such as ``percent: the header has (%)``; empty when there was nothing to decide.
    """

    field: str
    header: str
    decided: str = ""


@dataclass(frozen=True, eq=False)
class LeadTable:
    """A file of leads as read: what is forecast, and everything that happened on the way.

    Attributes
    ----------
    leads : Leads
        Open leads with PR, PC and expected close: the forecast rows.
    name : str
        The file's name without its folder.
    sha256 : str
        Hash of the file's bytes, as hex.
    rows : int
        Data rows in the file, report footers not counted.
    won : Bookings
        Rows already won, by day.
    lost_rows : int
        Rows already lost.
    excluded : tuple of Exclusion
        Rows that are neither forecast, won nor lost; ``rows = len(leads) + won + lost + excluded``.
    imputed : tuple of Imputation
        Values filled in.
    dialect : str
        ``salesforce``, ``hubspot``, ``pipedrive``, ``dynamics``, ``zoho`` or ``plain``.
    columns : tuple of ColumnMapping
        Columns that were understood.
    kept_columns : tuple of str
        Headers that were not understood; kept as text for ``--by``.
    notes : tuple of str
        What was decided, converted or removed, one sentence each, with counts.
    others : OtherRows
        The rows that are not forecast, in the order of the file; rows deleted in the CRM are only counted.
    """

    leads: Leads
    name: str
    sha256: str
    rows: int
    won: Bookings = field(default_factory=Bookings)
    lost_rows: int = 0
    excluded: tuple[Exclusion, ...] = ()
    imputed: tuple[Imputation, ...] = ()
    dialect: str = "plain"
    columns: tuple[ColumnMapping, ...] = ()
    kept_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    others: OtherRows = field(default_factory=OtherRows)
