"""Statistics of comparison: arrays of replications in, intervals and selections out; nothing about leads."""
