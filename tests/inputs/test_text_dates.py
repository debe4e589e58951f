"""Days: any way of writing them gives the exact day or an error, never another day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.errors import ScenarioError
from funnelsim.inputs.findings import Findings
from funnelsim.inputs.text_dates import read_dates
from funnelsim.inputs.text_values import TextColumn, is_blank

DAYS = st.dates(date(1900, 1, 1), date(2400, 12, 31))
CLEAR = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d-%b-%Y", "%d %B %Y", "%b %d, %Y", "%Y-%m-%dT%H:%M:%S")
OPEN = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%m/%d/%Y %I:%M %p")


def column(cells: list[str], *, needed: bool = True) -> TextColumn:
    lines = np.arange(2, 2 + len(cells), dtype=np.int64)
    return TextColumn("expected close", "Close Date", cells, lines, np.full(len(cells), needed))


@given(st.lists(DAYS, min_size=1, max_size=5), st.sampled_from(CLEAR))
def test_clear_formats_are_exact(days: list[date], form: str) -> None:
    findings = Findings("x.csv")
    assert read_dates(column([f"{day:{form}}" for day in days]), findings).values == tuple(days)
    assert not findings.problems


@given(st.lists(DAYS, min_size=1, max_size=5), st.sampled_from(OPEN))
def test_open_formats_are_exact_or_asked_about(days: list[date], form: str) -> None:
    findings = Findings("x.csv")
    cells = [f"{day:{form}}" for day in days]
    read = read_dates(column(cells), findings).values
    assert findings.problems or read == tuple(days)
    assert not findings.problems or all(day.day <= 12 for day in days)
    told = Findings("x.csv")
    order = "dmy" if form.startswith("%d") else "mdy"
    assert read_dates(column(cells), told, order).values == tuple(days)
    assert not told.problems


@given(DAYS, st.sampled_from(("%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d-%b-%y")))
def test_two_digit_years_are_refused(day: date, form: str) -> None:
    findings = Findings("x.csv")
    assert read_dates(column([f"{day:{form}}"]), findings).values == (None,)
    assert "four digits" in str(findings.problems[0])


@given(
    st.datetimes(datetime(1901, 1, 1), datetime(2400, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from((" ", "T")),
)
def test_a_moment_is_its_day_in_utc(moment: datetime, offset: int, between: str) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    findings = Findings("x.csv")
    read = read_dates(column([zoned.isoformat(between, "seconds")]), findings)
    assert read.values == (zoned.replace(microsecond=0).astimezone(UTC).date(),)
    assert len(read.notes) == 1
    assert not findings.problems


@given(st.datetimes(datetime(2001, 9, 9, 2), datetime(2286, 1, 1)))
def test_milliseconds_are_their_day(moment: datetime) -> None:
    stamp = int(moment.replace(tzinfo=UTC).timestamp() * 1000)
    findings = Findings("x.csv")
    assert read_dates(column([str(stamp)]), findings).values == (moment.date(),)


@given(st.text(max_size=14))
def test_any_text_is_a_day_a_blank_or_a_problem(text: str) -> None:
    findings = Findings("x.csv")
    value = read_dates(column([text]), findings).values[0]
    assert (value is not None) + is_blank(text) + bool(findings.problems) == 1


@given(st.integers(0, 99999))
def test_serial_numbers_are_never_days(serial: int) -> None:
    findings = Findings("x.csv")
    assert read_dates(column([str(serial)]), findings).values == (None,)
    assert findings.problems


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("2026-01-31T23:30:00-05:00", None, date(2026, 2, 1)),
        ("2026-01-31T23:30:00-05:00", "America/New_York", date(2026, 1, 31)),
        ("2027-01-01T00:30:00+09:00", None, date(2026, 12, 31)),
        ("2026-06-30 22:30 +0000", "Europe/Berlin", date(2026, 7, 1)),
        ("2026-06-30 22:30", "Europe/Berlin", date(2026, 6, 30)),
    ],
)
def test_zones(text: str, zone: str | None, day: date) -> None:
    findings = Findings("x.csv")
    assert read_dates(column([text]), findings, timezone=zone).values == (day,)
    assert not findings.problems


def test_unknown_zone() -> None:
    with pytest.raises(ScenarioError, match="name of a time zone"):
        read_dates(column(["2026-06-30T00:00Z"]), Findings("x.csv"), timezone="../etc/passwd")


def test_what_decided_is_said() -> None:
    findings = Findings("x.csv")
    assert read_dates(column(["03/04/2026", "17/04/2026"]), findings).decided == "day first: 17/04/2026 in line 3"
    assert read_dates(column(["04/17/2026"]), findings).decided == "month first: 04/17/2026 in line 2"
    assert read_dates(column(["03/04/2026"]), findings, "mdy").decided == "as told by --dates mdy"
    assert read_dates(column(["2026-04-17"]), findings).decided == ""


def test_cells_that_do_not_matter_raise_no_problems() -> None:
    findings = Findings("x.csv")
    read_dates(column(["03/04/2026", "rubbish", "46295"], needed=False), findings)
    assert not findings.problems
