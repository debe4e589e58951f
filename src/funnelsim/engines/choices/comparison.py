"""Which strategy is better, by how much, and how sure that is.

Every entrant is simulated on the same leads with the same luck, for as many replications as asked or until the
difference is known; then each is held against the first one.

What it leaves out: reading scenarios, and forecasts (:mod:`funnelsim.engines.choices.forecast_contest`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from funnelsim.engines.choices.contests import Certainty, Side, contest_between
from funnelsim.engines.choices.controlled import control_of_differences, controls_of
from funnelsim.engines.choices.ledger import ledgers_of
from funnelsim.engines.choices.looks import MOST_LOOKS, Precise, known_enough
from funnelsim.engines.choices.null_twins import null_twin
from funnelsim.engines.execution import Execution
from funnelsim.engines.funnel_runs import FunnelRun, joined, prepare_run, sum_up
from funnelsim.engines.score_card import score_card
from funnelsim.engines.statistics.best_of_many import best_of_many
from funnelsim.engines.statistics.choosing import opportunity_cost, probability_best
from funnelsim.engines.statistics.looking import doubling_looks
from funnelsim.engines.statistics.paired import mean_difference
from funnelsim.kernels.funnel_arrays import BOOKED, EVENTS, Out
from funnelsim.model.calendar import Period
from funnelsim.model.comparison import BestOfMany, Comparison, Contest, Entrant, Looks, NullTwin
from funnelsim.model.control import Control
from funnelsim.model.intervals import Interval
from funnelsim.model.ledger import Ledger
from funnelsim.model.opening import OpeningLeads
from funnelsim.model.scenario import Scenario
from funnelsim.model.scenario_changes import Difference
from funnelsim.model.score_words import SCORES, Score
from funnelsim.model.simulation import Simulation


@dataclass(frozen=True, eq=False)
class Entry:
    """One strategy that is to be compared.

    Attributes
    ----------
    label, title : str
        What results call it; one line for people.
    scenario : Scenario
        Checked.
    strategy : str
        One of its strategies.
    opening : OpeningLeads
        Leads at the start.
    """

    label: str
    title: str
    scenario: Scenario
    strategy: str
    opening: OpeningLeads


@dataclass(frozen=True)
class ComparisonRequest:
    """What is asked of a comparison.

    Attributes
    ----------
    metric : str
        Name of the score that decides, one of ``score_words.MEANS``.
    replications : int
        Futures of each; of the first look with ``precise``.
    seed : int
        Root of all luck.
    confidence : float
        Of every interval, in (0, 1).
    precise : Precise or None
        When the difference is known well enough; None for a fixed number of replications.
    ledger : int
        Replications, the first ones, in which every lead is followed; 0 for no ledger.
    null_twins : tuple of str
        Mechanisms that are switched off in turn.
    control : bool
        Whether the differences by the metric are also estimated with controls.
    """

    metric: str
    replications: int
    seed: int
    confidence: float
    precise: Precise | None
    ledger: int
    null_twins: tuple[str, ...]
    control: bool = False


@dataclass(frozen=True, eq=False)
class _Played:
    """One entry, simulated."""

    entry: Entry
    run: FunnelRun
    out: Out
    seconds: float
    side: Side


def compare_strategies(
    entries: Sequence[Entry], request: ComparisonRequest, differing: Sequence[Difference], execution: Execution
) -> Comparison:
    """Compare strategies.

    Parameters
    ----------
    entries : sequence of Entry
        Two or more, with the same calendar and currency; the first is the baseline.
    request : ComparisonRequest
        What is asked.
    differing : sequence of Difference
        In which their worlds differ; handed on to the answer.
    execution : Execution
        How to run; without influence on the answer.

    Returns
    -------
    Comparison
        Determined to the last bit by everything but ``execution``.

    Raises
    ------
    ResourceError
        If the outcomes of one entrant would not fit in the memory budget.
    CheckFailed
        If an identity broke in some replication: a bug of ours.
    """
    played, looks, certainty = _play(entries, request, execution)
    periods = played[0].run.setting.calendar.periods
    contests = _contests(played, periods, request, certainty)
    answers = [sum_up(one.run, one.out, one.seconds) for one in played]
    twins = tuple(
        _null_twin(entries, mechanism, request, played, execution, certainty) for mechanism in request.null_twins
    )
    return Comparison(
        entrants=tuple(
            Entrant(one.entry.label, one.entry.title, answer) for one, answer in zip(played, answers, strict=True)
        ),
        contests=tuple(
            replace(contest, ledger=ledger) for contest, ledger in zip(contests, _ledgers(played, request), strict=True)
        ),
        metric=SCORES[request.metric],
        best=_best(played, request, certainty) if len(played) > 2 else None,
        calendar=played[0].run.setting.calendar,
        currency=entries[0].scenario.currency,
        minor_digits=answers[0].minor_digits,
        seed=request.seed,
        replications=answers[0].replications,
        confidence=request.confidence,
        looks=looks,
        differing=tuple(differing),
        null_twins=twins,
        notes=_notes(answers),
        content_hash=_content_hash(answers, request),
        seconds=sum(one.seconds for one in played),
        control=_control(played, request, execution, certainty) if request.control else None,
    )


def _play(
    entries: Sequence[Entry], request: ComparisonRequest, execution: Execution
) -> tuple[list[_Played], Looks | None, Certainty]:
    """Simulate all entries, until their differences are known well enough if that is asked."""
    runs = [prepare_run(entry.scenario, entry.strategy, entry.opening, request.seed) for entry in entries]
    played = [_first(entry, run, request, execution) for entry, run in zip(entries, runs, strict=True)]
    certainty = Certainty(request.confidence, request.confidence, request.seed)
    if request.precise is None:
        return played, None, certainty
    counts: list[int] = []
    enough = False
    for look in doubling_looks(request.replications, request.replications << (MOST_LOOKS - 1), request.confidence):
        if counts:
            played = [_more(one, look.replications - counts[-1], execution) for one in played]
        counts.append(look.replications)
        certainty = Certainty(request.confidence, look.confidence, request.seed)
        gains = [_metric_interval(played[0], other, request.metric, look.confidence) for other in played[1:]]
        base = float(np.mean(played[0].side.scores[request.metric].upper))
        enough = all(known_enough(gain, base, request.precise) for gain in gains)
        if enough:
            break
    return played, Looks(request.precise.asked, tuple(counts), enough), certainty


def _first(entry: Entry, run: FunnelRun, request: ComparisonRequest, execution: Execution) -> _Played:
    out, seconds = run.timed_outcome(0, request.replications, execution)
    return _Played(entry, run, out, seconds, _side(entry, run, out))


def _more(one: _Played, count: int, execution: Execution) -> _Played:
    added, seconds = one.run.timed_outcome(len(one.out.breach), count, execution)
    out = joined([one.out, added])
    return _Played(one.entry, one.run, out, one.seconds + seconds, _side(one.entry, one.run, out))


def _side(entry: Entry, run: FunnelRun, out: Out) -> Side:
    return Side(entry.label, np.ascontiguousarray(out.flow[:, :, BOOKED]), score_card(run.setting, out))


def _metric_interval(base: _Played, other: _Played, metric: str, level: float) -> Interval:
    return mean_difference(base.side.scores[metric].upper, other.side.scores[metric].upper, confidence=level)


def _contests(
    played: Sequence[_Played], periods: tuple[Period, ...], request: ComparisonRequest, certainty: Certainty
) -> list[Contest]:
    base = played[0].side
    return [contest_between(base, other.side, periods, request.metric, certainty) for other in played[1:]]


def _best(played: Sequence[_Played], request: ComparisonRequest, certainty: Certainty) -> BestOfMany:
    values = np.column_stack([one.side.scores[request.metric].upper for one in played])
    score: Score = SCORES[request.metric]
    intervals = best_of_many(values, higher=score.higher, confidence=certainty.level)
    return BestOfMany(
        intervals=tuple(certainty.named(one) for one in intervals),
        chances=tuple(probability_best(values, higher=score.higher, seed=request.seed)),
        opportunity_cost=tuple(opportunity_cost(values, higher=score.higher, seed=request.seed)),
    )


def _control(
    played: Sequence[_Played], request: ComparisonRequest, execution: Execution, certainty: Certainty
) -> Control:
    """Estimate every difference by the metric with the controls of the baseline's world."""
    base = played[0]
    controls = controls_of(base.run, base.out, execution)
    events = sum(int(one.out.flow[:, :, EVENTS].sum()) for one in played)
    others = [(one.entry.label, one.side.scores[request.metric].upper) for one in played[1:]]
    scores = base.side.scores[request.metric].upper
    return control_of_differences(controls, scores, others, events, certainty.level, certainty.name)


