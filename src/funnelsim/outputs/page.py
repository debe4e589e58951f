"""A page of text in a terminal: paragraphs, lists and tables on a stream that may know neither colour nor Unicode.

Pages of every kind - a forecast, a simulation, the story of a lead - are built from these few parts.  Text
from a user's file is shown as text, whatever it holds.  Forms that are not text, such as a notebook's, take the same
parts from a :class:`PartsStream`, so that they say the same words and numbers.

What it leaves out: what is said.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from funnelsim.outputs.band_drawing import ASCII, UNICODE, Glyphs
from funnelsim.outputs.plain_text import plain

DEFAULT_WIDTH = 100
SHOWN_NOTES = 12
DIM = "dim"
STRONG = "bold"
WARNING = "bold yellow"


@dataclass(frozen=True)
class Part:
    """One piece of a page, before it is laid out.

    Attributes
    ----------
    kind : {'words', 'grid', 'table'}
        A paragraph (one cell), lines of a narrow and a wide column, or a table.
    rows : tuple of tuple of Text
        Cells, safe to print; a style belongs to a whole cell.
    headers : tuple of (str, bool)
        Of a table: each column's name, and whether it is aligned to the right.
    """

    kind: Literal["words", "grid", "table"]
    rows: tuple[tuple[Text, ...], ...]
    headers: tuple[tuple[str, bool], ...] = ()


ELLIPSIS = "\u2026"


class PartsStream(io.StringIO):
    """A stream that keeps the parts of the page that is printed on it."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Part] = []


class Page:
    """Rich, with markup, highlighting and emoji off, on a stream that may know ASCII only."""

    def __init__(self, stream: TextIO, width: int | None) -> None:
        self.stream = stream
        self.encoding = getattr(stream, "encoding", None) or "utf-8"
        self.glyphs: Glyphs = UNICODE if self._can_say("".join(UNICODE)) else ASCII
        columns = width if width is not None or Console(file=stream).is_terminal else DEFAULT_WIDTH
        self.console = Console(
            file=stream, width=columns, highlight=False, markup=False, emoji=False, legacy_windows=False
        )
        self.console.begin_capture()

    def finish(self) -> None:
        """Write the page in one piece, without the blanks that tables leave at the ends of lines."""
        written = self.console.end_capture()
        if not self.console.is_terminal:
            written = "\n".join(line.rstrip() for line in written.split("\n"))
        if not self._can_say(ELLIPSIS):  # Rich cuts a long name with one, whatever the stream can say
            written = written.replace(ELLIPSIS, "~")
        self.stream.write(written)

    def _keep(self, part: Part) -> None:
        if isinstance(self.stream, PartsStream):
            self.stream.parts.append(part)

    def _can_say(self, text: str) -> bool:
        try:
            text.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def text(self, words: str, style: str = "") -> Text:
        """Return words as text that holds neither markup nor characters that the stream cannot say."""
        safe = plain(words)
        if not self._can_say(safe):
            safe = safe.encode(self.encoding, "replace").decode(self.encoding)
        return Text(safe, style=style)

    def say(self, words: str, style: str = "") -> None:
        """Print one paragraph; nothing for empty words."""
        if words:
            said = self.text(words, style)
            self._keep(Part("words", ((said,),)))
            self.console.print(said)

    def gap(self) -> None:
        """Print an empty line."""
        self.console.print()

    def bullets(self, lines: Sequence[str], most: int = SHOWN_NOTES) -> None:
        """Print lines with a hanging indent; the first ``most`` of them, the rest counted."""
        hidden = [f"and {len(lines) - most:,} more; --json has all of them"] if len(lines) > most else []
        self.grid([("-", line) for line in (*lines[:most], *hidden)])

    def grid(self, rows: Iterable[tuple[str, str]], gap: int = 1) -> None:
        """Print a narrow first column, indented, beside a wide second one."""
        table = Table.grid(padding=(0, gap))
        table.add_column(no_wrap=True)
        table.add_column()
        cells = [(self.text(f" {first}"), self.text(second)) for first, second in rows]
        for line in cells:
            table.add_row(*line)
        if cells:
            self._keep(Part("grid", tuple(cells)))
        self.console.print(table)

    def table(self, headers: Iterable[tuple[str, bool]], rows: Iterable[Sequence[Text | str]]) -> None:
        """Print a table; a header comes with whether its column is right-aligned and never wrapped."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=DIM, show_edge=False)
        columns = tuple(headers)
        for header, is_number in columns:
            table.add_column(Text(header), justify="right" if is_number else "left", no_wrap=is_number)
        cells = [tuple(cell if isinstance(cell, Text) else self.text(cell) for cell in row) for row in rows]
        for line in cells:
            table.add_row(*line)
        self._keep(Part("table", tuple(cells), columns))
        self.console.print(table)
