"""The words each CRM uses for the columns of its exports: labels, internal names and warehouse names.

The question: what may the header of a field be called?  Tables only, so that a new spelling is one more word; the first
alias of a field is preferred where a file has several.

What it leaves out: matching, which is in :mod:`funnelsim.inputs.crm`.
"""

from __future__ import annotations

from collections.abc import Mapping

FIELDS = (
    "lead_id", "name", "pr", "pc", "stage", "expected_close", "created", "owner", "team", "source", "segment", "region",
    "product", "temperature", "last_touch", "slips", "currency", "status", "closed", "amount_won",
    "pr_p10", "pr_p90", "close_p10", "close_p90", "account", "deleted", "is_won", "is_closed",
)  # fmt: skip
"""Names that a column may be mapped to."""

Aliases = dict[str, tuple[str, ...]]

PLAIN: Aliases = {
    "lead_id": ("id", "lead", "opportunity id", "opportunityid", "deal id", "record id"),
    "name": ("lead name", "deal name", "opportunity name", "opportunity", "deal", "title", "topic"),
    "pr": (
        "amount (converted)", "amount in company currency", "potential revenue", "revenue", "amount", "value",
        "deal value", "deal amount", "opportunity amount",
    ),
    "pc": (
        "probability", "probability of closing", "probability (%)", "probability %", "win probability",
        "deal probability",
    ),
    "stage": ("sales stage", "deal stage", "stage name", "pipeline stage"),
    "expected_close": (
        "close date", "expected close date", "est. close date", "estimated close date", "estimatedclosedate",
        "expected closing", "closing date", "expected closing date", "forecast close date",
    ),
    "created": ("create date", "created date", "created on", "created at", "creation date", "created time"),
    "owner": ("sales agent", "sales rep", "rep", "account executive", "deal owner", "opportunity owner", "salesperson"),
    "team": ("sales team", "owner role"),
    "source": ("lead source", "original source"),
    "segment": ("market segment", "customer segment"),
    "region": ("territory", "sales region", "territory region"),
    "product": ("product name", "product line", "product family"),
    "temperature": ("rating",),
    "last_touch": ("last activity", "last activity date", "last contacted"),
    "slips": ("push count", "pushcount", "times slipped"),
    "currency": ("currency code", "currency iso code", "ccy"),
    "status": ("deal status", "opportunity status", "outcome"),
    "closed": ("closed date", "actual close date", "closed on", "won date"),
    "amount_won": ("won amount", "actual revenue", "booked amount"),
    "account": ("account name", "customer", "company", "organization", "organisation"),
    "deleted": ("is deleted",),
    "is_won": ("won",),
}  # fmt: skip
_SALESFORCE: Aliases = {
    "lead_id": ("opportunity id", "case safe id", "id"),
    "name": ("opportunity name", "name"),
    "pr": ("amount (converted)", "amount", "total amount (converted)", "total amount"),
    "pc": ("probability (%)", "probability"),
    "stage": ("stage", "stagename", "stage name"),
    "expected_close": ("close date", "closedate"),
    "created": ("created date", "createddate"),
    "owner": ("opportunity owner", "owner id", "ownerid"),
    "team": ("owner role",),
    "source": ("lead source", "leadsource"),
    "region": ("territory region", "territory"),
    "last_touch": ("last activity", "lastactivitydate", "last activity date"),
    "slips": ("push count", "pushcount"),
    "currency": ("currencyisocode", "currency iso code", "amount currency", "opportunity currency"),
    "account": ("account name", "accountid", "account id"),
    "deleted": ("isdeleted", "is deleted", "deleted"),
    "is_won": ("iswon", "is won", "won"),
    "is_closed": ("isclosed", "is closed", "closed"),
}
_HUBSPOT: Aliases = {
    "lead_id": ("record id", "hs object id", "deal id", "dealid"),
    "name": ("deal name", "dealname", "property dealname"),
    "pr": (
        "amount in company currency",
        "hs amount in home currency",
        "amount in home currency",
        "amount",
        "property amount",
    ),
    "pc": ("deal probability", "hs deal stage probability", "property hs deal stage probability"),
    "stage": ("deal stage", "dealstage", "deal pipeline stage id", "property dealstage"),
    "expected_close": ("close date", "closedate", "property closedate"),
    "created": ("create date", "createdate", "property createdate"),
    "owner": ("deal owner", "hubspot owner id", "owner id"),
    "team": ("hubspot team", "hubspot team id"),
    "source": ("original traffic source", "hs analytics source", "original source type"),
    "last_touch": ("last activity date", "last contacted", "notes last updated"),
    "currency": ("currency", "deal currency code", "property deal currency code"),
    "amount_won": ("closed deal amount in company currency", "hs closed amount in home currency"),
    "account": ("associated company", "primary associated company", "associated company (primary)"),
    "deleted": ("is deleted",),
    "is_won": ("is closed won", "hs is closed won"),
    "is_closed": ("is deal closed?", "is deal closed", "hs is closed"),
}
_PIPEDRIVE: Aliases = {
    "lead_id": ("deal - id", "deal - pipedrive system id"),
    "name": ("deal - title",),
    "pr": ("deal - value",),
    "pc": ("deal - probability",),
    "stage": ("deal - stage", "deal - stage (pipeline)"),
    "expected_close": ("deal - expected close date",),
    "created": ("deal - deal created", "deal - creation date"),
    "owner": ("deal - owner",),
    "source": ("deal - source channel", "deal - source origin"),
    "product": ("deal - product name",),
    "temperature": ("deal - label",),
    "last_touch": ("deal - last activity date",),
    "currency": ("deal - currency of value", "deal - currency"),
    "status": ("deal - status",),
    "closed": ("deal - won time", "deal - deal closed on", "deal - closed on"),
    "account": ("deal - organization", "organization", "organization - name"),
}
_DYNAMICS: Aliases = {
    "lead_id": ("(do not modify) opportunity", "opportunityid"),
    "name": ("topic",),
    "pr": ("est. revenue (base)", "estimatedvalue base", "est. revenue", "estimatedvalue"),
    "pc": ("probability", "closeprobability"),
    "stage": ("sales stage", "pipeline phase", "salesstage", "stepname"),
    "expected_close": ("est. close date", "estimatedclosedate"),
    "created": ("created on", "createdon"),
    "owner": ("owner", "ownerid"),
    "source": ("originating lead", "originatingleadid"),
    "temperature": ("rating", "opportunityratingcode"),
    "currency": ("currency", "transactioncurrencyid"),
    "status": ("status", "statecode"),
    "closed": ("actual close date", "actualclosedate"),
    "amount_won": ("actual revenue (base)", "actualvalue base", "actual revenue", "actualvalue"),
    "account": ("potential customer", "account", "customerid", "parentaccountid"),
}
_ZOHO: Aliases = {
    "lead_id": ("record id", "deal id"),
    "name": ("deal name",),
    "pr": ("amount",),
    "pc": ("probability (%)", "probability"),
    "stage": ("stage",),
    "expected_close": ("closing date",),
    "created": ("created time",),
    "owner": ("deal owner",),
    "source": ("lead source",),
    "last_touch": ("last activity time",),
    "currency": ("currency",),
    "account": ("account name",),
}
DIALECTS: Mapping[str, Aliases] = {
    "salesforce": _SALESFORCE,
    "hubspot": _HUBSPOT,
    "pipedrive": _PIPEDRIVE,
    "dynamics": _DYNAMICS,
    "zoho": _ZOHO,
}
"""Known vocabularies, the more specific first where two explain a file equally well."""

