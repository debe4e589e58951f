"""Sixteen winners at once: their closing words drawn, and their places found, without leaving the registers.

A place is ``bin * replications + position``: every edge that a day word has reached moves its winner on by one run of
replications, so that counting edges and finding the address is one addition.  Where the compiler is LLVM, sixteen
winners share each instruction, and nothing is stored between the generator and the edges; without the compiler the
plain rules run.  Both only compare and add integers, so they agree bit for bit.

Twin    tests/reference/close_lanes.py

What it leaves out: which sixteen (:mod:`funnelsim.kernels.day_sweep`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from funnelsim.kernels.jit import settings
from funnelsim.kernels.keyed_random import PARITY, threefry2x64
from funnelsim.kernels.walk_arrays import LANES

LARGEST_DAY = np.uint64(2**64 - 2)
"""Day words are cut to this, so that the edge of a certain bin, 2**64 - 1, is never reached."""

LINE = 8
"""Numbers that memory hands over at once."""

Longs = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.uint32]
Address = tuple[np.uint64, np.uint64, np.uint64, np.uint64]
"""Seed, purpose, the tile's first replication and the lead's key."""


def plain_days(address: Address, winner: Positions, day: Longs, amount: Longs, begin: np.int64) -> None:
    """Do what :func:`draw_days` does, one winner at a time."""
    seed, purpose, first, lead = address
    for i in range(begin, begin + LANES):
        word, _ = threefry2x64(seed, purpose, first + np.uint64(winner[i]), lead)
        day[i] = min(word, LARGEST_DAY)


def plain_blocks(address: Address, winner: Positions, day: Longs, amount: Longs, begin: np.int64) -> None:
    """Do what :func:`draw_blocks` does, one winner at a time."""
    seed, purpose, first, lead = address
    for i in range(begin, begin + LANES):
        word, amount[i] = threefry2x64(seed, purpose, first + np.uint64(winner[i]), lead)
        day[i] = min(word, LARGEST_DAY)


def plain_pass(
    edges: Longs, day: Longs, start: np.uint64, size: np.uint64, winner: Positions, place: Longs, begin: np.int64
) -> None:
    """Do what :func:`pass_lanes` does, one winner at a time."""
    for i in range(begin, begin + LANES):
        place[i] = start + np.uint64(winner[i]) + size * np.uint64(np.count_nonzero(edges <= day[i]))


def plain_fetch(numbers: Longs, index: np.int64) -> None:
    """Do what :func:`fetch_line` does for an answer: nothing."""


I64 = ir.IntType(64)
WORDS = ir.VectorType(ir.IntType(32), LANES)
LONGS = ir.VectorType(I64, LANES)
ROTATIONS = ((16, 42, 12, 31), (16, 32, 24, 21))


def _all_lanes(builder: Any, value: Any) -> Any:
    nothing = ir.Constant(LONGS, ir.Undefined)
    alone = builder.insert_element(nothing, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(alone, nothing, ir.Constant(WORDS, [0] * LANES))


def _lanes_of(context: Any, builder: Any, kind: Any, given: Any, begin: Any, vector: Any) -> Any:
    array = context.make_array(kind)(context, builder, given)
    return builder.bitcast(builder.gep(array.data, [begin]), vector.as_pointer())


def _same(number: int) -> Any:
    return ir.Constant(LONGS, [number] * LANES)


def _threefry(builder: Any, seed: Any, purpose: Any, x0: Any, lead: Any) -> tuple[Any, Any]:
    """Return both words of sixteen blocks: ``keyed_random.threefry2x64`` with vectors for numbers."""
    rotate = cgutils.get_or_insert_function(builder.module, ir.FunctionType(LONGS, [LONGS] * 3), "llvm.fshl.v16i64")
    third = builder.xor(builder.xor(seed, purpose), ir.Constant(I64, int(PARITY)))
    keys = [seed, purpose, third]
    x0 = builder.add(x0, _all_lanes(builder, seed))
    x1 = _all_lanes(builder, builder.add(lead, purpose))
    for turn in range(5):
        for bits in ROTATIONS[turn % 2]:
            x0 = builder.add(x0, x1)
            x1 = builder.xor(builder.call(rotate, [x1, x1, _same(bits)]), x0)
        x0 = builder.add(x0, _all_lanes(builder, keys[(turn + 1) % 3]))
        injected = builder.add(keys[(turn + 2) % 3], ir.Constant(I64, turn + 1))
        x1 = builder.add(x1, _all_lanes(builder, injected))
    return x0, x1


def _drawing(both: bool) -> Any:
    """Make the compiled form: draw the blocks of sixteen winners, store their days, and their amounts if both."""

    @intrinsic
    def draw(typing: Any, address: Any, winner: Any, day: Any, amount: Any, begin: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            def lanes(index: int, vector: Any) -> Any:
                return _lanes_of(context, builder, signature.args[index], given[index], given[4], vector)

            seed, purpose, first, lead = (builder.extract_value(given[0], index) for index in range(4))
            position = builder.zext(builder.load(lanes(1, WORDS), align=4), LONGS)
            counter = builder.add(position, _all_lanes(builder, first))
            word, other = _threefry(builder, seed, purpose, counter, lead)
            largest = _same(int(LARGEST_DAY))
            word = builder.select(builder.icmp_unsigned("<", word, largest), word, largest)
            builder.store(word, lanes(2, LONGS), align=8)
            if both:
                builder.store(other, lanes(3, LONGS), align=8)
            return context.get_dummy_value()

        return types.void(address, winner, day, amount, begin), generate

    return draw


@intrinsic
def _pass_lanes(typing: Any, edges: Any, day: Any, start: Any, size: Any, winner: Any, place: Any, begin: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        def lanes(index: int, vector: Any) -> Any:
            return _lanes_of(context, builder, signature.args[index], given[index], given[6], vector)

        edge_array = context.make_array(signature.args[0])(context, builder, given[0])
        step = _all_lanes(builder, given[3])
        days = builder.load(lanes(1, LONGS), align=8)
        position = builder.zext(builder.load(lanes(4, WORDS), align=4), LONGS)
        moved = cgutils.alloca_once_value(builder, builder.add(position, _all_lanes(builder, given[2])))
        with cgutils.for_range(builder, edge_array.nitems) as loop:
            edge = _all_lanes(builder, builder.load(builder.gep(edge_array.data, [loop.index])))
            reached = builder.select(builder.icmp_unsigned("<=", edge, days), step, _same(0))
            builder.store(builder.add(builder.load(moved), reached), moved)
        builder.store(builder.load(moved), lanes(5, LONGS), align=8)
        return context.get_dummy_value()

    return types.void(edges, day, start, size, winner, place, begin), generate


# a hint to the processor and no more: an address past the end of the numbers is allowed, and nothing is read
@intrinsic
def _fetch_line(typing: Any, numbers: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, given[0])
        place = builder.bitcast(builder.gep(array.data, [given[1]]), ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), number, number, number])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [place, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(numbers, index), generate


draw_days: Any = plain_days if settings.DISABLE_JIT else _drawing(both=False)
draw_blocks: Any = plain_blocks if settings.DISABLE_JIT else _drawing(both=True)
pass_lanes: Any = plain_pass if settings.DISABLE_JIT else _pass_lanes
fetch_line: Any = plain_fetch if settings.DISABLE_JIT else _fetch_line
