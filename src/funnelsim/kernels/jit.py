"""The one door to Numba: how kernels are compiled, cached and, when a cache is broken, compiled again.

Numba's own cache does not notice that a function called from another file has changed, crashes on a truncated file and
fails where nothing can be written.  So the cache folder is named by the package version, the text of all kernels,
Numba's
version and the processor; a cache that cannot be read is thrown away and one that cannot be written is done without.

No ``fastmath`` (it removes guards against NaN and reorders sums); ``nogil`` so that blocks run in threads.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding
import numba
from numba.core import types

settings: Any = numba.config
"""Numba fills its settings in at run time, out of a type checker's sight."""

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a kernel: arrays in, arrays out, nothing raised, nothing allocated that the caller could have given.

    Parameters
    ----------
    function : callable
        Plain loops over arrays and NamedTuples of arrays.

    Returns
    -------
    callable
        The compiled kernel; the plain function itself under ``NUMBA_DISABLE_JIT=1``.
    """
    compiled: Any = numba.njit(nogil=True, error_model="numpy", cache=CACHED)(function)
    if CACHED and hasattr(compiled, "_cache"):
        compiled._cache = _GuardedCache(compiled._cache)
    return cast(Function, compiled)


def inline(function: Function) -> Function:
    """Compile a small function that kernels call, always inlined by LLVM so that loops over it can be vectorised.

    Parameters
    ----------
    function : callable
        Scalars in, scalars out.

    Returns
    -------
    callable
        The compiled function.
    """
    return cast(Function, numba.njit(nogil=True, error_model="numpy", forceinline=True)(function))


STEP: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


def step(function: Function) -> Function:
    """Compile a function that only kernels call: once, whatever whole numbers it is called with.

    Numba compiles a function anew for every constant and every width of integer among its arguments; a large kernel
    made of many steps would take minutes.  Here all signed whole numbers arrive as 64 bits, also those in tuples.
    Numba also hands ``forceinline`` down to whatever is compiled on behalf of an inlined function, and so from one step
    to the next; a step says no, so that what is inlined does not hang on who was compiled first.

    Parameters
    ----------
    function : callable
        Anything that a kernel may call.

    Returns
    -------
    callable
        The compiled function, cached only as part of the kernels that call it.
    """
    return cast(Function, _widening(numba.njit(forceinline=False, **STEP)(function)))


def inline_step(function: Function) -> Function:
    """Compile a step that is always inlined by LLVM.

    Parameters
    ----------
    function : callable
        A few lines.

    Returns
    -------
    callable
        The compiled function.
    """
    return cast(Function, _widening(numba.njit(forceinline=True, **STEP)(function)))


def _widening(compiled: Any) -> Any:
    if hasattr(compiled, "get_call_template"):
        by_type = compiled.get_call_template
        compiled.get_call_template = lambda given, named: by_type(
            tuple(_widest(kind) for kind in given), {name: _widest(kind) for name, kind in named.items()}
        )
    return compiled


def _widest(kind: Any) -> Any:
    plain: Any = types.unliteral(kind)
    if isinstance(plain, types.Integer) and cast(Any, plain).signed:
        return types.int64
    if type(plain) in (types.Tuple, types.UniTuple):
        return types.Tuple([_widest(part) for part in plain.types])
    return plain


class _GuardedCache:
    """Numba's cache of one kernel, made harmless: unreadable means compile again, unwritable means do without."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, signature: Any, target: Any) -> Any:
        try:
            return self._cache.load_overload(signature, target)
        except Exception:  # a cache file can be broken in any way: truncated, empty, of another format
            self._forget()
            return None

    def save_overload(self, signature: Any, data: Any) -> None:
        try:
            self._cache.save_overload(signature, data)
        except OSError:  # full disk or read-only folder: the answer matters, the cache does not
            self._forget()

    def _forget(self) -> None:
        try:
            self._cache.flush()
        except Exception:  # nothing to save: the next start compiles again
            return


def cache_folder() -> Path:
    """Return the folder of compiled kernels for exactly this version, source, Numba and processor.

    Returns
    -------
    Path
        Not necessarily existing.  ``NUMBA_CACHE_DIR`` overrides its parent.
    """
    parent = os.environ.get("NUMBA_CACHE_DIR") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or "~/.cache", "funnelsim"
    )
    text = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        text.update(source.read_bytes())
    machine = f"{platform.machine()}-{settings.CPU_NAME or 'host'}-{platform.python_version()}"
    return Path(parent).expanduser() / f"kernels-numba{numba.__version__}-{machine}-{text.hexdigest()[:16]}"


def _usable(folder: Path) -> bool:
    """Tell whether the folder can be written; a cache holds pickles, so it is ours alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
            return False
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _prefer_wide_vectors() -> None:
    """Let LLVM use 512-bit registers where there are any: the generator is 1.6 times faster, the bits are the same."""
    if settings.CPU_FEATURES is None and settings.CPU_NAME is None:
        features = llvmlite.binding.get_host_cpu_features().flatten()
        if "+avx512f" in features:
            settings.CPU_FEATURES = features + ",-prefer-256-bit"


def _prepare_cache() -> bool:
    _prefer_wide_vectors()
    folder = cache_folder()
    if settings.DISABLE_JIT or not _usable(folder):
        return False
    settings.CACHE_DIR = str(folder)
    return True


CACHED = _prepare_cache()
"""Whether compiled kernels outlive this process."""
