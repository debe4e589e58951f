"""Headers of every CRM find their fields, and only those."""

from __future__ import annotations

from decimal import Decimal

import pytest

from funnelsim.errors import DataError
from funnelsim.inputs.crm import detect_dialect, header_key, is_known, map_headers
from funnelsim.inputs.crm_stages import published_pc, status_of_stage, status_of_word, truth
from funnelsim.inputs.crm_words import DIALECTS, FIELDS, PLAIN
from funnelsim.inputs.findings import Findings
from funnelsim.inputs.history_files import what_else

SALESFORCE_REPORT = (
    "Opportunity Owner,Account Name,Opportunity Name,Stage,Fiscal Period,Amount,Probability (%),Age,Close Date,"
    "Created Date,Next Step,Lead Source,Type,Owner Role"
)
SALESFORCE_CUSTOM = (
    "Territory Region,Opportunity Owner,Account Name,Opportunity Name,Stage,Forecast Category,Total Amount Currency,"
    "Total Amount,Fiscal Period,Close Date,Opportunity Next Steps,Type"
)
SALESFORCE_API = (
    "Id,IsDeleted,AccountId,IsPrivate,Name,Description,StageName,StageSortOrder,Amount,Probability,ExpectedRevenue,"
    "CloseDate,Type,NextStep,LeadSource,IsClosed,IsWon,ForecastCategory,ForecastCategoryName,CurrencyIsoCode,OwnerId,"
    "CreatedDate,LastActivityDate,LastStageChangeDate,FiscalYear,PushCount"
)
SALESFORCE_WAREHOUSE = (
    "_fivetran_synced,account_id,amount,close_date,created_date,expected_revenue,fiscal_quarter,forecast_category,id,"
    "is_closed,is_deleted,is_won,lead_source,name,next_step,owner_id,probability,stage_name,type"
)
HUBSPOT_LABELS = (
    "Record ID,Deal Name,Pipeline,Deal Stage,Amount,Currency,Close Date,Create Date,Deal owner,Deal Type,"
    "Last Activity Date,Deal probability,Associated Company"
)
HUBSPOT_API = (
    "dealname,amount,dealstage,pipeline,closedate,createdate,hubspot_owner_id,hs_deal_stage_probability,hs_object_id"
)
HUBSPOT_WAREHOUSE = (
    "deal_id,is_deleted,deal_pipeline_id,deal_pipeline_stage_id,owner_id,portal_id,property_dealname,property_amount,"
    "property_closedate,property_createdate"
)
PIPEDRIVE_EXPORT = (
    "Deal - ID,Deal - Title,Deal - Owner,Deal - Value,Deal - Currency of Value,Deal - Probability,Deal - Organization,"
    "Deal - Pipeline,Deal - Stage,Deal - Label,Deal - Status,Deal - Deal created,Deal - Won time,Deal - Lost time,"
    "Deal - Expected close date"
)
PIPEDRIVE_IMPORT = (
    "Deal - Title*,Deal - Value,Organization*,Contact person,Deal - Owner,Deal - Stage (pipeline),"
    "Deal - Expected close date,Deal - Currency of value,Deal - Creation date,Deal - Status,Deal - Probability"
)
DYNAMICS_SHEET = (
    "(Do Not Modify) Opportunity,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,Topic,Account,Contact,"
    "Est. close date,Est. revenue,Rating,Sales Stage,Probability,Created On,Actual Revenue,Status,Status Reason"
)
DYNAMICS_API = "opportunityid,name,estimatedvalue,estimatedclosedate,closeprobability,salesstage,statecode,actualvalue"
ZOHO_DEALS = (
    "Record Id,Deal Name,Account Name,Contact Name,Stage,Probability (%),Amount,Expected Revenue,Closing Date,"
    "Deal Owner,Lead Source,Type,Sales Cycle Duration"
)
CANONICAL = ",".join(FIELDS)
PLAIN_WORDS = "Nr,Customer,Value,Probability,Close Date"


