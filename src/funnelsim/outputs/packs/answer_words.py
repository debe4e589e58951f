"""Numbers of a saved answer as quantities: found by their JSON pointer, printed as a board reads them.

One place turns the answer's numbers into text for all forms, so that a slide and a sheet cannot round differently.

What it leaves out: which numbers are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from funnelsim.model.board_pack import Quantity
from funnelsim.model.calendar import Calendar, Period
from funnelsim.outputs.number_text import in_hundred, money_text, percent_text, span_text, unit_for
from funnelsim.outputs.plain_text import plain

NAME_LENGTH = 80
DASH = "-"


class Answer:
    """A saved answer: JSON values, found by pointer, as quantities.

    Parameters
    ----------
    document : mapping
        The answer as ``--json`` prints it.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.currency: str | None = document.get("currency")
        self.replications = max(1, int(document.get("replications") or 1))

    def at(self, path: str) -> Any:
        """Return what stands at a JSON pointer.

        Parameters
        ----------
        path : str
            Such as ``/total/p50``.

        Returns
        -------
        JSON value
            None where nothing stands there.
        """
        found: Any = self.document
        for word in path.split("/")[1:]:
            if isinstance(found, Mapping):
                found = found.get(word)
            elif isinstance(found, Sequence) and not isinstance(found, str) and int(word) < len(found):
                found = found[int(word)]
            else:
                return None
        return found

    def money(self, path: str, error: float = 0.0, *, named: bool = False) -> Quantity:
        """Return an amount.

        Parameters
        ----------
        path : str
            Where it stands.
        error : float
            Its standard error in major units; the text is rounded to it.
        named : bool
            Whether the currency stands in front.

        Returns
        -------
        Quantity
            A dash where there is none.
        """
        value = self.at(path)
        return Quantity(None, DASH, path) if value is None else self.amount(float(value), path, error, named=named)

    def amount(self, value: float, path: str = "", error: float = 0.0, *, named: bool = False) -> Quantity:
        """Return an amount that is at hand.

        Parameters
        ----------
        value : float
            Major units.
        path : str
            Where it stands; empty for a sum or difference.
        error : float
            Its standard error in major units.
        named : bool
            Whether the currency stands in front.

        Returns
        -------
        Quantity
            At most three significant digits.
        """
        return Quantity(value, money_text(value, 0, self.currency if named else None, error), path)

    @property
    def is_stated(self) -> bool:
        """Whether PR x PC says anything: records in which nobody stated a PC give no PR x PC of 0."""
        return self.at("/learned") is None or bool(self.at("/input/expected_value"))

    def stated(self, path: str, *, named: bool = False) -> Quantity:
        """Return the PR x PC of a band of a forecast.

        Parameters
        ----------
        path : str
            Where the band stands.
        named : bool
            Whether the currency stands in front.

        Returns
        -------
        Quantity
            A dash where the forecast was learned from records in which nobody stated a PC: that is no PR x PC of 0.
        """
        if not self.is_stated:
            return Quantity(None, DASH)
        return self.money(f"{path}/expected_value", named=named)

    def chance(self, path: str) -> Quantity:
        """Return a simulated chance, rounded to what the replications know.

        Parameters
        ----------
        path : str
            Where it stands.

        Returns
        -------
        Quantity
            Never 0 % or 100 %.
        """
        value = self.at(path)
        if value is None:
            return Quantity(None, DASH, path)
        return Quantity(float(value), percent_text(float(value), self.chance_error(value), self.replications), path)

    def opposite(self, path: str) -> Quantity:
        """Return the chance that it does not happen.

        Parameters
        ----------
        path : str
            Where the chance stands.

        Returns
        -------
        Quantity
            Without a pointer: it is 1 less what stands there.
        """
        value = 1.0 - float(self.at(path))
        return Quantity(value, percent_text(value, self.chance_error(value), self.replications))

    def chance_error(self, chance: float) -> float:
        """Return the Monte Carlo error of a chance.

        Parameters
        ----------
        chance : float
            In [0, 1].

        Returns
        -------
        float
            Binomial.
        """
        return float((chance * (1.0 - chance) / self.replications) ** 0.5)

    def both_sides(self, path: str) -> tuple[str, str]:
        """Return a chance and its opposite as counts of a hundred.

        Parameters
        ----------
        path : str
            Where the chance stands.

        Returns
        -------
        tuple of two str
            As :func:`~funnelsim.outputs.number_text.in_hundred` says.
        """
        value = float(self.at(path))
        return in_hundred(value, self.chance_error(value), self.replications)

    def share(self, path: str, digits: int = 0) -> Quantity:
        """Return a share of something counted, as a percentage.

        Parameters
        ----------
        path : str
            Where it stands.
        digits : int
            Decimals.

        Returns
        -------
        Quantity
            A dash where there is none.
        """
        value = self.at(path)
        return Quantity(None, DASH, path) if value is None else Quantity(float(value), f"{value:.{digits}%}", path)

    def number(self, path: str, digits: int = 0, unit: str = "") -> Quantity:
        """Return a plain number.

        Parameters
        ----------
        path : str
            Where it stands.
        digits : int
            Decimals.
        unit : str
            Put behind it.

        Returns
        -------
        Quantity
            A dash where there is none.
        """
        value = self.at(path)
        return (
            Quantity(None, DASH, path) if value is None else Quantity(float(value), f"{value:,.{digits}f}{unit}", path)
        )

    def text(self, path: str, most: int | None = None) -> str:
        """Return text from the answer, made safe to show.

        Parameters
        ----------
        path : str
            Where it stands.
        most : int, optional
            Largest number of characters.

        Returns
        -------
        str
            Empty where there is none.
        """
        value = self.at(path)
        return "" if value is None else plain(str(value), most)

    def count(self, path: str) -> int:
        """Return how many entries a list of the answer has.

        Parameters
        ----------
        path : str
            Where the list stands.

        Returns
        -------
        int
            0 where there is none.
        """
        return len(self.at(path) or ())


