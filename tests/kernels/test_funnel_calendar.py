"""Sorting by key, few leads and many, with keys that are all different and keys that are not."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from funnelsim.kernels.funnel_calendar import rank_by_key, sort_by_key
from funnelsim.kernels.funnel_state import BATCH, BUCKETS, FEW, LEAD
from funnelsim.kernels.jit import kernel, settings

pytestmark = pytest.mark.skipif(bool(settings.DISABLE_JIT), reason="only compiled records have fields")


class Room(NamedTuple):
    """The part of a state that sorting needs."""

    leads: Any
    keys: Any
    spare: Any
    beginnings: Any
    places: Any
    ends: Any


class Place(NamedTuple):
    """The part of a world that sorting needs."""

    state: Room


@kernel
def sort(place, slots, count):
    sort_by_key(place, slots, count)


@kernel
def rank(place, slots, count, done):
    done[0] = rank_by_key(place, slots, count)


def place_of(keys):
    leads = np.zeros(len(keys), dtype=LEAD)
    leads["key"] = keys
    count = len(keys)
    return Place(
        Room(
            leads,
            np.zeros(count + BATCH, dtype=np.uint64),
            np.zeros(count, dtype=np.int64),
            np.zeros(FEW, dtype=np.uint32),
            np.zeros(FEW, dtype=np.int32),
            np.zeros(BUCKETS, dtype=np.int64),
        )
    )


def keys_of(count, alike):
    """Keys over the whole range, the largest among them, of which ``alike`` are the same as the first."""
    keys = np.random.default_rng([count, alike]).integers(2**64, size=count, dtype=np.uint64)
    keys[-1] = 2**64 - 1
    keys[1 : 1 + alike] = keys[0]
    return keys


@pytest.mark.parametrize("count", [2, 3, 31, 32, 33, FEW, FEW + 1, 300])
@pytest.mark.parametrize("alike", [0, 1, 20, 299])
def test_leads_are_sorted_by_key_and_none_is_lost_where_keys_are_the_same(count, alike):
    keys = keys_of(count, alike)
    slots = np.random.default_rng(count).permutation(count)
    sort(place_of(keys), slots, count)
    assert sorted(slots) == list(range(count))
    assert np.array_equal(keys[slots], np.sort(keys))


@pytest.mark.parametrize(("alike", "ranked"), [(0, True), (1, False), (40, False)])
def test_counting_tells_that_keys_are_the_same_and_leaves_the_leads_as_they_were(alike, ranked):
    keys, slots, done = keys_of(40, alike), np.arange(40)[::-1].copy(), np.zeros(1, dtype=np.bool_)
    rank(place_of(keys), slots, 40, done)
    assert done[0] == ranked
    assert np.array_equal(slots, np.argsort(keys) if ranked else np.arange(40)[::-1])


@pytest.mark.parametrize("count", [2, 40, FEW])
def test_leads_whose_keys_only_begin_the_same_are_sorted_by_the_rest(count):
    keys = np.random.default_rng(count).permutation(count).astype(np.uint64) | np.uint64(7 << 32)
    slots, done = np.arange(count), np.zeros(1, dtype=np.bool_)
    rank(place_of(keys), slots, count, done)
    assert not done[0]
    sort(place_of(keys), slots, count)
    assert np.array_equal(keys[slots], np.sort(keys))
