"""Slow twin of kernels/pipeline_walk.py: one lead, one replication at a time, from the formulas of the model.

It shares no code with the package: its own generator, its own table lookup, Python integers and floats.
"""

from reference.keyed_random import purpose_key, threefry2x64, win_word
from reference.sampling import table_position

WIN, CLOSE = 1, 2


def pipeline_walk(rows, tables, seed, replications, multiplier, bins):
    """Return ``{(replication, bin): money}`` of all wins.

    rows is a list of dicts with key, chance_cell, day_cell, amount, amount_table, amount_scale, group;
    tables a dict of nested lists probability[set][cell], odds[set][cell], edges[cell][set] (a list of integers up to
    2**64), shapes[table]; multiplier[group][replication], or None without shocks.
    """
    money = {}
    sets = len(tables["probability"])
    for replication in replications:
        chosen = replication % sets
        for row in rows:
            if not _wins(row, tables, seed, replication, chosen, multiplier):
                continue
            day, amount = threefry2x64((seed, purpose_key(CLOSE)), (replication, row["key"]))
            place = sum(day >= edge for edge in tables["edges"][row["day_cell"]][chosen])
            assert 0 <= place <= bins
            value = row["amount"]
            if row["amount_table"] >= 0:
                value = round(row["amount_scale"] * tables["shapes"][row["amount_table"]][table_position(amount)])
            money[replication, place] = money.get((replication, place), 0) + value
    return money


def _wins(row, tables, seed, replication, chosen, multiplier):
    word = win_word(seed, purpose_key(WIN), replication, row["key"]) + 0.5
    if multiplier is None:
        return word < tables["probability"][chosen][row["chance_cell"]] * 2.0**32
    odds = tables["odds"][chosen][row["chance_cell"]] * multiplier[row["group"]][replication]
    return word < odds * (2.0**32 - word)
