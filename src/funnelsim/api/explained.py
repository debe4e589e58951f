"""What an explanation is shown and kept as: one door for those of forecasts and of simulations.

What it leaves out: the explanations themselves (:mod:`funnelsim.api.explain`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from funnelsim.errors import Problem, ScenarioError, Shown
from funnelsim.inputs.saved_run import read_manifest
from funnelsim.model.explanation import Explanation

if TYPE_CHECKING:
    from funnelsim.model.funnel_explanation import FunnelExplanation

Document = dict[str, Any]


def explanation_json(answer: Explanation | FunnelExplanation) -> Document:
    """Return an explanation as ``--json`` prints it.

    Parameters
    ----------
    answer : Explanation or FunnelExplanation
        Any explanation.

    Returns
    -------
    dict
        Schema ``funnelsim/explain/1``.
    """
    if isinstance(answer, Explanation):
        from funnelsim.outputs.explanation_document import explanation_document

        return explanation_document(answer)
    from funnelsim.outputs.funnel_explanation_document import funnel_explanation_document

    return dict(funnel_explanation_document(answer))


def explanation_table(answer: Explanation | FunnelExplanation) -> str:
    """Return an explanation's tables as CSV.

    Parameters
    ----------
    answer : Explanation or FunnelExplanation
        Any explanation.

    Returns
    -------
    str
        Lines end in CR LF.
    """
    if isinstance(answer, Explanation):
        from funnelsim.outputs.explanation_document import explanation_csv

        return explanation_csv(answer)
    from funnelsim.outputs.funnel_explanation_tables import funnel_explanation_csv

    return funnel_explanation_csv(answer)


def print_answer(answer: Explanation | FunnelExplanation, stream: TextIO) -> None:
    """Print an explanation as a page.

    Parameters
    ----------
    answer : Explanation or FunnelExplanation
        Any explanation.
    stream : text stream
        Where to.
    """
    if isinstance(answer, Explanation):
        from funnelsim.outputs.explanation_page import print_explanation

        print_explanation(answer, stream)
        return
    from funnelsim.outputs.funnel_explanation_page import print_funnel_explanation

    print_funnel_explanation(answer, stream)


def explanation_pictures(answer: Explanation | FunnelExplanation) -> dict[str, bytes]:
    """Draw every chart of an explanation.

    Parameters
    ----------
    answer : Explanation or FunnelExplanation
        Any explanation.

    Returns
    -------
    dict of str to bytes
        By file name, as PNG and SVG.
    """
    if isinstance(answer, Explanation):
        from funnelsim.outputs.explanation_charts import explanation_images

        return explanation_images(answer)
    from funnelsim.outputs.funnel_explanation_charts import funnel_explanation_images

    return dict(funnel_explanation_images(answer))


def save_explanation_chart(answer: Explanation | FunnelExplanation, path: str | os.PathLike[str]) -> None:
    """Write one chart of an explanation, whole or not at all.

    Parameters
    ----------
    answer : Explanation or FunnelExplanation
        Any explanation.
    path : path
        Ends in ``.png`` or ``.svg``.  A name that ends in a chart's name before that, such as ``bridge`` or
        ``tornado``, says which one; the first for every other name.

    Raises
    ------
    ScenarioError
        If the explanation has no chart, or not the one that is named.
    """
    from funnelsim.outputs.atomic import write_bytes_atomically

    given = Path(path)
    kind, stem = given.suffix.lower(), given.stem.lower()
    if isinstance(answer, Explanation):
        from funnelsim.outputs.explanation_charts import chart_bytes, charts_of

        names = {name: partial(chart_bytes, answer, name, kind) for name in charts_of(answer)}
    else:
        pictures = explanation_pictures(answer)
        names = {Path(name).stem: partial(bytes, data) for name, data in pictures.items() if name.endswith(kind)}
    named = [name for name in names if stem.endswith(name.lower())]
    if not named and stem.endswith("bridge"):
        rule, hint = "one that there is", "name an earlier run: --since RUN2"
        raise ScenarioError(Problem("command line", "--chart", rule, str(path), hint))
    if not names:
        got = Shown("nothing that can still change")
        raise ScenarioError(Problem("command line", "--chart", "of an explanation with a chart", got))
    write_bytes_atomically(path, names[named[0] if named else next(iter(names))]())


def save_explanation(
    answer: Explanation | FunnelExplanation,
    folder: str | os.PathLike[str],
    run: str | os.PathLike[str],
    *,
    since: str | os.PathLike[str] | None = None,
    timings: Mapping[str, float] | None = None,
    replace: bool = False,
) -> Path:
    """Save an explanation as a run folder, whole or not at all.

    Parameters
    ----------
    answer : Explanation or FunnelExplanation
        Any explanation.
    folder : path
        The folder that is to be.
    run, since : path
        The runs it was made from.
    timings : mapping of str to float, optional
        Seconds by step.
    replace : bool
        Whether an earlier run in that place may be replaced.

    Returns
    -------
    Path
        The finished folder.
    """
    from funnelsim.outputs.explanation_run import explanation_parts
    from funnelsim.outputs.run_folder import write_parts

    saved = read_manifest(run)
    earlier = None if since is None else read_manifest(since)
    parts = explanation_parts(explanation_json(answer), explanation_table(answer), saved.manifest)
    request = {
        "command": "explain",
        "run": {"path": str(saved.folder), "content_hash": saved.content_hash},
        "since": None if earlier is None else {"path": str(earlier.folder), "content_hash": earlier.content_hash},
    }
    images = explanation_pictures(answer)
    place = saved.folder / "manifest.json"
    return write_parts(folder, parts, request, images, source=place, timings=timings, replace=replace)
