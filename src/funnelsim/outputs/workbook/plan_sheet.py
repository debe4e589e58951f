"""The sheet on which a plan and a percentile can be typed: chance, shortfall and amounts recalculate.

The chance is the share of simulated futures that reach the amount, as ``forecast --plan`` counts it, and is said as
rounded as the simulation knows it: never 0 % or 100 %.  A percentile is the smallest simulated total with at least
that share of futures at or below it, as everywhere in this program.

What it leaves out: the futures themselves (:mod:`funnelsim.outputs.workbook.live_sheets`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from funnelsim.model.board_pack import Pack, PackData
from funnelsim.outputs.number_text import percent_text, span_text
from funnelsim.outputs.packs.answer_words import Answer, days_text, period_at
from funnelsim.outputs.plain_text import plain
from funnelsim.outputs.workbook.cells import NEVER, Formats, write_text

SHARES: Final = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
TYPED: Final = {"bg_color": "#FFF2CC", "border": 1}
Floats = npt.NDArray[np.float64]


def write_plan(book: Any, sheet: Any, pack: Pack, data: PackData, names: Mapping[str, str], formats: Formats) -> None:
    """Write the sheet of the typed plan.

    Parameters
    ----------
    book : xlsxwriter Workbook
        Gets the names ``plan_amount`` and ``plan_chance``.
    sheet : xlsxwriter Worksheet
        Named ``Plan``.
    pack : Pack
        Its answer may name a plan.
    data : PackData
        The futures.
    names : mapping of str to str
        Names of the cells of ``plan`` or ``total``, from ``write_futures``.
    formats : Formats
        Of the workbook.
    """
    which = "plan" if "plan" in names else "total"
    ordered = np.sort(np.asarray(data.futures[which], dtype=np.float64))
    sheet.set_column(0, 0, 64)
    sheet.set_column(1, 2, 20)
    write_text(sheet, 0, 0, "The chance of a plan, and the amount at a percentile", formats.of(bold=True, font_size=13))
    write_text(sheet, 1, 0, _counted(pack, which, len(ordered)))
    _chance(sheet, names[which], ordered, _target(pack, which, ordered), formats)
    book.define_name("plan_amount", "=Plan!$B$4")
    book.define_name("plan_chance", "=Plan!$B$5")
    _percentiles(sheet, names[which], ordered, formats)
    write_text(sheet, 21, 0, "Yellow cells can be typed into. If the open pipeline and the assumptions hold.")
    write_text(sheet, 22, 0, pack.track)


def rank(share: float, count: int) -> int:
    """Return the rank of a percentile.

    Parameters
    ----------
    share : float
        In [0, 1].
    count : int
        How many futures there are.

    Returns
    -------
    int
        From 1: that of the smallest total with at least that share at or below it.
    """
    return min(max(1, math.ceil(round(share * count, 6))), count)


def _target(pack: Pack, which: str, ordered: Floats) -> float:
    stated = Answer(pack.answer).at("/plan/target") if which == "plan" else None
    return float(ordered[rank(0.5, len(ordered)) - 1]) if stated is None else float(stated)


def _counted(pack: Pack, which: str, count: int) -> str:
    answer = Answer(pack.answer)
    first = f"Counted over {count:,} simulated futures"
    if which == "plan" and answer.at("/plan/window") is not None:
        booked = answer.money("/plan/window/actuals", named=True).text
        return f"{first} of {span_text(period_at(answer, '/plan/window'))}, with the {booked} booked already."
    if answer.at("/total/start") is not None:
        return f"{first} of {days_text(answer, '/total')}; money booked already does not count."
    return f"{first} of the whole horizon."


def _chance(sheet: Any, cells: str, ordered: Floats, target: float, formats: Formats) -> None:
    count = len(ordered)
    made, short = int((ordered >= target).sum()), ordered[ordered < target]
    chance = made / count
    error = math.sqrt(chance * (1.0 - chance) / count)
    write_text(sheet, 3, 0, "Type a plan here")
    sheet.write_number(3, 1, target, formats.money(**TYPED))
    sheet.data_validation(3, 1, 3, 1, {"validate": "decimal", "criteria": ">=", "value": -1e15})
    counted, missing = formats.of(num_format=NEVER), f'COUNTIF({cells},"<"&$B$4)'
    lines: tuple[tuple[str, str, Any, float | str], ...] = (
        (
            "Share of the futures that reach it",
            f'=COUNTIF({cells},">="&$B$4)/COUNT({cells})',
            counted,
            chance,
        ),
        ("Share that miss it", "=1-$B$5", counted, 1.0 - chance),
        (
            "The chance is known to a step of so many hundredths",
            f"={_step_formula('$B$5', cells)}",
            formats.of(num_format="0"),
            _step(max(error, 1.0 / count)),
        ),
        (
            "So the chance of the plan is",
            f"={_said_formula('$B$5')}",
            formats.of(align="right", bold=True),
            percent_text(chance, error, count),
        ),
        (
            "and the chance to miss it",
            f"={_said_formula('$B$6')}",
            formats.of(align="right", bold=True),
            percent_text(1.0 - chance, error, count),
        ),
        (
            "Average shortfall of the futures that miss it",
            f'=IF({missing}=0,0,$B$4-SUMIF({cells},"<"&$B$4)/{missing})',
            formats.money(),
            float(target - short.mean()) if len(short) else 0.0,
        ),
    )
    for row, (words, formula, look, value) in enumerate(lines, start=4):
        write_text(sheet, row, 0, words)
        sheet.write_formula(row, 1, formula, look, value)


def _step(error: float) -> int:
    return next((whole for whole in (1, 2, 5, 10, 20) if whole >= 100 * error), 50)


def _step_formula(chance: str, cells: str) -> str:
    """Return the step as :func:`funnelsim.outputs.number_text.percent_text` finds it."""
    known = f"100*MAX(SQRT({chance}*(1-{chance})/COUNT({cells})),1/COUNT({cells}))"
    return f"IF({known}<=1,1,IF({known}<=2,2,IF({known}<=5,5,IF({known}<=10,10,IF({known}<=20,20,50)))))"


def _said_formula(chance: str) -> str:
    """Return a chance in words; halves go to the even step, as they do in this program."""
    steps = f"ROUND({chance}*100/$B$7,9)"
    whole = f"(ROUND({steps},0)-IF(AND({steps}-INT({steps})=0.5,ISEVEN(INT({steps}))),1,0))*$B$7"
    ends = f'IF({whole}>=100,"more than "&(100-$B$7)&"%",{whole}&"%")'
    return f'IF({whole}<=0,"less than "&$B$7&"%",{ends})'


def _percentiles(sheet: Any, cells: str, ordered: Floats, formats: Formats) -> None:
    head = formats.of(bold=True, bottom=1)
    write_text(sheet, 11, 0, "Type a share: so many futures lie at or below the amount beside it", head)
    write_text(sheet, 11, 1, "Share", formats.of(bold=True, bottom=1, align="right"))
    write_text(sheet, 11, 2, "Amount", formats.of(bold=True, bottom=1, align="right"))
    percent = formats.of(num_format="0.##%", **TYPED)
    for row, share in enumerate(SHARES, start=12):
        write_text(sheet, row, 0, f"P{share * 100:g} at first")
        sheet.write_number(row, 1, share, percent)
        place = f"MIN(MAX(1,ROUNDUP(ROUND(B{row + 1}*COUNT({cells}),6),0)),COUNT({cells}))"
        value = float(ordered[rank(share, len(ordered)) - 1])
        sheet.write_formula(row, 2, f"=SMALL({cells},{place})", formats.money(), value)
    rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
    told = {"error_title": "A share", "error_message": plain("Type a share between 0% and 100%, such as 80%.")}
    sheet.data_validation(12, 1, 11 + len(SHARES), 1, {**rule, **told})
