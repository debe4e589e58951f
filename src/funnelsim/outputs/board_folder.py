"""The folder of a board pack: slides, workbook, page and pictures of one run, whole or not there.

Its manifest names every file with its hash, and the answer that all of them show; there is no clock in it, so the same
run gives the same folder, byte for byte.

What it leaves out: drawing the forms.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from funnelsim.model.run_schema import BOARD_SCHEMA, MANIFEST, SEAL
from funnelsim.outputs.atomic import new_folder


def write_board(
    folder: str | os.PathLike[str], files: Mapping[str, bytes], facts: Mapping[str, Any], *, replace: bool = False
) -> tuple[Path, ...]:
    """Write the finished forms of a board pack.

    Parameters
    ----------
    folder : path
        The folder that is to be; folders above it are made.
    files : mapping of str to bytes
        By path inside the folder.
    facts : mapping
        What they were made from, as plain JSON values.
    replace : bool
        Whether an earlier board pack, or run, in that place may be replaced.

    Returns
    -------
    tuple of Path
        Every file but the manifest, absolute, in the order given.
    """
    entries = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(files.items())
    }
    manifest = {"schema": BOARD_SCHEMA, **facts, "files": entries}
    compact = json.dumps(manifest, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    manifest[SEAL] = hashlib.sha256(compact).hexdigest()
    target = Path(folder).resolve()
    with new_folder(folder, replace=replace, needed_bytes=sum(map(len, files.values()))) as part:
        for name, data in files.items():
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (part / MANIFEST).write_bytes((json.dumps(manifest, indent=1, allow_nan=False) + "\n").encode())
    return tuple(target / name for name in files)