TELLING: Mapping[str, frozenset[str]] = {
    "salesforce": frozenset((
        "fiscal period",
        "forecast category",
        "forecastcategory",
        "forecastcategoryname",
        "expectedrevenue",
        "next step",
        "stagesortorder",
        "last stage change date",
        "systemmodstamp",
        "forecast category name",
        "age",
        "fiscal quarter",
    )),
    "hubspot": frozenset((
        "pipeline",
        "deal type",
        "weighted amount",
        "forecast amount",
        "deal pipeline id",
        "hs lastmodifieddate",
        "closed lost reason",
        "closed won reason",
        "number of sales activities",
        "portal id",
        "dealtype",
        "owner assigned date",
    )),
    "pipedrive": frozenset((
        "deal - pipeline",
        "deal - lost time",
        "deal - lost reason",
        "deal - visible to",
        "contact person",
    )),
    "dynamics": frozenset((
        "(do not modify) row checksum",
        "(do not modify) modified on",
        "status reason",
        "statuscode",
        "forecast category",
        "budget",
        "need",
        "purchase process",
        "purchase timeframe",
        "modified on",
    )),
    "zoho": frozenset((
        "sales cycle duration",
        "overall sales duration",
        "lead conversion time",
        "campaign source",
        "reason for loss",
        "exchange rate",
        "modified time",
        "expected revenue",
        "type",
        "next step",
    )),
}
COMPANY_CURRENCY = frozenset((
    "amount (converted)",
    "total amount (converted)",
    "amount in company currency",
    "hs amount in home currency",
    "amount in home currency",
    "est. revenue (base)",
    "estimatedvalue base",
))
"""Amount headers that a CRM has already converted to one currency."""
