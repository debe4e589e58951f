"""placeholder"""
from typing import NamedTuple
import numpy as np
import numpy.typing as npt

class LeadArrays(NamedTuple):
    """Columns ``(row,)``: one entry per row of the file.

    key : uint64           address of the lead's luck; equal for line items of one lead
    chance_cell : int64    column of ``LawTables.odds`` and ``.probability``
    day_cell : int64       column of ``LawTables.day_edges``
    amount : int64         minor units, for rows with a constant amount
    amount_table : int64   row of ``LawTables.shapes``; -1 for a constant amount
    amount_scale : float64 factor on the shape, minor units
    group : int64          row of the group shocks; 0 when there is no group shock
    """

    key: npt.NDArray[np.uint64]
    chance_cell: npt.NDArray[np.int64]
    day_cell: npt.NDArray[np.int64]
    amount: npt.NDArray[np.int64]
    amount_table: npt.NDArray[np.int64]
    amount_scale: npt.NDArray[np.float64]
    group: npt.NDArray[np.int64]


class LawTables(NamedTuple):
    """Laws that rows point into, for each parameter set.

    probability : float64  ``(set, chance_cell)``: mean chance of ever closing, in [0, 1]
    odds : float64         ``(set, chance_cell)``: e**a of the shocked log-odds; 0 for PC 0, inf for PC 1
    day_edges : uint64     ``(set, day_cell, bin)``: a winner falls in the first bin whose edge exceeds its day word
    day_first : int64      ``(set, day_cell)``: bins before this one are impossible (edge 0)
    day_last : int64       ``(set, day_cell)``: bins from this one on have edge 2**64 (certain by then)
    shapes : float64       ``(amount_table, cell)``: conditional means of equal-tailed cells
    """

    probability: npt.NDArray[np.float64]
    odds: npt.NDArray[np.float64]
    day_edges: npt.NDArray[np.uint64]
    day_first: npt.NDArray[np.int64]
    day_last: npt.NDArray[np.int64]
    shapes: npt.NDArray[np.float64]
