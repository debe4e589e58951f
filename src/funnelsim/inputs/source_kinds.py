"""Whether something that a user names is a scenario or a file of leads.

What it leaves out: whether it can be read; its own reader says that.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from funnelsim.inputs.shipped import ENDINGS, shipped_scenarios
from funnelsim.model.scenario_files import METADATA_KEY, ScenarioFile


def is_scenario(source: Any) -> bool:
    """Tell whether a source is a scenario rather than a file or table of leads.

    Parameters
    ----------
    source : Any
        A path, a name, a table, or a scenario that was read.

    Returns
    -------
    bool
        True for a scenario that was read, a ``.toml`` file, the name of a shipped one, a ``.parquet`` with a scenario
        in it, and a bare name that leads nowhere: the scenario's reader says which names there are.
    """
    if isinstance(source, ScenarioFile):
        return True
    if not isinstance(source, str | os.PathLike):
        return False
    text = os.fspath(source)
    ending = Path(text).suffix.lower()
    if ending == ENDINGS[1]:
        return _holds_scenario(text)
    return ending == ENDINGS[0] or (not os.path.lexists(text) and (text in shipped_scenarios() or not ending))


def _holds_scenario(path: str) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException):  # its reader says what is wrong with it
        return False
    return METADATA_KEY.encode() in metadata
