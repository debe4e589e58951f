"""The board pack: what slides, workbook, page and pictures show, before anybody draws it.

One pack is made from one saved answer; every form draws the same pack, so no form can say another number.  Every
number carries its exact value, the text it is printed as, and where it stands in the answer (a JSON pointer), so that a
test can take the numbers back out of any form and hold them against the answer.

What it leaves out: how forms look (``outputs/deck``, ``outputs/web`` and their neighbours).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

ChartKind = Literal["fan", "bars", "bridge", "ranges", "lines"]
"""
fan      bands over time: series p5 p10 p25 p50 p75 p90 p95, and any of plan, actual, earlier
bars     one bar a category and series; a series ``low`` and one ``high`` are its interval
bridge   steps from a first to a last total: one series ``step`` whose first and last are totals
ranges   floating bars, lying: series low, middle, high; and any of p25, p75
lines    one line a series over the categories
"""

Role = Literal[
    "p5", "p10", "p25", "p50", "p75", "p90", "p95", "plan", "actual", "earlier", "bar", "low", "middle", "high", "step"
]

Unit = Literal["money", "chance", "share", "count", "days", "number"]


@dataclass(frozen=True)
class Quantity:
    """One number.

    Attributes
    ----------
    value : float or None
        Exact: money in major units, chances and shares in [0, 1]; None where there is none.
    text : str
        As it is printed, such as ``USD 461M`` or ``62%``; a dash where there is none.
    path : str
        JSON pointer into the answer; empty for a number that is a sum or difference of printed ones.
    """

    value: float | None
    text: str
    path: str = ""


@dataclass(frozen=True)
class Series:
    """Numbers of one kind over the categories of a chart.

    Attributes
    ----------
    name : str
        As the legend or a direct label says it.
    role : Role
        What it is; decides how it is drawn.
    values : tuple of Quantity, (category,)
        One each.
    """

    name: str
    role: Role
    values: tuple[Quantity, ...]


@dataclass(frozen=True)
class Chart:
    """A picture's numbers.

    Attributes
    ----------
    kind : ChartKind
        How it is drawn.
    categories : tuple of str
        In order; safe to show.
    series : tuple of Series
        Each as long as the categories.
    unit : Unit
        Of every value.
    axis : str
        Title of the value axis, such as ``million USD``.
    scale : float
        What one unit of the axis is in values: 1e6 for ``million``.
    reference : Quantity or None
        A level drawn as a dashed line, such as the plan; None without one.
    reference_name : str
        Its label.
    reference_end : int or None
        The last category it speaks about; None for all.
    running : bool
        Of a fan: whether each category continues the one before, as running totals do; separate periods do not, and
        are drawn as floating columns.
    grey : frozenset of int
        Categories drawn grey, because they rest on too little.
    positions : tuple of float or None
        Of lines over a number: where each category stands on the axis, rising; None where categories follow one another
        at equal steps.
    """

    kind: ChartKind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: Unit
    axis: str
    scale: float = 1.0
    reference: Quantity | None = None
    reference_name: str = ""
    reference_end: int | None = None
    running: bool = True
    grey: frozenset[int] = frozenset()
    positions: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        assert all(len(one.values) == len(self.categories) for one in self.series), "a series has a value a category"
        assert self.scale > 0, "an axis has a scale above 0"
        if self.positions is not None:
            assert self.kind == "lines", "only lines stand over a number"
            assert len(self.positions) == len(self.categories), "a category has a place"
            assert all(a < b for a, b in pairwise(self.positions)), "places rise"

    def of(self, role: Role) -> Series | None:
        """Return the series of one role.

        Parameters
        ----------
        role : Role
            Which.

        Returns
        -------
        Series or None
            The first; None where there is none.
        """
        return next((one for one in self.series if one.role == role), None)


@dataclass(frozen=True)
class Table:
    """Rows of text and numbers.

    Attributes
    ----------
    headers : tuple of str
        One a column.
    rows : tuple of tuple of str or Quantity
        Each as long as the headers.
    total : bool
        Whether the last row is a total.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str | Quantity, ...], ...]
    total: bool = False

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.headers) for row in self.rows), "a row has a cell a column"


