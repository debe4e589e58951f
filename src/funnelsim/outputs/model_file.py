"""What was learned from records, written to one file that ``forecast --model`` uses.

How does a model travel without a bit lost?  As JSON, in which every number stands with all its digits, and with a hash
of its own, so that a changed or cut file is noticed.

What it leaves out: reading it (``inputs/model_file.py``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from typing import Any, Final

from funnelsim import __version__
from funnelsim.model.learned import Learned
from funnelsim.model.model_schema import MODEL_SCHEMA
from funnelsim.model.plain_values import to_plain
from funnelsim.outputs.atomic import write_bytes_atomically

QUICKLY: Final = 3
"""Level of gzip: the best one takes twice as long for a tenth of the size."""


def model_text(learned: Learned) -> str:
    """Return a model as the text of its file.

    Parameters
    ----------
    learned : Learned
        What was learned.

    Returns
    -------
    str
        JSON of schema ``funnelsim/model/1``: one line a part, so that two models can be compared by eye; the same for
        the same model, byte for byte.
    """
    plain = to_plain(learned)
    parts = ",\n".join(f"  {json.dumps(name)}: {json.dumps(part, allow_nan=False)}" for name, part in plain.items())
    head = {"schema": MODEL_SCHEMA, "funnelsim": __version__, "content_hash": _hash_of(plain)}
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in head.items())
    return f'{{\n{lines},\n "learned": {{\n{parts}\n }}\n}}\n'


def packed_model(learned: Learned) -> bytes:
    """Return a model as the bytes of its packed file, a third of the size.

    Parameters
    ----------
    learned : Learned
        What was learned.

    Returns
    -------
    bytes
        :func:`model_text` in ASCII under gzip, without a clock in it.
    """
    return gzip.compress(model_text(learned).encode(), QUICKLY, mtime=0)


def model_hash(learned: Learned) -> str:
    """Return the hash of all that was learned.

    Parameters
    ----------
    learned : Learned
        What was learned.

    Returns
    -------
    str
        SHA-256 as hex, of the plain form with sorted names.
    """
    return _hash_of(to_plain(learned))


def write_model(learned: Learned, path: str | os.PathLike[str]) -> None:
    """Write a model file, whole or not at all.

    Parameters
    ----------
    learned : Learned
        What was learned.
    path : path
        The file; an earlier one is replaced.
    """
    write_bytes_atomically(path, model_text(learned).encode())


def _hash_of(plain: Any) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True, allow_nan=False).encode()).hexdigest()
