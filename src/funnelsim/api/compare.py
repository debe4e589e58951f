"""Which policy, or which forecast, is better, by how much, and how sure that is.

What it leaves out: keeping an answer (:mod:`funnelsim.api.saved_comparison`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from funnelsim.api.simulate import ScenarioSource, read_once
from funnelsim.engines.execution import Execution, available_cores, no_progress
from funnelsim.errors import Problem, ScenarioError, Shown, raise_if_any
from funnelsim.inputs.lever_words import read_value
from funnelsim.inputs.machine import available_memory
from funnelsim.inputs.saved_run import SavedRun, read_manifest
from funnelsim.inputs.scenario_file import read_scenario_file
from funnelsim.model.compare_settings import DEFAULT_LEDGER
from funnelsim.model.comparison import Comparison
from funnelsim.model.labels import numbered
from funnelsim.model.nearest import nearest_hint
from funnelsim.model.run_schema import MANIFEST, SCENARIO
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.score_words import MEANS, SCORES
from funnelsim.model.simulation_settings import DEFAULT_REPLICATIONS, SimulationSettings

if TYPE_CHECKING:
    from funnelsim.engines.choices.comparison import Entry
    from funnelsim.engines.choices.looks import Precise

ALL = "all"


def compare(
    scenarios: Sequence[ScenarioSource],
    strategies: Sequence[str] = (),
    *,
    metric: str = "revenue",
    precision: str | None = None,
    replications: int | None = None,
    seed: int | None = None,
    horizon: int | None = None,
    null_twins: Sequence[str] = (),
    ledger: int = DEFAULT_LEDGER,
    allow_different_worlds: bool = False,
    confidence: float = 0.95,
    control: bool = False,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
) -> Comparison:
    """Compare strategies, or saved forecasts, on the same leads with the same luck.

    Parameters
    ----------
    scenarios : sequence of str, path or ScenarioFile
        Scenario files, names of shipped ones, or run folders of ``simulate`` (its scenario and strategy); or else run
        folders of ``forecast``, and nothing but these.
    strategies : sequence of str
        Names, or ``SCENARIO:NAME``; the first is the baseline.  Every strategy of every scenario when left out.
    metric : str
        The score that decides, one of ``score_words.MEANS``.
    precision : str, optional
        ``sign`` to run until it is known which one is better; ``2%`` until the difference is known within 2 % of the
        baseline's mean; an amount such as ``50k`` until it is known within that.
    replications : int, optional
        Futures of each; those of the first run folder, or else 1,000, when left out.
    seed : int, optional
        Root of all luck; that of the first run folder, or else 0, when left out.
    horizon : int, optional
        Whole periods to simulate instead of the scenarios' own.
    null_twins : sequence of str
        Mechanisms to switch off in turn; ``all`` for every one that has an effect.
    ledger : int
        Replications in which every lead is followed, at most those there are; 0 for no ledger.
    allow_different_worlds : bool
        Whether scenarios may differ in more than strategies.
    confidence : float
        Of every interval, in [.5, 1).
    control : bool
        Whether the differences by the metric are also estimated with controls: a twin world whose mean is known.
    threads : int, optional
        Cores to use; all of them by default.  Never changes the answer.
    progress : callable, optional
        Told the share of the work done since its last call, from worker threads.

    Returns
    -------
    Comparison
        The first one against each of the others.

    Raises
    ------
    ScenarioError
        If there are fewer than two to compare, names are unknown, or worlds differ and may not.
    """
    from funnelsim.api.compare_forecasts import compare_kept_forecasts
    from funnelsim.engines.choices.comparison import ComparisonRequest, compare_strategies
    from funnelsim.engines.choices.worlds import differing_worlds

    asked = _precise(precision)
    _refuse_bad(metric, confidence, ledger)
    runs = [_run_of(source) for source in scenarios]
    if any(run is not None and run.request.get("command") == "forecast" for run in runs):
        names = [os.fspath(source) if not isinstance(source, ScenarioFile) else source.name for source in scenarios]
        options = (("--strategy", strategies), ("--null-twin", null_twins), ("--control", control))
        given = [option for option, value in options if value]
        return compare_kept_forecasts(names, runs, confidence, given)
    kept = next((run for run in runs if run is not None), None)
    settings = SimulationSettings(
        None,
        replications if replications is not None else kept.replications if kept else DEFAULT_REPLICATIONS,
        seed if seed is not None else kept.seed if kept else 0,
        horizon,
    )
    read = [_read(source, run) for source, run in zip(scenarios, runs, strict=True)]
    entries = _entries(read, strategies, settings)
    differing = differing_worlds(entries, allowed=allow_different_worlds)
    share = 1 / (len(entries) * (1 + len(_mechanisms(entries, null_twins))) + control)
    how = Execution(
        threads=available_cores() if threads is None else threads,
        memory_budget=available_memory() // (2 * len(entries) + 2),
        progress=lambda done: progress(done * share),
    )
    request = ComparisonRequest(
        metric=metric,
        replications=settings.replications,
        seed=settings.seed,
        confidence=confidence,
        precise=_in_minor_units(asked, metric, entries[0]) if asked else None,
        ledger=ledger,
        null_twins=_mechanisms(entries, null_twins),
        control=control,
    )
    return compare_strategies(entries, request, differing, how)


def _refuse_bad(metric: str, confidence: float, ledger: int) -> None:
    problems = []
    if metric not in MEANS:
        rule = "one of " + ", ".join(repr(name) for name in MEANS)
        hint = nearest_hint(metric, MEANS)
        if metric in SCORES:
            hint = "it is in the score card all the same; what decides has one number a replication"
        problems.append(Problem("compare", "--metric", rule, metric, hint))
    if not 0.5 <= confidence < 1:
        problems.append(Problem("compare", "--confidence", "a number in [.5, 1), such as .95", confidence))
    if ledger < 0:
        problems.append(Problem("compare", "--ledger", "a whole number, at least 0", ledger))
    raise_if_any(problems, ScenarioError)


def _run_of(source: ScenarioSource) -> SavedRun | None:
    """Return the saved run that a source is, if it is one."""
    if isinstance(source, ScenarioFile):
        return None
    path = Path(source)
    if path.name == MANIFEST or (path / MANIFEST).is_file():
        run = read_manifest(path)
        command = run.request.get("command")
        if command not in {"forecast", "simulate"}:
            raise ScenarioError(Problem(os.fspath(source), "the run", "one of forecast or simulate", command))
        return run
    return None


def _read(source: ScenarioSource, run: SavedRun | None) -> tuple[ScenarioFile, SavedRun | None]:
    return (read_once(source) if run is None else read_scenario_file(run.folder / SCENARIO)), run


def _entries(
    read: Sequence[tuple[ScenarioFile, SavedRun | None]], strategies: Sequence[str], settings: SimulationSettings
) -> list[Entry]:
    """Return what is compared, each with a label of its own."""
    from funnelsim.engines.choices.comparison import Entry

    chosen = list(_chosen(read, strategies))
    if len(chosen) < 2:
        names = ", ".join(repr(name) for file, _ in read for name in file.document.strategy_names)
        got = Shown(f"only {chosen[0][1]!r}" if chosen else "none")
        hint = f"name two with --strategy, of {names}"
        raise ScenarioError(Problem("compare", "the strategies", "two or more", got, hint))
    several = len({file.document.name for file, _ in chosen}) > 1
    labels = numbered([f"{file.document.name}: {name}" if several else name for file, name in chosen])
    documents = {id(file): settings.horizon_of(file.document) for file, _ in chosen}
    return [
        Entry(label, documents[id(file)].strategy(name).title, documents[id(file)], name, file.opening)
        for label, (file, name) in zip(labels, chosen, strict=True)
    ]


def _chosen(
    read: Sequence[tuple[ScenarioFile, SavedRun | None]], strategies: Sequence[str]
) -> Iterator[tuple[ScenarioFile, str]]:
    """Give every strategy that is compared, in the order asked for."""
    if not strategies:
        for file, run in read:
            own = run.settings(SimulationSettings).strategy_of(file.document) if run else None
            for name in file.document.strategy_names if own is None else (own,):
                yield file, name
        return
    problems = []
    for asked in strategies:
        scenario, colon, name = asked.rpartition(":")
        scenario, name = scenario.strip(), name.strip()
        found = [
            file
            for file, _ in read
            if name in file.document.strategy_names and (not colon or file.document.name == scenario)
        ]
        for file in found:
            yield file, name
        if not found:
            known = [other for file, _ in read for other in file.document.strategy_names]
            rule = "one of " + ", ".join(repr(other) for other in dict.fromkeys(known))
            problems.append(Problem("compare", "--strategy", rule, asked, nearest_hint(name, known)))
    raise_if_any(problems, ScenarioError)


def _mechanisms(entries: Sequence[Entry], asked: Sequence[str]) -> tuple[str, ...]:
    """Return the mechanisms to switch off, each once."""
    from funnelsim.engines.choices.null_twins import mechanisms_of, null_twin

    found: list[str] = []
    for one in asked:
        every = [name for entry in entries for name in mechanisms_of(entry.scenario)]
        found += every if one == ALL else [one]
    names = tuple(dict.fromkeys(found))
    for name in names:
        null_twin(entries[0].scenario, name)  # refuses an unknown one before anything runs
    return names


def _precise(text: str | None) -> Precise | None:
    """Read how well the difference is to be known."""
    from funnelsim.engines.choices.looks import Precise

    if text is None:
        return None
    if text.strip().casefold() == "sign":
        return Precise(text, "sign")
    value = read_value(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        rule = "sign, a share of the baseline's mean such as 2%, or an amount such as 50k"
        raise ScenarioError(Problem("compare", "--precision", rule, text))
    return Precise(text, "share" if text.strip().endswith("%") else "amount", float(value))


def _in_minor_units(asked: Precise, metric: str, entry: Entry) -> Precise:
    from funnelsim.model.money import minor_digits

    if asked.kind != "amount" or SCORES[metric].unit != "money":
        return asked
    return replace(asked, value=asked.value * 10 ** minor_digits(entry.scenario.currency))
