"""What a comparison says: every branch, from sure to unknown to contradictory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sample_comparison import CONFIDENCE, sample_comparison, sample_of_forecasts, unknown_comparison

from funnelsim.model.comparison import BestOfMany, Comparison, Contest, DominanceOutcome, Looks, SharedFate
from funnelsim.model.intervals import Interval
from funnelsim.model.ledger import REASONS
from funnelsim.model.score_words import MEANS, SCORES
from funnelsim.outputs import comparison_reasons as reasons
from funnelsim.outputs import comparison_sentences as sentences
from funnelsim.outputs.comparison_text import (
    ends_text,
    figure_text,
    hundred_text,
    number_text,
    share_words,
    signed_text,
    standard_error,
    sure_text,
    verdict_text,
)
from funnelsim.outputs.ledger_sentences import REASON_WORDS, ledger_lines

MANY = (0.09, 0.02, -0.1, 0.11)


def interval(estimate: float, half: float, *, at_least: bool = False) -> Interval:
    return Interval(estimate, estimate - half, estimate + half, CONFIDENCE, "paired t", at_least)


def with_decided(comparison: Comparison, difference: Interval, **more: object) -> Comparison:
    contest = comparison.contests[0]
    scores = tuple(
        replace(one, difference=difference) if one.score.name == contest.metric else one for one in contest.scores
    )
    return replace(comparison, contests=(replace(contest, scores=scores, **more),))  # type: ignore[arg-type]


def test_better_worse_and_unknown() -> None:
    base = sample_comparison(extras=False)
    assert sentences.conclusion(base) == (
        "'hand back' books USD 98K more than 'relay' on average (95 %: 88K to 106K) and is ahead in about 76 in 100 "
        "futures; sure beyond 99.9 %."
    )
    worse = sentences.conclusion(sample_comparison(gains=(-0.1,), dearer=0.0, extras=False))
    assert worse.startswith("'hand back' books USD 114K less than 'relay' on average (95 %: 104K to 124K)")
    assert worse.endswith("futures; sure beyond 99.9 % that it is worse.")
    unknown = sentences.conclusion(unknown_comparison())
    assert "but it may be the other way round (95 %: -8K to 12K; 65 % sure that it is better)" in unknown
    assert unknown.endswith("run about 37,000 replications more.")


def test_better_on_average_and_rarely_ahead() -> None:
    base = sample_comparison(extras=False)
    rare = with_decided(base, base.contests[0].decided.difference, beats=interval(0.31, 0.03))
    assert ", although it is ahead only in about 32 in 100 futures" in sentences.conclusion(rare)
    worse = sample_comparison(gains=(-0.1,), dearer=0.0, extras=False)
    often = with_decided(worse, worse.contests[0].decided.difference, beats=interval(0.62, 0.03))
    assert ", although it is ahead in about 62 in 100 futures" in sentences.conclusion(often)


def test_metric_and_profit_that_disagree_are_both_said() -> None:
    dear = sample_comparison(dearer=0.2, extras=False)
    assert " But it earns USD 124K less profit than 'relay' (95 %: 1" in sentences.conclusion(dear)
    assert sentences.profit_sentence(dear, dear.contests[0]) is None, "it is in the conclusion already"
    by_profit = sample_comparison(dearer=0.2, metric="profit", extras=False)
    assert sentences.conclusion(by_profit).endswith(" But it books USD 98K more than 'relay' (95 %: 88K to 106K).")
    fair = sample_comparison(extras=False)
    assert "But" not in sentences.conclusion(fair)
    assert str(sentences.profit_sentence(fair, fair.contests[0])).startswith("After cost 'hand back' earns USD 76K")
    close = unknown_comparison()
    assert "is not known yet" in str(sentences.profit_sentence(close, close.contests[0]))
    without = sample_of_forecasts()
    assert sentences.profit_sentence(without, without.contests[0]) is None


@pytest.mark.parametrize("metric", MEANS)
def test_every_metric_has_words_for_more_and_less(metric: str) -> None:
    base = sample_comparison(extras=False)
    contest = replace(
        base.contests[0],
        metric=metric,
        scores=tuple(replace(one, score=SCORES[metric]) for one in base.contests[0].scores[:1]),
    )
    whole = replace(base, metric=SCORES[metric], contests=(contest,))
    more = with_decided(whole, interval(2000.0, 300.0))
    less = with_decided(whole, interval(-2000.0, 300.0))
    said = [sentences.conclusion(one) for one in (more, less)]
    assert said[0] != said[1]
    assert all("2" in one and "than 'relay'" in one for one in said)
    better, worse = said if SCORES[metric].higher else said[::-1]
    assert "that it is worse" in worse
    assert "that it is worse" not in better


def test_the_best_of_many() -> None:
    many = sample_comparison(gains=MANY, extras=False)
    assert sentences.conclusion(many).startswith("'P4' is the best of 5 (at least 95 %): it books USD 128K more than")
    same = sample_comparison(gains=(0.0, 0.0), extras=False)
    assert sentences.conclusion(same) == "All 3 are the same in every future."
    losing = sample_comparison(gains=(-0.1, -0.05), dearer=0.0, extras=False)
    text = sentences.conclusion(losing)
    assert text.startswith("'relay' is the best of 3 (at least 95 %). 'P2' books USD ")
    assert "less than 'relay'" in text
    tied = replace(many, best=_all_may_be_best(many))
    text = sentences.conclusion(tied)
    assert text.startswith("Not known yet which of the 5 is best: it may be 'hand back' or 'P4'. 'P4' books USD 128K")


def _all_may_be_best(many: Comparison) -> BestOfMany:
    assert many.best is not None
    ends = [(-9.0, 0.0), (-5.0, 3.0), (-9.0, 0.0), (-9.0, 0.0), (-3.0, 5.0)]
    intervals = tuple(Interval((low + high) / 2, low, high, CONFIDENCE, "MCB", True) for low, high in ends)
    return replace(many.best, intervals=intervals)


def test_what_to_do_when_it_is_not_known() -> None:
    # with 80 % power the interval has to shrink by 1 + .84 / 1.96 more than to its estimate
    found = interval(10.0, 20.0)
    needed = 1000 * (2 * (1 + 0.8416 / 1.96)) ** 2 - 1000
    more = sentences.replications_more(found, 1000)
    assert more is not None
    assert needed <= more <= 1.06 * needed
    assert sentences.replications_more(interval(0.0, 20.0), 1000) is None
    assert sentences.replications_more(interval(1e-4, 20.0), 1000) is None
    assert sentences.replications_more(interval(10.0, 20.0), 1) is None
    base = unknown_comparison()
    assert "run more replications." in sentences.conclusion(with_decided(base, interval(0.0, 2e6)))
    hopeless = sentences.conclusion(with_decided(base, interval(100.0, 2e6)))
    assert hopeless.endswith("more than 10 million replications would be needed to tell.")
    nan = float("nan")
    none = sentences.conclusion(with_decided(base, Interval(nan, nan, nan, CONFIDENCE, "paired t")))
    assert "does not exist" in none


def test_looks_are_told() -> None:
    base = sample_comparison()
    assert "after 800 replications (3 looks)" in str(sentences.looks_sentence(base))
    short = replace(base, looks=Looks("2%", (200,), False))
    assert str(sentences.looks_sentence(short)).startswith("Not as well known as asked (--precision 2%)")
    assert "(1 look)" in str(sentences.looks_sentence(short))
    assert sentences.looks_sentence(replace(base, looks=None)) is None


def contest_with(**fields: object) -> Contest:
    return replace(sample_comparison(extras=False).contests[0], **fields)  # type: ignore[arg-type]


def test_common_luck_is_praised_or_warned_about() -> None:
    assert "12.5 times as many replications" in reasons.luck_sentence(contest_with(fate=SharedFate(0.93, 12.5)))
    bad = contest_with(fate=SharedFate(-0.2, 0.83))
    assert "it does not help here (correlation -0.20)" in reasons.luck_sentence(bad)
    assert str(reasons.luck_warning(bad)).startswith("WARNING: common luck does not help")
    assert reasons.luck_warning(contest_with(fate=SharedFate(0.9, 5.0))) is None
    assert "the same in every future" in reasons.luck_sentence(contest_with(fate=SharedFate(None, None)))
    assert "the same in every future" in reasons.luck_sentence(contest_with(fate=SharedFate(1.0, float("inf"))))
    assert "over 0.99" in reasons.luck_sentence(contest_with(fate=SharedFate(0.9999, 900.0)))


def test_few_futures_that_differ_are_warned_about() -> None:
    gains = np.zeros(800, dtype=np.int64)
    assert reasons.few_sentence(contest_with(metric_gains=gains)) is None
    gains[:12] = 100
    assert str(reasons.few_sentence(contest_with(metric_gains=gains))).startswith("Only 12 of 800 futures differ in")
    gains[:30] = 100
    assert reasons.few_sentence(contest_with(metric_gains=gains)) is None


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("other dominates", "'hand back' books at least as much as 'relay'"),
        ("baseline dominates", "'relay' books at least as much as 'hand back'"),
        ("equal", "the same distribution"),
        ("neither", "neither is better throughout"),
    ],
)
def test_dominance_is_said_in_words(verdict: str, said: str) -> None:
    assert said in reasons.dominance_sentence(contest_with(dominance=DominanceOutcome(verdict, 0.5, 0.0)))


def test_break_even() -> None:
    base = sample_comparison(extras=False)
    tell = [
        reasons.break_even_sentence(base, contest_with(break_even=price))
        for price in (interval(5e6, 1e6), interval(-5e6, 1e6), interval(1e5, 1e6), None)
    ]
    assert "may cost USD 50K more over the horizon" in str(tell[0])
    assert "would have to cost USD 50K less over the horizon" in str(tell[1])
    assert "not known yet" in str(tell[2])
    assert tell[3] is None


def test_every_reason_of_the_ledger_has_words() -> None:
    assert set(REASON_WORDS) == set(REASONS)


def test_a_ledger_says_what_changed_and_what_did_not() -> None:
    base = sample_comparison()
    contest = base.contests[0]
    assert contest.ledger is not None
    lines = ledger_lines(base, contest, contest.ledger)
    assert lines[0] == "+64K: 2.4 leads won instead of lost, because they were neglected less."
    assert "0: 1 smaller kind of change; --json has all of them." in lines
    assert "161 leads have the same fate, day and amount under both." in lines
    assert lines[-2].endswith("--lead ACC-01 --replication 3.")
    assert "\x1b" not in lines[-1]
    dull = replace(contest.ledger, lines=(), leads=(replace(contest.ledger.leads[0], won_after=0.12),), unchanged=1.0)
    told = ledger_lines(base, contest, dull)
    assert told == ("No lead changes its fate.", "1 lead has the same fate, day and amount under both.")


@pytest.mark.parametrize(
    ("without", "due", "said"),
    [
        (interval(1e6, 2e5), interval(0.0, 0.0), "no part in it"),
        (interval(1e6, 2e5), interval(1e5, 2e5), "part not known"),
        (interval(1e5, 2e5), interval(1e6, 2e5), "nothing sure left"),
        (interval(4e5, 2e5), interval(6e5, 2e5), "part of it"),
        (interval(-4e5, 2e5), interval(1e6, 2e5), "more than all of it"),
        (interval(2e6, 2e5), interval(-1e6, 2e5), "works against it"),
    ],
)
def test_null_twins_are_judged(without: Interval, due: Interval, said: str) -> None:
    base = sample_comparison()
    twin = base.null_twins[0]
    scores = tuple(
        replace(one, difference=without) if one.score.name == "revenue" else one for one in twin.contests[0].scores
    )
    judged = replace(twin, contests=(replace(twin.contests[0], scores=scores),), due=(due,))
    assert reasons.null_twin_verdict(judged, 0) == said


def test_worlds_that_differ_are_listed_and_counted() -> None:
    base = sample_comparison()
    assert reasons.differing_lines(base)[0] == "sources.web.per_day: 1.0 in the first, 1.25 in the other"
    many = replace(base, differing=base.differing * 10)
    assert reasons.differing_lines(many)[-1] == "and 8 more; --json has all of them"


@pytest.mark.parametrize(
    ("level", "said"),
    [(0.9996, "sure beyond 99.9 %"), (0.995, "sure beyond 99 %"), (0.979, "97 % sure"), (1.0, "sure beyond 99.9 %"),
     (0.5, "50 % sure"), (0.001, "less than 1 % sure")],
)  # fmt: skip
def test_nothing_is_ever_certain(level: float, said: str) -> None:
    assert sure_text(level) == said


def test_ends_are_never_rounded_to_the_wrong_side_of_nothing() -> None:
    base = sample_comparison()
    for low in (1.0, 40.0, 999.0, 12_345.0):
        near = Interval(2e6 + low, low, 4e6 + low, CONFIDENCE, "paired t")
        assert not ends_text(base, SCORES["revenue"], near).startswith(("0 ", "-")), low
        far = Interval(-2e6 - low, -4e6 - low, -low, CONFIDENCE, "paired t")
        assert not ends_text(base, SCORES["revenue"], far).endswith(" 0"), low


def test_small_words() -> None:
    base = sample_comparison()
    share = interval(0.0214, 0.005)
    assert signed_text(base, SCORES["waste"], share) == "+2.1 pt"
    assert signed_text(base, SCORES["chance_of_goal"], interval(1.0, 0.0)) == "+99 pt"
    assert signed_text(base, SCORES["revenue"], interval(float("nan"), 0.0)) == "-"
    assert figure_text(base, SCORES["chance_of_goal"], 0.0, 0.0) == "less than 1 %"
    assert figure_text(base, SCORES["revenue"], float("nan"), 0.0) == "-"
    assert hundred_text(interval(0.9996, 0.001), 800) == "more than 99 in 100"
    assert [share_words(one) for one in (0.001, 0.42, 0.999)] == ["less than 1 %", "42 %", "more than 99 %"]
    assert [number_text(*one) for one in ((1254.0, 0.0), (1254.0, 90.0), (0.0, 1.0), (0.0312, 0.004))] == [
        "1,250", "1,300", "0", "0.030",
    ]  # fmt: skip
    assert standard_error(interval(0.0, 1.96)) == pytest.approx(1.0, abs=1e-4)
    still = replace(base.contests[0].scores[0], difference=interval(0.0, 0.0))
    assert verdict_text(still) == "the same"
