"""Slow twin of kernels/keyed_random.py: Threefry2x64-20 in plain Python integers, from the paper's definition."""

MASK = 2**64 - 1
ROTATIONS = (16, 42, 12, 31, 16, 32, 24, 21)
PARITY = 0x1BD11BDAA9FC1A22


def threefry2x64(key, counter, rounds=20):
    """Return the two output words for two key and two counter words."""
    schedule = (key[0], key[1], key[0] ^ key[1] ^ PARITY)
    x = [(counter[0] + schedule[0]) & MASK, (counter[1] + schedule[1]) & MASK]
    for number in range(rounds):
        x[0] = (x[0] + x[1]) & MASK
        turn = ROTATIONS[number % 8]
        x[1] = ((x[1] << turn | x[1] >> (64 - turn)) & MASK) ^ x[0]
        if number % 4 == 3:
            injection = number // 4 + 1
            x[0] = (x[0] + schedule[injection % 3]) & MASK
            x[1] = (x[1] + schedule[(injection + 1) % 3] + injection) & MASK
    return x[0], x[1]


def inverse_threefry2x64(key, words, rounds=20):
    """Return the counter whose block is ``words``: the generator is a bijection of its counter."""
    schedule = (key[0], key[1], key[0] ^ key[1] ^ PARITY)
    x = list(words)
    for number in reversed(range(rounds)):
        if number % 4 == 3:
            injection = number // 4 + 1
            x[0] = (x[0] - schedule[injection % 3]) & MASK
            x[1] = (x[1] - schedule[(injection + 1) % 3] - injection) & MASK
        turn = ROTATIONS[number % 8]
        mixed = x[1] ^ x[0]
        x[1] = (mixed >> turn | mixed << (64 - turn)) & MASK
        x[0] = (x[0] - x[1]) & MASK
    return (x[0] - schedule[0]) & MASK, (x[1] - schedule[1]) & MASK


def purpose_key(purpose, stage=0, cause=0, occurrence=0, version=1):
    """Return the second key word."""
    return version * 2**56 + purpose * 2**40 + stage * 2**32 + cause * 2**24 + occurrence


def win_word(seed, purpose, replication, lead):
    """Return the 32-bit word of a win test: four replications share a block."""
    words = threefry2x64((seed, purpose), (replication // 4, lead))
    quarters = (words[0] % 2**32, words[0] // 2**32, words[1] % 2**32, words[1] // 2**32)
    return quarters[replication % 4]


def uniform(word):
    """Return the uniform in (0, 1) of a 64-bit word."""
    return (word // 4096 + 0.5) / 2**52
