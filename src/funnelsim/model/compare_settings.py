"""What a comparison is asked, beside the scenarios and strategies that are compared.

These settings and the scenarios determine the answer to the last bit.  What it leaves out: the scenarios.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from funnelsim.model.comparison import Comparison

DEFAULT_LEDGER: Final = 25


@dataclass(frozen=True)
class CompareSettings:
    """One comparison to make.

    Attributes
    ----------
    strategies : tuple of str
        Names as they were asked for; empty for every strategy of every scenario.
    horizon : int
        Whole periods.
    metric : str
        The score that decides.
    precision : str or None
        How well the difference is to be known, in the user's words; None for a fixed number of replications.
    replications : int
        Futures of each; of the first look with ``precision``.
    seed : int
        Root of all luck.
    null_twins : tuple of str
        Mechanisms that are switched off in turn.
    ledger : int
        Replications in which every lead is followed; 0 for no ledger.
    allow_different_worlds : bool
        Whether scenarios may differ in more than strategies.
    confidence : float
        Of every interval.
    control : bool
        Whether the differences are also estimated with controls.
    """

    strategies: tuple[str, ...]
    horizon: int
    metric: str
    precision: str | None
    replications: int
    seed: int
    null_twins: tuple[str, ...]
    ledger: int
    allow_different_worlds: bool
    confidence: float
    control: bool = False

    @classmethod
    def of(cls, comparison: Comparison, strategies: tuple[str, ...] = (), ledger: int | None = None) -> CompareSettings:
        """Return the settings that a comparison was made with.

        Parameters
        ----------
        comparison : Comparison
            The answer.
        strategies : tuple of str
            Names as they were asked for.
        ledger : int, optional
            Replications that were asked to be followed; read off the answer when left out, which cannot tell when
            there were fewer.

        Returns
        -------
        CompareSettings
            What makes the same answer from the same entrants.
        """
        kept = comparison.contests[0].ledger
        followed = kept.replications if kept else 0
        if 0 < followed == comparison.replications:
            followed = max(followed, DEFAULT_LEDGER)
        looks = comparison.looks
        return cls(
            strategies=strategies,
            horizon=comparison.calendar.horizon,
            metric=comparison.metric.name,
            precision=looks.asked if looks else None,
            replications=looks.looks[0] if looks else comparison.replications,
            seed=comparison.seed,
            null_twins=tuple(twin.mechanism for twin in comparison.null_twins),
            ledger=followed if ledger is None else ledger,
            allow_different_worlds=bool(comparison.differing),
            confidence=comparison.confidence,
            control=comparison.control is not None,
        )

    def as_document(self) -> dict[str, Any]:
        """Return the settings as plain JSON values.

        Returns
        -------
        dict
            One key a field; ``control`` only where it is asked.
        """
        found = {**asdict(self), "strategies": list(self.strategies), "null_twins": list(self.null_twins)}
        return found if self.control else {name: value for name, value in found.items() if name != "control"}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> CompareSettings:
        """Read settings back.

        Parameters
        ----------
        document : mapping
            From :meth:`as_document`.

        Returns
        -------
        CompareSettings
            The same.
        """
        known = {name: document[name] for name in cls.__dataclass_fields__ if name in document}
        return cls(**{**known, **{name: tuple(known.get(name, ())) for name in ("strategies", "null_twins")}})
