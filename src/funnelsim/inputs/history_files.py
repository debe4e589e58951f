"""Recognising tables that are no list of leads: histories, stage lists, other objects of a CRM.

The question: has the user handed over the right export?  A history has many rows per lead and would count its money
many times, so it is refused with a sentence that says what it is.

What it leaves out: reading histories.
"""

from __future__ import annotations

from collections.abc import Sequence

from funnelsim.inputs.crm import header_key

_HISTORIES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset(("from stage", "to stage")), "a stage history (Salesforce report 'Opportunity History')"),
    (frozenset(("field / event", "old value", "new value")), "a field history (Salesforce report)"),
    (
        frozenset(("opportunityid", "field", "oldvalue", "newvalue")),
        "a field history (Salesforce OpportunityFieldHistory)",
    ),
    (frozenset(("opportunityid", "stagename", "createddate")), "a stage history (Salesforce OpportunityHistory)"),
    (frozenset(("opportunity id", "stage name", "created date", "prev amount")), "a stage history"),
    (frozenset(("fivetran start", "fivetran end")), "a table in history mode, with several rows for one lead"),
    (frozenset(("deal id", "date entered", "value")), "a stage history (HubSpot deal stages)"),
    (frozenset(("deal id", "timestamp", "name", "value")), "a property history (HubSpot)"),
    (frozenset(("dealid", "property", "value", "timestamp")), "a property history (HubSpot)"),
    (frozenset(("lead id", "entered at")), "a stage history"),
    (frozenset(("lead id", "snapshot date")), "a history of snapshots"),
    (frozenset(("stage id", "display order", "pipeline id")), "a list of a pipeline's stages"),
    (frozenset(("pipeline id", "display order", "label")), "a list of pipelines"),
)


def what_else(headers: Sequence[str]) -> str | None:
    """Say what a table is when it is known not to be a list of leads.

    Parameters
    ----------
    headers : sequence of str
        As written.

    Returns
    -------
    str or None
        Such as ``a stage history``; None for anything that may be leads.
    """
    keys = {header_key(header).strip() for header in headers}
    for signs, said in _HISTORIES:
        if signs <= keys:
            return said
    return None
