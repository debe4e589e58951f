"""The only floor that knows Numba: numbers in, numbers out."""
