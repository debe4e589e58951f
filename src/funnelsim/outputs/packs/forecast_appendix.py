"""The appendix of a forecast's board pack: what was assumed, and what the file held.

Every assumption comes with its source and grade; every row of the file is accounted for.

What it leaves out: the messages before it (:mod:`funnelsim.outputs.packs.forecast_pack`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from funnelsim.model.board_pack import Exhibit, Quantity, Table
from funnelsim.outputs.packs.answer_words import Answer
from funnelsim.outputs.plain_text import plain

DEFINITIONS = (
    "PR: potential revenue of a lead. PC: its probability of ever closing. EV: PR x PC.",
    "P10, P50, P90: 1, 5 and 9 in 10 simulated futures book less. Percentiles do not add; means do.",
    "Bands hold if the assumptions do. They do not hold a change of market, price or team that no assumption names.",
)


def forecast_appendix(answer: Answer) -> tuple[Exhibit, ...]:
    """Return assumptions, data quality and definitions.

    Parameters
    ----------
    answer : Answer
        A forecast's answer.

    Returns
    -------
    tuple of Exhibit
        Always these three.
    """
    return (assumptions_exhibit(answer), _quality(answer), Exhibit("words", "What the words mean.", points=DEFINITIONS))


def assumptions_exhibit(answer: Answer) -> Exhibit:
    """Return everything that was assumed, with its source and grade.

    Parameters
    ----------
    answer : Answer
        Any answer with ``assumptions``.

    Returns
    -------
    Exhibit
        A row each.
    """
    rows = tuple(
        tuple(
            plain(_value_words(answer.at(f"/assumptions/{row}/{name}")), most)
            for name, most in (("name", 80), ("value", 80), ("source", 300), ("grade", 24), ("effect", 300))
        )
        for row in range(answer.count("/assumptions"))
    )
    said = f"The bands rest on {len(rows)} assumptions; each has a source and a grade."
    if answer.at("/as_stated") or not rows:
        said = "Nothing is assumed: dates, chances and amounts are as stated, and leads are independent."
    return Exhibit(
        "assumptions",
        said,
        table=Table(("Assumption", "Value", "Source", "Grade", "Effect"), rows) if rows else None,
        points=tuple(one for one in (answer.text("/sentences/optimism"),) if one),
        notes=(
            "Grades: A peer-reviewed or official, B large survey, C practitioner claim, ours: chosen by the program.",
        ),
    )


def _value_words(value: Any) -> str:
    """Return a value as a person writes it: no brackets, no digits beyond the fourth."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_value_words(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_value_words, value))
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)


def _quality(answer: Answer) -> Exhibit:
    left_out = [
        (f"left out: {answer.text(f'/input/excluded/{row}/reason', 80)}", answer.number(f"/input/excluded/{row}/rows"))
        for row in range(answer.count("/input/excluded"))
    ]
    filled = [
        (f"filled in: {answer.text(f'/input/imputed/{row}/rule', 80)}", answer.number(f"/input/imputed/{row}/rows"))
        for row in range(answer.count("/input/imputed"))
    ]
    rows: list[tuple[str | Quantity, ...]] = [
        ("rows in the file", answer.number("/input/rows")),
        ("forecast rows", answer.number("/input/forecast_rows")),
        ("won rows", answer.number("/input/won_rows")),
        ("lost rows", answer.number("/input/lost_rows")),
        ("overdue rows: stated close has passed", answer.number("/input/overdue/rows")),
        *left_out,
        *filled,
    ]
    told = answer.number("/input/forecast_rows").text
    return Exhibit(
        "quality",
        f"{told} of {answer.number('/input/rows').text} rows are forecast; every other row is accounted for.",
        table=Table(("Rows", "Number"), tuple(rows)),
        points=tuple(str(note) for note in answer.at("/input/notes") or ())[:8],
        notes=(f"File: {answer.text('/input/name', 80)}, SHA-256 {answer.text('/input/sha256')}.",),
    )
