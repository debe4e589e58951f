"""Lowering keeps every row, its dtype and its layout, and refuses sums that could wrap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from scipy import special

from funnelsim.engines.lowering import MOST_TABLES, largest_amounts, lower_leads, table_distance, unit_spread
from funnelsim.engines.shocked_odds import mean_chance
from funnelsim.errors import DataError, ResourceError
from funnelsim.kernels.cell_layout import CELLS
from funnelsim.model.assumptions import ForecastAssumptions
from funnelsim.model.leads import lead_key
from properties.lead_tables import DEFAULT, GROUPED, STATED, YEAR, Row, assumptions, book_of, leads_of, often, rows

DTYPES = {
    "key": np.uint64,
    "chance_cell": np.int64,
    "day_cell": np.int64,
    "amount": np.int64,
    "amount_table": np.int64,
    "amount_scale": np.float64,
    "group": np.int64,
    "probability": np.float64,
    "odds": np.float64,
    "day_edges": np.uint64,
    "day_first": np.int64,
    "day_last": np.int64,
    "shapes": np.float64,
}


@often
@given(rows(), assumptions)
def test_one_signature_per_kernel_whatever_the_book(book, assumed):
    lowered = book_of(book, assumptions=assumed)
    for name, array in (*lowered.rows._asdict().items(), *lowered.tables._asdict().items()):
        assert array.dtype == DTYPES[name], name
        assert array.flags.c_contiguous, name
        assert array.flags.writeable, name
    assert lowered.rows.key.shape == (len(book),)
    assert lowered.bins == 12
    assert lowered.sets == 1


@often
@given(rows(least=1), assumptions)
def test_rows_point_into_their_tables_and_keep_their_order(book, assumed):
    lowered = book_of(book, assumptions=assumed)
    cells, tables = lowered.rows, lowered.tables
    assert cells.key.tolist() == [lead_key(row.lead_id) for row in book]
    assert tables.probability[0, cells.chance_cell].tolist() == [float(row.pc) for row in book]
    assert cells.day_cell.max() < tables.day_edges.shape[0]
    assert cells.amount_table.max() < max(1, tables.shapes.shape[0])
    assert tables.shapes.shape[1] == CELLS
    for name in ("day_first", "day_last"):
        assert getattr(tables, name).shape == (tables.day_edges.shape[0], 1)


@pytest.mark.parametrize("assumed", [STATED, DEFAULT, GROUPED])
def test_odds_have_the_stated_chance_as_their_mean(assumed):
    chances = ["0", "0.0000001", "0.1", "0.5", "0.9999999", "1"]
    tables = book_of([Row(f"L{chance}", pc=chance) for chance in chances], assumptions=assumed).tables
    sd = float(np.hypot(assumed.shock_sd, assumed.group_sd))
    with np.errstate(divide="ignore"):
        mean = mean_chance(np.log(tables.odds[0]), sd)
    assert mean == pytest.approx([float(chance) for chance in chances], rel=1e-9)
    assert tables.odds[0, 0] == 0
    assert np.isinf(tables.odds[0, -1])


def test_amount_spreads_become_shapes_and_scales():
    lowered = book_of([
        Row("a", 500),
        Row("b", 500, amount=(100, 400)),
        Row("c", 500, amount=(25, 100)),
        Row("d", 500, amount=(300, 300)),
        Row("e", 500, amount=(10, 90)),
    ])
    assert lowered.rows.amount_table.tolist() == [-1, 0, 0, -1, 1]
    assert lowered.rows.amount_scale.tolist() == [0, pytest.approx(200), pytest.approx(50), 0, pytest.approx(30)]
    assert lowered.rows.amount[[0, 3]].tolist() == [500, 300]
    law = unit_spread(4.0)
    assert [law.quantile(np.array(p)) for p in (0.1, 0.5, 0.9)] == pytest.approx([0.5, 1.0, 2.0])


def test_as_stated_takes_the_pr_and_no_spread():
    lowered = book_of([Row("b", 500, amount=(100, 400)), Row("d", 500, amount=(300, 300))], assumptions=STATED)
    assert lowered.rows.amount.tolist() == [500, 500]
    assert lowered.rows.amount_table.tolist() == [-1, -1]
    assert lowered.tables.shapes.shape == (0, CELLS)


def test_a_groups_address_hangs_on_its_value_and_not_on_its_rank():
    lowered = book_of([Row("a", region="west"), Row("b", region="east"), Row("c", region="west")], assumptions=GROUPED)
    assert lowered.rows.group.tolist() == [1, 0, 1]
    assert lowered.group_keys.tolist() == [lead_key("east"), lead_key("west")]
    alone = book_of([Row("a", region="west")], assumptions=GROUPED)
    assert alone.group_keys.tolist() == [lead_key("west")]


def test_without_a_group_shock_there_are_no_groups():
    assert book_of([Row("a")]).group_keys.size == 0
    assert book_of([]).rows.key.size == 0


def test_a_book_that_could_wrap_is_refused_in_a_sentence():
    rows = [Row(f"L{place}", 10**17) for place in range(47)]
    with pytest.raises(DataError) as caught:
        book_of(rows)
    assert str(caught.value) == (
        "leads: potential revenue must be below 4.61e+18 minor units in all; got up to 4.7e+18.\n"
        "  hint: look for amounts in the wrong unit"
    )
    book_of(rows[:46])


def test_a_spread_that_could_wrap_is_refused_too():
    with pytest.raises(DataError, match="potential revenue"):
        book_of([Row("a", 1, amount=(10**15, 10**18))])
    book_of([Row("a", 1, amount=(10**15, 10**18))], assumptions=STATED)


def test_more_spreads_than_memory_has_room_for_are_refused():
    rows = [Row(f"L{place}", 1, amount=(1_000_000, 2_000_000 + place)) for place in range(MOST_TABLES + 1)]
    with pytest.raises(ResourceError, match="at most 10,000 kinds of P90 to P10; got 10,001 kinds"):
        book_of(rows)
    assert book_of(rows, assumptions=STATED).tables.shapes.shape[0] == 0


def test_the_largest_amount_is_the_last_cell_of_a_table():
    lowered = book_of([Row("a", 77), Row("b", 5, amount=(100, 400))])
    most = largest_amounts(lowered)
    assert most[0] == 77
    far_out = 200 * 2 ** (special.ndtri(1 - 2.0**-21) / special.ndtri(0.9))
    assert 0.9 * far_out < most[1] < 2 * far_out


def test_the_distance_of_tables_from_their_laws_is_small_and_said():
    leads = leads_of([Row("a", 5, amount=(100, 400)), Row("b", 5, amount=(1, 9))])
    assert 0 < table_distance(leads, DEFAULT) < 5e-4
    assert table_distance(leads, STATED) == 0
    assert table_distance(leads_of([Row("a")]), DEFAULT) == 0


def test_a_selection_of_a_book_shares_its_tables():
    book = book_of([Row("a"), Row("b"), Row("c")])
    part = book.select(np.array([True, False, True]))
    assert part.rows.key.tolist() == [lead_key("a"), lead_key("c")]
    assert part.tables is book.tables


def test_lowering_twice_gives_the_same_bits():
    rows = [Row(f"L{place}", place, f"0.{place + 10}") for place in range(30)]
    one, two = (lower_leads(leads_of(rows), YEAR, ForecastAssumptions()) for _ in range(2))
    for first, second in zip((*one.rows, *one.tables), (*two.rows, *two.tables), strict=True):
        assert np.array_equal(first, second)