def fields_of(line: str, **told: str) -> tuple[str, dict[str, str]]:
    findings = Findings("x.csv")
    found = map_headers(line.split(","), told, findings)
    findings.stop_if_any()
    return found.dialect, dict(found.fields)


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        (
            SALESFORCE_REPORT,
            "salesforce",
            {
                "name": "Opportunity Name",
                "pr": "Amount",
                "pc": "Probability (%)",
                "expected_close": "Close Date",
                "team": "Owner Role",
                "source": "Lead Source",
            },
        ),
        (
            SALESFORCE_CUSTOM,
            "salesforce",
            {"pr": "Total Amount", "region": "Territory Region", "owner": "Opportunity Owner"},
        ),
        (
            SALESFORCE_API,
            "salesforce",
            {
                "lead_id": "Id",
                "name": "Name",
                "deleted": "IsDeleted",
                "is_won": "IsWon",
                "is_closed": "IsClosed",
                "currency": "CurrencyIsoCode",
                "slips": "PushCount",
            },
        ),
        (
            SALESFORCE_WAREHOUSE,
            "salesforce",
            {
                "lead_id": "id",
                "stage": "stage_name",
                "pr": "amount",
                "pc": "probability",
                "deleted": "is_deleted",
                "expected_close": "close_date",
            },
        ),
        (
            HUBSPOT_LABELS,
            "hubspot",
            {
                "lead_id": "Record ID",
                "pr": "Amount",
                "pc": "Deal probability",
                "stage": "Deal Stage",
                "account": "Associated Company",
            },
        ),
        (
            HUBSPOT_API,
            "hubspot",
            {"lead_id": "hs_object_id", "pc": "hs_deal_stage_probability", "expected_close": "closedate"},
        ),
        (
            HUBSPOT_WAREHOUSE,
            "hubspot",
            {"lead_id": "deal_id", "name": "property_dealname", "pr": "property_amount", "deleted": "is_deleted"},
        ),
        (
            PIPEDRIVE_EXPORT,
            "pipedrive",
            {
                "lead_id": "Deal - ID",
                "pr": "Deal - Value",
                "status": "Deal - Status",
                "closed": "Deal - Won time",
                "currency": "Deal - Currency of Value",
            },
        ),
        (
            PIPEDRIVE_IMPORT,
            "pipedrive",
            {
                "name": "Deal - Title*",
                "stage": "Deal - Stage (pipeline)",
                "account": "Organization*",
                "created": "Deal - Creation date",
            },
        ),
        (
            DYNAMICS_SHEET,
            "dynamics",
            {
                "lead_id": "(Do Not Modify) Opportunity",
                "pr": "Est. revenue",
                "expected_close": "Est. close date",
                "amount_won": "Actual Revenue",
                "temperature": "Rating",
                "status": "Status",
            },
        ),
        (
            DYNAMICS_API,
            "dynamics",
            {"lead_id": "opportunityid", "pr": "estimatedvalue", "pc": "closeprobability", "status": "statecode"},
        ),
        (ZOHO_DEALS, "zoho", {"lead_id": "Record Id", "expected_close": "Closing Date", "pc": "Probability (%)"}),
        (CANONICAL, "plain", {field: field for field in FIELDS}),
        (
            PLAIN_WORDS,
            "plain",
            {"pr": "Value", "pc": "Probability", "expected_close": "Close Date", "account": "Customer"},
        ),
    ],
)
def test_dialects(line: str, dialect: str, expected: dict[str, str]) -> None:
    found, fields = fields_of(line)
    assert found == dialect
    assert expected.items() <= fields.items()


def test_one_word_of_a_crm_is_no_proof() -> None:
    assert detect_dialect(["EstimatedCloseDate", "Probability", "ProductRevenue", "Region"]) == "plain"
    assert detect_dialect(["Opportunity Name", "Stage", "Amount", "Close Date", "Probability (%)"]) == "salesforce"


def test_headers_are_compared_without_case_spaces_and_stars() -> None:
    assert header_key("  Close\u00a0 Date * ") == header_key("close_date") == "close date"
    assert is_known("CLOSE  DATE*")
    assert not is_known("Colour")
    shouted = [header.upper() for header in SALESFORCE_REPORT.split(",")]
    assert detect_dialect(shouted) == "salesforce"


