"""Parts of a workbook's zip file, opened with suspicion: a few kilobytes can claim to be gigabytes.

The question: may this archive be unpacked at all?  Counts, declared sizes and compression ratios are looked at before
anything is unpacked, and real sizes are counted while it is, because declared ones can lie.  XML is read as a stream;
a document type declaration, the door to entity bombs and to other files, is refused.

What it leaves out: what the parts mean.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn
from xml.parsers import expat

from funnelsim.errors import DataError, Problem, Shown

MOST_ENTRIES: Final = 1_000
MOST_BYTES: Final = 512 << 20
MOST_RATIO: Final = 100
RATIO_MATTERS_FROM: Final = 1 << 20
"""Small parts of many equal rows pack better than any limit, and harm nobody."""
_CHUNK: Final = 1 << 16


Listener = Callable[[str, dict[str, str]], None]
"""Called at the start of every element, with its name without namespace and its attributes."""


class ZipParts:
    """A zip archive that passed the look from outside.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        Its name, for messages.

    Raises
    ------
    DataError
        If it is no whole zip archive, or unpacks to more than a workbook of leads ever would.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        self._left = MOST_BYTES
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, struct.error, OSError, NotImplementedError) as error:
            self.refuse(str(error))
        self._look()
        self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        self._names = frozenset(map(_key, self._entries))

    def __contains__(self, part: str) -> bool:
        """Tell whether a part is there; upper and lower case are the same."""
        return _key(part) in self._names

    def refuse(self, reason: str) -> NoReturn:
        """Refuse a file that is cut off or damaged.

        Parameters
        ----------
        reason : str
            What was seen.

        Raises
        ------
        DataError
            Always.
        """
        hint = "it is damaged or cut off: export it again"
        raise DataError(Problem(self.name, "the file", "a whole workbook", Shown(reason or "something else"), hint))

    def read_all(self, listener: Callable[[str], Listener]) -> None:
        """Unpack every part once, and read as a stream what is XML, whatever its name says.

        Parameters
        ----------
        listener : callable
            From the part's name to what listens to it.

        Raises
        ------
        DataError
            If a part is damaged, too large, or XML that is broken or declares a document type.
        """
        for part, entry in self._entries.items():
            try:
                self._read(entry, listener(part))
            except DataError:
                raise
            except (expat.ExpatError, LookupError) as error:  # a lookup error: an encoding that nobody knows
                self.refuse(f"broken XML in {part!r}: {error}")
            except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, OSError, RuntimeError, ValueError) as error:
                self.refuse(f"{part!r} cannot be unpacked: {error}")

    # A part that is no XML, or not XML to its end and not named so, is no XML to any other reader either.
    def _read(self, entry: zipfile.ZipInfo, listener: Listener) -> None:
        named = entry.filename.casefold().endswith((".xml", ".rels"))
        parser: expat.XMLParserType | None = _parser(listener, self._refuse_doctype)
        for chunk in self._chunks(entry):
            try:
                if parser is not None:
                    parser.Parse(chunk, False)
            except (expat.ExpatError, LookupError):
                if named:
                    raise
                parser = None
        if named and parser is not None:
            parser.Parse(b"", True)

    def _chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        with self._zip.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                self._left -= len(chunk)
                if self._left < 0:
                    self._refuse_large(f"more than {MOST_BYTES >> 20} MB unpacked")
                yield chunk

    # Look at what the archive says about itself, without unpacking.
    def _look(self) -> None:
        entries = self._zip.infolist()
        if len(entries) > MOST_ENTRIES:
            self._refuse_large(f"{len(entries):,} parts")
        if len({_key(entry.filename) for entry in entries}) != len(entries):
            self.refuse("two parts of one name")
        if any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
            self.refuse("a way of packing that no spreadsheet program uses")
        if any(entry.flag_bits & 1 for entry in entries):
            got = Shown("an encrypted one")
            raise DataError(
                Problem(self.name, "the workbook", "one without password", got, "remove the password in Excel")
            )
        total = sum(entry.file_size for entry in entries)
        if total > MOST_BYTES:
            self._refuse_large(f"{total / 1e6:,.0f} MB unpacked")
        for entry in entries:
            if entry.file_size > max(RATIO_MATTERS_FROM, MOST_RATIO * entry.compress_size):
                self._refuse_large(f"{entry.filename!r} packed {entry.file_size // max(entry.compress_size, 1):,} to 1")

    def _refuse_large(self, got: str) -> NoReturn:
        hint = "save the leads alone in a new workbook, or give a CSV or Parquet file"
        raise DataError(Problem(self.name, "the workbook", "of a size a list of leads can have", Shown(got), hint))

    def _refuse_doctype(self, *_: object) -> None:
        got, hint = Shown("a document type declaration"), "no spreadsheet program writes one: do not trust this file"
        raise DataError(Problem(self.name, "the workbook", "free of document type declarations", got, hint))


def _key(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").casefold()


def _parser(listener: Listener, refuse: Callable[..., Any]) -> expat.XMLParserType:
    local: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        short = local.get(name)
        if short is None:
            short = local[name] = name.rpartition(" ")[2]
        listener(short, attributes)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser
