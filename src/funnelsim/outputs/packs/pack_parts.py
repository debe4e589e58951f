"""Parts that packs of several commands have: figures with a unit, intervals, lists of notes, assumptions.

What it leaves out: what a command's answer says (the modules beside this one).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from funnelsim.model.board_pack import Chart, Exhibit, Quantity, Series, Table
from funnelsim.model.board_pack import Unit as ChartUnit
from funnelsim.outputs.comparison_text import number_text
from funnelsim.outputs.packs.answer_words import DASH, NAME_LENGTH, Answer, axis_of
from funnelsim.outputs.plain_text import plain

NORMAL_95: Final = 1.96
PARTS_OF_AN_ERROR: Final = 3.0
"""As in the sentences of a comparison: an interval is printed a little finer than it is known."""
SCENARIO_TRACK: Final = "Simulated from a scenario: no record shows yet how often bands like these held what happened."
Cell = str | Quantity


def figure(answer: Answer, path: str, unit: str, error: float = 0.0, *, signed: bool = False) -> Quantity:
    """Return a figure in its unit.

    Parameters
    ----------
    answer : Answer
        The answer.
    path : str
        Where it stands.
    unit : str
        ``money`` or ``money each``, ``chance``, ``share``, else a plain number.
    error : float
        Its standard error in the figure's own unit; the text is rounded to it, but what is not 0 is not printed as 0.
    signed : bool
        Whether it is a change: a plus stands before a rise, and shares are points.

    Returns
    -------
    Quantity
        A dash where there is none.
    """
    value = answer.at(path)
    if value is None:
        return Quantity(None, DASH, path)
    if not value and signed:
        return Quantity(0.0, "0", path)
    text = _text(answer, path, unit, error, signed=signed)
    for _ in range(6):
        if not value or error <= 0 or any(digit in text for digit in "123456789"):
            break
        error /= 10
        text = _text(answer, path, unit, error, signed=signed)
    return Quantity(float(value), f"+{text}" if signed and value > 0 else text, path)


def _text(answer: Answer, path: str, unit: str, error: float, *, signed: bool) -> str:
    value = float(answer.at(path))
    if unit in {"money", "money each"}:
        return answer.money(path, error).text
    if unit == "chance" and not signed:
        return answer.chance(path).text
    if unit in {"share", "chance"}:
        return f"{100 * value:.{0 if error >= 0.01 else 1}f}" + (" points" if signed else "%")
    return number_text(value, error)


def half_error(answer: Answer, path: str) -> float:
    """Return the standard error behind a 95 % interval.

    Parameters
    ----------
    answer : Answer
        The answer.
    path : str
        Where an object with ``low`` and ``high`` stands.

    Returns
    -------
    float
        0 where an end is not known.
    """
    low, high = answer.at(f"{path}/low"), answer.at(f"{path}/high")
    return 0.0 if low is None or high is None else float(high - low) / 2 / NORMAL_95


def interval(answer: Answer, path: str, unit: str, *, signed: bool = True) -> tuple[Quantity, Quantity, Quantity]:
    """Return an estimate and the ends of its interval.

    Parameters
    ----------
    answer : Answer
        The answer.
    path : str
        Where an object with ``estimate``, ``low`` and ``high`` stands.
    unit : str
        As :func:`figure` takes it.
    signed : bool
        Whether it is a difference.

    Returns
    -------
    tuple of three Quantity
        Estimate, low, high; rounded to a part of the estimate's standard error.
    """
    error = half_error(answer, path) / PARTS_OF_AN_ERROR
    estimate, low, high = (
        figure(answer, f"{path}/{name}", unit, error, signed=signed) for name in ("estimate", "low", "high")
    )
    return estimate, low, high


def intervals_chart(answer: Answer, paths: Sequence[str], names: Sequence[str], unit: str, *, axis: str = "") -> Chart:
    """Return estimates with their intervals as floating bars.

    Parameters
    ----------
    answer : Answer
        The answer.
    paths : sequence of str
        Where objects with ``estimate``, ``low`` and ``high`` stand.
    names : sequence of str
        One each.
    unit : str
        As :func:`figure` takes it.
    axis : str
        Title of the axis; money has its own.

    Returns
    -------
    Chart
        Of kind ``ranges``.
    """
    found = [interval(answer, path, unit) for path in paths]
    series = (
        Series("95% from", "low", tuple(low for _, low, _ in found)),
        Series("estimate", "middle", tuple(estimate for estimate, _, _ in found)),
        Series("95% to", "high", tuple(high for _, _, high in found)),
    )
    return scaled(answer, "ranges", names, series, unit, axis)


def scaled(
    answer: Answer, kind: str, names: Sequence[str], series: tuple[Series, ...], unit: str, axis: str = ""
) -> Chart:
    """Return a chart whose axis suits its values.

    Parameters
    ----------
    answer : Answer
        Names the currency.
    kind : str
        Of the chart.
    names : sequence of str
        Categories; made distinct, so that no form takes two for one.
    series : tuple of Series
        Each as long as the names.
    unit : str
        As :func:`figure` takes it.
    axis : str
        Title of an axis that is no money.

    Returns
    -------
    Chart
        Money in a scale of its own, shares and numbers as they are.
    """
    values = [one for part in series for one in part.values]
    money = unit in {"money", "money each"}
    title, scale = axis_of(values, answer.currency) if money else (axis, 1.0)
    known: ChartUnit = "money" if money else unit if unit in {"chance", "share", "count", "days"} else "number"  # type: ignore[assignment]
    return Chart(kind, distinct(names), series, known, title, scale)  # type: ignore[arg-type]


def rising(places: Sequence[object]) -> tuple[float, ...] | None:
    """Return numbers that lines can stand over.

    Parameters
    ----------
    places : sequence of object
        What each category is: a number, its text, or words.

    Returns
    -------
    tuple of float or None
        None where one is no number, or where they do not rise.
    """
    try:
        found = tuple(float(str(one)) for one in places)
    except ValueError:
        return None
    whole = len(found) > 1 and all(math.isfinite(one) for one in found)
    return found if whole and all(a < b for a, b in pairwise(found)) else None


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of which no two are the same.

    Parameters
    ----------
    names : sequence of str
        Any.

    Returns
    -------
    tuple of str
        A later one of equals gets its number.
    """
    found: list[str] = []
    for name in names:
        shown, number = name or "(none)", 2
        while shown in found:
            shown, number = f"{name or '(none)'} ({number})", number + 1
        found.append(shown)
    return tuple(found)


def said(answer: Answer, *paths: str) -> tuple[str, ...]:
    """Return sentences of the answer.

    Parameters
    ----------
    answer : Answer
        The answer.
    *paths : str
        Where a sentence, or a list of sentences, stands.

    Returns
    -------
    tuple of str
        Safe to show; without empty ones.
    """
    found: list[str] = []
    for path in paths:
        value = answer.at(path)
        found += [value] if isinstance(value, str) else list(value or ())
    return tuple(plain(str(one)) for one in found if str(one).strip())


def shown_name(answer: Answer, path: str, most: int = NAME_LENGTH) -> str:
    """Return a name, cut to what a table has room for.

    Parameters
    ----------
    answer : Answer
        The answer.
    path : str
        Where it stands.
    most : int
        Largest number of characters.

    Returns
    -------
    str
        ``(none)`` where there is none.
    """
    return answer.text(path, most).strip() or "(none)"


def called(kind: str, name: str) -> str:
    """Return a name with the word for what it names before it, once.

    Parameters
    ----------
    kind : str
        Such as ``strategy``, or ``Strategy`` where a sentence begins.
    name : str
        As :func:`shown_name` returns it; may begin with that word, as words that stand for names do.

    Returns
    -------
    str
        Such as ``strategy P0``; ``Strategy 8fe6ab01`` for the name ``strategy 8fe6ab01``.
    """
    first, _, rest = name.partition(" ")
    return f"{kind} {rest if rest and first.casefold() == kind.casefold() else name}"


def notes_exhibit(answer: Answer, path: str = "/notes") -> tuple[Exhibit, ...]:
    """Return what else must be known of an answer.

    Parameters
    ----------
    answer : Answer
        The answer.
    path : str
        Where the notes stand.

    Returns
    -------
    tuple of Exhibit
        One, or none where there are no notes.
    """
    notes = said(answer, path)
    if not notes:
        return ()
    rows: tuple[tuple[Cell, ...], ...] = tuple((f"{number}", note) for number, note in enumerate(notes, start=1))
    return (Exhibit("notes", "What was read, solved or set on the way.", table=Table(("", "Note"), rows)),)


def words_exhibit(*definitions: str) -> Exhibit:
    """Return what the words of a pack mean.

    Parameters
    ----------
    *definitions : str
        One sentence each.

    Returns
    -------
    Exhibit
        The last of the appendix.
    """
    return Exhibit("words", "What the words mean.", points=definitions)
