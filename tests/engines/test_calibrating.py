"""Figures of a calibration: known rates found again, intervals that hold, and odd records that are not refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.small_histories import MONDAY, history_of, lived, moments
from funnelsim.engines.learning.calibrated_funnel import funnel_of
from funnelsim.engines.learning.calibrating import calibrate_history
from funnelsim.engines.learning.exposure import stays_of
from funnelsim.engines.learning.figures import age_of, share_figure, share_interval
from funnelsim.engines.learning.incidence import incidence
from funnelsim.engines.learning.stage_figures import life_figures, stage_figures
from funnelsim.engines.learning.stated_chances import stated_chances
from funnelsim.errors import ScenarioError
from funnelsim.model.calibration import CENSORED
from funnelsim.model.calibration_settings import CalibrateSettings
from funnelsim.model.history import NO_MOMENT, NO_MONEY, SECONDS_A_DAY, Snapshots

FORWARD, LOST, WIN = 0.08, (0.03, 0.04), 0.05
CONVERSION = (FORWARD / (FORWARD + LOST[0]), WIN / (WIN + LOST[1]))
MEDIAN = (np.log(2.0) / (FORWARD + LOST[0]), np.log(2.0) / (WIN + LOST[1]))
PLAIN = CalibrateSettings(every="week")


def test_stages_are_found_again_from_cut_records() -> None:
    """2,000 leads, records cut on both sides: notices a conversion off by .08, a median off by a tenth."""
    stays = stays_of(lived(np.random.default_rng(1), 2_000, length=200.0))
    for found, truth, median in zip(stage_figures(stays), CONVERSION, MEDIAN, strict=True):
        assert abs(found.conversion.estimate - truth) < 5.0 * found.conversion.error
        assert found.conversion.error < 0.016
        assert found.median.low - 0.1 * median < median < found.median.high + 0.1 * median
        assert found.p80.days / found.median.days == pytest.approx(np.log(5.0) / np.log(2.0), rel=0.2)
    life = life_figures(stays)
    assert abs(life.won.estimate - CONVERSION[0] * CONVERSION[1]) < 5.0 * life.won.error
    assert life.won.estimate + life.lost.estimate + life.undecided == pytest.approx(1.0)


@pytest.mark.slow
@pytest.mark.parametrize(("leads", "many"), [(600, 300), (60, 200)], ids=["normal", "small"])
def test_intervals_hold_the_truth_at_least_as_often_as_they_say(leads, many) -> None:
    """Each history holds or not; notices 95 % intervals that hold 89 (normal) or 87 in 100 (small), or the like."""
    rng, held = np.random.default_rng(2), np.zeros((many, 4))
    for one in range(many):
        stages = stage_figures(stays_of(lived(rng, leads, length=160.0)))
        for at, (found, truth, median) in enumerate(zip(stages, CONVERSION, MEDIAN, strict=True)):
            held[one, at] = found.conversion.low <= truth <= found.conversion.high
            held[one, 2 + at] = found.median.low <= median <= (found.median.high or np.inf)
    error = np.sqrt(0.95 * 0.05 / many)
    assert (held.mean(axis=0) > 0.95 - 5.0 * error).all(), held.mean(axis=0)


def test_intervals_of_whole_records_are_clopper_and_pearson() -> None:
    # 7 of 10, from printed tables; nothing censored, so the effective number is the number of leads
    low, high = share_interval(np.array(0.7), np.sqrt(np.array(0.7 * 0.3 / 10)), np.array(10.0))
    assert (round(float(low), 4), round(float(high), 4)) == (0.3475, 0.9333)
    none, every = share_figure(0.0, 0.0, 10), share_figure(1.0, 0.0, 10)
    assert (none.low, round(none.high, 4)) == (0.0, 0.3085)
    assert (round(every.low, 4), every.high) == (0.6915, 1.0)
    assert none.error > 0.0
    assert share_figure(0.0, 0.0, 0).high == 1.0


def test_an_age_that_the_records_do_not_reach_is_none() -> None:
    old = np.array([1.0, 2.0, 5.0, 5.0, 5.0, 5.0])
    law = incidence(np.zeros(6), old, np.array([0, 0, *[CENSORED] * 4]))
    figure = age_of(law, 0.5)
    assert (figure.days, figure.high) == (None, None)
    assert figure.low is not None
    assert age_of(law, 0.3).days == 2.0


def snapshots_of(rows) -> Snapshots:
    lead, day, pc = (np.array(column) for column in zip(*rows, strict=True))
    none = np.full(len(lead), NO_MOMENT)
    stage = ("",) * len(lead)
    return Snapshots(lead.astype(np.int64), moments(day), none, np.full(len(lead), NO_MONEY), pc.astype(float), stage)


def test_a_lead_counts_once_a_bin_and_only_while_it_is_open() -> None:
    history = history_of([0, 0, 0, 0], [20, 30, np.nan, 8], [True, False, False, True], extract=40.0)
    told = [(0, 5, 0.4), (0, 10, 0.4), (0, 25, 1.0), (1, 5, 0.4), (1, 6, 0.7), (2, 5, 0.4), (3, 6, 0.7)]
    found = stated_chances(replace(history, snapshots=snapshots_of(told)))
    first, second = found.bins
    assert (first.low, first.share.n, first.won, first.lost, first.open) == (0.4, 3, 1, 1, 1)
    assert (second.low, second.share.n, second.won, second.lost) == (0.7, 2, 1, 1)
    assert found.statements == 6, "what was said of a lead that had been won is no forecast"
    # four first statements: leads 0, 1, 2 with 40 and lead 3 with 70 in 100; the open lead is at risk to the end
    assert found.stated == pytest.approx((3 * 0.4 + 0.7) / 4)
    assert found.happened.n == 4
    assert stated_chances(history) is None


def test_stated_chances_that_are_right_are_not_told_apart() -> None:
    """2,000 statements of leads that are won as often as was said: notices a bin off by .1."""
    rng = np.random.default_rng(3)
    leads = 2_000
    pc = rng.choice([0.1, 0.3, 0.6], leads)
    ended = rng.exponential(30.0, leads)
    closed = np.where(ended < 290, ended + 1, np.nan)
    history = history_of(np.zeros(leads), closed, rng.random(leads) < pc, extract=300.0)
    rows = [(row, 0.5, pc[row]) for row in range(leads)]
    found = stated_chances(replace(history, snapshots=snapshots_of(rows)))
    for one in found.bins:
        assert abs(one.share.estimate - one.stated) < 5.0 * one.share.error
        assert one.share.error < 0.03
    assert found.happened.low <= found.stated <= found.happened.high
    assert found.undecided < 1e-3


def test_a_fast_rep_is_told_apart_and_equal_ones_are_not() -> None:
    rng = np.random.default_rng(4)
    history = lived(rng, 1_500, length=300.0)
    fast = lived(rng, 500, length=300.0, win=4.0 * WIN)
    both = history_of(
        *((np.concatenate([one.created, other.created]) - MONDAY) / SECONDS_A_DAY for one, other in [(history, fast)]),
        np.concatenate([_days(history.closed), _days(fast.closed)]),
        np.concatenate([history.outcome, fast.outcome]) == 1,
        np.concatenate([_days(history.entered[:, 0]), _days(fast.entered[:, 0])])[:, None],
        ("A",),
        300.0,
    )
    names = ("slow", "even", "same", "like")
    owner = tuple([names[row % 4] for row in range(len(history))] + ["fast"] * len(fast))
    answer = calibrate_history(replace(both, attributes={"owner": owner}), replace(PLAIN, segments=("owner",)))
    (table,) = answer.segments
    rows = {one.name: one for one in table.rows}
    assert rows["fast"].told_apart
    assert rows["fast"].pace.estimate > 1.5
    others = [rows[name].pace for name in names]
    assert max(one.low for one in others) < min(one.high for one in others), "equal ones overlap"
    assert abs(rows["fast"].pace.estimate - 1) < abs(rows["fast"].raw - 1), "drawn towards 1"
    assert sum(one.leads for one in table.rows) == len(both)
    law = answer.learned.segments
    held = dict(zip(law.names, law.won.factor.tolist(), strict=True))
    assert {one.name: one.pace.estimate for one in table.rows} == held, "the model holds what the table says"


def _days(column) -> np.ndarray:
    return np.where(column == NO_MOMENT, np.nan, (column - MONDAY) / SECONDS_A_DAY)


def test_shares_of_a_funnel_multiply_to_the_win_though_leads_skip() -> None:
    rng = np.random.default_rng(6)
    leads = 3_000
    skips, wins = rng.random(leads) < 0.3, rng.random(leads) < 0.4
    first = np.where(skips, np.nan, 10.0)
    entered = np.column_stack([np.zeros(leads), first, np.full(leads, 20.0)])
    entered[rng.random(leads) < 0.5, 2] = np.nan
    wins &= ~np.isnan(entered[:, 2])
    history = history_of(np.zeros(leads), np.full(leads, 40.0), wins, entered, ("C", "B", "A"), 60.0)
    stages = stage_figures(stays_of(history))
    funnel = funnel_of(stages)
    assert [one.name for one in funnel] == ["C", "B", "A"]
    product = np.prod([one.conversion for one in funnel])
    assert product == pytest.approx(wins.mean(), abs=2e-4)  # shares are rounded to 4 digits
    as_far = ~np.isnan(entered[:, 1]) | ~np.isnan(entered[:, 2])
    assert funnel[1].skipped == pytest.approx((skips & as_far).sum() / as_far.sum(), abs=1e-9)


def thirty():
    return lived(np.random.default_rng(7), 30, length=100.0)


ODD = {
    "thirty leads": thirty,
    "no losses": lambda: lived(np.random.default_rng(8), 300, lost=(1e-12, 1e-12)),
    "no amounts": lambda: replace(thirty(), pr=np.full(len(thirty()), 100), counts_only=True),
    "one stage": lambda: history_of(np.arange(40.0), np.arange(40.0) + 30, np.arange(40) % 3 == 0, extract=60.0),
    "nothing ended": lambda: history_of(np.arange(5.0), np.full(5, np.nan), np.zeros(5), extract=20.0),
    "no lead": lambda: history_of([], [], [], extract=20.0),
    "one lead": lambda: history_of([1.0], [5.0], [True], extract=20.0),
    "no whole period": lambda: history_of([0.5, 1.0], [1.5, np.nan], [True, False], extract=3.0),
    "born before": lambda: history_of(np.full(20, -90.0), np.arange(20.0) * 2 + 1, np.arange(20) % 2, extract=60.0),
    "months": lambda: lived(np.random.default_rng(9), 900, length=800.0),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_records_are_answered(name) -> None:
    answer = calibrate_history(ODD[name](), CalibrateSettings())
    figures = [answer.life.won, answer.life.lost, *(one.conversion for one in answer.stages)]
    for one in figures:
        assert 0.0 <= one.low <= one.estimate <= one.high <= 1.0
        assert one.error >= 0.0
    if name in {"thirty leads", "one lead", "nothing ended", "no losses"}:
        assert answer.remarks
    again = calibrate_history(ODD[name](), CalibrateSettings())
    assert answer.content_hash == again.content_hash


def test_fewer_leads_give_wider_intervals() -> None:
    widths = [
        (found := stage_figures(stays_of(lived(np.random.default_rng(10), leads)))[0].conversion).high - found.low
        for leads in (30, 120, 480)
    ]
    assert widths[0] > 1.5 * widths[1] > 2.2 * widths[2]


def test_columns_that_cannot_be_segments_are_refused() -> None:
    history = replace(thirty(), attributes={"owner": ("a",) * len(thirty())})
    with pytest.raises(ScenarioError, match="did you mean 'owner'"):
        calibrate_history(history, replace(PLAIN, segments=("ownr",)))
    many = tuple(str(row) for row in range(600))
    ids = replace(lived(np.random.default_rng(1), 900), attributes={})
    ids = replace(ids, attributes={"id": (many * 3)[: len(ids)]})
    with pytest.raises(ScenarioError, match="at most 500 different values"):
        calibrate_history(ids, replace(PLAIN, segments=("id",)))


def test_births_that_stop_are_said_aloud() -> None:
    rng = np.random.default_rng(11)
    born = np.sort(rng.uniform(0, 80, 400))
    closed = np.where(born < 60, born + 5, np.nan)
    answer = calibrate_history(history_of(born, closed, born % 2 < 1, extract=100.0), PLAIN)
    assert any("No lead was born in the last 20 days" in one for one in answer.remarks)
    even = calibrate_history(history_of(born, closed, born % 2 < 1, extract=80.5), PLAIN)
    assert not any("No lead was born" in one for one in even.remarks)
