"""Slow twin of kernels/win_sweep.py: the win rules, one word at a time."""


def wins_at(word, limit):
    """Return whether a word wins against odds times multiplier."""
    return word + 0.5 < limit * (2.0**32 - (word + 0.5))


def find_below(words, limits):
    """Return the positions of words below their limits."""
    return [i for i, (word, limit) in enumerate(zip(words, limits, strict=True)) if word < limit]


def find_by_odds(words, limits):
    """Return the positions of words that win against odds times multiplier."""
    return [i for i, (word, limit) in enumerate(zip(words, limits, strict=True)) if wins_at(word, limit)]
