"""Numbers and probabilities: any way of writing them gives the exact value or an error, never another value."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from funnelsim.inputs.findings import Findings
from funnelsim.inputs.text_values import TextColumn, is_blank, read_numbers, read_probabilities

GROUPS = (",", ".", " ", "\u00a0", "\u202f", "'", "")
AMOUNTS = st.decimals(min_value=0, max_value=10**15, places=2, allow_nan=False, allow_infinity=False)


def column(cells: list[str], header: str = "pr", *, needed: bool = True, typed: bool = False) -> TextColumn:
    lines = np.arange(2, 2 + len(cells), dtype=np.int64)
    return TextColumn("PR", header, cells, lines, np.full(len(cells), needed), typed)


def written(value: Decimal, mark: str, group: str, places: int) -> str:
    """Write a number as some locale would."""
    text = f"{value:,.{places}f}" if group else f"{value:.{places}f}"
    return text.replace(",", "\0").replace(".", mark).replace("\0", group)


@given(
    st.lists(AMOUNTS, min_size=1, max_size=6),
    st.sampled_from(".,"),
    st.sampled_from(GROUPS),
    st.sampled_from(("{}", "${}", "{} €", "EUR {}", "{} USD", "-{}", "({})", "{}-")),
)
def test_any_locale_is_exact_or_refused(values: list[Decimal], mark: str, group: str, frame: str) -> None:
    assume(mark != group)
    findings = Findings("x.csv")
    cells = [frame.format(written(value, mark, group, 2)) for value in values]
    read = read_numbers(column(cells), findings)
    sign = -1 if "-" in frame or "(" in frame else 1
    assert not findings.problems  # two decimals always show their mark
    assert read.values == tuple(sign * value for value in values)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=6), st.sampled_from(".,"), st.sampled_from(GROUPS))
def test_whole_numbers_are_exact_or_asked_about(values: list[int], mark: str, group: str) -> None:
    assume(mark != group)
    findings = Findings("x.csv")
    cells = [written(Decimal(value), mark, group, 0) for value in values]
    read = read_numbers(column(cells), findings).values
    assert findings.problems or read == tuple(map(Decimal, values))
    told = Findings("x.csv")
    assert read_numbers(column(cells), told, mark).values == tuple(map(Decimal, values))
    assert not told.problems


@given(
    st.lists(st.decimals(0, 10**9, places=3), min_size=1, max_size=5), st.sampled_from(".,"), st.sampled_from(GROUPS)
)
def test_three_decimals_are_never_taken_for_thousands(values: list[Decimal], mark: str, group: str) -> None:
    assume(mark != group)
    findings = Findings("x.csv")
    read = read_numbers(column([written(value, mark, group, 3) for value in values]), findings).values
    assert findings.problems or read == tuple(values)


@given(st.text(max_size=12))
def test_any_text_is_a_number_a_blank_or_a_problem(text: str) -> None:
    findings = Findings("x.csv")
    value = read_numbers(column([text]), findings).values[0]
    assert (value is not None) + is_blank(text) + bool(findings.problems) == 1


@given(st.text(alphabet="0123456789.,' -+()$€%kM", max_size=12))
def test_number_like_text_means_its_digits(text: str) -> None:
    """The digits of a value that is read are the digits that were written, whatever stands around them."""
    findings = Findings("x.csv")
    value = read_numbers(column([text]), findings).values[0]
    if value is not None:
        digits = "".join(character for character in text if character.isdigit()).strip("0")
        assert "".join(map(str, value.as_tuple().digits)).strip("0") == digits


@given(st.lists(st.decimals(0, 100, places=4), min_size=1, max_size=8), st.booleans())
def test_percent_and_fraction_agree(values: list[Decimal], sign: bool) -> None:
    findings = Findings("x.csv")
    cells = [f"{value}{'%' * sign}" for value in values]
    read, _ = read_probabilities(column(cells), findings, "percent")
    assert not findings.problems
    assert read == tuple(value / 100 for value in values)
    alone = Findings("x.csv")
    guessed, _ = read_probabilities(column(cells), alone)
    assert alone.problems or guessed == read or max(values) <= 1


@given(st.lists(st.decimals(0, 1, places=6), min_size=1, max_size=8))
def test_fractions_are_never_percent(values: list[Decimal]) -> None:
    findings = Findings("x.csv")
    read, _ = read_probabilities(column(list(map(str, values))), findings)
    assert findings.problems or read == tuple(values)


def test_what_decided_is_said() -> None:
    findings = Findings("x.csv")
    assert read_numbers(column(["5", "1,234.50"]), findings).decided == "decimal point: 1,234.50 in line 3"
    assert read_numbers(column(["12.345"]), findings, ",").decided == "as told by --decimal ,"
    assert read_probabilities(column(["0.8", "0"]), findings)[1] == "fraction: values up to 0.8"
    assert read_probabilities(column(["80"]), findings)[1] == "percent: values up to 80"
    assert read_probabilities(column(["80%"]), findings)[1] == "percent: the values carry %"
    assert read_probabilities(column(["80"], "PC (%)"), findings)[1] == "percent: the header has %"
    assert not findings.problems


def test_cells_that_do_not_matter_give_evidence_but_no_problems() -> None:
    findings = Findings("x.csv")
    cells = TextColumn("PR", "pr", ["12,345", "1,234.50", "rubbish"], np.arange(3), np.array([True, False, False]))
    assert read_numbers(cells, findings).values == (Decimal(12345), Decimal("1234.50"), None)
    assert not findings.problems
    unneeded = column(["1.234", "1.5", "1,5", "x"], needed=False)
    read_numbers(unneeded, findings)
    read_probabilities(column(["0", "1"], needed=False), findings)
    assert not findings.problems


def test_typed_numbers_have_a_point() -> None:
    findings = Findings("x.xlsx", "row")
    assert read_numbers(column(["1.234", "12345"], typed=True), findings, ",").values == (
        Decimal("1.234"),
        Decimal(12345),
    )
    assert not findings.problems


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "-", "—", "N/A", "(No value)", "null", "None"])
def test_blanks(text: str) -> None:
    assert is_blank(text)


def test_a_long_number_keeps_every_digit() -> None:
    digits = "1234567890123456789012345678901234567890.12345678901234567890"
    findings = Findings("x.csv")
    assert read_numbers(column([digits]), findings).values == (Decimal(digits),)
    percent, _ = read_probabilities(column(["12.345678901234567890123456789012345678901"]), findings)
    assert str(percent[0]) == "0.12345678901234567890123456789012345678901"
