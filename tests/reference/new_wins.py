"""Slow twin of kernels/new_wins.py: one win at a time, with Python integers and floats."""

from reference.keyed_random import purpose_key, threefry2x64
from reference.sampling import table_position

NEW_WINS, NEW_AMOUNT = 5, 6


def new_wins(tables, seed, replications):
    """Return what each bin brings in each replication, a list of lists.

    tables is a dict: thresholds[set][bin] a list of integers, parts[set][bin], key[bin], worth and ratio lists of 1 or
    of all cells, scale[set].
    """
    rows = []
    for replication in replications:
        chosen = replication % len(tables["scale"])
        row = []
        for place, key in enumerate(tables["key"]):
            wins = 0
            for part in range(tables["parts"][chosen][place]):
                word, _ = threefry2x64((seed, purpose_key(NEW_WINS) + part), (replication, key))
                wins += sum(threshold <= word for threshold in tables["thresholds"][chosen][place])
            row.append(sum(_amount(tables, seed, chosen, replication, key, number) for number in range(wins)))
        rows.append(row)
    return rows


def _amount(tables, seed, chosen, replication, key, number):
    words = threefry2x64((seed, purpose_key(NEW_AMOUNT) + number), (replication, key))
    value = tables["scale"][chosen]
    for table, word in zip((tables["worth"], tables["ratio"]), words, strict=True):
        value *= table[table_position(word) if len(table) > 1 else 0]
    return round(value)
