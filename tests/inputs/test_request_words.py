"""A request says exactly what was typed, or which option to type differently."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from funnelsim.errors import FunnelsimError
from funnelsim.inputs.leads_file import read_leads
from funnelsim.inputs.request_words import reading_options, request_of
from funnelsim.model.request import ForecastRequest
from funnelsim.model.settings import ForecastSettings

LEADS = "id,amount,probability,close date,stage\n1,1000,50%,2026-08-01,Demo\n2,500,,2026-09-01,Demo\n"


def asked(folder: Path, **words: object) -> ForecastRequest:
    leads = folder / "leads.csv"
    leads.write_text(LEADS, encoding="utf-8")
    settings = ForecastSettings(as_of=date(2026, 6, 30), **words)  # type: ignore[arg-type]
    return request_of(read_leads(leads, reading_options(settings)), settings)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"plan": "abc"}, r"--plan must be an amount such as 5M, or a CSV .* that exists; got 'abc'"),
        ({"plan": "nosuch.csv"}, "--plan must be an amount"),
        ({"plan": "1.234"}, "--plan: the amount must be written so"),
        ({"actuals": "nosuch.csv"}, "--actuals must be a CSV of date,amount that exists; got 'nosuch.csv'"),
        ({"add_actuals": "nosuch.csv"}, "--add-actuals must be"),
        ({"stage_pc": {"Demo": "0.4"}}, "--stage-pc must be given together with --impute stage; got Demo"),
        ({"stage_pc": {"Dmeo": "0.4"}, "impute": "stage"}, "--stage-pc must be for a stage that is in the file"),
        ({"stage_pc": {"Demo": "x"}, "impute": "stage"}, "--stage-pc Demo must be a number; got 'x'"),
        ({"stage_pc": {"Demo": "40"}, "impute": "stage"}, "--stage-pc Demo must be in .0, 1.; got 40"),
        ({"currency": "USD", "rates": {"EUR": "1,08"}}, "--rate EUR must be a number; got '1,08'"),
        ({"currency": "USD", "rates": {"EUR": "108%"}}, "--rate EUR must be a number; got '108%'"),
    ],
)
def test_words_that_cannot_be_used_name_their_option(words: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(FunnelsimError, match=message) as caught:
        asked(tmp_path, **words)
    assert "hint: " in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("2026-Q3,1\n2026-Q4,2\n", "must be a month, like the periods"),
        ("2026-07,1\n2026-09,2\n", "without gaps .* got nothing from 2026-08-01 to 2026-08-31"),
    ],
)
def test_a_plan_that_leaves_time_out_is_refused(rows: str, message: str, tmp_path: Path) -> None:
    """A quarter's target taken for one month, or a month without a target, would move the chance of the plan unseen."""
    path = tmp_path / "plan.csv"
    path.write_text(f"period,target\n{rows}", encoding="utf-8")
    with pytest.raises(FunnelsimError, match=message):
        asked(tmp_path, plan=str(path))


def test_the_plan_of_quarters_covers_them(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text("period,target\n2026-Q3,1\n2026-Q4,2\n", encoding="utf-8")
    request = asked(tmp_path, plan=str(path), period="quarter", horizon=4)
    assert request.plan is not None
    window = request.plan.window(request.calendar)
    assert (window.start, window.end) == (date(2026, 7, 1), date(2026, 12, 31))


def test_order_of_day_and_decimal_mark_hold_for_plan_and_actuals_too(tmp_path: Path) -> None:
    for name, head in (("plan.csv", "period;target"), ("actuals.csv", "date;amount")):
        day = "01/07/2026" if name == "plan.csv" else "03/04/2026"
        (tmp_path / name).write_text(f"{head}\n{day};1.234\n", encoding="utf-8")
    files = {"plan": str(tmp_path / "plan.csv"), "actuals": str(tmp_path / "actuals.csv")}
    with pytest.raises(FunnelsimError, match="--dates dmy"):
        asked(tmp_path, **files)
    request = asked(tmp_path, **files, dates="dmy", decimal=",")
    assert request.plan is not None
    assert request.plan.by_period == ((date(2026, 7, 1), 123400),)
    assert request.actuals is not None
    assert [str(day) for day in request.actuals.day] == ["2026-04-03"]
    assert request.actuals.amount.tolist() == [123400]
