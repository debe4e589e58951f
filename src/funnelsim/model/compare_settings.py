"""What a comparison is asked, beside the scenarios and strategies that are compared.

These settings and the scenarios determine the answer to the last bit.  What it leaves out: the scenarios.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from funnelsim.model.comparison import Comparison
from funnelsim.model.saved_settings import SavedSettings

DEFAULT_LEDGER: Final = 25


@dataclass(frozen=True)
class CompareSettings(SavedSettings):
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

    UNSAID: ClassVar = frozenset({"control"})

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
