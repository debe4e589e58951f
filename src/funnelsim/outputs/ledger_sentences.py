"""The ledger of a comparison in sentences: which leads changed fate between two strategies, and why.

What it leaves out: finding that out, and layout.
"""

from __future__ import annotations

import math
import shlex
from typing import Final

from funnelsim.model.comparison import Comparison, Contest
from funnelsim.model.ledger import Ledger, LedgerLead, LedgerLine
from funnelsim.outputs.comparison_sentences import named
from funnelsim.outputs.number_text import in_hundred, money_text
from funnelsim.outputs.plain_text import plain

SHOWN_LINES: Final = 6
SHOWN_LEADS: Final = 5
_PARTS: Final = 100
"""A ledger is shown to a hundredth of its largest amount."""
_BEFORE: Final = {"won": "won", "lost": "lost", "open": "still open", "never there": "never there"}
REASON_WORDS: Final = {
    "neglect avoided": "they were neglected less",
    "neglected": "they were neglected more",
    "veto": "Sales refused them under one of the two",
    "hand-back": "they went back to Marketing under one of the two",
    "qualification": "they were passed to Sales on another day, or under one of the two only",
    "lost on the way": "they were lost at a hand-over under one of the two",
    "nurture": "they were parked or dormant under one of the two",
    "came back": "they came back after a loss under one of the two",
    "timing": "they were worked on other days",
    "further need": "they are further needs of a customer that only one of the two won",
}


def ledger_title(comparison: Comparison, contest: Contest, ledger: Ledger) -> str:
    """Return what a ledger adds up to.

    Parameters
    ----------
    comparison : Comparison
        Names the currency.
    contest : Contest
        Whose.
    ledger : Ledger
        Of the contest.

    Returns
    -------
    str
        A heading.
    """
    amount = _signed_money(comparison, ledger.amount, abs(ledger.amount) / _PARTS, named_too=True)
    many = f"the first {ledger.replications:,} futures" if ledger.replications > 1 else "the first future"
    return (
        f"Why: which leads change fate under {named(contest.other)}, a future, in {many} "
        f"(bookings there: {amount}, the sum of all lines)"
    )


def ledger_lines(comparison: Comparison, contest: Contest, ledger: Ledger) -> tuple[str, ...]:
    """Return a ledger in sentences, largest change first.

    Parameters
    ----------
    comparison : Comparison
        Names the currency.
    contest : Contest
        Whose.
    ledger : Ledger
        Of the contest.

    Returns
    -------
    tuple of str
        At most six lines with the rest in one, the leads that do not change, and the leads at the start that change
        most.
    """
    error = max((abs(line.amount) for line in ledger.lines), default=0.0) / _PARTS
    lines = [_line_text(comparison, line, error) for line in ledger.lines[:SHOWN_LINES]]
    rest = ledger.lines[SHOWN_LINES:]
    if rest:
        amount = _signed_money(comparison, sum(one.amount for one in rest), error)
        kinds = "1 smaller kind" if len(rest) == 1 else f"{len(rest):,} smaller kinds"
        lines.append(f"{amount}: {kinds} of change; --json has all of them.")
    if not ledger.lines:
        lines.append("No lead changes its fate.")
    have = "has" if _is_one(ledger.unchanged) else "have"
    lines.append(f"{_leads(ledger.unchanged)} {have} the same fate, day and amount under both.")
    told = (_lead_text(comparison, contest, ledger, lead) for lead in ledger.leads)
    return (*lines, *[text for text in told if text][:SHOWN_LEADS])


def _line_text(comparison: Comparison, line: LedgerLine, error: float) -> str:
    amount = _signed_money(comparison, line.amount, error)
    why = REASON_WORDS.get(line.reason, f"of {plain(line.reason)}")
    fate = (
        f"{_BEFORE.get(line.after, plain(line.after))} under both, on another day or for another amount"
        if line.before == line.after
        else f"{_BEFORE.get(line.after, plain(line.after))} instead of {_BEFORE.get(line.before, plain(line.before))}"
    )
    return f"{amount}: {_leads(line.leads)} {fate}, because {why}."


def _lead_text(comparison: Comparison, contest: Contest, ledger: Ledger, lead: LedgerLead) -> str | None:
    """Tell of a lead; None where so few futures show no difference."""
    before, after = (
        in_hundred(share, math.sqrt(max(share * (1 - share), 0.0) / ledger.replications), ledger.replications)[0]
        for share in (lead.won_before, lead.won_after)
    )
    if before == after:
        return None
    name = named(lead.name or lead.lead_id)
    size = money_text(lead.pr, comparison.minor_digits, comparison.currency)
    return (
        f"Lead {name} (PR {size}) is won in {before} futures under {named(contest.base)}, in {after} under "
        f"{named(contest.other)}: {plain(lead.reason)}; to see one: trace --lead "
        f"{shlex.quote(plain(lead.lead_id, 24))} --replication {lead.example}."
    )


def _leads(count: float) -> str:
    text = "fewer than 0.1" if 0 < count < 0.05 else f"{count:,.1f}" if count < 10 else f"{count:,.0f}"
    return f"{text.removesuffix('.0')} {'lead' if _is_one(count) else 'leads'}"


def _is_one(count: float) -> bool:
    return f"{count:.1f}" == "1.0"


def _signed_money(comparison: Comparison, minor: float, error: float, *, named_too: bool = False) -> str:
    """Return an amount with its sign; a ledger knows no error, so the caller says how finely it is to be shown."""
    text = money_text(minor, comparison.minor_digits, comparison.currency if named_too else None, error)
    return f"+{text}" if minor > 0 and text != "0" else text
