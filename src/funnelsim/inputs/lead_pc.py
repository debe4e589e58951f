"""Filling in a missing PC from the lead's stage, where the user asks for it.

The question: a lead has an amount and a date but no probability; what do its neighbours in the same stage have?  The
mean of at least ten rows of that stage in the file, else what the CRM publishes, else what the user gives, else
nothing: the row is then left out and counted.  Every filled row is marked.

What it leaves out: whether stated probabilities are true; calibration answers that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from funnelsim.inputs.crm_stages import published_pc, stage_key
from funnelsim.inputs.findings import Findings, rows_of, some_headers
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.model.leads import Imputation

FEWEST_ROWS = 10
_PLACES = 12
"""Decimals of a mean PC; far below the resolution of a draw."""


@dataclass(frozen=True)
class FilledPcs:
    """PCs with the gaps filled that a rule could fill.

    Attributes
    ----------
    values : tuple of Decimal or None, (row,)
        In [0, 1]; None where nothing was stated and no rule applied.
    imputed : bool, (row,)
        True where a rule filled it in.
    imputations : tuple of Imputation
        The rules used, with counts.
    """

    values: tuple[Decimal | None, ...]
    imputed: npt.NDArray[np.bool_]
    imputations: tuple[Imputation, ...]


def refuse_unknown_stages(stages: Sequence[str], options: ReadingOptions, findings: Findings) -> None:
    """Stop at a ``--stage-pc`` for a stage that no row is in: most likely it is mistyped.

    Parameters
    ----------
    stages : sequence of str, (row,)
        Stages as written.
    options : ReadingOptions
        ``stage_pc``.
    findings : Findings
        Takes the problems.
    """
    known = {stage_key(stage): stage.strip() for stage in stages if stage.strip()}
    for stage in options.stage_pc:
        if stage_key(stage) not in known:
            hint = f"the stages are {some_headers(sorted(known.values()))}" if known else "the file has no stages"
            findings.say("--stage-pc", "for a stage that is in the file", stage, hint)


def fill_pcs(
    values: Sequence[Decimal | None],
    stages: Sequence[str],
    is_open: npt.NDArray[np.bool_],
    dialect: str,
    options: ReadingOptions,
) -> FilledPcs:
    """Fill missing PCs of open rows by stage.

    Parameters
    ----------
    values : sequence of Decimal or None, (row,)
        Stated PCs.
    stages : sequence of str, (row,)
        Stages as written.
    is_open : bool, (row,)
        Rows to fill, and to learn from.
    dialect : str
        Whose published probabilities apply.
    options : ReadingOptions
        ``impute`` and ``stage_pc``.

    Returns
    -------
    FilledPcs
        The same values where nothing was asked for.
    """
    imputed = np.zeros(len(values), dtype=np.bool_)
    if options.impute is None:
        return FilledPcs(tuple(values), imputed, ())
    rules = _Rules(values, stages, is_open, dialect, options)
    filled = list(values)
    used: Counter[str] = Counter()
    for row in np.flatnonzero(is_open).tolist():
        if filled[row] is None and (rule := rules.of(stages[row])) is not None:
            filled[row], said = rule
            imputed[row] = True
            used[said] += 1
    return FilledPcs(tuple(filled), imputed, tuple(Imputation("pc", said, count) for said, count in used.items()))


class _Rules:
    """The first rule that gives a stage its PC."""

    def __init__(
        self,
        values: Sequence[Decimal | None],
        stages: Sequence[str],
        is_open: npt.NDArray[np.bool_],
        dialect: str,
        options: ReadingOptions,
    ) -> None:
        self.dialect = dialect
        self.told = {stage_key(stage): pc for stage, pc in options.stage_pc.items()}
        self.known: dict[str, list[Decimal]] = defaultdict(list)
        for row in np.flatnonzero(is_open).tolist():
            value = values[row]
            if value is not None:
                self.known[stage_key(stages[row])].append(value)

    def of(self, stage: str) -> tuple[Decimal, str] | None:
        key = stage_key(stage)
        if not key:
            return None
        known = self.known.get(key, [])
        if len(known) >= FEWEST_ROWS:
            mean = round(sum(map(Fraction, known), Fraction(0)) / len(known) * 10**_PLACES)
            pc = Decimal(mean).scaleb(-_PLACES).normalize()
            return pc, f"mean PC of {rows_of(len(known))} in stage {stage.strip()!r} = {pc:f}"
        published = published_pc(self.dialect, stage)
        if published is not None:
            return published, f"{self.dialect}'s published default for stage {stage.strip()!r} = {published}"
        told = self.told.get(key)
        return None if told is None else (told, f"--stage-pc for stage {stage.strip()!r} = {told}")
