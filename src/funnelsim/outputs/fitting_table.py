"""A table that gives up columns where the page is too narrow for all of them.

A name that is squeezed to two letters says nothing, so whole columns go first, in an order that the caller chooses.

What it leaves out: what is in the cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.text import Text

from funnelsim.outputs.page import Page

_NAME_ROOM: Final = 20
"""What the first column keeps at least, where its names are that long; it may be wrapped."""
_GAP: Final = 2


def print_fitting(page: Page, titles: Sequence[str], rows: Sequence[Sequence[Text | str]], drop: Sequence[int]) -> None:
    """Print a table, without some of its columns where there is no room for them.

    Parameters
    ----------
    page : Page
        Where to.
    titles : sequence of str
        Of the columns; the first column is text and may be wrapped, the others are aligned to the right, the last one
        to the left where it has no title.
    rows : sequence of sequences
        Cells, as many as titles.
    drop : sequence of int
        Columns that may go, the first to go first.
    """
    widths = [max(len(cell) for cell in column) for column in zip(titles, *rows, strict=True)]
    keep = list(range(len(titles)))
    for column in drop:
        taken = min(widths[0], _NAME_ROOM) + sum(widths[k] + _GAP for k in keep[1:])
        if taken <= page.console.width:
            break
        keep.remove(column)
    headers = [(titles[k], k > 0 and titles[k] != "") for k in keep]
    page.table(headers, [[row[k] for k in keep] for row in rows])
