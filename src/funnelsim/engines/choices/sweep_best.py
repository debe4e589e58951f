"""Which point of a sweep is best, how sure that is, and the finished answer.

The question: would another set of futures name another winner?  Replications are resampled, all points together, and
the share of sets in which the winner wins again is its chance; what it is expected to lose against the best of each
set is its regret.  How many others cannot be told from it is asked of paired differences, with Bonferroni's correction.

What it leaves out: a guarantee of a correct selection, which ``optimize`` gives.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from funnelsim.engines.choices.point_scores import RESAMPLES, Resampling
from funnelsim.engines.choices.sweep_effects import Factor, factors_of, responses_of, variance_shares
from funnelsim.engines.choices.sweeping import DesignScores, SweepRun
from funnelsim.engines.funnel_setting import calendar_of
from funnelsim.model.intervals import Interval
from funnelsim.model.money import minor_digits
from funnelsim.model.score_words import SCORES
from funnelsim.model.sweep import CONFIDENCE, BestPoint, Response, Sweep

Floats = npt.NDArray[np.float64]

MOST_CONTENDERS: Final = 500
"""Points with the best figures, among which the resampled winner is sought."""


def finished_sweep(run: SweepRun, scores: Sequence[DesignScores]) -> Sweep:
    """Sum a sweep up.

    Parameters
    ----------
    run : SweepRun
        What was simulated.
    scores : sequence of DesignScores
        One a design, in the order of the table.

    Returns
    -------
    Sweep
        Determined by its arguments.
    """
    figures = np.stack([one.figures for one in scores])
    contributions = np.concatenate([one.contributions for one in scores])
    metric = SCORES[run.settings.metric]
    known = np.isfinite(contributions[:, 0])
    factors = tuple(_rows(factor, known) for factor in factors_of(run.designs, run.strategies))
    full = run.designs.full and bool(known.all())
    best = best_point(contributions, len(run.strategies), run.settings.seed, higher=metric.higher)
    return Sweep(
        scenario=run.scenario,
        settings=run.settings,
        designs=run.designs,
        strategies=run.strategies,
        figures=figures,
        best=best,
        shares=variance_shares(factors, contributions[known], full=full, higher=metric.higher),
        responses=tuple(_responses(run, contributions, full)),
        calendar=calendar_of(run.scenario),
        currency=run.scenario.currency,
        minor_digits=minor_digits(run.scenario.currency),
        notes=(*run.opening.notes, *run.designs.notes, *_notes(best, len(contributions))),
        content_hash=content_hash(run, figures),
    )


def _rows(factor: Factor, known: npt.NDArray[np.bool_]) -> Factor:
    return factor if known.all() else Factor(factor.path, factor.levels, factor.codes[known], factor.numeric)


def _responses(run: SweepRun, contributions: Floats, full: bool) -> Iterator[Response]:
    levers, many = factors_of(run.designs, run.strategies[:1]), len(run.strategies)
    found = [
        responses_of(levers, contributions[number::many], name, full=full) for number, name in enumerate(run.strategies)
    ]
    for by_strategy in zip(*found, strict=True):
        yield from by_strategy


def _notes(best: BestPoint | None, points: int) -> Iterator[str]:
    missing = points - (best.known if best else 0)
    if missing:
        said = "1 point has" if missing == 1 else f"{missing:,} points have"
        yield f"{said} no such figure, and {'is' if missing == 1 else 'are'} left out of the choice and the effects."
    if best is not None and best.known > 1:
        yield (
            f"The best of {best.known:,} points was chosen on the same futures that give its figure, which flatters it "
            "a little: simulate it with another --seed before it is promised."
        )


def best_point(contributions: Floats, strategies: int, seed: int, *, higher: bool) -> BestPoint | None:
    """Return the point with the best metric, and how sure that is.

    Parameters
    ----------
    contributions : float64, (point, replication)
        Of the metric; ``nan`` where a point has none.
    strategies : int
        Points of one design.
    seed : int
        Root of resampling.
    higher : bool
        Whether more is better.

    Returns
    -------
    BestPoint or None
        The first of those that are equal; None where no point has the metric.
    """
    worth = contributions.mean(axis=1) * (1 if higher else -1)
    order = [point for point in np.argsort(-worth, kind="stable").tolist() if math.isfinite(worth[point])]
    if not order:
        return None
    first = order[0]
    chance, regret = _resampled_winner(contributions[order[:MOST_CONTENDERS]], seed, higher)
    gains = (contributions[first] - contributions) * (1 if higher else -1)
    undecided = _undecided(gains[order[1:]])
    margin = runner_up = None
    if len(order) > 1:
        runner_up = divmod(order[1], strategies)
        margin = _interval(gains[order[1]], CONFIDENCE)
    design, strategy = divmod(first, strategies)
    return BestPoint(design, strategy, chance, regret, runner_up, margin, undecided, len(order))


def _interval(gains: Floats, confidence: float) -> Interval:
    middle, error = float(gains.mean()), float(gains.std(ddof=1)) / math.sqrt(len(gains))
    half = -float(stdtrit(len(gains) - 1, (1 - confidence) / 2)) * error
    return Interval(middle, middle - half, middle + half, confidence, "paired t")


def _undecided(gains: Floats) -> int:
    """Return how many others the winner cannot be told from."""
    if not len(gains):
        return 0
    reach = -float(stdtrit(gains.shape[1] - 1, (1 - CONFIDENCE) / 2 / len(gains)))
    errors = gains.std(axis=1, ddof=1) / math.sqrt(gains.shape[1])
    return int((gains.mean(axis=1) <= reach * errors).sum())


def _resampled_winner(contenders: Floats, seed: int, higher: bool) -> tuple[float, float]:
    """Return how often the first contender wins in resampled sets, and what it loses on average against the winner."""
    count = contenders.shape[1]
    level = float(contenders[0].mean())
    apart = (contenders - level) * (1 if higher else -1)
    wins = loss = 0.0
    for block in Resampling(seed, count).blocks():
        weights = np.stack([np.bincount(row, minlength=count) for row in block]).astype(np.float64) / count
        means = apart @ weights.T
        top = means.max(axis=0)
        equal = means >= top - 1e-12 * np.abs(top)
        wins += float((equal[0] / equal.sum(axis=0)).sum())
        loss += float((top - means[0]).sum())
    return wins / RESAMPLES, loss / RESAMPLES


def content_hash(run: SweepRun, figures: Floats) -> str:
    """Return the fingerprint of a sweep.

    Parameters
    ----------
    run : SweepRun
        Its designs and strategies.
    figures : float64, (design, strategy, score, figure)
        Its answer.

    Returns
    -------
    str
        SHA-256 as hex; equal for equal inputs, whatever the threads and however often it was interrupted.
    """
    plain = [list(run.designs.paths), [list(row) for row in run.designs.rows], list(run.strategies), run.settings.seed]
    digest = hashlib.sha256(json.dumps([plain, run.settings.metric], sort_keys=True).encode())
    digest.update(f"{figures.shape}".encode())
    digest.update(np.ascontiguousarray(figures).astype("<f8", copy=False).tobytes())
    return digest.hexdigest()
