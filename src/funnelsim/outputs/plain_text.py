"""Text from a user's file made harmless before a person's tool shows it.

The question: what in a lead's name could steer a terminal, turn a line around, or run as a spreadsheet formula?
Control characters, direction marks and other invisible ones become U+FFFD, so that a reader sees that something was
there; text that a spreadsheet would take for a formula gets a leading apostrophe.

What it leaves out: escaping for HTML, XML and JSON, which their writers do.
"""

from __future__ import annotations

import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_JOINERS = "\u200c\u200d"
_SPACES = "\t\n\r\u2028\u2029"
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
        Line breaks and tabs are spaces; control, direction and other invisible characters are U+FFFD, except the two
        joiners that Persian, Indic scripts and emoji need.
    """
    shown = "".join(_shown(character) for character in text)
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
        other controls that no CSV reader agrees on are U+FFFD.
    """
    guarded = "'" + text if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text
    return "".join(character if character in _SPACES else _shown(character) for character in guarded)


def _shown(character: str) -> str:
    if character in _SPACES:
        return " "
    if character in _JOINERS:
        return character
    return REPLACEMENT if unicodedata.category(character) in {"Cc", "Cf", "Cs"} else character
