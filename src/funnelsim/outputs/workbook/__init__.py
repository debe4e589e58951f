"""The workbook of a board pack: raw numbers, native charts, and formulas that recalculate."""
