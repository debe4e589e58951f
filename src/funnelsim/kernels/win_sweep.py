"""Which replications of a tile a row wins: sixteen words compared, and the winners packed, at once.

A plain loop over wins either branches on a coin toss or writes every replication and advances on a win; both cost more
than drawing the word.  Where the compiler is LLVM, sixteen comparisons make a mask and the mask packs sixteen
positions in two instructions; without the compiler, and for the last few words, the plain rule runs.  Both follow one
formula each, so they agree bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from funnelsim.kernels.jit import inline, kernel, settings
from funnelsim.kernels.walk_arrays import LANES

TWO_32 = 4294967296.0

Words = npt.NDArray[np.uint32]
Longs = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.uint32]


@inline
def wins_at(word: np.uint32, limit: np.float64) -> bool:
    """Tell whether a win word wins against odds times multiplier: ``w + .5 < limit (2**32 - w - .5)``."""
    middle = np.float64(word) + 0.5
    return middle < limit * (TWO_32 - middle)


@kernel
def find_below(words: Words, limits: Words, winner: Positions) -> int:
    """List the positions whose word is below its limit; return how many.

    words : uint32    ``(replication,)``
    limits : uint32   ``(replication,)``: smallest word that loses
    winner : uint32   ``(replication + 16,)``: written up to the count, and up to sixteen entries past it

    Twin    tests/reference/win_sweep.py
    """
    count = np.int64(0)
    whole = words.size // LANES * LANES
    for first in range(0, whole, LANES):
        count += pack_below(words, limits, winner, np.int64(first), count)
    for i in range(whole, words.size):
        winner[count] = i
        count += np.int64(words[i] < limits[i])
    return count


@kernel
def find_by_odds(words: Words, limits: npt.NDArray[np.float64], winner: Positions) -> int:
    """List the positions whose word wins against odds times multiplier; return how many.

    limits : float64   ``(replication,)``: 0 never wins, inf always

    Twin    tests/reference/win_sweep.py
    """
    count = np.int64(0)
    whole = words.size // LANES * LANES
    for first in range(0, whole, LANES):
        count += pack_by_odds(words, limits, winner, np.int64(first), count)
    for i in range(whole, words.size):
        winner[count] = i
        count += np.int64(wins_at(words[i], limits[i]))
    return count


def plain_below(words: Words, limits: Words, winner: Positions, first: np.int64, count: np.int64) -> int:
    """Do what :func:`pack_below` does, one word at a time."""
    found = 0
    for lane in range(LANES):
        winner[count + found] = first + lane
        found += int(words[first + lane] < limits[first + lane])
    return found


def plain_by_odds(
    words: Words, limits: npt.NDArray[np.float64], winner: Positions, first: np.int64, count: np.int64
) -> int:
    """Do what :func:`pack_by_odds` does, one word at a time."""
    found = 0
    for lane in range(LANES):
        winner[count + found] = first + lane
        found += int(wins_at(words[first + lane], limits[first + lane]))
    return found


def plain_unequal(one: Longs, other: Longs, unequal: Positions, first: np.int64, count: np.int64) -> int:
    """Do what :func:`pack_unequal` does, one position at a time."""
    found = 0
    for lane in range(LANES):
        unequal[count + found] = first + lane
        found += int(one[first + lane] != other[first + lane])
    return found


I32 = ir.IntType(32)
SIXTEEN_WORDS = ir.VectorType(I32, LANES)
SIXTEEN_BITS = ir.VectorType(ir.IntType(1), LANES)
SIXTEEN_LONGS = ir.VectorType(ir.IntType(64), LANES)
SIXTEEN_DOUBLES = ir.VectorType(ir.DoubleType(), LANES)

Builder = Any
"""llvmlite's instruction builder, which carries no types."""


def _below(builder: Builder, words: Any, limits: Any) -> Any:
    return builder.icmp_unsigned("<", words, limits)


def _by_odds(builder: Builder, words: Any, limits: Any) -> Any:
    middle = builder.fadd(builder.uitofp(words, SIXTEEN_DOUBLES), ir.Constant(SIXTEEN_DOUBLES, [0.5] * LANES))
    rest = builder.fsub(ir.Constant(SIXTEEN_DOUBLES, [TWO_32] * LANES), middle)
    return builder.fcmp_ordered("<", middle, builder.fmul(limits, rest))


def _unequal(builder: Builder, one: Any, other: Any) -> Any:
    return builder.icmp_unsigned("!=", one, other)


def _packing(compare: Callable[[Builder, Any, Any], Any], word_vector: Any, limit_vector: Any) -> Any:
    """Make the compiled form: load sixteen words and limits, compare, pack the positions that win, count them."""

    @intrinsic
    def pack(typing: Any, words: Any, limits: Any, winner: Any, first: Any, count: Any) -> Any:
        def generate(context: Any, builder: Builder, signature: Any, given: Any) -> Any:
            def vector(index: int, place: Any, kind: Any) -> Any:
                array = context.make_array(signature.args[index])(context, builder, given[index])
                return builder.bitcast(builder.gep(array.data, [place]), kind.as_pointer())

            mask = compare(
                builder,
                builder.load(vector(0, given[3], word_vector), align=4),
                builder.load(vector(1, given[3], limit_vector), align=4),
            )
            nothing = ir.Constant(SIXTEEN_WORDS, ir.Undefined)
            start = builder.insert_element(nothing, builder.trunc(given[3], I32), I32(0))
            same = builder.shuffle_vector(start, nothing, ir.Constant(SIXTEEN_WORDS, [0] * LANES))
            positions = builder.add(same, ir.Constant(SIXTEEN_WORDS, list(range(LANES))))
            kind = ir.FunctionType(SIXTEEN_WORDS, [SIXTEEN_WORDS, SIXTEEN_BITS, SIXTEEN_WORDS])
            compress = cgutils.get_or_insert_function(builder.module, kind, "llvm.experimental.vector.compress.v16i32")
            packed = builder.call(compress, [positions, mask, nothing])
            builder.store(packed, vector(2, given[4], SIXTEEN_WORDS), align=4)
            return builder.zext(builder.ctpop(builder.bitcast(mask, ir.IntType(LANES))), ir.IntType(64))

        return types.int64(words, limits, winner, first, count), generate

    return pack


pack_below = plain_below if settings.DISABLE_JIT else _packing(_below, SIXTEEN_WORDS, SIXTEEN_WORDS)
pack_by_odds = plain_by_odds if settings.DISABLE_JIT else _packing(_by_odds, SIXTEEN_WORDS, SIXTEEN_DOUBLES)
pack_unequal = plain_unequal if settings.DISABLE_JIT else _packing(_unequal, SIXTEEN_LONGS, SIXTEEN_LONGS)
