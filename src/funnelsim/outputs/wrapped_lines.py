"""How many lines a text takes where it may be broken between words.

The question: how high must a cell, a title or a box be, so that nothing is cut?  Programs that show slides and sheets
break lines themselves, and do not grow what holds them.

What it leaves out: how wide a letter is; the caller says how many stand on a line.
"""

from __future__ import annotations

from collections.abc import Callable


def wrapped_lines(words: str, room: float, width_of: Callable[[str], float] = len) -> int:
    """Return how many lines a text takes.

    Parameters
    ----------
    words : str
        On one line as it is.
    room : float
        What a line holds: letters, at least 1, or what ``width_of`` counts.
    width_of : callable, optional
        Width of a text; its number of letters by default.

    Returns
    -------
    int
        At least 1; a word longer than a line is broken, every other only between words.
    """
    lines, used, space = 1, 0.0, width_of(" ")
    for word in words.split(" "):
        alone = width_of(word)
        need = alone + (space if used else 0.0)
        if used and used + need > room:
            lines, used, need = lines + 1, 0.0, alone
        over = int((need - room) // room) + 1 if need > room else 0
        lines, used = lines + over, used + need - over * room
    return lines