@dataclass(frozen=True)
class Exhibit:
    """One message and what shows it: a slide, a section of the page, a sheet.

    Attributes
    ----------
    key : str
        Short name, unique in the pack: ``fan``, ``leads``; names sheets, pictures and anchors.
    title : str
        The message, one sentence computed from the answer.
    chart : Chart or None
        The picture.
    table : Table or None
        Numbers beside or below it.
    points : tuple of str
        A few further sentences.
    notes : tuple of str
        Definitions and conditions, for speaker notes and small print.
    alt : str
        What the picture shows, in a sentence, for those who cannot see it.
    """

    key: str
    title: str
    chart: Chart | None = None
    table: Table | None = None
    points: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alt: str = ""


@dataclass(frozen=True)
class Provenance:
    """What stands at the foot of every slide, sheet and page.

    Attributes
    ----------
    as_of : str
        The day the answer stands on, ISO.
    seed : int
        Root of all luck.
    replications : int
        Simulated futures.
    version : str
        Of the program that made the answer.
    input_name, input_sha256 : str
        The file it was made from.
    content_hash : str
        Of the answer.
    """

    as_of: str
    seed: int
    replications: int
    version: str
    input_name: str
    input_sha256: str
    content_hash: str


@dataclass(frozen=True, eq=False)
class Pack:
    """One answer, ready to be shown in any form.

    Attributes
    ----------
    command : str
        Which command made the answer.
    title, subtitle : str
        What it is about, and over which days.
    currency : str or None
        Code of every amount; None when nobody said one.
    exhibits : tuple of Exhibit
        In the order of the slides; the first is the answer in one sentence.
    appendix : tuple of Exhibit
        Assumptions, data quality, definitions.
    track : str
        The track record in a sentence, or that there is none yet.
    provenance : Provenance
        For the foot.
    answer : mapping
        The whole answer as JSON values; what the paths point into.
    """

    command: str
    title: str
    subtitle: str
    currency: str | None
    exhibits: tuple[Exhibit, ...]
    appendix: tuple[Exhibit, ...]
    track: str
    provenance: Provenance
    answer: Mapping[str, Any] = field(repr=False)

    def __post_init__(self) -> None:
        keys = [one.key for one in self.all]
        assert len(set(keys)) == len(keys), "an exhibit's key is its own"

    @property
    def all(self) -> tuple[Exhibit, ...]:
        """Exhibits, then appendix."""
        return (*self.exhibits, *self.appendix)

    def quantities(self) -> Iterator[tuple[str, Quantity]]:
        """Go through every number of the pack.

        Yields
        ------
        tuple of str and Quantity
            The exhibit's key, and the number.
        """
        for exhibit in self.all:
            if exhibit.chart is not None:
                for series in exhibit.chart.series:
                    yield from ((exhibit.key, value) for value in series.values)
                if exhibit.chart.reference is not None:
                    yield exhibit.key, exhibit.chart.reference
            for row in exhibit.table.rows if exhibit.table is not None else ():
                yield from ((exhibit.key, cell) for cell in row if isinstance(cell, Quantity))


@dataclass(frozen=True, eq=False)
class PackData:
    """What stands behind a pack's numbers, for the workbook's formulas and the page's plan box.

    Attributes
    ----------
    leads : Table or None
        Every lead with its PR, PC and stated close as numbers where they are numbers; None for an answer without leads.
    futures : mapping of str to float64 arrays, (replication,)
        Major units by name: each period, ``total``, and ``plan`` (what the plan counts, booked money included) where
        there is a plan; empty where the run keeps no futures.
    """

    leads: Table | None = None
    futures: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict, repr=False)
