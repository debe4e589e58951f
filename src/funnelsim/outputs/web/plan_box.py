"""What the page's plan box needs: the futures in rising order, or enough of their quantiles.

The box counts the futures that reach a typed amount, as ``forecast --plan`` does; above 10,000 futures it reads the
chance from 10,001 quantiles, and is then off by less than 1 in 10,000.

What it leaves out: the counting, which the browser does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from funnelsim.model.board_pack import Pack, PackData
from funnelsim.model.money import minor_digits
from funnelsim.outputs.number_text import span_text
from funnelsim.outputs.packs.answer_words import Answer, days_text, period_at
from funnelsim.outputs.plain_text import plain

MOST_FUTURES = 10_000


class PlanBox(NamedTuple):
    """The plan box.

    Attributes
    ----------
    start : str
        The amount that stands in it first: the run's plan or goal, or nothing.
    words : str
        What counts towards a plan.
    values : dict
        For the browser: ``exact``, ``count`` of futures, sorted ``values``, the ``prefix`` of an amount, the
        currency's decimals ``digits``, the ``signs`` that may stand beside an amount, and ``examples`` of amounts.
    """

    start: str
    words: str
    values: dict[str, Any]


def plan_box(pack: Pack, data: PackData, signs: Mapping[str, str]) -> PlanBox | None:
    """Return the plan box of a pack.

    Parameters
    ----------
    pack : Pack
        Says the plan and its days.
    data : PackData
        Its futures ``plan``, else ``total``, are counted.
    signs : mapping of str to str
        What may stand beside an amount, and which currency it names.

    Returns
    -------
    PlanBox or None
        None without futures.
    """
    name = next((one for one in ("plan", "total") if one in data.futures), None)
    if name is None or not len(data.futures[name]):
        return None
    answer = Answer(pack.answer)
    futures = np.sort(np.asarray(data.futures[name], dtype=np.float64))
    exact = len(futures) <= MOST_FUTURES
    digits = minor_digits(pack.currency)
    values = futures if exact else quantile_table(futures)
    target = answer.at("/plan/target" if name == "plan" else "/goal/target")
    return PlanBox(
        start="" if target is None else f"{target:.15g}" if float(target).is_integer() else repr(float(target)),
        words=f"Write {_examples(digits)}. {_words(answer, name, pack.subtitle, len(futures))}",
        values={
            "exact": exact,
            "count": len(futures),
            "prefix": f"{plain(pack.currency, 12)} " if pack.currency else "",
            "digits": digits,
            "signs": list(signs.items()),
            "examples": _examples(digits),
            "values": [int(one) if float(one).is_integer() else float(one) for one in values.tolist()],
        },
    )


def quantile_table(ordered: npt.NDArray[np.float64], steps: int = MOST_FUTURES) -> npt.NDArray[np.float64]:
    """Return the smallest future and then one quantile a step.

    Parameters
    ----------
    ordered : float64, (replication,)
        In rising order.
    steps : int
        Quantiles.

    Returns
    -------
    float64, (steps + 1,)
        Entry i is the smallest future with at least ``i / steps`` of all at or below it.
    """
    places = -(-np.arange(steps + 1, dtype=np.int64) * len(ordered) // steps) - 1
    return ordered[np.maximum(places, 0)]


def _examples(digits: int) -> str:
    """Return amounts that the box reads, with as many decimals as the currency has."""
    return f"5M, 450k or 4500000{'.' if digits else ''}{'500'[:digits]}"


def _words(answer: Answer, name: str, subtitle: str, count: int) -> str:
    how = f"The share of {count:,} simulated futures that reach the amount, rounded to what they can know"
    how += "." if count <= MOST_FUTURES else ", read from 10,001 quantiles."
    if name == "plan" and answer.at("/plan/window") is not None:
        booked = answer.money("/plan/window/actuals", named=True).text
        days = span_text(period_at(answer, "/plan/window"))
        return f"Bookings of {days} count, with the {booked} booked already. {how}"
    if answer.at("/total/start") is not None:
        days = days_text(answer, "/total")
        return f"Simulated bookings of {days} count; money booked already does not. {how}"
    return f"{subtitle}. {how}"
