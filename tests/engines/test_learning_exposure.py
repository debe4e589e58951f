"""Stays: who was seen at risk of what, and what was known when."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from engines.small_histories import MONDAY, history_of, lived, moments
from funnelsim.engines.learning.exposure import as_known, open_stays, since_monday, stays_of
from funnelsim.model.calibration import CENSORED
from funnelsim.model.history import NO_MOMENT, NO_MONEY, OPEN, SECONDS_A_DAY, WON, Snapshots

NAN = float("nan")


def test_stays_of_a_lead_follow_each_other():
    history = history_of([1.25], [9.5], [True], [[2.0, 4.5]], ("B", "A"))
    stays = stays_of(history)
    assert stays.states == ("no stage yet", "B", "A", "won", "lost")
    assert stays.state.tolist() == [0, 1, 2]
    assert stays.start.tolist() == [1.25, 2.0, 4.5]
    assert stays.stop.tolist() == [2.0, 4.5, 9.5]
    assert stays.cause.tolist() == [1, 2, stays.won]
    assert stays.born.tolist() == [1.25] * 3


def test_a_lead_that_jumps_back_keeps_the_furthest_stage():
    history = history_of([0.5], [NAN], [False], [[5.0, 3.0]], ("B", "A"), extract=8.0)
    stays = stays_of(history)
    assert stays.state.tolist() == [0, 2]
    assert stays.cause.tolist() == [2, CENSORED]
    assert stays.stop.tolist() == [3.0, 8.0]


def test_what_ended_before_the_records_begin_was_not_seen():
    history = history_of([-9.5, -8.25], [NAN, 4.0], [False, True], [[-3.5], [2.0]], ("A",), extract=10.0)
    stays = stays_of(history)
    assert stays.lead.tolist() == [1, 0, 1]
    assert stays.start.tolist() == [0.0, 0.0, 2.0]
    assert stays.entered.tolist() == [-8.25, -3.5, 2.0]
    assert stays.stop.tolist() == [2.0, 10.0, 4.0]


def test_events_of_one_day_follow_each_other_within_it():
    stays = stays_of(history_of([3.0], [3.0], [True], [[3.0]], ("A",)))
    assert stays.whole_days
    assert stays.start.tolist() == pytest.approx([3.0, 3.0 + 1.0 / 3.0])
    assert stays.stop.tolist() == pytest.approx([3.0 + 1.0 / 3.0, 3.0 + 2.0 / 3.0])


def test_a_stay_of_no_length_lasts_a_second():
    stays = stays_of(history_of([3.25], [3.25], [False]))
    assert stays.stop[0] - stays.start[0] == pytest.approx(1.0 / SECONDS_A_DAY, rel=1e-6)


def test_open_leads_are_where_they_got_to():
    history = history_of([1.5, 2.5, 3.5], [NAN, 5.0, NAN], [False, True, False], [[2.5], [3.0], [NAN]], ("A",), 10.0)
    found = open_stays(history)
    assert found.row.tolist() == [0, 2]
    assert found.state.tolist() == [1, 0]
    assert found.age.tolist() == [7.5, 6.5]
    assert found.taken.tolist() == [1.0, 0.0]


def test_weeks_begin_on_monday():
    assert since_monday(MONDAY) == 0.0
    assert since_monday(MONDAY + 9 * SECONDS_A_DAY // 2) == 4.5


@pytest.mark.parametrize("seed", range(8))
def test_nothing_after_the_moment_is_known(seed):
    """Whatever is changed at or after the moment leaves what was known then, and all stays, to the last bit."""
    rng = np.random.Generator(np.random.Philox(seed))
    history = _with_snapshots(lived(rng, 120), rng)
    moment = int(moments(rng.uniform(10.0, 110.0)))
    changed = _another_future(history, moment, rng)
    _same(as_known(history, moment), as_known(changed, moment))
    _same(stays_of(as_known(history, moment)), stays_of(as_known(changed, moment)))


def test_what_was_known_is_all_there():
    """The cut can fail both ways: it also has to keep what lies just before the moment."""
    history = history_of([1.0, 2.0], [5.0, 6.5], [True, True], [[4.0], [6.0]], ("A",))
    known = as_known(
        replace(history, attributes={"owner": ("a", "b"), "why": ("x", "y")}), int(moments(6.0)), ("owner",)
    )
    assert known.outcome.tolist() == [WON, OPEN]
    assert known.entered[:, 0].tolist() == [int(moments(4.0)), NO_MOMENT]
    assert known.amount_won.tolist() == [1_000, NO_MONEY]
    assert known.attributes == {"owner": ("a", "b")}
    assert known.extract == int(moments(6.0))


def test_a_history_of_nothing_has_no_stays():
    assert len(stays_of(history_of([], [], []))) == 0
    assert len(open_stays(history_of([], [], [])).row) == 0


def _with_snapshots(history, rng):
    lead = np.sort(rng.integers(0, len(history), 200))
    taken = moments(rng.uniform(0.0, 120.0, 200))
    own = Snapshots(lead, taken, taken, rng.integers(1, 99, 200), rng.random(200), ("A",) * 200)
    return replace(history, snapshots=own, attributes={"why": tuple(str(v) for v in rng.integers(0, 9, len(history)))})


def _another_future(history, moment, rng):
    """Every value that was not known at the moment, drawn anew; leads born later thrown out."""
    late = (history.closed >= moment) | (history.closed == NO_MOMENT)
    closed = np.where(late, moment + rng.integers(0, 10**6, len(history)), history.closed)
    later = (history.entered >= moment) | (history.entered == NO_MOMENT)
    entered = np.where(later & late[:, None], moment + rng.integers(0, 10**6, later.shape), history.entered)
    rows = np.flatnonzero(history.created < moment)
    kept = {int(row): new for new, row in enumerate(rows)}
    own = history.snapshots
    told = [row for row, lead in enumerate(own.lead.tolist()) if lead in kept]
    snapshots = Snapshots(
        np.array([kept[int(own.lead[row])] for row in told], dtype=np.int64),
        own.taken[told],
        np.where(own.taken[told] >= moment, 0, own.stated_close[told]),
        np.where(own.taken[told] >= moment, 0, own.pr[told]),
        np.where(own.taken[told] >= moment, 0.0, own.pc[told]),
        tuple("?" if own.taken[row] >= moment else own.stage[row] for row in told),
    )
    outcome = np.where(late, rng.integers(1, 3, len(history)), history.outcome).astype(np.int8)
    return replace(
        history,
        lead_id=tuple(history.lead_id[row] for row in rows),
        created=history.created[rows],
        closed=closed[rows],
        outcome=outcome[rows],
        pr=history.pr[rows],
        amount_won=np.where(late, 7, history.amount_won)[rows],
        entered=entered[rows],
        stated_close=history.stated_close[rows],
        extract=history.extract + 10**6,
        attributes={"why": ("later",) * len(rows)},
        snapshots=snapshots,
    )


def _same(first, second):
    for field in fields(first):
        one, other = getattr(first, field.name), getattr(second, field.name)
        if field.name == "snapshots" and one is not None:
            _same(one, other)
        elif isinstance(one, np.ndarray):
            np.testing.assert_array_equal(one, other)
        else:
            assert one == other, field.name
