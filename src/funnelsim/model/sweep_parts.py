"""What an unfinished sweep is made of: a plan, and parts that each hold some designs, every one under its own seal.

The question: is this part whole?  A part is its SHA-256 in hex, a line break, and what it speaks for; a part that was
cut off or changed does not agree with its seal.

What it leaves out: files (``outputs/sweep_work.py`` writes them, ``inputs/sweep_files.py`` reads them).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

PLAN_SCHEMA: Final = "funnelsim/sweep-plan/1"
UNFINISHED: Final = ".unfinished"
"""After the name of the run folder that is to be: the folder of a sweep that is not finished."""
PLAN: Final = "plan.json"
CHECKED: Final = "checked"
"""How many designs, from the first, are known to be feasible; gone when all are."""
LOCK: Final = "lock"
PART_ENDING: Final = ".part"
_SEAL_LENGTH: Final = 64

Floats = npt.NDArray[np.float64]
Scores = tuple[Floats, Floats]
"""Figures (strategy, score, figure) and contributions (strategy, replication) of one design."""


def sealed(body: bytes) -> bytes:
    """Put a seal before some bytes.

    Parameters
    ----------
    body : bytes
        Anything.

    Returns
    -------
    bytes
        Seal, line break, body.
    """
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def unsealed(data: bytes) -> bytes | None:
    """Return what a seal speaks for.

    Parameters
    ----------
    data : bytes
        As a file holds it.

    Returns
    -------
    bytes or None
        None when it is cut off or changed.
    """
    body = data[_SEAL_LENGTH + 1 :]
    return body if data == sealed(body) else None


def packed_part(designs: Mapping[int, Scores]) -> bytes:
    """Return some designs as the bytes of one part.

    Parameters
    ----------
    designs : mapping of int to (figures, contributions)
        At least one.

    Returns
    -------
    bytes
        Sealed.
    """
    body = io.BytesIO()
    figures, contributions = (np.stack(arrays) for arrays in zip(*designs.values(), strict=True))
    np.savez(
        body,
        allow_pickle=False,
        designs=np.array(list(designs), dtype=np.int64),
        figures=figures,
        contributions=contributions,
    )
    return sealed(body.getvalue())


def unpacked_part(data: bytes, figures: tuple[int, ...], contributions: tuple[int, ...]) -> dict[int, Scores] | None:
    """Return the designs of a part.

    Parameters
    ----------
    data : bytes
        As a file holds it.
    figures, contributions : tuple of int
        Shapes that those of one design must have.

    Returns
    -------
    dict of int to (figures, contributions), or None
        Bit for bit what was packed; None when it is not whole, or of another shape.
    """
    body = unsealed(data)
    if body is None:
        return None
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            numbers, many, each = (arrays[name] for name in ("designs", "figures", "contributions"))
    except (ValueError, OSError, KeyError):
        return None
    right = many.shape == (len(numbers), *figures) and each.shape == (len(numbers), *contributions)
    if not right or numbers.dtype != np.int64 or many.dtype != np.float64 or each.dtype != np.float64:
        return None
    return {number: (many[row], each[row]) for row, number in enumerate(numbers.tolist())}
