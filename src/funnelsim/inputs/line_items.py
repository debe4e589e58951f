"""Line items of one lead summed into one lead: in a funnel a lead moves as a whole.

The question: three rows have one id; what is the lead worth, and how likely is it?  Its PR is the sum, its expected
value is exactly that of its rows, so its PC is their ratio; stage, dates and texts are those of the row that is worth
most.

What it leaves out: rows with different ids that mean one lead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from funnelsim.inputs.findings import rows_of
from funnelsim.model.leads import NO_AMOUNT, Leads

_DIGITS = 28
"""Digits of a PC that is a ratio; a thousandth of a cent of any amount needs fewer."""


def summed(leads: Leads) -> tuple[Leads, tuple[str, ...]]:
    """Sum rows with one id into one lead.

    Parameters
    ----------
    leads : Leads
        One row per line item.

    Returns
    -------
    leads : Leads
        One row per lead, in the order of their first rows.
    notes : tuple of str
        How many rows became how many leads, and what they did not agree on.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for row, lead_id in enumerate(leads.lead_id):
        rows[lead_id].append(row)
    if len(rows) == len(leads):
        return leads, ()
    best = [max(group, key=lambda row: (leads.pc[row] * int(leads.pr[row]), -row)) for group in rows.values()]
    several = [group for group in rows.values() if len(group) > 1]
    kept = _picked(leads, best)
    totals = np.array([sum(int(leads.pr[row]) for row in group) for group in rows.values()], dtype=np.int64)
    one_row = np.array([len(group) == 1 for group in rows.values()])
    whole = Leads(
        lead_id=kept.lead_id,
        pr=totals,
        pc=tuple(_pc(leads, group) for group in rows.values()),
        expected_close=kept.expected_close,
        line=kept.line,
        pr_p10=np.where(one_row, kept.pr_p10, NO_AMOUNT),
        pr_p90=np.where(one_row, kept.pr_p90, NO_AMOUNT),
        close_p10=kept.close_p10,
        close_p90=kept.close_p90,
        imputed=kept.imputed,
        attributes=kept.attributes,
        currency=leads.currency,
        minor_digits=leads.minor_digits,
    )
    return whole, _notes(leads, several)


def _picked(leads: Leads, rows: list[int]) -> Leads:
    keep = np.zeros(len(leads), dtype=np.bool_)
    keep[rows] = True
    order = np.argsort(np.argsort(rows))
    in_file_order = leads.select(keep)
    if np.array_equal(order, np.arange(len(rows))):
        return in_file_order
    return Leads(
        lead_id=tuple(in_file_order.lead_id[row] for row in order),
        pr=in_file_order.pr[order],
        pc=tuple(in_file_order.pc[row] for row in order),
        expected_close=in_file_order.expected_close[order],
        line=in_file_order.line[order],
        pr_p10=in_file_order.pr_p10[order],
        pr_p90=in_file_order.pr_p90[order],
        close_p10=in_file_order.close_p10[order],
        close_p90=in_file_order.close_p90[order],
        imputed=in_file_order.imputed[order],
        attributes={name: tuple(cells[row] for row in order) for name, cells in in_file_order.attributes.items()},
        currency=leads.currency,
        minor_digits=leads.minor_digits,
    )


def _pc(leads: Leads, group: list[int]) -> Decimal:
    """Return the PC that keeps the expected value of the rows."""
    pcs = [leads.pc[row] for row in group]
    total = sum(int(leads.pr[row]) for row in group)
    if len(set(pcs)) == 1 or not total:
        return max(pcs)
    value = sum((Fraction(leads.pc[row]) * int(leads.pr[row]) for row in group), Fraction(0)) / total
    with localcontext() as context:
        context.prec = _DIGITS
        return min(Decimal(value.numerator) / Decimal(value.denominator), Decimal(1))


def _notes(leads: Leads, several: list[list[int]]) -> tuple[str, ...]:
    count = sum(map(len, several))
    leads_word = "lead" if len(several) == 1 else "leads"
    notes = [
        f"{rows_of(count)} were line items of {len(several):,} {leads_word}: PR summed, PC = EV / PR; stage, dates and "
        "texts are those of the row worth most."
    ]
    columns: dict[str, Sequence[object]] = {
        "stage": leads.attributes.get("stage", ("",) * len(leads)),
        "expected close": leads.expected_close.tolist(),
        "owner": leads.attributes.get("owner", ("",) * len(leads)),
    }
    for name, cells in columns.items():
        differ = sum(len({str(cells[row]) for row in group}) > 1 for group in several)
        if differ:
            notes.append(f"The line items of {differ:,} of these leads have different values of {name}.")
    own = sum(any(int(leads.pr_p10[row]) != NO_AMOUNT for row in group) for group in several)
    if own:
        notes.append(f"The amount spreads of {own:,} of these leads were left out: spreads do not add.")
    return tuple(notes)
