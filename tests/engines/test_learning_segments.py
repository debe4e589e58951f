"""Segments: a quicker owner is found, equal ones shrink to one, and open leads follow the factor of theirs."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from engines.dated_histories import firm
from engines.small_histories import history_of
from funnelsim.engines.learning.exposure import open_stays
from funnelsim.engines.learning.lead_laws import lead_laws, open_leads
from funnelsim.engines.learning.learn import learn
from funnelsim.engines.learning.pool_chances import pool_chances
from funnelsim.engines.learning.segments import (
    draw_segments,
    in_segments,
    leads_with_segments,
    segments_of,
    with_segments,
)
from funnelsim.model.calendar import Calendar
from funnelsim.model.history import SECONDS_A_DAY

WIN, LOSE, LENGTH = 0.02, 0.02, 300.0


def _rng(seed):
    return np.random.Generator(np.random.Philox(seed))


def _owners(rng, leads, pace):
    """Leads of owners "0", "1", ... who win at their own pace and lose at one."""
    owner = rng.integers(0, len(pace), leads)
    born = rng.uniform(-60.0, LENGTH, leads)
    won_on = born + rng.exponential(1.0 / WIN, leads) / np.asarray(pace)[owner]
    lost_on = born + rng.exponential(1.0 / LOSE, leads)
    closed, won = np.minimum(won_on, lost_on), won_on <= lost_on
    seen = closed >= 0.0
    names = tuple(str(one) for one in owner[seen])
    closed = np.where(closed < LENGTH, closed, np.nan)[seen]
    return history_of(born[seen], closed, won[seen], extract=LENGTH, attributes={"owner": names})


def test_an_owner_who_is_twice_as_fast_is_found():
    """Rates 2 : 1 : 1 in 6,000 leads: within 5 errors of the truth, and told from the others by as many."""
    learned = learn(_owners(_rng(1), 6_000, [2.0, 1.0, 1.0]), "month", segment="owner")
    law = learned.segments
    assert law.column == "owner"
    assert law.names == ("0", "1", "2")
    assert law.leads.sum() == learned.leads
    ratio = law.won.factor[0] / law.won.factor[1:].mean()
    error = ratio * math.sqrt(np.square(law.won.error / law.won.factor).sum())
    assert abs(ratio - 2.0) < 5.0 * error
    assert ratio - 1.0 > 5.0 * error
    assert np.all(np.abs(law.lost.factor - 1.0) < 5.0 * law.lost.error)


def test_ten_small_equal_owners_shrink_to_one():
    law = learn(_owners(_rng(2), 150, [1.0] * 10), "month", segment="owner").segments
    raw = law.won.events / law.won.expected
    assert np.all(np.abs(law.won.factor - 1.0) < np.maximum(np.abs(raw - 1.0), 0.05))
    assert np.abs(law.won.factor - 1.0).max() < 0.5 * np.abs(raw - 1.0).max()


def test_open_leads_follow_their_segment():
    """Chances of each owner's leads against closed forms: constant rates, 3 : 1; an unknown owner lies between."""
    history = _owners(_rng(3), 4_000, [1.5, 0.5])
    learned = learn(history, "month", segment="owner")
    stays = open_stays(history)
    names = ["0", "1", "nobody"]
    some = stays._replace(
        row=stays.row[:3], state=stays.state[:3], age=np.full(3, 5.0), taken=stays.taken[:3], pr=stays.pr[:3]
    )
    leads = open_leads(learned.hazards, in_segments(some, learned, names))
    assert leads.segment.tolist() == [0, 1, 2]
    law = learned.segments
    found = lead_laws(with_segments(learned.hazards, law), leads_with_segments(leads, law), np.arange(31.0)).won
    for at, pace in ((0, 1.5), (1, 0.5)):
        rate = WIN * pace
        truth = rate / (rate + LOSE) * (1.0 - math.exp(-30.0 * (rate + LOSE)))
        error = truth * (law.won.error[at] / law.won.factor[at] + 1.0 / math.sqrt(learned.won))
        assert abs(found[at].sum() - truth) < 5.0 * error
    assert found[1].sum() < found[2].sum() < found[0].sum()


def test_draws_have_the_means_and_errors_that_were_learned():
    law = learn(_owners(_rng(4), 1_000, [2.0, 1.0, 1.0, 0.5]), "month", segment="owner").segments
    drawn = draw_segments(law, _rng(5), 4_000)
    mean = np.append(law.won.factor, 1.0)
    error = np.append(law.won.error, math.sqrt(law.won.spread.weight @ law.won.spread.sd**2))
    second_order = mean * np.square(error / mean)
    assert np.all(np.abs(drawn.won.mean(axis=0) - mean) < 5.0 * error / math.sqrt(4_000) + second_order)
    assert segments_of(law, ["3", "x"]).tolist() == [3, 4]


@pytest.mark.parametrize("dates", [False, True])
def test_equal_segments_leave_the_forecast_where_it_is(dates):
    """Names drawn at random: the mean of a pool moves by less than its own error, with and without stated dates."""
    history = firm(_rng(6), 1_200, dates)
    names = tuple("ab"[one] for one in _rng(7).integers(0, 2, len(history)))
    history = replace(history, attributes={"product": names})
    calendar = Calendar(date(1970, 1, 1) + timedelta(days=history.extract // SECONDS_A_DAY - 1), "month", 2)
    stays, won = open_stays(history), []
    for segment in (None, "product"):
        learned = learn(history, "month", segment=segment)
        apart = in_segments(stays, learned, [names[row] for row in stays.row.tolist()])
        chances = pool_chances(learned, open_leads(learned.hazards, apart), calendar, 1, 60)
        won.append(chances.reached[:, chances.law, -1].sum(axis=1))
        calm = pool_chances(learned, open_leads(learned.hazards, apart), calendar, 1, 60, independent=True)
        assert abs(calm.reached[0, calm.law, -1].sum() - won[-1].mean()) < 5.0 * won[-1].std() + 1.0
    assert abs(won[1].mean() - won[0].mean()) < np.hypot(won[0].std(), won[1].std()) + 0.1


def test_a_column_that_is_not_there_is_said():
    learned = learn(_owners(_rng(8), 100, [1.0]), "month", segment="region")
    assert learned.segments is None
    assert any("'region'" in note for note in learned.notes)
