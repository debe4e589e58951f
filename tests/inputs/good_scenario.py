"""A small scenario that is right: two teams, three stages, two strategies.  Tests change one thing in it."""

from __future__ import annotations

from pathlib import Path

GOOD = """\
schema = "funnelsim/scenario/1"
name = "small"
title = "A small funnel"
question = "Does handing idle leads back pay?"
story = "Two teams, three stages."
currency = "USD"
ready_from = "A"

[calendar]
as_of = 2026-06-30
horizon = 12
holidays = [2026-12-25, 2027-01-01]

[opening]
file = "small_leads.csv"
duplicates = "error"

[opening.stages]
"Proposal" = "B"

[opening.owners]
"Ann" = "Sales"

[market]
suspects = 20_000
fit = 0.25

[[sources]]
name = "web"
per_day = 3.0
stage = "C"
pr = {p10 = 10_000, p90 = 60_000}
level = 1
hot = 0.05
season = [1, 1, 1, 1, 1, 1, 0.5, 0.5, 1, 1, 1, 1]

[[sources]]
name = "events"
per_day = 1.0
stage = "C"
pr = 30_000
spend = 5000.0
half_spend = 4000.0

[[stages]]
name = "C"
conversion = 0.3
median_days = 30
hours = 4
touch_hours = 0.5
owner = "Marketing"
levels = [1, 2]
steps = ["make contact", "raise interest"]
journey = ["unaware", "curious"]

[[stages]]
name = "B"
conversion = 0.4
median_days = 40
hours = 10
touch_hours = 1
owner = "Sales"
levels = [3, 4]
steps = ["meet", "confirm"]
journey = ["compares", "compares"]
losses = {competitor = 0.5, no_decision = 0.4, regress = 0.1}

[[stages]]
name = "A"
conversion = 0.5
median_days = 20
hours = 12
touch_hours = 1.5
shape = 2
owner = "Sales"
levels = [5, 6]
steps = ["propose", "close"]
journey = ["decides", "buys"]

[[teams]]
name = "Marketing"
role = "marketing"
heads = 2
hours_per_day = 6
cost_per_hour = 50
effectiveness = {C = 1.0, B = 0.5}
effort = 0.05

[[teams]]
name = "Sales"
role = "sales"
heads = 3
hours_per_day = 5.5
cost_per_hour = 90
effectiveness = {C = 0.3, B = 1.0, A = 1.0}

[forces.neglect]
rise_per_week = 0.6

[forces.readiness]
now = 0.6
never = 0.2
per_month = 0.05

[[strategies]]
name = "relay"
title = "Once passed, for ever Sales'"

[[strategies]]
name = "hand back"
title = "Idle leads go back to Marketing"
impact_zone = "B"

[strategies.ownership]
idle_days = 10
to = "Marketing"

[strategies.priority]
sales = "ev_per_hour"
triage_days = 5
triage_stage = "A"

[goal]
revenue = 2_000_000

[provenance."stages.C.conversion"]
source = "own records, 2025"
grade = "yours"
"""

LEADS = """\
lead_id,name,pr,pc,stage,expected_close,stage_entered,last_touch,temperature,owner,region
L1,First,"12,000.50",20%,C,2026-08-15,2026-06-01,2026-06-20,0.25,Ann,North
L2,Second,30000,40%,Proposal,2026-09-30,2026-05-15,2026-06-29,hot,Bo,South
L3,Third,45000,60%,a,2026-07-10,2026-06-10,,,Sales,
"""


def write_good(folder: Path, text: str = GOOD, leads: str = LEADS) -> Path:
    """Write the scenario and its leads, and return its path."""
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8", newline="")
    (folder / "small_leads.csv").write_text(leads, encoding="utf-8", newline="")
    return path
