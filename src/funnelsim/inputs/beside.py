"""A file that a scenario names: inside the scenario's own folder, or refused.

The question: may this name be opened?  A scenario may come from anybody, so the name is a plain relative path that ends
at a plain file in or below the scenario's folder, whatever links lie on the way.  Nothing is expanded: no address, no
pattern, no ``~``, no variable.

What it leaves out: what is in the file.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path, PureWindowsPath

from funnelsim.errors import Problem, ScenarioError, Shown

_LONGEST = 240
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PATTERN = frozenset('*?[]{}<>|"')


def file_beside(folder: Path, name: str, where: str, path: str = "opening.file") -> Path:
    """Return the path of a file that a scenario names.

    Parameters
    ----------
    folder : Path
        The scenario's folder.
    name : str
        As written in the scenario, with forward slashes.
    where : str
        The scenario's file, for messages.
    path : str
        The key it is written at.

    Returns
    -------
    Path
        An existing plain file inside ``folder``, links resolved.

    Raises
    ------
    ScenarioError
        If the name is anything else, or leads outside.
    """
    refuse_name(name, where, path)
    home = Path(os.path.realpath(folder))
    try:
        target = Path(os.path.realpath(home / name))
        if not target.is_relative_to(home):
            hint = "copy the file beside the scenario; links that lead out of its folder are not followed"
            raise ScenarioError(Problem(where, path, "a file inside the scenario's folder", name, hint))
        mode = os.stat(target, follow_symlinks=False).st_mode
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "no file has such a name").lower()
        hint = "it is looked for beside the scenario"
        raise ScenarioError(Problem(where, path, "a file that exists", name, hint, f"({reason})")) from None
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
        raise ScenarioError(Problem(where, path, "a plain file", Shown(f"{kind} ({name!r})")))
    return target


def refuse_name(name: str, where: str, path: str = "opening.file") -> None:
    """Refuse a name that could be anything but a plain file in or below a scenario's folder.

    Parameters
    ----------
    name : str
        As written in the scenario.
    where : str
        The scenario's file, for messages.
    path : str
        The key it is written at.

    Raises
    ------
    ScenarioError
        If it is no such name.
    """
    wrong = _wrong_name(name)
    if wrong:
        rule = "a plain file name in the scenario's own folder"
        raise ScenarioError(Problem(where, path, rule, name, wrong))


def _wrong_name(name: str) -> str:
    """Say why a name cannot be one; empty when it can."""
    parts = name.replace("\\", "/").split("/")
    reasons = (
        (not name.strip() or name != name.strip(), "write the name without blanks around it"),
        (len(name) > _LONGEST, "shorten the name"),
        (any(not letter.isprintable() for letter in name), "leave control characters out of the name"),
        ("://" in name or bool(_SCHEME.match(name)), "download the file and put it beside the scenario"),
        (
            name.startswith(("/", "\\")) or PureWindowsPath(name).is_absolute() or bool(PureWindowsPath(name).drive),
            "write the name relative to the scenario's folder",
        ),
        (any(part in {"..", "."} for part in parts), "put the file in the scenario's folder, and write no dots"),
        ("\\" in name, "write / between folder and file"),
        (any(not part for part in parts), "write one / between folder and file"),
        (name.startswith("~") or "$" in name or "%" in name, "write the name itself: nothing is expanded"),
        (bool(_PATTERN & set(name)), "name one file: patterns are not expanded"),
    )
    return next((hint for wrong, hint in reasons if wrong), "")
