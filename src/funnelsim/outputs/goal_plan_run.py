"""What a run folder keeps of a plan back from a goal.

What it leaves out: writing it (:mod:`funnelsim.outputs.run_folder`).
"""

from __future__ import annotations

from funnelsim.model.goal_plan import GoalPlan
from funnelsim.model.run_schema import GOAL_PLAN, GOAL_PLAN_TRIALS, SCENARIO
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.outputs.goal_plan_document import goal_plan_csv, goal_plan_document
from funnelsim.outputs.run_folder import RunParts
from funnelsim.outputs.scenario_document import packed_form, parquet_bytes


def goal_plan_parts(plan: GoalPlan, read: ScenarioFile | None) -> RunParts:
    """Return what a run folder keeps of a plan.

    Parameters
    ----------
    plan : GoalPlan
        The answer.
    read : ScenarioFile or None
        The scenario it was made from, as read; None for a file of leads.

    Returns
    -------
    RunParts
        Answer, trials, and the scenario.
    """
    others = {GOAL_PLAN_TRIALS: goal_plan_csv(plan).encode()}
    if read is not None:
        others[SCENARIO] = parquet_bytes(packed_form(read.document, read.opening)[0], read.opening)
    return RunParts(
        facts={
            "seed": plan.seed,
            "as_of": plan.as_of.isoformat(),
            "replications": plan.replications,
            "currency": plan.currency,
            "minor_digits": plan.minor_digits,
            "content_hash": plan.content_hash,
        },
        answer_name=GOAL_PLAN,
        answer=goal_plan_document(plan),
        tables={},
        others=others,
        input_name=plan.name if read is None else read.name,
        input_sha256=plan.sha256,
        needed_bytes=sum(map(len, others.values())),
    )
