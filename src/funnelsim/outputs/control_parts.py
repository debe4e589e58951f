"""What controls did, in a sentence for people and as a part of a JSON document for programs.

The question: did a twin world whose mean is known make this mean better known, and was that worth the work?  Said as it
was measured, also where it did nothing.

What it leaves out: the means and differences without controls, which are the answer itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from funnelsim.model.control import Control, ControlledEstimate
from funnelsim.model.intervals import Interval

Document = dict[str, Any]
Amount = Callable[[float], int | float | None]
_MONEY: Final = "bookings of the twin"
_HARDLY: Final = 1.05
"""A reduction below this is no more than noise."""


def control_sentence(control: Control, estimate: ControlledEstimate, what: str, estimated: str) -> str:
    """Return what the controls did for one mean.

    Parameters
    ----------
    control : Control
        Gives the work.
    estimate : ControlledEstimate
        One of its estimates.
    what : str
        Of what, such as ``mean bookings``.
    estimated : str
        The estimate with its interval, in words.

    Returns
    -------
    str
        One or two sentences.
    """
    named = what[0].upper() + what[1:]
    moved = _moved(estimate)
    if not estimate.used:
        return (
            f"Twin world without queues: it does not help here{moved}; the variance of {what} stays what it was, and "
            f"the answer is the one without it."
        )
    price = f"for {_work_text(control.work)} the work of the simulation on top"
    worth = "it pays" if estimate.pays else "more replications would be cheaper"
    if estimate.reduction < _HARDLY:
        return f"Twin world without queues: it does next to nothing here{moved}, {price}. {named} with it: {estimated}."
    return (
        f"Twin world without queues: it makes the variance of {what} {reduction_text(estimate.reduction)} times "
        f"smaller{moved}, {price}; {worth}. {named} with it: {estimated}."
    )


def _moved(estimate: ControlledEstimate) -> str:
    return "" if estimate.correlation is None else f" (correlation {estimate.correlation:.2f})"


def _work_text(work: float) -> str:
    return f"{100 * work:.0f}% of" if work < 1 else f"{work:.1f} times"


def reduction_text(reduction: float) -> str:
    """Return a variance reduction in words.

    Parameters
    ----------
    reduction : float
        At least 1; may be infinite.

    Returns
    -------
    str
        Two digits; ``infinitely many`` where nothing is left.
    """
    if math.isinf(reduction):
        return "infinitely many"
    return f"{reduction:.1f}" if reduction < 10 else f"{float(f'{reduction:.2g}'):,.0f}"


def control_document(control: Control, money: Amount, amount: Amount) -> Document:
    """Return what the controls did as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    control : Control
        Any.
    money : callable
        Turns minor units into what a document shows.
    amount : callable
        The same for the unit of the estimates.

    Returns
    -------
    dict
        The part ``control`` of the schemas.
    """
    return {
        "controls": [
            {"name": name, "mean": shown(mean), "found": shown(found)}
            for name, mean, found in zip(control.names, control.means, control.found, strict=True)
            for shown in (money if name == _MONEY else _known,)
        ],
        "work": control.work,
        "left_out": list(control.left_out),
        "estimates": [
            {
                "label": one.label,
                "plain": _interval(one.plain, amount),
                "controlled": _interval(one.interval, amount),
                "correlation": one.correlation,
                "explained": one.explained,
                "variance_reduction": _known(one.reduction),
                "used": one.used,
                "pays": one.pays,
                "note": one.note,
            }
            for one in control.estimates
        ],
    }


def _interval(one: Interval, amount: Amount) -> Document:
    ends = {name: amount(getattr(one, name)) for name in ("estimate", "low", "high")}
    return {**ends, "confidence": one.confidence, "at_least": one.at_least, "method": one.method}


def _known(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None
