"""An answer as a piece of HTML, for the end of a notebook's cell.

The question: what does a planner see who types the answer's name?  The same page as in a terminal, word for word and
digit for digit: the headline and the main table first, the rest folded away.  Nothing in it is active, nothing is
fetched, and it takes the notebook's own colours, light or dark.

What it leaves out: pictures (:mod:`funnelsim.outputs.notebook.picture`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

from rich.text import Text

from funnelsim.model.results import Forecast
from funnelsim.outputs.band_drawing import UNICODE
from funnelsim.outputs.notebook.answer_pages import print_page
from funnelsim.outputs.page import DIM, STRONG, WARNING, Part, PartsStream
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.track_record_sentences import track_record_sentence

PAGE_WIDTH: Final = 160
"""Columns of the page that is shown: wide enough for every column that any of its tables has."""
REST: Final = "The rest of the page"
_STYLES: Final = {STRONG: "font-weight:600", WARNING: "font-weight:600", DIM: "opacity:0.75;font-size:0.9em"}
_DRAWN: Final = frozenset("".join(UNICODE)) | frozenset(" ●◆·▲▼")
"""What bands and marks are drawn with."""
_PRE: Final = "white-space:pre;font-family:monospace"
_FRAME: Final = "max-width:75em;overflow-x:auto;line-height:1.45"
_CELL: Final = "padding:0.1em 0.7em 0.1em 0;vertical-align:top"
_HEAD: Final = "opacity:0.75;font-weight:normal"
_TABLE: Final = "margin:0.4em 0;border-collapse:collapse;font-size:inherit;text-align:left"


def answer_html(answer: Any) -> str:
    """Return an answer as HTML.

    Parameters
    ----------
    answer : Forecast, Simulation, Optimum, Sweep, Comparison, GoalPlan, Backtest, Track, Calibration or explanation
        Any.

    Returns
    -------
    str
        One ``div`` without script, style sheet, link or event; every text of the user's escaped.
    """
    stream = PartsStream()
    print_page(answer, stream, PAGE_WIDTH)
    first, rest, foot = split(stream.parts)
    folded = f"<details><summary>{REST}</summary>{_joined(rest)}</details>" if rest else ""
    record = _small(track_record_sentence(answer)) if isinstance(answer, Forecast) else ""
    return f'<div class="funnelsim" lang="en" style="{_FRAME}">{_joined(first)}{record}{folded}{_joined(foot)}</div>'


def split(parts: Sequence[Part]) -> tuple[Sequence[Part], Sequence[Part], Sequence[Part]]:
    """Part a page into what is seen at once, what is folded away, and its foot.

    Parameters
    ----------
    parts : sequence of Part
        Of a page, in order.

    Returns
    -------
    tuple of three sequences of Part
        Everything up to the first table and the small print right below it; the rest; the last paragraph where it is
        small print.  Together they are the page.
    """
    end = next((at + 1 for at, part in enumerate(parts) if part.kind == "table"), len(parts))
    while end < len(parts) and _is_small(parts[end]):
        end += 1
    last = len(parts) - 1 if end < len(parts) and _is_small(parts[-1]) else len(parts)
    return parts[:end], parts[end:last], parts[last:]


def _small(words: str) -> str:
    """Return what stands beside every forecast at once, whatever is folded away: its record, or that it has none."""
    return _words(Part("words", ((Text(plain(words), style=DIM),),)))


def _is_small(part: Part) -> bool:
    return part.kind == "words" and part.rows[0][0].style == DIM


def _joined(parts: Iterable[Part]) -> str:
    shown = {"words": _words, "grid": _grid, "table": _table}
    return "".join(shown[part.kind](part) for part in parts)


def _words(part: Part) -> str:
    (cell,) = part.rows[0]
    return f'<p style="margin:0.4em 0;{_style(cell)}">{escape(cell.plain)}</p>'


def _grid(part: Part) -> str:
    if all(first.plain.strip() == "-" for first, _ in part.rows):
        lines = "".join(f"<li>{escape(second.plain)}</li>" for _, second in part.rows)
        return f'<ul style="margin:0.4em 0">{lines}</ul>'
    rows = "".join(f"<tr>{_cell(first, 'th', 'row')}{_cell(second, 'td')}</tr>" for first, second in part.rows)
    return f'<table style="{_TABLE}">{rows}</table>'


def _table(part: Part) -> str:
    columns = range(len(part.headers))
    drawn = {at for at in columns if _is_drawn([row[at].plain for row in part.rows])}
    heads = "".join(
        _cell(Text(name), "th", "col", right=right, drawn=at in drawn) for at, (name, right) in enumerate(part.headers)
    )
    rows = []
    for row in part.rows:
        cells = "".join(
            _cell(cell, "td" if at else "th", "" if at else "row", right=part.headers[at][1], drawn=at in drawn)
            for at, cell in enumerate(row)
        )
        rows.append(f"<tr>{cells}</tr>")
    return f'<table style="{_TABLE}"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _is_drawn(cells: Sequence[str]) -> bool:
    """Tell whether a column is a drawing, whose characters must stand where they are."""
    return any(cell.strip() for cell in cells) and all(_DRAWN.issuperset(cell) for cell in cells)


def _cell(cell: Text, tag: str, scope: str = "", *, right: bool = False, drawn: bool = False) -> str:
    usual = _HEAD if scope == "col" else "font-weight:normal"
    parts = [_CELL, f"text-align:{'right' if right else 'left'}", _style(cell) or usual]
    if drawn:
        parts.append(_PRE)
    elif right:
        parts.append("white-space:nowrap;font-variant-numeric:tabular-nums")
    named = f' scope="{scope}"' if scope else ""
    text = escape(cell.plain if drawn else cell.plain.strip())
    return f'<{tag}{named} style="{";".join(parts)}"><bdi>{text}</bdi></{tag}>'


def _style(cell: Text) -> str:
    return _STYLES.get(str(cell.style), "")
