"""Leads keep what the file said, exactly."""

from __future__ import annotations

import hashlib
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

import funnelsim.model.leads as leads_module
from funnelsim.errors import DataError
from funnelsim.model.leads import lead_key
from properties.lead_tables import Row, leads_of


def test_a_lead_key_is_known_and_stays():
    """Changing it would change every saved forecast's luck: the first 8 bytes of BLAKE2b, little end first."""
    assert lead_key("006bRo1CSMTQX6h") == 15_684_965_319_472_564_252
    assert lead_key("") == int.from_bytes(hashlib.blake2b(b"", digest_size=8).digest(), "little")


def test_ids_are_text_and_look_alikes_are_different_leads():
    ids = ["00123", "123", "1E5", "100000", "a", "A", "a ", "\u00e9", "e\u0301", "日本", ""]
    assert len({lead_key(each) for each in ids}) == len(ids)
    leads = leads_of([Row(each) for each in ids])
    assert leads.lead_count == len(ids)


def test_a_key_does_not_depend_on_the_row_or_the_other_leads():
    one, two = leads_of([Row("x"), Row("y")]), leads_of([Row("z"), Row("y"), Row("x")])
    assert one.key.tolist() == two.key[[2, 1]].tolist()
    assert one.key.dtype == np.uint64


def test_two_ids_with_one_key_are_refused(monkeypatch):
    monkeypatch.setattr(leads_module, "lead_key", lambda text: 7)
    with pytest.raises(DataError, match="lead_id must be one whose 64-bit key differs from that of 'x'; got 'y'"):
        leads_of([Row("x"), Row("y")])


def test_line_items_share_their_key_and_count_as_one_lead():
    leads = leads_of([Row("x", 1), Row("y"), Row("x", 2)])
    assert len(leads) == 3
    assert leads.lead_count == 2
    assert leads.key[0] == leads.key[2] != leads.key[1]


def test_expected_value_is_exact_where_floats_are_not():
    leads = leads_of([Row("a", 1, "0.1"), Row("b", 1, "0.2"), Row("c", 10**17 - 1, "0.3")])
    assert leads.expected_value() == Fraction(3, 10) * 10**17
    assert leads.expected_value(np.array([True, True, False])) == Fraction(3, 10)
    assert leads.expected_value(np.array([False, False, False])) == 0


def test_a_selection_keeps_every_column_and_the_luck():
    rows = [Row("a", 5, "0.1", region="n"), Row("b", 6, "0.25", date(2027, 1, 2), (1, 3), region="s"), Row("c", 7)]
    part = leads_of(rows, currency="EUR").select(np.array([False, True, True]))
    assert part.lead_id == ("b", "c")
    assert part.pr.tolist() == [6, 7]
    assert [str(pc) for pc in part.pc] == ["0.25", "0.5"]
    assert part.pr_p90.tolist() == [3, -1]
    assert part.attributes == {"region": ("s", "north")}
    assert part.currency == "EUR"
    assert part.line.tolist() == [3, 4]
    assert part.key.tolist() == [lead_key("b"), lead_key("c")]


def test_columns_of_different_lengths_are_refused():
    leads = leads_of([Row("a")])
    with pytest.raises(AssertionError, match="one value per row"):
        type(leads)(**{**{name: getattr(leads, name) for name in leads.__dataclass_fields__}, "lead_id": ("a", "b")})