def test_the_user_has_the_last_word() -> None:
    _, fields = fields_of(SALESFORCE_REPORT, pr="Age", pc="")
    assert fields["pr"] == "Age"
    assert "pc" not in fields
    _, fields = fields_of(SALESFORCE_REPORT, lead_id="opportunity name", name="Opportunity Name")
    assert fields["lead_id"] == fields["name"] == "Opportunity Name"


def test_a_choice_between_two_columns_is_told() -> None:
    findings = Findings("x.csv")
    found = map_headers(["Record ID", "Deal Name", "Amount", "Amount in company currency"], {}, findings)
    assert found.fields["pr"] == "Amount in company currency"
    assert found.kept == ("Amount",)
    assert found.notes == (
        "pr is read from 'Amount in company currency', not from 'Amount'; --map pr=COLUMN overrides.",
    )


def test_unknown_names_get_the_nearest() -> None:
    findings = Findings("x.csv")
    map_headers(["ProductRevenue", "b"], {"pr": "ProductRevenu", "expectd_close": "b"}, findings)
    with pytest.raises(DataError, match=r"(?s)did you mean 'ProductRevenue'\?.*did you mean expected_close\?"):
        findings.stop_if_any()


def test_every_alias_belongs_to_one_field_and_is_written_as_compared() -> None:
    for table in (*DIALECTS.values(), PLAIN):
        names = [name for aliases in table.values() for name in aliases]
        assert len(set(names)) == len(names)
        assert all(header_key(name) == name for name in names)
        assert table.keys() <= set(FIELDS)


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        ("Closed Won", "won"), ("closed won ", "won"), ("closedwon", "won"), ("Won", "won"), ("Closed - Won", "won"),
        ("Customer", "won"), ("Signed", "won"), ("Closed Lost", "lost"), ("closedlost", "lost"), ("Lost", "lost"),
        ("Closed Lost to Competition", "lost"), ("Closed-Lost", "lost"), ("Disqualified", "lost"), ("Canceled", "lost"),
        ("Out-Sold", "lost"), ("Suspect", "open"), ("A", "open"), ("Dormant", "open"), ("Negotiation/Review", "open"),
        ("Wonder", "open"), ("Lostwithiel visit", "open"), ("", "open"), ("Not won yet", "open"),
    ],
)  # fmt: skip
def test_stages(stage: str, status: str) -> None:
    assert status_of_stage(stage) == status


def test_words_and_flags() -> None:
    assert [status_of_word(word) for word in ("Open", " WON ", "Canceled", "0", "Frozen", "")] == [
        "open", "won", "lost", None, None, None,
    ]  # fmt: skip
    assert [status_of_word(word, "dynamics") for word in ("0", "1", "2", "Open")] == ["open", "won", "lost", "open"]
    assert [truth(word) for word in ("TRUE", "1", "Yes", "no", "", "0", "maybe")] == [
        True,
        True,
        True,
        False,
        False,
        False,
        None,
    ]


def test_published_probabilities() -> None:
    assert published_pc("salesforce", " proposal/Price Quote ") == Decimal("0.75")
    assert (
        published_pc("hubspot", "decisionmakerboughtin")
        == published_pc("hubspot", "Decision Maker Bought-In")
        == Decimal("0.8")
    )
    assert published_pc("zoho", "Value Proposition") == Decimal("0.4")
    assert published_pc("zoho", "Negotiation/Review") is None  # public sources disagree
    assert published_pc("pipedrive", "Demo Scheduled") is None
    assert published_pc("dynamics", "Qualify") is None
    assert published_pc("plain", "Prospecting") is None


def test_histories_are_recognised() -> None:
    for history in (
        "Opportunity ID,Opportunity Name,From Stage,To Stage,Last Modified,Amount",
        "Id,OpportunityId,StageName,Amount,CloseDate,Probability,CreatedDate,PrevAmount",
        "_fivetran_start,_fivetran_end,id,amount,close_date",
    ):
        assert what_else(history.split(","))
    for line in (
        SALESFORCE_REPORT,
        SALESFORCE_API,
        SALESFORCE_WAREHOUSE,
        HUBSPOT_LABELS,
        HUBSPOT_WAREHOUSE,
        PIPEDRIVE_EXPORT,
        DYNAMICS_SHEET,
        ZOHO_DEALS,
    ):
        assert what_else(line.split(",")) is None
