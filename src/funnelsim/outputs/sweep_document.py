"""A sweep as one JSON document, the answer that programs read.

The shape is fixed by ``docs/schemas/sweep.json``.  Money is in major units, shares are in [0, 1], and a figure that
does not exist is null.

What it leaves out: scores other than the metric, which ``--csv`` and the run folder hold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from funnelsim.model.intervals import Interval
from funnelsim.model.sweep import CONFIDENCE, BestPoint, LeverEffect, Response, Sweep
from funnelsim.outputs.sweep_sentences import design_sentence, headline, lever_sentence, noise_sentence
from funnelsim.outputs.sweep_tables import major

SWEEP_SCHEMA = "funnelsim/sweep/1"
Document = dict[str, Any]


def sweep_document(sweep: Sweep) -> Document:
    """Return the sweep as plain dicts, lists, texts and numbers.

    Parameters
    ----------
    sweep : Sweep
        Any.

    Returns
    -------
    dict
        As ``docs/schemas/sweep.json`` says; keys in reading order.
    """
    shares = sweep.shares
    return {
        "schema": SWEEP_SCHEMA,
        "as_of": sweep.calendar.as_of.isoformat(),
        "currency": sweep.currency,
        "seed": sweep.settings.seed,
        "replications": sweep.settings.replications,
        "confidence": CONFIDENCE,
        "scenario": {"name": sweep.scenario.name, "title": sweep.scenario.title},
        "strategies": list(sweep.strategies),
        "metric": {"name": sweep.metric.name, "title": sweep.metric.title, "higher_is_better": sweep.metric.higher},
        "sampling": sweep.designs.sampling,
        "levers": list(sweep.designs.paths),
        "conclusion": headline(sweep),
        "best": None if sweep.best is None else _best(sweep, sweep.best),
        "effects": {
            "levers": [_effect(sweep, effect) for effect in shares.levers],
            "noise": _known(shares.noise),
            "together": _known(shares.together),
        },
        "responses": [_response(sweep, one) for one in sweep.responses],
        "points": [
            _point(sweep, design, strategy)
            for design in range(len(sweep.designs))
            for strategy in range(len(sweep.strategies))
        ],
        "notes": list(sweep.notes),
        "sentences": {
            "lever": lever_sentence(sweep),
            "noise": noise_sentence(sweep),
            "designs": design_sentence(sweep),
        },
        "content_hash": sweep.content_hash,
    }


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _amount(sweep: Sweep, number: float) -> float | None:
    return _known(major(sweep, sweep.metric.name, number))


def _place(sweep: Sweep, design: int, strategy: int) -> Document:
    return {"design": design + 1, "strategy": sweep.strategies[strategy]}


def _best(sweep: Sweep, best: BestPoint) -> Document:
    return {
        **_point(sweep, best.design, best.strategy),
        "chance": best.chance,
        "expected_loss": _amount(sweep, best.regret),
        "undecided": best.undecided,
        "known": best.known,
        "runner_up": None if best.runner_up is None else _place(sweep, *best.runner_up),
        "margin": None if best.margin is None else _interval(sweep, best.margin),
    }


def _point(sweep: Sweep, design: int, strategy: int) -> Document:
    figures = sweep.metric_figures[design, strategy].tolist()
    return {
        **_place(sweep, design, strategy),
        "set": dict(zip(sweep.designs.paths, sweep.designs.rows[design], strict=True)),
        **_figures(sweep, figures[:4]),
        "difference": _figures(sweep, figures[4:]),
    }


def _figures(sweep: Sweep, figures: Sequence[float]) -> Document:
    names = ("estimate", "standard_error", "low", "high")
    return {name: _amount(sweep, one) for name, one in zip(names, figures, strict=True)}


def _interval(sweep: Sweep, interval: Interval) -> Document:
    return {name: _amount(sweep, getattr(interval, name)) for name in ("estimate", "low", "high")}


def _effect(sweep: Sweep, effect: LeverEffect) -> Document:
    return {
        "lever": effect.path,
        "share": _known(effect.share),
        "known": effect.known,
        "best_at": effect.best,
        "worst_at": effect.worst,
        "swing": _amount(sweep, effect.swing),
    }


def _response(sweep: Sweep, response: Response) -> Document:
    return {
        "lever": response.path,
        "strategy": response.strategy,
        "points": [
            {
                "at": point.label,
                "place": point.place,
                "mean": _amount(sweep, point.mean),
                "low": _amount(sweep, point.low),
                "high": _amount(sweep, point.high),
                "points": point.points,
            }
            for point in response.points
        ],
    }
