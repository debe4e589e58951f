"""Books of 1,000 leads that every contender forecasts: what differs between them is only how chances are spread.

``stages``: five PCs as a CRM gives them (.05 .10 .25 .40 .65, mean .29).  ``distinct``: 1,000 different PCs with the
same mean, the hardest case for anything that shares work between leads.  With 200 parameter sets every set has its own
log-odds shift and its own push law, and replication r uses set ``r % 200``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
from scipy import special

from funnelsim.engines.book import LoweredBook
from funnelsim.engines.lowering import lower_leads
from funnelsim.engines.shocked_odds import log_odds_with_mean
from funnelsim.kernels.walk_arrays import LawTables
from funnelsim.model.assumptions import ForecastAssumptions, PushLaw
from funnelsim.model.calendar import Calendar
from funnelsim.model.leads import NO_AMOUNT, Leads

LEADS = 1_000
REPLICATIONS = 20_000
SEED = 20260630
MEAN_PC = 0.29
STAGE_PCS = (0.05, 0.10, 0.25, 0.40, 0.65)
CALENDAR = Calendar(as_of=date(2026, 6, 30), unit="month", horizon=12)
SETS = (1, 200)
SPREADS = ("stages", "distinct")
PUSH_LAWS = 10
"""Different push laws among 200 parameter sets; every set has chances of its own."""


def chances(spread: str) -> np.ndarray:
    """PCs of the leads, ``(lead,)``, mean .29."""
    if spread == "stages":
        return np.repeat(STAGE_PCS, LEADS // len(STAGE_PCS))
    return 0.02 + (MEAN_PC - 0.02) * 2 * (np.arange(LEADS) + 0.5) / LEADS


def leads_with(pc: np.ndarray) -> Leads:
    """1,000 leads with these PCs; amounts around 30,000 and close dates from overdue to past the horizon."""
    rng = np.random.Generator(np.random.PCG64(5))
    order = rng.permutation(LEADS)
    amounts = np.rint(np.exp(rng.normal(np.log(30_000), 1.0, LEADS)) * 100).astype(np.int64)
    days = rng.integers(-20, 400, LEADS)
    nothing = np.full(LEADS, NO_AMOUNT, dtype=np.int64)
    never = np.full(LEADS, np.datetime64("NaT"), dtype="datetime64[D]")
    return Leads(
        lead_id=tuple(f"L{i:05d}" for i in range(LEADS)),
        pr=amounts,
        pc=tuple(Decimal(f"{value:.6f}") for value in pc[order]),
        expected_close=np.datetime64(CALENDAR.as_of, "D") + days.astype("timedelta64[D]"),
        line=np.arange(LEADS, dtype=np.int64),
        pr_p10=nothing,
        pr_p90=nothing.copy(),
        close_p10=never,
        close_p90=never.copy(),
        imputed=np.zeros(LEADS, dtype=bool),
    )


def book(spread: str, sets: int) -> LoweredBook:
    """Lower the book for 1 or more parameter sets, shared shock and push law on."""
    leads = leads_with(chances(spread))
    if sets == 1:
        return lower_leads(leads, CALENDAR, ForecastAssumptions())
    rng = np.random.Generator(np.random.PCG64(6))
    laws = [
        lower_leads(leads, CALENDAR, ForecastAssumptions(push=PushLaw(first=first)))
        for first in rng.uniform(0.35, 0.45, PUSH_LAWS).tolist()
    ]
    stated = laws[0].tables.probability[0]
    shifted = special.expit(special.logit(stated) + rng.normal(0.0, 0.1, (sets, 1)))
    sd = laws[0].shock_sd
    turn = np.arange(sets) % PUSH_LAWS
    tables = LawTables(
        probability=shifted,
        odds=np.exp(np.array([log_odds_with_mean(row, sd) for row in shifted])),
        day_edges=_side_by_side([law.tables.day_edges for law in laws], turn),
        day_first=_side_by_side([law.tables.day_first for law in laws], turn),
        day_last=_side_by_side([law.tables.day_last for law in laws], turn),
        shapes=laws[0].tables.shapes,
    )
    return replace(laws[0], tables=tables)


def _side_by_side(parts: list[np.ndarray], turn: np.ndarray) -> np.ndarray:
    """Put tables of one parameter set next to each other along the axis of sets, in the order given."""
    return np.ascontiguousarray(np.concatenate(parts, axis=1)[:, turn])
