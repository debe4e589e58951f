"""The scenarios that ship with the package, and finding one by its name.

What it leaves out: reading them.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from funnelsim.errors import Problem, ScenarioError
from funnelsim.inputs.table_files import plain_file

ENDINGS = (".toml", ".parquet")
"""Of two files of one name the text is taken: it is what the other was packed from."""


def shipped_folder() -> Path:
    """Return the folder of the scenarios that ship with the package.

    Returns
    -------
    Path
        Inside the package, or beside it in a checkout.
    """
    here = Path(__file__).parents[1]
    inside = here / "scenarios"
    return inside if inside.is_dir() else here.parent.parent / "scenarios"


def shipped_scenarios() -> dict[str, Path]:
    """Return every scenario that ships with the package.

    Returns
    -------
    dict of str to Path
        By name, in the alphabet's order.
    """
    found: dict[str, Path] = {}
    for ending in ENDINGS:
        for path in sorted(shipped_folder().glob(f"*{ending}")):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def scenario_path(source: str | os.PathLike[str]) -> Path:
    """Return the file that a user names.

    Parameters
    ----------
    source : str or path
        A file, or the name of a shipped scenario; a file of that name comes first.

    Returns
    -------
    Path
        An existing plain file.

    Raises
    ------
    ScenarioError
        If the name is neither.
    """
    text = os.fspath(source)
    is_name = not (os.sep in text or "/" in text or "\0" in text or text.endswith(ENDINGS))
    if not is_name or os.path.lexists(text):
        return plain_file(text)
    shipped = shipped_scenarios()
    if text in shipped:
        return shipped[text]
    near = get_close_matches(text, shipped, 1, 0.5)
    hint = f"did you mean {near[0]!r}?" if near else "funnelsim scenario list shows the shipped ones"
    rule = "a scenario file (.toml or .parquet), or the name of a shipped one"
    raise ScenarioError(Problem("", "the scenario", rule, text, hint))
