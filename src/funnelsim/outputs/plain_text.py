"""Text from a user's file made harmless before a person's tool shows it.

The question: what in a lead's name could steer a terminal, turn a line around, or run as a spreadsheet formula?
Control characters, direction marks and other invisible ones are shown as their code, such as ``[U+202E]``, so that a
reader sees what was there and names that differ stay different; text that a spreadsheet would take for a formula gets
a leading apostrophe in CSV.  All other text is shown as it is.

What it leaves out: escaping for HTML, XML and JSON, which their writers do.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_JOINERS: Final = "\u200c\u200d"
_SIGNS: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Signs that are drawn, though Unicode calls them format characters."""
_SPACES: Final = "\t\n\r\u2028\u2029"
_TAGS: Final = ("".join(chr(0xE0000 + ord(letter)) for letter in name) for name in ("gbeng", "gbsct", "gbwls"))
_FLAGS: Final = re.compile(f"(\U0001f3f4(?:{'|'.join(_TAGS)})\U000e007f)")
"""Flags of England, Scotland and Wales, the emoji that are spelled with invisible letters."""
_BREAKS: Final = re.compile(f"([{_SPACES}])")
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def plain(text: str, most: int | None = None) -> str:
    """Return text that neither steers a terminal nor breaks a line.

    Parameters
    ----------
    text : str
        Anything, lone surrogates and escape sequences included.
    most : int, optional
        Largest number of characters; longer text ends in ``...``.

    Returns
    -------
    str
        Line breaks and tabs are spaces; control, direction and other invisible characters, and codes that are no
        characters, are shown as ``[U+`` and four or more hex digits and ``]``, except the joiners that Persian, Indic
        scripts and emoji need, and the flags that are spelled with invisible letters.
    """
    shown = text if text.isprintable() else _visible(text)
    return shown if most is None or len(shown) <= most else shown[: max(most - 3, 0)] + "..."


def spreadsheet_cell(text: str) -> str:
    """Return text that a spreadsheet keeps as text when it opens a CSV file.

    Parameters
    ----------
    text : str
        One cell.

    Returns
    -------
    str
        The text with a leading ``'`` when it starts, blanks aside, with ``= + - @``, a tab or a line break; NUL and the
        other controls that no CSV reader agrees on are shown as :func:`plain` does.
    """
    guarded = "'" + text if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text
    return "".join(part if part in _SPACES else plain(part) for part in _BREAKS.split(guarded))


def _visible(text: str) -> str:
    """Return text whose invisible characters are shown, flags apart."""
    parts = _FLAGS.split(text)
    return "".join(part if place % 2 else "".join(map(_shown, part)) for place, part in enumerate(parts))


def _shown(character: str) -> str:
    if character in _SPACES:
        return " "
    if character in _JOINERS or character in _SIGNS:
        return character
    code = ord(character)
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs"}
    absent = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return f"[U+{code:04X}]" if hidden or absent else character
