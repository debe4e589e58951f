"""How a scenario's scores respond when some of its keys take other values; a killed sweep goes on where it stood.

What it leaves out: making a finished sweep again (:mod:`funnelsim.api.saved_scenario`).
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace as with_changes
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funnelsim.api.saved_scenario import save_scenario_run
from funnelsim.api.simulate import ScenarioSource, read_once
from funnelsim.api.sweep_question import how_to_run, refuse_designs, sweep_run, swept, table_name
from funnelsim.engines.choices.sweep_best import finished_sweep
from funnelsim.engines.choices.sweeping import DesignScores, SweepRun
from funnelsim.engines.execution import Execution, no_progress
from funnelsim.errors import DataError, Problem, ScenarioError, Shown, WriteError
from funnelsim.inputs.sweep_files import read_checked, read_parts, read_plan
from funnelsim.model.scenario_files import ScenarioFile
from funnelsim.model.score_words import SCORES
from funnelsim.model.sweep import FIGURES, Sweep
from funnelsim.model.sweep_parts import PLAN_SCHEMA, sealed
from funnelsim.model.sweep_settings import DEFAULT_REPLICATIONS, SweepSettings

if TYPE_CHECKING:
    from funnelsim.outputs.sweep_work import SweepWork

Say = Callable[[str], None]
_OPTIONS = {"levers": "--set", "strategies": "--strategy"}
"""Settings whose options are called otherwise."""
_ONLY_MADE = "the table of designs"
_SCENARIO = "the scenario"


def silent(words: str) -> None:
    """Ignore what is said on the way.

    Parameters
    ----------
    words : str
        A sentence.
    """


def sweep(
    scenario: ScenarioSource,
    levers: Sequence[str] = (),
    *,
    designs: object = None,
    lhs: int | None = None,
    sobol: int | None = None,
    strategies: Sequence[str] = (),
    metric: str = "profit",
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 0,
    horizon: int | None = None,
    out: str | os.PathLike[str] | None = None,
    replace: bool = False,
    threads: int | None = None,
    progress: Callable[[float], None] = no_progress,
    say: Say = silent,
) -> Sweep:
    """Simulate a scenario at many values of some of its keys, all on the same leads and luck.

    Parameters
    ----------
    scenario : str, path or ScenarioFile
        As for :func:`funnelsim.simulate`.
    levers : sequence of str
        Keys and values: ``key=a,b,c``, ``key=low..high:n`` for n points, ``key=low..high`` for a range.
    designs : path or data frame, optional
        A table of designs instead: a row a design, a column a key.
    lhs, sobol : int, optional
        Designs to draw by Latin hypercube or scrambled Sobol points instead of every combination.
    strategies : sequence of str
        Under which each design is simulated; the scenario's first without any.
    metric : str
        The score that decides, such as ``profit``, ``revenue`` or ``p10``.
    replications : int
        Simulated futures of each design, at least 2.
    seed : int
        Root of all luck and of the designs, in [0, 2**64).
    horizon : int, optional
        Whole periods to simulate instead of the scenario's own.
    out : path, optional
        The run folder that is to be.  Until it is finished, what is done is kept beside it, and the same call goes on
        from there.
    replace : bool
        Whether an earlier run, or an unfinished sweep of another question, in that place may be replaced.
    threads : int, optional
        Cores to use; all of them by default.  Never changes the answer.
    progress : callable, optional
        Told the share of the work done since its last call, from worker threads.
    say : callable, optional
        Told in a sentence what was found in an unfinished sweep, and what is kept of an interrupted one.

    Returns
    -------
    Sweep
        Every score of every design, which one is best, and which lever matters.
    """
    settings = SweepSettings(
        tuple(levers), lhs, sobol, table_name(designs), tuple(strategies), metric, replications, seed, horizon
    )
    read = read_once(scenario)
    run = sweep_run(read, settings, designs)
    if out is None:
        return swept(run, threads, progress)
    return _kept_sweep(run, read, scenario, Path(out), _Manner(replace, threads, progress, say))


class _Manner:
    """How a sweep with a folder is run, without influence on the answer."""

    def __init__(self, replace: bool, threads: int | None, progress: Callable[[float], None], say: Say) -> None:
        self.replace, self.threads, self.progress, self.say = replace, threads, progress, say


def _kept_sweep(run: SweepRun, read: ScenarioFile, source: ScenarioSource, out: Path, manner: _Manner) -> Sweep:
    from funnelsim.outputs.atomic import refuse_taken
    from funnelsim.outputs.sweep_work import held_work

    started = time.perf_counter()
    refuse_taken(out, replace=manner.replace)
    how = how_to_run(run, manner.threads, manner.progress)
    with held_work(out) as work:
        _begin(work, run, read, manner)
        _check(work, run, how)
        kept = _kept_before(work, run, manner)
        todo = [number for number in range(len(run.designs)) if number not in kept]
        manner.progress(len(kept) / len(run.designs))
        share = len(todo) / len(run.designs)

        def keep(number: int, scores: DesignScores) -> None:
            work.keep(number, (scores.figures, scores.contributions))
            kept[number] = scores

        try:
            run.simulate(todo, with_changes(how, progress=lambda part: manner.progress(part * share)), keep)
        except KeyboardInterrupt:
            done = f"{len(kept):,} of {len(run.designs):,} designs are kept in {work.folder}"
            manner.say(f"{done}: the same command goes on there.")
            raise
        answer = finished_sweep(run, [kept[number] for number in range(len(run.designs))])
        timings = {"sweep_seconds": time.perf_counter() - started}
        save_scenario_run(answer, out, source, read=read, timings=timings, replace=manner.replace)
        work.finish()
    return answer


def _begin(work: SweepWork, run: SweepRun, read: ScenarioFile, manner: _Manner) -> None:
    """Go on with what was begun, or begin; refuse to go on with another question."""
    plan = _plan(run, read)
    try:
        begun = read_plan(work.folder)
    except DataError:
        if not manner.replace:
            raise
        begun = {}
    if begun == plan:
        return
    if begun is not None and not manner.replace:
        raise WriteError(_differences(begun, plan, work.folder))
    work.begin(sealed(json.dumps(plan, indent=1, sort_keys=True).encode()))


def _check(work: SweepWork, run: SweepRun, how: Execution) -> None:
    """Refuse designs that cannot be, all at once; how far that came is kept, too."""
    known = read_checked(work.folder)
    if known is None:
        return
    work.begin_checking(known)
    try:
        refuse_designs(run, how, known, work.note_checked)
    except ScenarioError:
        work.finish()  # there is nothing to go on with
        raise
    work.end_checking()


def _plan(run: SweepRun, read: ScenarioFile) -> dict[str, Any]:
    """Return everything that the answer depends on, as plain JSON values."""
    from funnelsim.outputs.run_folder import environment

    rows = json.dumps([list(run.designs.paths), [list(row) for row in run.designs.rows]])
    plan = {
        "schema": PLAN_SCHEMA,
        "settings": run.settings.as_document(),
        "scenario_sha256": read.sha256,
        "designs_sha256": hashlib.sha256(rows.encode()).hexdigest(),
        "environment": environment(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(plan))
    return plain


def _differences(begun: Mapping[str, Any], plan: Mapping[str, Any], folder: Path) -> list[Problem]:
    """Return one problem for everything in which what is asked is not what was begun."""
    then, now = _named(begun), _named(plan)
    names = [name for name in now if then.get(name) != now[name]]
    if len(names) > 1 and set(names) != {_ONLY_MADE, _SCENARIO}:
        names = [name for name in names if name != _ONLY_MADE]  # it follows from the others
    hint = "go on with the command it was begun with, begin anew with --force, or choose another folder"
    return [
        Problem(str(folder), name, f"{then.get(name)}, as the unfinished sweep there was begun", Shown(now[name]), hint)
        for name in names or ["the plan"]
    ]


def _named(plan: Mapping[str, Any]) -> dict[str, str]:
    """Return what a plan depends on, in the words of the command line."""
    found = {
        _OPTIONS.get(name, f"--{name}"): " ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in dict(plan.get("settings", {})).items()
    }
    found = {name: "left out" if words in {"None", ""} else words for name, words in found.items()}
    found[_SCENARIO] = f"the one with sha256 {str(plan.get('scenario_sha256'))[:16]}"
    found[_ONLY_MADE] = f"the one with sha256 {str(plan.get('designs_sha256'))[:16]}"
    return found | {f"the version of {name}": str(one) for name, one in dict(plan.get("environment", {})).items()}


def _kept_before(work: SweepWork, run: SweepRun, manner: _Manner) -> dict[int, DesignScores]:
    """Return the designs that are done already; parts that are not whole are dropped and said."""
    many = len(run.strategies)
    shapes = (many, len(SCORES), len(FIGURES)), (many, run.settings.replications)
    found, damaged = read_parts(work.folder, *shapes, len(run.designs))
    work.drop(damaged)
    if damaged:
        parts = "1 part" if len(damaged) == 1 else f"{len(damaged):,} parts"
        manner.say(f"{parts} of the unfinished sweep not whole: done again.")
    if found:
        manner.say(f"going on after {len(found):,} of {len(run.designs):,} designs.")
    return {number: DesignScores(*scores) for number, scores in found.items()}
