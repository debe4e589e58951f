"""Back-tests: forecasts from past days, each from what was known then, scored against what happened."""
