"""One exhibit as a sheet: its message, its chart, its table, the numbers under the chart, and what the words mean.

The question: does it read on a screen and on one printed page?  The chart comes first, columns that only the drawing
needs stand to the right of what is printed.

What it leaves out: sheets that recalculate (:mod:`funnelsim.outputs.workbook.live_sheets`).
"""

from __future__ import annotations

from typing import Any, Final

from funnelsim.model.board_pack import Chart, Exhibit
from funnelsim.outputs.chart_names import native_names
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.workbook.cells import NEVER, WIDEST, Formats, number_format, widths, write_table, write_text
from funnelsim.outputs.workbook.chart_columns import ChartColumns, chart_columns
from funnelsim.outputs.workbook.sheet_charts import Ground, native_chart
from funnelsim.outputs.wrapped_lines import wrapped_lines

CHART: Final = {"width": 920, "height": 420}
CHART_ROWS: Final = 22
CHART_LETTERS: Final = 126
"""About as wide as the chart, in letters of a cell."""
NUMBER_WIDTH: Final = 13.0
LINE: Final = 15.0
"""Height of a line of text, in points."""


def write_exhibit(book: Any, sheet: Any, exhibit: Exhibit, formats: Formats) -> None:
    """Write an exhibit on its sheet.

    Parameters
    ----------
    book : xlsxwriter Workbook
        Makes charts.
    sheet : xlsxwriter Worksheet
        Empty.
    exhibit : Exhibit
        What.
    formats : Formats
        Of the workbook.
    """
    columns = chart_columns(exhibit.chart) if exhibit.chart is not None else None
    wide = _widths(exhibit, columns)
    for column, width in enumerate(wide):
        sheet.set_column(column, column, width)
    across = _across(wide)
    aside = len(wide)
    if columns is not None:
        sheet.set_column(aside, aside + len(columns.drawn), NUMBER_WIDTH)
    row = _sentence(sheet, 0, exhibit.title, across, formats.of(bold=True, font_size=13, text_wrap=True, valign="top"))
    row += 1
    chart_row = row
    row += CHART_ROWS if exhibit.chart is not None else 0
    if exhibit.table is not None:
        row = write_table(sheet, row, exhibit.table, formats) + 1
    if exhibit.chart is not None and columns is not None:
        ground = Ground(book, sheet.get_name(), (row, aside), exhibit.chart, columns)
        row = _numbers(sheet, ground, formats) + 1
        drawn = native_chart(ground)
        drawn.set_size(CHART)
        sheet.insert_chart(chart_row, 0, drawn, {"description": plain(exhibit.alt or exhibit.title)})
    wrap = formats.of(text_wrap=True, valign="top")
    for words in (*exhibit.points, *exhibit.notes):
        row = _sentence(sheet, row, words, across, wrap)
    sheet.print_area(0, 0, max(row, 1), aside - 1)
    if row < 80:
        sheet.fit_to_pages(1, 1)


def _widths(exhibit: Exhibit, columns: ChartColumns | None) -> list[float]:
    """Return the widths of what is printed: the table, the given numbers, and at least as wide as a chart."""
    wide = widths(exhibit.table) if exhibit.table is not None else []
    if columns is not None and exhibit.chart is not None:
        first = min(max(12, *(len(name) + 2 for name in native_names(exhibit.chart))), WIDEST)
        asked = [float(first), *[NUMBER_WIDTH] * len(columns.given)]
        wide += [0.0] * (len(asked) - len(wide))
        wide = [max(one, asked[place]) if place < len(asked) else one for place, one in enumerate(wide)]
    while sum(wide) < CHART_LETTERS:
        wide.append(NUMBER_WIDTH)
    return wide


def _across(wide: list[float]) -> tuple[int, float]:
    """Return the last column of sentences, and how many letters they have room for."""
    room = 0.0
    for column, width in enumerate(wide):
        room += width
        if room >= CHART_LETTERS:
            return column, room
    return len(wide) - 1, room


def _sentence(sheet: Any, row: int, words: str, across: tuple[int, float], look: Any) -> int:
    """Write a sentence over several columns, in as many lines as it takes; return the row below."""
    last, room = across
    if last > 0:
        sheet.merge_range(row, 0, row, last, "", look)
    write_text(sheet, row, 0, words, look)
    bigger = 1.25 if look.font_size > 11 else 1.0
    lines = wrapped_lines(plain(words), room / bigger)
    sheet.set_row(row, min(LINE * bigger * lines + 3, 400))
    return row + 1


def _numbers(sheet: Any, ground: Ground, formats: Formats) -> int:
    """Write the numbers under a chart; return the row below."""
    chart, columns, top = ground.chart, ground.columns, ground.top
    head = formats.of(bold=True, bottom=1, text_wrap=True, valign="top", align="right")
    quiet = formats.of(italic=True, bottom=1, text_wrap=True, valign="top", align="right", font_color="#767676")
    write_text(sheet, top, 0, "Chart", formats.of(bold=True, bottom=1, valign="top"))
    for row, name in enumerate(native_names(chart), start=top + 1):
        if chart.positions is None:
            write_text(sheet, row, 0, name)
        else:
            look = formats.of(num_format=number_format(name), align="left")
            sheet.write_number(row, 0, chart.positions[row - top - 1], look)
    form = _format(chart)
    shown, pale = formats.of(num_format=form), formats.of(num_format=form, font_color="#767676")
    whole = (
        *((1 + place, one, head, shown) for place, one in enumerate(columns.given)),
        *((ground.drawn + place, one, quiet, pale) for place, one in enumerate(columns.drawn)),
    )
    for column, (name, values), above, look in whole:
        write_text(sheet, top, column, name, above)
        for row, value in enumerate(values, start=top + 1):
            if value is not None:
                sheet.write_number(row, column, value, look)
    longest = max((wrapped_lines(name, NUMBER_WIDTH - 1) for _, (name, _), _, _ in whole), default=1)
    sheet.set_row(top, LINE * min(longest, 6) + 3)
    return top + 1 + len(chart.categories)


def _format(chart: Chart) -> str:
    changes = any((one.value or 0.0) < 0.0 for series in chart.series for one in series.values)
    if chart.unit == "chance" and not changes:
        return NEVER
    texts = [one.text for series in chart.series for one in series.values if one.value is not None]
    return number_format(texts[0]) if texts else "General"
