"""A scenario to start from: commented, small, and ready to be simulated as it stands.

What it leaves out: what the numbers should be; they are examples and say so.
"""

from __future__ import annotations

_TEMPLATE = """\
# A scenario: a world, and the strategies that are tried in it.
#   funnelsim scenario show {name}.toml      what it says, and on which assumptions it rests
# Every number here is an example: replace it with your own, or leave the key out where a default of ours will do.
schema = "funnelsim/scenario/1"
name = "{name}"
title = "What this scenario is, in one line"
question = "What it asks"
# currency = "USD"                  # of every amount; leave it out when it does not matter

[calendar]
as_of = 2026-06-30                  # the first simulated day is the next one
period = "month"                    # or "week", "quarter"
horizon = 12                        # whole periods
# holidays = [2026-12-25]

# Leads that are open on the as-of day: an export of your CRM beside this file.
# [opening]
# file = "leads.csv"
# [opening.stages]                  # the file's stage = ours, where the names differ
# "Proposal/Quote" = "B"
# [opening.owners]                  # the file's owner or team = ours
# "Ann Lee" = "Sales"

[market]
fit = 0.25                          # share of leads that are true buyers

# --- where leads come from -----------------------------------------------------------------------------------------
[[sources]]
name = "website"
per_day = 4.0                       # leads a calendar day
stage = "C"                         # the stage they are born into
pr = {{p10 = 10_000, p90 = 60_000}}   # potential revenue: a number, or {{median=, p90=}}, {{low=, mode=, high=}} ...
level = 1                           # qualification level at birth, 0 to 6

# --- the funnel, in order; after the last stage a lead is a customer -------------------------------------------------
[[stages]]
name = "C"
conversion = 0.3                    # share of leads that advance, as a CRM would show it
median_days = 30                    # calendar days until a lead leaves, when it is worked
hours = 4                           # hours of work until it leaves
touch_hours = 0.5                   # hours of one touch
owner = "Marketing"
levels = [1, 2]
steps = ["make contact", "raise interest"]       # the seller's step at each level
journey = ["unaware", "curious"]                 # the buyer's

[[stages]]
name = "B"
conversion = 0.4
median_days = 40
hours = 10
touch_hours = 1
owner = "Sales"
levels = [3, 4]
steps = ["meet", "confirm the need"]
journey = ["compares", "compares"]
losses = {{competitor = 0.5, no_decision = 0.4, regress = 0.1}}    # weights of what ends the others

[[stages]]
name = "A"
conversion = 0.5
median_days = 20
hours = 12
touch_hours = 1.5
owner = "Sales"
levels = [5, 6]
steps = ["propose", "close"]
journey = ["decides", "buys"]

# --- who works -------------------------------------------------------------------------------------------------------
[[teams]]
name = "Marketing"
role = "marketing"                  # or "sales", "business development", "partner"
heads = 2
hours_per_day = 6
cost_per_hour = 50
effectiveness = {{C = 1.0, B = 0.5}}  # effective share of a touch by stage; a stage left out cannot be worked

[[teams]]
name = "Sales"
role = "sales"
heads = 4
hours_per_day = 5
cost_per_hour = 90
effectiveness = {{C = 0.5, B = 1.0, A = 1.0}}

# --- what is tried: every strategy meets the same world, the same leads and the same luck ----------------------------
[[strategies]]
name = "relay"
title = "What Sales has, Sales keeps"

[[strategies]]
name = "hand back"
title = "Idle leads go back to Marketing"

[strategies.ownership]
idle_days = 10                      # calendar days without an effective touch

# [goal]
# revenue = 2_000_000               # bookings asked for over the horizon

# Where a number comes from, when it is not your own:
# [provenance."stages.C.conversion"]
# source = "industry survey 2025"
# grade = "C"                       # A peer-reviewed, B large survey, C practitioner, D untraceable, yours
"""


def template(name: str) -> str:
    """Return a commented scenario.

    Parameters
    ----------
    name : str
        Its name.

    Returns
    -------
    str
        TOML that can be simulated as it stands.
    """
    return _TEMPLATE.format(name=name)
