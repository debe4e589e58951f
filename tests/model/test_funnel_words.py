"""Codes mean the same upstairs and in the kernel."""

from __future__ import annotations

from funnelsim.kernels import funnel_arrays as arrays
from funnelsim.model import funnel_words as words


def code(name: str, prefix: str = "") -> int:
    return int(getattr(arrays, prefix + name.upper().replace(" ", "_")))


def test_reasons_are_the_kernels() -> None:
    assert [code(name) for name in words.LOSS_REASONS] == list(range(arrays.LOSS_REASONS))
    assert [code(name) for name in words.PASS_REASONS] == list(range(arrays.PASS_REASONS))


def test_events_are_the_kernels() -> None:
    assert [code(name, "E_") for name in words.EVENTS] == list(range(len(words.EVENTS)))
    kernels = {name for name in vars(arrays) if name.startswith("E_")}
    assert len(kernels) == len(words.EVENTS)
    assert (words.BORN, words.TOUCH, words.PASS, words.RULE) == (
        arrays.E_BORN, arrays.E_TOUCH, arrays.E_PASS, arrays.E_RULE,
    )  # fmt: skip


def test_counts_are_the_kernels() -> None:
    assert [code(name) for name in words.FLOWS] == list(range(arrays.FLOWS))
    assert words.TICKS_PER_HOUR == arrays.TICKS_PER_HOUR


def test_every_reason_has_words() -> None:
    assert set(words.LOSS_REASONS) - {"regress"} == set(words.LOSS_WORDS)
    assert set(words.PASS_REASONS) == set(words.PASS_WORDS)
    assert words.reason_name("LOST_ON_THE-way") == "lost on the way"
