"""Finding one sheet in a workbook: its name, whether it is hidden, and where its cells are.

The question: which of the parts of the zip file is the sheet with the leads?  The workbook part lists the sheets, its
relations say which part each one is; names of parts are a program's own choice and mean nothing.

What it leaves out: the cells.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Final, NoReturn

from funnelsim.errors import DataError, Problem, Shown
from funnelsim.inputs.number_formats import Meaning
from funnelsim.inputs.sheet_cells import SharedStrings, Sheet, SheetReader, Styles
from funnelsim.inputs.zip_parts import ZipParts

_USUAL_BOOK: Final = "xl/workbook.xml"


@dataclass(frozen=True)
class SheetEntry:
    """One sheet as the workbook lists it.

    Attributes
    ----------
    name : str
        As on its tab.
    hidden : bool
        Whether people see the tab.
    part : str
        Where its cells are; empty for a sheet that is no table, such as a chart.
    """

    name: str
    hidden: bool
    part: str


class Book:
    """A workbook that was looked into.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        Its name, for messages.

    Raises
    ------
    DataError
        If it is no workbook of this kind, or damaged.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self._name = name
        self._parts = ZipParts(content, name)
        part = self._book_part()
        listener = _BookListener()
        self._parts.read_xml(part, listener)
        relations = self._relations(part)
        self.since_1904 = listener.since_1904
        self.uncalculated = listener.uncalculated
        self.sheets = tuple(
            SheetEntry(
                title, hidden, relations.of_id.get(reference, ("", ""))[1] if relations.is_sheet(reference) else ""
            )
            for title, hidden, reference in listener.sheets
        )
        self._strings_part = relations.part("/sharedStrings")
        self._styles_part = relations.part("/styles")

    def read(self, entry: SheetEntry) -> Sheet:
        """Read the cells of one sheet.

        Parameters
        ----------
        entry : SheetEntry
            One of ``sheets``, with a part.

        Returns
        -------
        Sheet
            Cells as text.

        Raises
        ------
        DataError
            If a part is missing, damaged or too large.
        """
        strings = SharedStrings(self._name)
        if self._strings_part:
            self._parts.read_xml(self._strings_part, strings)
        styles: tuple[Meaning, ...] = ()
        if self._styles_part:
            listener = Styles()
            self._parts.read_xml(self._styles_part, listener)
            styles = listener.meanings()
        reader = SheetReader(self._name, strings.strings, styles, since_1904=self.since_1904)
        self._parts.read_xml(entry.part, reader)
        return reader.sheet

    def _book_part(self) -> str:
        part = self._relations("").part("/officeDocument") if "_rels/.rels" in self._parts else _USUAL_BOOK
        if not part or part not in self._parts or not part.casefold().endswith(".xml"):
            self._refuse_kind()
        return part

    def _refuse_kind(self) -> NoReturn:
        kind = "something else in a zip file"
        if "mimetype" in self._parts:
            kind = "an OpenDocument file (.ods)"
        elif "xl/workbook.bin" in self._parts:
            kind = "a binary workbook (.xlsb)"
        elif "word/document.xml" in self._parts:
            kind = "a text document"
        hint = "save it as an Excel workbook (.xlsx) or as CSV"
        raise DataError(Problem(self._name, "the file", "an Excel workbook (.xlsx)", Shown(kind), hint))

    def _relations(self, part: str) -> _Relations:
        folder, name = posixpath.split(part)
        relations = _Relations(folder)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        if where in self._parts:
            self._parts.read_xml(where, relations)
        return relations


class _BookListener:
    def __init__(self) -> None:
        self.sheets: list[tuple[str, bool, str]] = []
        self.since_1904 = self.uncalculated = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            reference = next((value for key, value in attributes.items() if key.endswith("relationships id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), hidden, reference))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in {"1", "true", "on"}
        elif name == "calcPr":
            self.uncalculated = attributes.get("fullCalcOnLoad") in {"1", "true", "on"}

    def text(self, text: str) -> None:
        pass

    def end(self, name: str) -> None:
        pass


class _Relations:
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.of_id: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            part = target if target.startswith("/") else posixpath.join(self._folder, target)
            kind = attributes.get("Type", "")
            self.of_id[attributes.get("Id", "")] = (kind, posixpath.normpath(part).lstrip("/"))

    def text(self, text: str) -> None:
        pass

    def end(self, name: str) -> None:
        pass

    def part(self, ending: str) -> str:
        return next((part for kind, part in self.of_id.values() if kind.endswith(ending)), "")

    def is_sheet(self, reference: str) -> bool:
        return self.of_id.get(reference, ("", ""))[0].endswith("/worksheet")