def _ledgers(played: Sequence[_Played], request: ComparisonRequest) -> Sequence[Ledger | None]:
    count = min(request.ledger, len(played[0].out.breach))
    if count == 0:
        return [None] * (len(played) - 1)
    return ledgers_of(played[0].run, [other.run for other in played[1:]], count)


def _null_twin(
    entries: Sequence[Entry],
    mechanism: str,
    request: ComparisonRequest,
    played: Sequence[_Played],
    execution: Execution,
    certainty: Certainty,
) -> NullTwin:
    """Compare the same entries, for as many replications, with one mechanism switched off."""
    count = len(played[0].out.breach)
    asked = replace(request, replications=count, precise=None)
    idle = [replace(entry, scenario=null_twin(entry.scenario, mechanism)) for entry in entries]
    twins, _, _ = _play(idle, asked, execution)
    periods = played[0].run.setting.calendar.periods
    gains = [_gain(played[0], other, request.metric) for other in played[1:]]
    without = [_gain(twins[0], other, request.metric) for other in twins[1:]]
    due = (
        mean_difference(nothing, gain, confidence=certainty.level) for nothing, gain in zip(without, gains, strict=True)
    )
    contests = tuple(_contests(twins, periods, asked, certainty))
    return NullTwin(mechanism, contests, tuple(certainty.named(one) for one in due))


def _gain(base: _Played, other: _Played, metric: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    gain: np.ndarray[tuple[int], np.dtype[np.int64]] = other.side.scores[metric].upper - base.side.scores[metric].upper
    return gain


def _notes(answers: Sequence[Simulation]) -> tuple[str, ...]:
    """Return every note once, in order of first appearance."""
    return tuple(dict.fromkeys(note for answer in answers for note in answer.notes))


def _content_hash(answers: Sequence[Simulation], request: ComparisonRequest) -> str:
    precise = request.precise.asked if request.precise else None
    words = (request.metric, request.confidence, request.ledger, request.null_twins, precise)
    text = hashlib.sha256(repr(words).encode())
    if request.control:
        text.update(b"control")
    for answer in answers:
        text.update(answer.content_hash.encode())
    return text.hexdigest()
