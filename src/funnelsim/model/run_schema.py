"""Names inside a run folder: one place for what the writer writes and the reader reads.

A run folder holds ``manifest.json`` (what was asked, with what, and a hash of every other file), ``forecast.json`` or
``simulation.json`` (the answer as ``--json`` prints it), Parquet tables and the charts; a forecast's also holds the
rows that were not forecast and the money booked to date, and from records what they taught and know of each row; a
simulation's holds its scenario, packed.

Money in the tables: ``*_minor`` columns and the columns of ``replications.parquet`` are int64 minor units (cents); in
``bands.parquet`` exact amounts are decimals and estimated ones doubles, both in major units.
"""

from __future__ import annotations

from typing import Final

MANIFEST_FAMILY: Final = "funnelsim/manifest/"
MANIFEST_SCHEMA: Final = "funnelsim/manifest/1"
BANDS_SCHEMA: Final = "funnelsim/bands/1"
REPLICATIONS_SCHEMA: Final = "funnelsim/replications/1"
LEADS_SCHEMA: Final = "funnelsim/leads/1"
OTHER_ROWS_SCHEMA: Final = "funnelsim/other-rows/1"
ACTUALS_SCHEMA: Final = "funnelsim/actuals/1"
LEAD_STATES_SCHEMA: Final = "funnelsim/lead-states/1"
FUNNEL_BANDS_SCHEMA: Final = "funnelsim/funnel-bands/1"
FUNNEL_REPLICATIONS_SCHEMA: Final = "funnelsim/funnel-replications/1"
OPENING_LEADS_SCHEMA: Final = "funnelsim/opening-leads/1"
SWEEP_DESIGNS_SCHEMA: Final = "funnelsim/sweep-designs/1"
SWEEP_RESULTS_SCHEMA: Final = "funnelsim/sweep-results/1"
DESIGN_FATES_SCHEMA: Final = "funnelsim/design-fates/1"
DESIGN_METRIC_SCHEMA: Final = "funnelsim/design-metric/1"
COMPARED_REPLICATIONS_SCHEMA: Final = "funnelsim/compared-replications/1"
BACKTEST_SCORES_SCHEMA: Final = "funnelsim/backtest-scores/1"
BACKTEST_FORECASTS_SCHEMA: Final = "funnelsim/backtest-forecasts/1"
TRACK_RECORD_SCHEMA: Final = "funnelsim/track-record/1"

MANIFEST: Final = "manifest.json"
FORECAST: Final = "forecast.json"
BANDS: Final = "bands.parquet"
REPLICATIONS: Final = "replications.parquet"
LEADS: Final = "leads.parquet"
OTHER_ROWS: Final = "other_rows.parquet"
ACTUALS: Final = "actuals.parquet"
LEAD_STATES: Final = "lead_states.parquet"
"""What records know of each forecast row; a forecast from records holds it, and ``model.json.gz`` beside it."""
SIMULATION: Final = "simulation.json"
SCENARIO: Final = "scenario.parquet"
EXPLANATION: Final = "explanation.json"
EXPLANATION_TABLE: Final = "explanation.csv"
OPTIMUM: Final = "optimum.json"
DESIGNS: Final = "designs.parquet"
COMPARISON: Final = "comparison.json"
COMPARED_SCENARIO: Final = "scenario_{number}.parquet"
"""Copy of a scenario that was compared; counted from 1, in the order they were given."""
SWEEP: Final = "sweep.json"
RESULTS: Final = "results.parquet"
GOAL_PLAN: Final = "plan.json"
GOAL_PLAN_TRIALS: Final = "trials.csv"
BACKTEST: Final = "backtest.json"
SCORES: Final = "scores.parquet"
ORIGIN_FORECASTS: Final = "forecasts.parquet"
TRACK_RECORD: Final = "track_record.json"
"""What forecasts print about how earlier ones did; a run of any command that makes one holds it."""
CALIBRATION: Final = "calibration.json"
FIGURES: Final = "figures.csv"
MODEL: Final = "model.json"
RUN_MODEL: Final = "model.json.gz"
"""What records taught a forecast; packed, because every run of every week keeps one."""
TRACK: Final = "track.json"
TRACKED_BANDS: Final = "tracked_bands.csv"
CHARTS: Final = "charts"
BOARD: Final = "board"
"""Folder inside a run that holds its board pack, with a manifest of its own."""
BOARD_SCHEMA: Final = "funnelsim/manifest/board/1"
DECK: Final = "board.pptx"
BANDS_BOOK: Final = "bands.xlsx"
REPORT_PAGE: Final = "report.html"

ANSWERS: Final = {
    "forecast": FORECAST,
    "simulate": SIMULATION,
    "explain": EXPLANATION,
    "optimize": OPTIMUM,
    "compare": COMPARISON,
    "sweep": SWEEP,
    "plan": GOAL_PLAN,
    "backtest": BACKTEST,
    "track": TRACK,
    "calibrate": CALIBRATION,
}
"""Command to the file that holds its answer."""
NEEDED: Final = {
    "forecast": (FORECAST, BANDS, REPLICATIONS, LEADS),
    "simulate": (SIMULATION, BANDS, REPLICATIONS, LEADS, SCENARIO),
    "explain": (EXPLANATION,),
    "optimize": (OPTIMUM, DESIGNS, REPLICATIONS, SCENARIO),
    "compare": (COMPARISON, REPLICATIONS),
    "sweep": (SWEEP, DESIGNS, RESULTS, SCENARIO),
    "plan": (GOAL_PLAN, GOAL_PLAN_TRIALS),
    "backtest": (BACKTEST, SCORES, ORIGIN_FORECASTS, TRACK_RECORD),
    "track": (TRACK, TRACKED_BANDS, TRACK_RECORD),
    "calibrate": (CALIBRATION, FIGURES, MODEL),
}
"""Command to the files without which its run is not whole."""

METADATA_KEY: Final = b"funnelsim"
"""Key of the Parquet schema metadata; its value is a JSON object with ``schema`` in it."""

SEAL: Final = "sha256"
"""Key of the manifest's hash of itself: SHA-256 over the manifest without this key, as sorted compact ASCII JSON."""

BAND_KINDS: Final = (
    "period", "cumulative", "total", "group period", "group total", "component period", "component total",
)  # fmt: skip
REPLICATION: Final = "replication"
BEYOND: Final = "beyond_horizon"
OPEN_LEADS: Final = "open leads"
NEW_BUSINESS: Final = "new business"
TOTAL: Final = "total"
COMPONENT_PREFIX: Final = "component."
"""Before the name of a component and the period in the columns of ``replications.parquet``."""
ATTRIBUTE_PREFIX: Final = "attribute."
"""Before the name of every column of the user's file that is not one of the fixed columns of ``leads.parquet``."""