def axis_of(values: Sequence[Quantity], currency: str | None) -> tuple[str, float]:
    """Return the title and scale of an axis of money.

    Parameters
    ----------
    values : sequence of Quantity
        What is drawn on it.
    currency : str or None
        Code.

    Returns
    -------
    tuple of str and float
        Such as ``million USD`` and 1e6.
    """
    largest = max((abs(one.value) for one in values if one.value is not None), default=0.0)
    unit = unit_for(Decimal(largest))
    name = f" {plain(currency, 12)}" if currency else ", currency not given"
    return f"{unit.long}{name}".lstrip(", "), float(unit.size)


def calendar_of(document: Mapping[str, Any]) -> Calendar:
    """Return the calendar of an answer.

    Parameters
    ----------
    document : mapping
        With ``as_of`` and ``calendar``.

    Returns
    -------
    Calendar
        For labels of its periods.
    """
    words = document["calendar"]
    return Calendar(date.fromisoformat(document["as_of"]), words["period"], words["horizon"], words["fiscal_start"])


def period_at(answer: Answer, path: str) -> Period:
    """Return the days of an entry with ``start`` and ``end``.

    Parameters
    ----------
    answer : Answer
        The answer.
    path : str
        Where the entry stands.

    Returns
    -------
    Period
        Whole days.
    """
    return Period(date.fromisoformat(answer.at(f"{path}/start")), date.fromisoformat(answer.at(f"{path}/end")))


def days_text(answer: Answer, path: str) -> str:
    """Return the days of an entry in words.

    Parameters
    ----------
    answer : Answer
        The answer.
    path : str
        Where the entry stands.

    Returns
    -------
    str
        Such as ``Jan 2015 to Dec 2015``.
    """
    return span_text(period_at(answer, path))
