"""Reading whole files: real exports, real records, paths, and what a table of leads says about itself."""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from funnelsim.errors import DataError, FunnelsimError, ScenarioError
from funnelsim.inputs.leads_file import read_leads, understand
from funnelsim.inputs.raw_table import RawTable, number_text
from funnelsim.inputs.reading_options import ReadingOptions
from funnelsim.model.leads import ColumnMapping

AS_OF = date(2026, 6, 30)
TRACKING = {
    "pr": "ProductRevenue",
    "pc": "Probability",
    "expected_close": "EstimatedCloseDate",
    "lead_id": "Opportunity ID",
    "stage": "Sales Stage",
}


def write(folder: Path, text: str, name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_tracking_sample_is_exact(records: Path) -> None:
    path = records / "ms_opportunity_tracking" / "opportunities_joined.csv"
    options = ReadingOptions(as_of=date(2014, 12, 31), mapping=TRACKING, duplicates="lines")
    table = read_leads(path, options)
    leads = table.leads
    assert (table.rows, len(leads), leads.lead_count) == (487, 487, 486)
    assert leads.expected_value() / 100 == Fraction("461120880.8")
    raw = path.read_text(encoding="utf-8").splitlines()
    header = raw[0].split(",")
    factored, close = header.index("FactoredProductRevenue"), header.index("EstimatedCloseDate")
    stated: dict[str, Fraction] = defaultdict(Fraction)
    for line in raw[1:]:
        cells = line.split(",")
        stated[cells[close][:7]] += Fraction(cells[factored])
    assert len(stated) == 12
    for month, total in stated.items():
        ours = leads.expected_value(leads.expected_close.astype("datetime64[M]") == np.datetime64(month)) / 100
        assert round(ours, 2) == round(total, 2), month
    assert table.excluded == ()
    assert ColumnMapping("pc", "Probability", "fraction: values up to 0.8") in table.columns
    assert "Partner Driven" in table.kept_columns
    assert set(leads.attributes["region"]) == {"Central", "East", "West"}


def test_tracking_sample_needs_the_users_word_on_duplicates(records: Path) -> None:
    path = records / "ms_opportunity_tracking" / "opportunities_joined.csv"
    with pytest.raises(DataError, match="--duplicates lines"):
        read_leads(path, ReadingOptions(as_of=date(2014, 12, 31), mapping=TRACKING))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("salesforce_field_history_report_excerpt.csv", "one row per lead; got a field history"),
        ("salesforce_opportunity_history_report_excerpt.csv", "one row per lead; got a stage history"),
        ("fivetran_salesforce/sf_opportunity_history_data.csv", "one row per lead; got a table in history mode"),
        ("fivetran_salesforce/sf_opportunity_data.csv", r"none in 10 rows \(10 deleted\)"),
        ("fivetran_hubspot/deal_property_history_data.csv", "one row per lead; got a property history"),
        ("fivetran_hubspot/deal_stage_data.csv", "one row per lead; got a table in history mode"),
        ("fivetran_hubspot/deal_pipeline_data.csv", "got a list of pipelines"),
        ("fivetran_hubspot/deal_pipeline_stage_data.csv", "got a list of a pipeline's stages"),
        ("fivetran_hubspot/deal_data.csv", "column for PC"),
        ("hubspot_export/crm-bootcamp-vehicles.csv", "list of leads with PR, PC and expected close"),
        ("hubspot_deals_messy_excerpt.csv", "column for PC"),
    ],
)
def test_every_export_is_read_or_refused_for_a_reason(records: Path, name: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        read_leads(records / "crm_export_formats" / name, ReadingOptions(as_of=date(2026, 9, 30)))


def test_no_export_is_forgotten(records: Path) -> None:
    folder = records / "crm_export_formats"
    assert len(list(folder.rglob("*.csv"))) == 11


def test_messy_hubspot_excerpt_with_stage_probabilities(records: Path) -> None:
    options = ReadingOptions(
        as_of=date(2026, 9, 30),
        impute="stage",
        stage_pc={"Negotiation": Decimal("0.6"), "Qualified": Decimal("0.2")},
        decimal=".",
    )
    table = read_leads(records / "crm_export_formats" / "hubspot_deals_messy_excerpt.csv", options)
    assert table.dialect == "hubspot"
    assert table.leads.pr.tolist() == [9130000, 2180000]
    assert table.leads.pc == (Decimal("0.6"), Decimal("0.2"))
    assert table.leads.imputed.all()
    assert sorted(table.won.amount.tolist()) == [1040000, 2100000, 5880000]
    assert (table.lost_rows, table.excluded[0].reason) == (5, "won, but no amount")


def test_salesforce_warehouse_table_undeleted(records: Path) -> None:
    """With its deleted mark set aside the table is read; its PC of 1000 belongs to a won row and does not matter."""
    path = records / "crm_export_formats" / "fivetran_salesforce" / "sf_opportunity_data.csv"
    table = read_leads(path, ReadingOptions(as_of=date(2026, 9, 30), mapping={"deleted": ""}, pc="percent"))
    assert table.dialect == "salesforce"
    assert len(table.leads) + len(table.won.day) + table.lost_rows + sum(one.rows for one in table.excluded) == 10
    assert table.leads.pr.tolist() == [21000000]
    assert table.leads.pc == (Decimal("0.65"),)


@pytest.mark.parametrize(
    "source",
    [
        "https://example.com/leads.csv",
        "file:///tmp/leads.csv",
        "s3://bucket/leads.csv",
        "~/leads.csv",
        "$HOME/leads.csv",
        "nothing.csv",
        "*.csv",
        "lead[s].csv",
        "a\0b.csv",
        "",
        "x" * 5000,
        "leads.csv/",
        "no/such/folder/leads.csv",
    ],
)
def test_only_plain_local_files(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "lead_id,pr,pc,expected_close\nL1,1,0.5,2026-09-30\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="the file must be"):
        read_leads(source, ReadingOptions(as_of=AS_OF))


def test_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for name, kind in ((".", "not a folder"), ("pipe.csv", "not a device or a pipe")):
        with pytest.raises(DataError, match=kind):
            read_leads(tmp_path / name, ReadingOptions(as_of=AS_OF))


def test_content_and_name_must_agree(tmp_path: Path) -> None:
    for name in ("leads.xlsx", "leads.parquet"):
        with pytest.raises(DataError, match="as its name says"):
            read_leads(write(tmp_path, "lead_id,pr\n", name), ReadingOptions(as_of=AS_OF))


def test_options_that_do_not_fit_the_file_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "lead_id,pr,pc,expected_close\nL1,1,0.5,2026-09-30\n")
    with pytest.raises(DataError, match="only a workbook has sheets"):
        read_leads(path, ReadingOptions(as_of=AS_OF, sheet="Deals"))
    with pytest.raises(DataError, match="only text has an encoding"):
        read_leads(write(tmp_path, "PAR1", "leads.parquet"), ReadingOptions(as_of=AS_OF, encoding="utf-8"))


def test_brackets_in_a_name_are_no_pattern(tmp_path: Path) -> None:
    path = write(tmp_path, "lead_id,pr,pc,expected_close\nL1,1,0.5,2026-09-30\n", "lead[s]*.csv")
    assert read_leads(str(path), ReadingOptions(as_of=AS_OF)).name == "lead[s]*.csv"


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    rows = "".join(f"L{number},x{number},0.5,2026-09-30\n" for number in range(9))
    path = write(tmp_path, f"lead_id,pr,pc,expected_close\n{rows}L0,5,0.7,2026-02-30\n,5,1.5,2026-09-30\n")
    with pytest.raises(DataError) as caught:
        read_leads(path, ReadingOptions(as_of=AS_OF))
    text = str(caught.value)
    assert (
        "leads.csv, line 2: PR (column 'pr') must be a number; got 'x0' (also line 3: 'x1'; line 4: 'x2'; 6 more rows)"
        in text
    )
    assert "leads.csv, line 11: expected close" in text
    assert "leads.csv, line 12: lead_id" in text
    assert "'L0' in lines 2, 11" in text
    assert "PC (column 'pc') must be all percent or all fractions" in text
    assert all(problem.hint or problem.name.startswith(("lead_id", "close")) for problem in caught.value.problems)


def test_frames_of_text_read_like_files() -> None:
    rows = (("L1", number_text(0.1 + 0.2), "0.5", "2026-09-30"),)
    table = RawTable(
        headers=("lead_id", "pr", "pc", "expected_close"),
        rows=rows,
        line=np.array([2], dtype=np.int64),
        name="data frame",
        sha256="",
        kind="frame",
        number_columns=frozenset(("pr", "pc")),
        date_columns=frozenset(("expected_close",)),
    )
    leads = understand(table, ReadingOptions(as_of=AS_OF)).leads
    assert leads.pr.tolist() == [30]
    assert leads.pc == (Decimal("0.5"),)


def test_hash_and_name_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "lead_id,pr,pc,expected_close\nL1,1,0.5,2026-09-30\n")
    table = read_leads(path, ReadingOptions(as_of=AS_OF))
    assert table.name == "leads.csv"
    assert len(table.sha256) == 64
    assert table.notes == ()
    assert not table.leads.pr.flags.writeable


