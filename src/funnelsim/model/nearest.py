"""What somebody who mistyped a name probably meant.

What it leaves out: refusing the name.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest_hint(given: str, known: Iterable[str]) -> str:
    """Return a hint with the known name that is nearest to a given one.

    Parameters
    ----------
    given : str
        What was written.
    known : iterable of str
        What could have been.

    Returns
    -------
    str
        ``did you mean 'relay'?``, or nothing when no name is near.
    """
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(given.casefold(), folded, 1)
    return f"did you mean {folded[near[0]]!r}?" if near else ""
