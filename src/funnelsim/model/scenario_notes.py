"""What in a scenario has no effect, though somebody wrote it: worth knowing, never an error.

What it leaves out: what cannot be simulated (:mod:`funnelsim.model.scenario_problems`).
"""

from __future__ import annotations

from collections.abc import Iterator

from funnelsim.model.scenario import Scenario


def scenario_notes(document: Scenario) -> tuple[str, ...]:
    """Say which settings cannot show.

    Parameters
    ----------
    document : Scenario
        Checked.

    Returns
    -------
    tuple of str
        One sentence each.
    """
    return (*_world_notes(document), *_strategy_notes(document))


def _world_notes(document: Scenario) -> Iterator[str]:
    for stage in document.stages:
        if stage.conversion == 1 and "losses" in stage.model_fields_set:
            yield f"Stage {stage.name!r}: every lead advances (conversion 1), so its losses are never used."
    raisers = any(source.hand_raisers for source in document.sources)
    if document.forces.response.exponent and not raisers:
        yield "The response force is on, but no source has hand_raisers: it changes nothing."
    if document.forces.premature.odds != 1 and not any(source.downloads for source in document.sources):
        yield "The premature force is on, but no source has downloads: it changes nothing."
    if document.market.competition == "latent" and "inactive_days" not in document.market.model_fields_set:
        yield f"Competition is latent: a vendor idle for {document.market.inactive_days:g} days loses (our assumption)."
    if document.market.competition == "clock" and "inactive_days" in document.market.model_fields_set:
        yield "inactive_days has no effect while competition is 'clock'."


def _strategy_notes(document: Scenario) -> Iterator[str]:
    hot = any(source.hot for source in document.sources)
    raisers = any(source.hand_raisers for source in document.sources)
    loops = document.forces.loops
    for strategy in document.strategies:
        rules = strategy.qualification
        for on, why in (
            (strategy.fast_track and not hot, "fast_track needs hot leads, and no source has any"),
            (strategy.priority.response_sla and not raisers, "response_sla needs hand_raisers, and no source has any"),
            (strategy.resell and not loops.resell_per_year, "resell needs forces.loops.resell_per_year above 0"),
            (strategy.resurrect and not loops.resurrect_share, "resurrect needs forces.loops.resurrect_share above 0"),
            (
                strategy.regenerate and not loops.regenerate_factor,
                "regenerate needs forces.loops.regenerate_factor above 0",
            ),
            (
                rules.rule not in {"threshold", "two_tier", "adaptive"} and "score" in rules.model_fields_set,
                f"qualification.score has no effect under the rule {rules.rule!r}",
            ),
            (
                rules.rule != "qsl" and bool(rules.model_fields_set & {"pc", "ev", "level"}),
                f"qualification.level, pc and ev have no effect under the rule {rules.rule!r}",
            ),
            (
                strategy.priority.triage_stage is not None and not strategy.priority.triage_days,
                "triage_stage has no effect without triage_days",
            ),
        ):
            if on:
                yield f"Strategy {strategy.name!r}: {why}."
