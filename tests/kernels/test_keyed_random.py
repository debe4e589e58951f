"""The generator: known answers, the slow twin, vectorised sweeps, and words no sampling test would ever meet."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnelsim.kernels.keyed_random import CLOSE, WIN, fill_blocks, fill_uniforms, purpose_key
from reference import keyed_random as twin

WORD = st.integers(0, 2**64 - 1)

KNOWN = [
    ((0, 0), (0, 0), (0xC2B6E3A8C2C69865, 0x6F81ED42F350084D)),
    ((2**64 - 1,) * 2, (2**64 - 1,) * 2, (0xE02CB7C4D95D277A, 0xD06633D0893B8B68)),
    (
        (0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x243F6A8885A308D3, 0x13198A2E03707344),
        (0x263C7D30BB0F0AF1, 0x56BE8361D3311526),
    ),
]


def block(key, counter, count=1):
    out = np.empty(2 * count, dtype=np.uint64)
    fill_blocks(np.uint64(key[0]), np.uint64(key[1]), np.uint64(counter[0]), np.uint64(counter[1]), out)
    return [int(word) for word in out]


@pytest.mark.parametrize(("key", "counter", "words"), KNOWN)
def test_known_answers_of_the_authors(key, counter, words):
    assert tuple(block(key, counter)) == words
    assert twin.threefry2x64(key, counter) == words


@pytest.mark.parametrize(("key", "counter", "words"), KNOWN)
def test_known_answers_inside_a_vectorised_sweep(key, counter, words):
    """A sweep long enough for every lane and tail of the vector loop; the answer must not depend on the place."""
    for place in (0, 1, 5, 62, 63):
        start = ((counter[0] - place) % 2**64, counter[1])
        sweep = block(key, start, 67)
        assert tuple(sweep[2 * place : 2 * place + 2]) == words


@given(WORD, WORD, WORD, WORD)
def test_equals_the_twin(key0, key1, counter0, counter1):
    expected = twin.threefry2x64((key0, key1), (counter0, counter1))
    assert tuple(block((key0, key1), (counter0, counter1))) == expected
    assert twin.inverse_threefry2x64((key0, key1), expected) == (counter0, counter1)


def test_purpose_keys_do_not_overlap():
    keys = {
        int(purpose_key(purpose, stage, cause, 3))
        for purpose in (WIN, CLOSE)
        for stage in (0, 255)
        for cause in (0, 255)
    }
    assert len(keys) == 8
    assert int(purpose_key(WIN)) == twin.purpose_key(1)


def test_uniforms_are_open_at_both_ends():
    key = (11, int(purpose_key(CLOSE)))
    for word, expected in ((0, 0.5 * 2**-52), (2**64 - 1, 1 - 0.5 * 2**-52)):
        counter = twin.inverse_threefry2x64(key, (word, 12345))
        out = np.empty(1)
        fill_uniforms(np.uint64(key[0]), np.uint64(key[1]), np.uint64(counter[0]), np.uint64(counter[1]), out)
        assert out[0] == expected == twin.uniform(word)
        assert 0 < out[0] < 1


def test_both_halves_of_seed_and_replication_matter():
    assert block((1, 2), (3, 4)) != block((1 + 2**32, 2), (3, 4))
    assert block((1, 2), (3, 4)) != block((1, 2), (3 + 2**32, 4))


def test_uniforms_are_uniform():
    """Kolmogorov distance over 1,000,000 draws; would notice a distance of 0.0025 (5 times 0.5 / sqrt(n))."""
    count = 1_000_000
    out = np.empty(count)
    fill_uniforms(np.uint64(5), purpose_key(CLOSE), np.uint64(0), np.uint64(77), out)
    out.sort()
    distance = np.abs(out - (np.arange(count) + 0.5) / count).max()
    assert distance < 5 * 0.5 / np.sqrt(count)
