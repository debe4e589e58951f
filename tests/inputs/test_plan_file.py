"""Plans and actuals are read as strictly as leads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from funnelsim.errors import DataError
from funnelsim.inputs.plan_file import parse_amount, read_actuals, read_plan


def write(folder: Path, text: str) -> Path:
    path = folder / "plan.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("4500000", 450000000), ("4,500,000.00", 450000000), ("4.5M", 450000000), ("$450k", 45000000), ("0", 0),
        ("1 234,5", 123450), ("plan.csv", None), ("plans/2026.csv", None), ("", None), ("next year", None),
    ],
)  # fmt: skip
def test_amounts(text: str, minor: int | None) -> None:
    assert parse_amount(text) == minor


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.234", "decimal mark can be told"),
        ("-5", r"in \[0"),
        ("1.005k", "decimal mark"),
        ("1.2345", "at most 2 decimals"),
    ],
)
def test_amounts_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_amount(text)


def test_amount_of_a_currency_without_minor_units() -> None:
    assert parse_amount("4.5M", 0) == 4500000


def test_plan_by_period(tmp_path: Path) -> None:
    path = write(tmp_path, 'Month,Target\n2026-02,"1,000.50"\n2026-01,100\n"Mar 1, 2026",7\n')
    assert read_plan(path) == ((date(2026, 1, 1), 10000), (date(2026, 2, 1), 100050), (date(2026, 3, 1), 700))


def test_plan_by_quarter_follows_the_fiscal_year(tmp_path: Path) -> None:
    path = write(tmp_path, "period,target\n2026-Q1,1\n2026-Q4,2\n")
    assert read_plan(path) == ((date(2026, 1, 1), 100), (date(2026, 10, 1), 200))
    assert read_plan(path, fiscal_start=4) == ((date(2025, 4, 1), 100), (date(2026, 1, 1), 200))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("period,target\n2026-01,1\n2026-01-01,2\n", "different in every row; got 2026-01-01 in lines 2 and 3"),
        ("period,target\n2026-13,1\n", "there is no such day"),
        (
            "period,target\n2026-01,1\nTotal,1\n",
            r"line 3: period .* must be a period; got 'Total'.*\n.*2026-07 for a month",
        ),
        ("period,target\nJul 2026,1\n", "must be a period; got 'Jul 2026'"),
        ("period,target\n,1\n", r"period .* given in every row"),
        ("period,target\n2026-01,\n", r"target .* given in every row"),
        ("period,target\n2026-01,-1\n", r"in \[0, 1,000"),
        ("period,target\n2026-01,1.005\n2026-02,2.5\n", "at most 2 decimals"),
        ("period,target\n2026-01,1.005\n", "decimal mark can be told"),
        ("period,target\n2026-01,$5\n2026-02,€5\n", "in one currency"),
        ("when,what\n2026-01,1\n", "'period' and 'target'"),
        ("period,target\n", "rows below its header"),
    ],
)
def test_plans_that_cannot_be_read(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_plan(write(tmp_path, text))


@pytest.mark.parametrize(
    ("label", "unit", "message"),
    [
        ("2026-Q3", "month", r"period .* a month, like the periods .* got '2026-Q3'"),
        ("2026-Q3", "week", "a week, like"),
        ("2026-07", "quarter", "a quarter, like"),
    ],
)
def test_a_plan_in_other_periods_than_the_forecast_is_refused(
    label: str, unit: str, message: str, tmp_path: Path
) -> None:
    path = write(tmp_path, f"period,target\n{label},1\n")
    with pytest.raises(DataError, match=message):
        read_plan(path, unit=unit)
    assert read_plan(path)


def test_amounts_in_another_currency_than_the_leads_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--plan: the amount must be in USD, like the leads; got '5€'"):
        parse_amount("5€", where="--plan", currency="USD")
    assert parse_amount("$5", currency="USD") == parse_amount("5€", currency="EUR") == 500
    for rows in ("period,target\n2026-01,5€\n", "period,target,currency\n2026-01,5,EUR\n"):
        path = write(tmp_path, rows)
        assert read_plan(path, currency="EUR")
        with pytest.raises(DataError, match="in USD, like the leads; got EUR"):
            read_plan(path, currency="USD")


def test_actuals(tmp_path: Path) -> None:
    found = read_actuals(write(tmp_path, "date,amount\n2026-01-05,100\n2026-01-05,7.25\n"), as_of=date(2026, 1, 5))
    assert [str(day) for day in found.day] == ["2026-01-05", "2026-01-05"]
    assert found.amount.tolist() == [10000, 725]


def test_actuals_after_the_as_of_day(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="on or before the as-of day 2026-01-05; got 2026-01-06"):
        read_actuals(write(tmp_path, "date,amount\n2026-01-06,100\n"), as_of=date(2026, 1, 5))


def test_actuals_without_a_day(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"date .* given in every row"):
        read_actuals(write(tmp_path, "date,amount\n,100\n"))