def test_order_of_rows_changes_nothing_but_their_order(tmp_path: Path) -> None:
    rows = [f"L{number},{number},0.{number},2026-09-{number + 10}" for number in range(1, 9)]
    head = "lead_id,pr,pc,expected_close\n"
    first = read_leads(write(tmp_path, head + "\n".join(rows) + "\n"), ReadingOptions(as_of=AS_OF)).leads
    second = read_leads(write(tmp_path, head + "\n".join(rows[::-1]) + "\n"), ReadingOptions(as_of=AS_OF)).leads
    assert first.lead_id == second.lead_id[::-1]
    assert first.pr.tolist() == second.pr.tolist()[::-1]
    assert first.expected_value() == second.expected_value()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pc": "promille"}, "--pc must be one of"),
        ({"dates": "ymd"}, "--dates must be one of"),
        ({"decimal": ";"}, "--decimal must be one of"),
        ({"impute": "mean"}, "--impute must be one of"),
        ({"duplicates": "sum"}, "--duplicates must be one of"),
        ({"currency": "dollars"}, "--currency must be a currency code"),
        ({"currency": "USD", "rates": {"EUR": Decimal(0)}}, "--rate EUR must be a number above 0"),
        ({"currency": "USD", "rates": {"EUR": Decimal("NaN")}}, "--rate EUR must be a number above 0"),
        ({"currency": "USD", "rates": {"XX": Decimal(1)}}, "--rate must be a currency code"),
        ({"rates": {"EUR": Decimal(1)}}, "together with --currency"),
        ({"stage_pc": {"A": Decimal("1.2")}}, r"--stage-pc A must be in \[0, 1\]"),
    ],
)
def test_options_are_checked(options: dict[str, object], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        ReadingOptions(as_of=AS_OF, **options)  # type: ignore[arg-type]


def test_amounts_scale_with_the_rate(tmp_path: Path) -> None:
    """Doubling the rate doubles every converted amount, to the cent."""
    rows = "".join(f"L{number},{number * 37}.{number % 100:02d},0.5,2026-09-30,EUR\n" for number in range(1, 200))
    path = write(tmp_path, f"lead_id,pr,pc,expected_close,currency\n{rows}")
    found = [
        read_leads(path, ReadingOptions(as_of=AS_OF, currency="USD", rates={"EUR": Decimal(rate)})).leads.pr
        for rate in (1, 2, 4)
    ]
    assert (found[0] * 2 == found[1]).all()
    assert (found[0] * 4 == found[2]).all()


def test_errors_are_ours() -> None:
    with pytest.raises(FunnelsimError):
        read_leads(Path("/nonexistent/leads.csv"), ReadingOptions(as_of=AS_OF))


def test_every_row_that_is_not_forecast_is_kept_with_what_became_of_it(tmp_path: Path) -> None:
    text = (
        "lead_id,pr,pc,stage,expected_close,closed,amount_won,owner\n"
        "a,100,0.5,C,2026-09-30,,,Ada\n"
        "b,200,1,Closed Won,2026-05-31,2026-06-02,250,Bo\n"
        "c,300,0,Closed Lost,2026-04-30,,,Ada\n"
        "d,,0.5,C,2026-09-30,,,Cy\n"
        "e,500,1,Closed Won,,,,Cy\n"
    )
    table = read_leads(write(tmp_path, text), ReadingOptions(as_of=AS_OF))
    others = table.others
    assert list(zip(others.lead_id, others.status, others.reason, strict=True)) == [
        ("b", "won", ""),
        ("c", "lost", ""),
        ("d", "left out", "no PR"),
        ("e", "left out", "won, but no close date"),
    ]
    assert others.line.tolist() == [3, 4, 5, 6]
    assert others.amount.tolist() == [25_000, -1, -1, -1]
    assert others.day[0] == np.datetime64("2026-06-02")
    assert np.isnat(others.day[1:]).all()
    assert others.attributes["owner"] == ("Bo", "Ada", "Cy", "Cy")
    assert len(table.leads) + len(others) == table.rows
