"""Summaries of hand-made outcomes, with answers worked out by hand."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.small_scenarios import empty_outcome, opening_of, setting_of, small_scenario
from funnelsim.engines.estimates import mean_of, money_band, money_bands, ratio_of
from funnelsim.engines.funnel_money import cost_by_period, priced
from funnelsim.engines.funnel_setting import minor_units, months_in
from funnelsim.engines.funnel_summary import content_hash, summarise
from funnelsim.engines.funnel_value import value_sums
from funnelsim.kernels import funnel_arrays as codes
from funnelsim.model.calendar import Period

HOUR = codes.TICKS_PER_HOUR
MARKETING, SALES = 0, 1
WEB, CUSTOMERS, AT_START = 0, 1, 2


def test_a_mean_and_its_error():
    found = mean_of(np.array([2, 4, 12]), per=2)
    assert found.mean == 3
    assert found.standard_error == pytest.approx(math.sqrt(7 / 3))
    assert mean_of(np.array([5])) == mean_of(np.array([5, 5]))


def test_a_ratio_is_of_sums_with_the_delta_methods_error():
    found = ratio_of(np.array([1, 3]), np.array([2, 4]))
    assert found.mean == 4 / 6
    # distances 1 - 4/3 and 3 - 8/3 are -1/3 and 1/3: their sd is sqrt(2)/3, and the mean of the lower ones 3
    assert found.standard_error == pytest.approx(math.sqrt(2) / 3 / math.sqrt(2) / 3)
    assert ratio_of(np.array([2]), np.array([4])).standard_error == 0
    nothing = ratio_of(np.array([0, 0]), np.array([0, 0]))
    assert math.isnan(nothing.mean)
    assert math.isnan(nothing.standard_error)


def test_the_delta_methods_error_is_the_spread_of_repeated_ratios():
    """Notices an error that is off by 7 %: 2,000 ratios of 400 replications each."""
    rng = np.random.default_rng(3)
    lower = rng.poisson(20, size=(2000, 400)) + 1
    upper = rng.binomial(lower, 0.3)
    ratios = upper.sum(axis=1) / lower.sum(axis=1)
    stated = ratio_of(upper[0], lower[0]).standard_error
    assert abs(stated / ratios.std(ddof=1) - 1) < 5 * (1 / math.sqrt(2 * 2000) + 1 / math.sqrt(2 * 400))


def test_ratios_of_sums_beyond_a_double_are_exact():
    huge = np.array([2**62, 2**62, 2**62])
    assert ratio_of(huge, huge).mean == 1
    assert mean_of(huge).mean == 2.0**62


def test_money_is_summed_before_it_is_ranked():
    money = np.array([[10, 0], [0, 10], [5, 7]])
    periods = (Period(date(2027, 1, 1), date(2027, 1, 31)), Period(date(2027, 2, 1), date(2027, 2, 28)))
    bands = money_bands(money, periods)
    assert [band.percentiles[50] for band in bands.periods] == [5, 7]
    assert bands.total.percentiles[50] == 10
    assert bands.total == bands.cumulative[-1]
    assert bands.cumulative[0].mean == 5
    assert bands.total.period == Period(date(2027, 1, 1), date(2027, 2, 28))
    assert bands.total.standard_error.mean == pytest.approx(math.sqrt(4 / 3) / math.sqrt(3))
    assert money_band(np.array([-5, -5]), periods[0]).percentiles[10] == -5


PRICES = st.fractions(0, 10**7, max_denominator=10**7)


@given(
    st.lists(st.tuples(st.lists(st.integers(0, 10**12), min_size=3, max_size=3), PRICES), min_size=1, max_size=4),
    st.lists(PRICES, min_size=3, max_size=3),
)
def test_prices_are_exact_and_rounded_once(parts, fixed):
    found = priced([(np.array(counts), price) for counts, price in parts], fixed)
    for place in range(3):
        exact = sum((counts[place] * price for counts, price in parts), fixed[place])
        assert int(found[place]) == round(exact)


def test_halves_go_to_the_even_minor_unit():
    counts = np.array([[1, 3, 5, 7]])
    assert priced([(counts, Fraction(1, 2))]).tolist() == [[0, 2, 2, 4]]


def test_amounts_are_taken_as_written():
    assert minor_units(0.1, 2) == 10
    assert minor_units(19.999, 2) == Fraction(19999, 10)
    assert minor_units(1e-7, 0) == Fraction(1, 10**7)


def test_a_month_is_one_month_whatever_its_days():
    assert months_in(Period(date(2027, 2, 1), date(2027, 2, 28))) == 1
    assert months_in(Period(date(2027, 1, 1), date(2027, 12, 31))) == 12
    assert months_in(Period(date(2027, 1, 22), date(2027, 2, 14))) == Fraction(10, 31) + Fraction(14, 28)


def test_what_a_month_costs_by_hand():
    scenario = small_scenario(
        teams={"Marketing": {"cost_per_touch": 0.25}},
        sources={
            "web": {"cost_per_lead": 12.5},
            "ads": {"per_day": 1.0, "stage": "C", "pr": 10.0, "spend": 1000.0, "half_spend": 500.0},
        },
        strategies={"relay": {"nurture": {"touches_per_month": 2.0, "cost_per_touch": 3.0}}},
        calendar={"as_of": "2027-01-21", "horizon": 1},
    )
    out = empty_outcome(scenario, 1)
    out.ticks[0, MARKETING, 0] = 2 * HOUR  # at 50
    out.touches[0, MARKETING, 0] = 3  # at .25
    out.ticks[0, SALES, 1] = HOUR // 3  # at 90
    out.born[0, WEB, 1] = 4  # at 12.50
    out.flow[0, 0, codes.NURTURE_DAYS] = 487  # 16 months of 2 mailings at 3
    cost = cost_by_period(setting_of(scenario), out)
    spent = Fraction(100000 * 10, 31)
    assert cost.tolist() == [[10000 + 75 + round(9600 + spent), 3000 + 5000 + 100000]]


def wide_scenario():
    """A scenario in which everything is asked for."""
    return small_scenario(
        sources={
            "web": {"promoted_per_lead": 40.0},
            "fair": {"per_day": 0.1, "stage": "C", "pr": 10.0, "promoted_per_lead": 10.0},
            "never": {"per_day": 0.0, "stage": "C", "pr": 10.0},
        },
        teams={"Sales": {"quota": 20.0}},
        goal={"revenue": 100.0},
        currency="USD",
    )


def wide_outcome(scenario):
    """Two replications; three periods; sources web, fair, never, customers, at the start."""
    out = empty_outcome(scenario, 2)
    flow = out.flow
    flow[0, :, codes.ARRIVED], flow[1, :, codes.ARRIVED] = [10, 0, 6], [4, 0, 0]
    flow[0, 2, codes.RESOLD] = 1
    flow[0, :, codes.FIRST_QUALIFIED], flow[1, :, codes.FIRST_QUALIFIED] = [4, 0, 2], [1, 1, 0]
    flow[0, :, codes.WINS], flow[1, :, codes.WINS] = [1, 0, 2], [0, 1, 0]
    flow[0, :, codes.BOOKED], flow[1, :, codes.BOOKED] = [5000, 0, 7000], [0, 3000, 0]
    flow[0, 2, codes.MONTH_END_WINS] = 1
    flow[0, 0, codes.NEVER_CALLED] = 2
    flow[0, 0, codes.FIRST_CALLS], flow[1, 0, codes.FIRST_CALLS] = 3, 1
    flow[0, 0, codes.CALL_DELAY], flow[1, 0, codes.CALL_DELAY] = 6, 4
    flow[0, 1, codes.PURCHASES], flow[1, 1, codes.PURCHASES] = 6, 2
    out.born[0, 0, 0], out.born[0, 1, 2], out.born[0, 3, 2], out.born[:, 4, 0] = 10, 6, 1, 3
    out.born[1, 0, 0] = 4
    out.by_source[0, 0], out.by_source[0, 4], out.by_source[1, 0] = 5000, 7000, 3000
    out.booked[0, SALES], out.booked[1, SALES] = 12000, 3000
    out.ticks[0, SALES], out.ticks[1, SALES] = [6 * HOUR, 0, 2 * HOUR], [HOUR, HOUR, 0]
    out.room[:, SALES] = 10 * HOUR
    out.parts[0, 1], out.parts[1, 2] = [3 * HOUR, 2 * HOUR, HOUR], [HOUR, 0, HOUR]
    out.spent[0], out.spent[1] = [4 * HOUR, 5, 2, 40], [2 * HOUR, 1, 0, -1]
    out.drift[0], out.drift[1] = [4, -0.5], [1, 0.0]
    out.stayed[0, 0], out.stayed[1, 0] = [3, 5, 80, 900], [1, 1, 20, 250]
    out.entered[0], out.entered[1] = [16, 5, 4, 3], [4, 2, 1, 1]
    out.lost[0, 0, codes.COMPETITOR, MARKETING] = 3
    out.lost[:, 1, codes.NO_DECISION, SALES] = 2
    out.passes[0, codes.QUALIFIED] = 6
    out.open_at[0, :, 0], out.open_at[1, :, 0] = [4, 5, 6], [2, 3, 4]
    return out


@pytest.fixture
def wide():
    scenario = wide_scenario()
    opening = opening_of(scenario, [("a", 100, 0.5, "B"), ("b", 100, 0.5, "C"), ("c", 100, 0.5, "C")])
    return summarise(setting_of(scenario, opening, opening_with_sales=1), wide_outcome(scenario))


def test_the_three_rates_as_the_guide_defines_them(wide):
    rates = wide.rates
    assert rates.response.mean == 20 / (14 * 40 + 6 * 10)
    assert rates.qualification.mean == 8 / (20 + 1 + 2 * 2)
    assert rates.conversion.mean == 4 / (8 + 2)
    assert rates.qualification_by_period[::2] == (5 / 14, 2 / 7)
    assert math.isnan(rates.qualification_by_period[1])
    assert rates.conversion_by_period == (1 / 5, 1.0, 1.0)


def test_no_response_rate_without_promotion():
    scenario = small_scenario()
    assert summarise(setting_of(scenario), empty_outcome(scenario, 2)).rates.response is None


def test_counts_by_hand(wide):
    counts = wide.counts
    assert counts.flows["arrived"].mean == 10
    assert counts.flows["arrived"].standard_error == pytest.approx(6)
    assert counts.passes.keys() == {"qualified"}
    assert counts.waste.mean == 6 / 8
    assert counts.never_called.mean == 2 / 10
    assert counts.call_delay_days.mean == 10 / 4
    assert counts.neglect_drift.mean == -0.1
    assert counts.idle_over_14.mean == 6 / 27
    assert counts.idle_over_30.mean == 2 / 27
    assert counts.market_share.mean == 4 / 8
    assert (counts.first_win_days.mean, counts.first_win_days.standard_error) == (41, 0)
    assert counts.month_end_share.mean == 1 / 4
    assert counts.cost_per_win.mean == 10 * 9000 / 4
    assert counts.cost_per_qsl.mean == 10 * 9000 / 8
    assert counts.reps_at_quota is None


def test_money_goal_and_quota_by_hand(wide):
    assert wide.bookings.total.mean == 7500
    assert wide.cost.total.mean == 10 * 9000 / 2
    assert wide.profit.total.mean == 7500 - 45000
    assert [band.mean for band in wide.profit.periods] == [2500 - 7 * 4500, 1500 - 4500, 3500 - 2 * 4500]
    assert (wide.goal.target, wide.goal.probability, wide.goal.expected_shortfall) == (10000, 0.5, 7000)
    assert wide.goal.standard_error == pytest.approx(math.sqrt(0.125))
    assert wide.teams[SALES].quota_reached.mean == 0.5  # three people at 20.00
    assert wide.teams[MARKETING].quota_reached is None
    assert any("quota" in note for note in wide.notes)


def test_stages_by_hand(wide):
    stage = wide.stages[0]
    assert stage.entered.mean == 10
    assert stage.conversion.mean == 4 / 10
    assert stage.stated_conversion == 0.5
    assert stage.days == 10
    assert stage.days_sd == pytest.approx(math.sqrt(115 - 100))
    assert stage.open_at_end.mean == 5
    assert wide.stages[1].sales_hours == (1.5, 1.0, 0.5)
    assert math.isnan(wide.stages[1].days)


def test_teams_by_hand(wide):
    sales = wide.teams[SALES]
    assert (sales.hours.mean, sales.room.mean) == (5, 30)
    assert sales.hours.standard_error == pytest.approx(3)
    assert sales.utilisation.mean == pytest.approx(10 / 60)
    assert sales.cost.mean == 45000
    assert sales.by_period == ((3.5, 10.0), (0.5, 10.0), (1.0, 10.0))


def test_losses_in_falling_order_with_shares_of_all(wide):
    assert [(one.stage, one.reason, one.team, one.leads.mean) for one in wide.losses] == [
        ("B", "no decision", "Sales", 2.0),
        ("C", "competitor", "Marketing", 1.5),
    ]
    assert [one.share for one in wide.losses] == [4 / 7, 3 / 7]


def test_sources_without_a_lead_or_a_cost_are_left_out(wide):
    assert [(one.name, one.leads.mean, one.booked.mean) for one in wide.sources] == [
        ("web", 7, 4000), ("fair", 3, 0), ("customers", 0.5, 0), ("open at the start", 3, 3500),
    ]  # fmt: skip


def test_whole_cost_is_that_of_teams_sources_and_mailings():
    scenario = small_scenario(sources={"web": {"cost_per_lead": 3.0}})
    rng = np.random.default_rng(2)
    out = empty_outcome(scenario, 50)
    for field in (out.ticks, out.touches, out.born, out.flow):
        field[...] = rng.integers(0, 10**7, size=field.shape)
    out.ticks[...] *= 1000
    found = summarise(setting_of(scenario), out)
    parts = [*(team.cost.mean for team in found.teams), *(one.cost.mean for one in found.sources)]
    parts.append(found.counts.mailing_cost.mean)
    assert sum(parts) == pytest.approx(found.cost.total.mean, abs=4)  # each is rounded to whole minor units


def test_value_by_stage_by_step_and_by_journey_is_the_same_money():
    scenario = small_scenario()
    rng = np.random.default_rng(8)
    ev_at = rng.integers(0, 2**58, size=(4, 3, 3, 7))
    tables = value_sums(scenario.stages, ev_at)
    for period in range(3):
        totals = {sum(sums[period] for sums in table.values()) for table in tables}
        assert totals == {sum(ev_at[:, period].ravel().tolist())}
    by_stage, by_step, by_journey = tables
    assert by_step["raise interest"][0] == sum(ev_at[:, 0, 0, 2:].ravel().tolist())
    assert by_step["make contact"][0] == sum(ev_at[:, 0, 0, :2].ravel().tolist())
    assert by_journey["compares"] == by_stage["B"]


def test_open_leads_and_value_are_means(wide):
    assert wide.value.open_leads["C"] == (3, 4, 5)
    assert wide.value.by_stage["C"] == (0, 0, 0)


def test_the_fingerprint_sees_every_field_and_no_name():
    scenario = small_scenario(strategies={"relay": {}, "again": {}})
    out = empty_outcome(scenario, 2)
    first = summarise(setting_of(scenario, strategy="relay"), out)
    assert first.content_hash == summarise(setting_of(scenario, strategy="again"), out).content_hash
    seen = {content_hash(0, out), content_hash(1, out)}
    for name, field in out._asdict().items():
        changed = field.copy()
        changed.flat[-1] += 1
        seen.add(content_hash(0, out._replace(**{name: changed})))
    assert len(seen) == 2 + len(out)


def test_a_single_replication_has_answers_without_errors():
    scenario = wide_scenario()
    whole = wide_outcome(scenario)
    alone = type(whole)(*(field[:1] for field in whole))
    found = summarise(setting_of(scenario), alone)
    assert found.replications == 1
    assert found.bookings.total.sd == 0
    assert found.counts.waste.standard_error == 0
    assert found.goal.probability == 1
    assert found.goal.expected_shortfall == 0
